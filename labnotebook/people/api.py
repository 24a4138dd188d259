"""People over the API: listed, invited, switched off and on. Passwords are set on pages alone."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Prefetch, QuerySet
from django.urls import reverse
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from labnotebook.people import mail
from labnotebook.records.api.serializers import StrictSerializer, read_body
from labnotebook.records.api.viewsets import RecordViewSet
from labnotebook.records.models import Membership, OneTimeLink, Role
from labnotebook.records.permissions import memberships_seen_by, people_seen_by, pick_project
from labnotebook.records.services import one_time_links, people


class PersonProjectSerializer(serializers.ModelSerializer):
    """A project in which the person is, of those that you may see."""

    slug = serializers.CharField(source="project.slug")

    class Meta:
        model = Membership
        fields = ("slug", "role")


class PersonSerializer(serializers.ModelSerializer):
    """Somebody with an account."""

    email = serializers.CharField(allow_blank=True)
    is_administrator = serializers.BooleanField(source="is_superuser")
    last_seen_at = serializers.SerializerMethodField(help_text="To the minute; null when never")
    projects = PersonProjectSerializer(source="memberships", many=True)

    class Meta:
        model = get_user_model()
        fields = (
            "username",
            "first_name",
            "last_name",
            "email",
            "is_active",
            "is_administrator",
            "last_seen_at",
            "projects",
        )
        read_only_fields = fields

    @extend_schema_field(serializers.DateTimeField(allow_null=True))
    def get_last_seen_at(self, person: Any) -> Any:
        """Return when the person last asked for anything."""
        seen = getattr(person, "seen", None)
        return seen and seen.at


class InviteRequestSerializer(StrictSerializer):
    """Whom, into which project, as what."""

    project = serializers.SlugField(
        max_length=60,
        required=False,
        help_text="One that you own; without it your first one. An administrator may leave it out.",
    )
    role = serializers.ChoiceField(Role.choices, required=False, default=Role.EDITOR)
    email = serializers.EmailField(
        required=False, default="", allow_blank=True, help_text="The link is sent there"
    )
    username = serializers.CharField(
        max_length=150,
        required=False,
        default="",
        allow_blank=True,
        help_text="Makes the person at once; else whoever uses the link chooses a sign-in name",
    )


class SwitchOffRequestSerializer(StrictSerializer):
    """Who takes over."""

    new_owner = serializers.CharField(
        max_length=150,
        required=False,
        default="",
        allow_blank=True,
        help_text="Sign-in name of who owns from now on the projects that nobody else owns",
    )


class InvitationSerializer(serializers.ModelSerializer):
    """A link that works once. Its address is told now and never again."""

    address = serializers.CharField(help_text="To be opened by whom it is for")
    project = serializers.CharField(source="project.slug", allow_null=True, default=None)
    username = serializers.CharField(source="person.username", allow_null=True, default=None)
    sent = serializers.BooleanField(help_text="Whether it was sent by mail")

    class Meta:
        model = OneTimeLink
        fields = (
            "address",
            "purpose",
            "username",
            "project",
            "role",
            "email",
            "sent",
            "expires_at",
        )


class PersonViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, RecordViewSet):
    """You, and the people whom you look after: all for an administrator, else those of your own projects."""

    queryset = get_user_model().objects.all()
    serializer_class = PersonSerializer
    lookup_field = "username"
    lookup_value_regex = "[^/]+"

    def get_queryset(self) -> QuerySet[Any]:
        """Return the people whom the person may see, with the memberships that she may see."""
        if getattr(self, "swagger_fake_view", False):
            return self.queryset.none()
        mine = memberships_seen_by(self.request.user)
        return (
            people_seen_by(self.request.user)
            .select_related("seen")
            .prefetch_related(Prefetch("memberships", mine))
        )

    @extend_schema(request=InviteRequestSerializer, responses={201: InvitationSerializer})
    @action(detail=False, methods=["post"])
    def invite(self, request: Request) -> Response:
        """Make a link by which somebody joins. Sent twice, it makes two: what is told is kept nowhere."""
        said = read_body(InviteRequestSerializer, request)
        slug = said.pop("project", None)
        if slug or not request.user.is_superuser:
            said["project"] = pick_project(request.user, slug, role=Role.OWNER)
        link, text = one_time_links.invite(by=request.user, **said)
        link.address = request.build_absolute_uri(reverse("people:link", args=[text]))
        link.sent = mail.send_link(link, link.address)
        return Response(InvitationSerializer(link).data, status=201)

    @extend_schema(request=SwitchOffRequestSerializer, responses=PersonSerializer)
    @action(detail=True, methods=["post"], url_path="switch-off")
    def switch_off(self, request: Request, username: str) -> Response:
        """Let a person in no more: sessions end and tokens stop at once. What was recorded stays."""
        person, said = self.get_object(), read_body(SwitchOffRequestSerializer, request)
        people.switch_off(by=request.user, person=person, **said)
        return Response(PersonSerializer(self.get_object()).data)

    @extend_schema(request=None, responses=PersonSerializer)
    @action(detail=True, methods=["post"], url_path="switch-on")
    def switch_on(self, request: Request, username: str) -> Response:
        """Let a person in again, with the password and the tokens of before."""
        people.switch_on(by=request.user, person=self.get_object())
        return Response(PersonSerializer(self.get_object()).data)
