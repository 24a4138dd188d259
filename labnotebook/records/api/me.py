"""GET me/: who asks, with what, in which projects, and what time it is here."""

from __future__ import annotations

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from labnotebook.records.api.rendering import OrjsonRenderer
from labnotebook.records.models import ApiToken, Membership, Role


class MyProjectSerializer(serializers.ModelSerializer):
    """A project of the person."""

    slug = serializers.CharField(source="project.slug")
    name = serializers.CharField(source="project.name")
    is_simulated = serializers.BooleanField(source="project.is_simulated")
    role = serializers.ChoiceField(Role.choices)

    class Meta:
        model = Membership
        fields = ("slug", "name", "is_simulated", "role")


class MyTokenSerializer(serializers.ModelSerializer):
    """The token that was used."""

    class Meta:
        model = ApiToken
        fields = ("name", "scope", "created_at", "expires_at")
        read_only_fields = fields


class MeSerializer(serializers.Serializer):
    """Who asks."""

    username = serializers.CharField()
    name = serializers.CharField(allow_blank=True, help_text="First and last name")
    projects = MyProjectSerializer(many=True)
    token = MyTokenSerializer(allow_null=True, help_text="Null for the session of a browser")
    server_time = serializers.DateTimeField(
        help_text="By the clock that every record is dated with"
    )
    time_zone = serializers.CharField(help_text="Of the lab: how pages write times and days begin")


class MeView(APIView):
    """The person behind the token."""

    renderer_classes = [OrjsonRenderer]

    @extend_schema(operation_id="me_retrieve", responses=MeSerializer)
    def get(self, request: Request) -> Response:
        """Tell who asks, with which token, and in which projects in which role."""
        person = request.user
        said = {
            "username": person.get_username(),
            "name": person.get_full_name(),
            "projects": person.memberships.select_related("project").order_by("project__slug"),
            "token": request.auth if isinstance(request.auth, ApiToken) else None,
            "server_time": timezone.now(),
            "time_zone": timezone.get_current_timezone_name(),
        }
        return Response(MeSerializer(said).data)
