"""Projects and their members."""

from __future__ import annotations

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.response import Response

from labnotebook.records.api.answers import answer_once
from labnotebook.records.api.serializers import StrictSerializer, read_body
from labnotebook.records.api.viewsets import RecordViewSet
from labnotebook.records.models import Membership, Project, Role
from labnotebook.records.services import projects


class MemberSerializer(serializers.ModelSerializer):
    """A person in a project."""

    username = serializers.CharField(source="user.username", read_only=True)

    class Meta:
        model = Membership
        fields = ("username", "role", "created_at")


class ProjectSerializer(serializers.ModelSerializer):
    """A project with its members."""

    members = MemberSerializer(source="memberships", many=True, read_only=True)

    class Meta:
        model = Project
        fields = ("id", "slug", "name", "description", "is_simulated", "members", "created_at")


class NewProjectSerializer(StrictSerializer):
    """A new project."""

    name = serializers.CharField(max_length=120)
    description = serializers.CharField(
        max_length=4000, required=False, allow_blank=True, default=""
    )
    is_simulated = serializers.BooleanField(
        required=False,
        default=False,
        help_text="Its data are made up: marked everywhere, and evidence for nothing else. Said once.",
    )


class MemberRequestSerializer(StrictSerializer):
    """Who, in which role; without a role the person leaves."""

    username = serializers.CharField(max_length=150)
    role = serializers.ChoiceField(Role.choices, required=False, allow_null=True)


class ProjectViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, RecordViewSet):
    """The projects that the person belongs to."""

    queryset = Project.objects.prefetch_related("memberships__user")
    serializer_class = ProjectSerializer
    lookup_field = "slug"

    @extend_schema(request=NewProjectSerializer, responses={201: ProjectSerializer})
    def create(self, request) -> Response:
        """Create a project and own it."""
        said = read_body(NewProjectSerializer, request)

        def create() -> Response:
            project = projects.create_project(by=request.user, **said)
            return Response(
                ProjectSerializer(project).data,
                status=201,
                headers={"Location": f"/api/v1/projects/{project.slug}/"},
            )

        return answer_once(request, create)

    @extend_schema(request=MemberRequestSerializer, responses=ProjectSerializer)
    @action(detail=True, methods=["post"])
    def members(self, request, slug: str) -> Response:
        """Add a person, change a role, or (without a role) take a person out. Owners only."""
        project = self.get_object()
        said = read_body(MemberRequestSerializer, request)
        if said.get("role"):
            projects.set_member(
                by=request.user, project=project, username=said["username"], role=said["role"]
            )
        else:
            membership = get_object_or_404(project.memberships, user__username=said["username"])
            projects.remove_member(by=request.user, project=project, membership=membership)
        project = Project.objects.prefetch_related("memberships__user").get(pk=project.pk)
        return Response(ProjectSerializer(project).data)
