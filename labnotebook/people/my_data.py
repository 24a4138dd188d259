"""GET me/data/: all that the notebook keeps of the person who asks, as one file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from labnotebook.people.security_api import SecurityEventSerializer
from labnotebook.people.shown import shown_sessions
from labnotebook.records.api.changed import Kind, seen
from labnotebook.records.api.me import MyProjectSerializer, MyTokenSerializer
from labnotebook.records.api.rendering import OrjsonRenderer
from labnotebook.records.models import ApiToken, Revision, SecurityEvent

AT_ONCE = 500


class MyTokenWithEndSerializer(MyTokenSerializer):
    """A token, without what opens anything by it."""

    class Meta(MyTokenSerializer.Meta):
        fields = (*MyTokenSerializer.Meta.fields, "revoked_at")
        read_only_fields = fields


class MySessionSerializer(serializers.Serializer):
    """Where the person is signed in."""

    browser = serializers.CharField()
    ip = serializers.CharField()
    created_at = serializers.DateTimeField()
    last_seen_at = serializers.DateTimeField()


class MyFactorSerializer(serializers.Serializer):
    """A second factor, without its secret."""

    kind = serializers.CharField(source="type")
    created_at = serializers.DateTimeField()
    last_used_at = serializers.DateTimeField(allow_null=True)


class MyRecordSerializer(serializers.Serializer):
    """A record that the person made and may still see."""

    kind = serializers.CharField()
    id = serializers.CharField()
    at = serializers.DateTimeField()
    address = serializers.CharField(help_text="Relative to the host")


class MyDataSerializer(serializers.Serializer):
    """What the notebook keeps of a person."""

    username = serializers.CharField()
    first_name = serializers.CharField(allow_blank=True)
    last_name = serializers.CharField(allow_blank=True)
    email = serializers.CharField(allow_blank=True)
    is_administrator = serializers.BooleanField(source="is_superuser")
    date_joined = serializers.DateTimeField()
    last_login = serializers.DateTimeField(allow_null=True)
    projects = MyProjectSerializer(many=True)
    tokens = MyTokenWithEndSerializer(many=True)
    sessions = MySessionSerializer(many=True)
    second_factors = MyFactorSerializer(many=True)
    other_servers = serializers.ListField(
        child=serializers.DictField(), help_text="What a server of OpenID Connect told of her"
    )
    security_events = SecurityEventSerializer(many=True)
    records = MyRecordSerializer(many=True)
    records_elsewhere = serializers.IntegerField(
        help_text="How many she made in projects that she no longer sees"
    )


class MyDataView(APIView):
    """All that is kept of the person behind the token or session."""

    kinds: Mapping[str, Kind] = {}
    renderer_classes = [OrjsonRenderer]

    @extend_schema(operation_id="me_data", responses=MyDataSerializer)
    def get(self, request: Request) -> Response:
        """Tell all that is kept of you, but for secrets: account, projects, tokens, sessions, events, what you made."""
        person = request.user
        records, elsewhere = _made_by(request, self.kinds)
        names = ("username", "first_name", "last_name", "email", "is_superuser")
        said = {name: getattr(person, name) for name in (*names, "date_joined", "last_login")} | {
            "projects": person.memberships.select_related("project").order_by("project__slug"),
            "tokens": ApiToken.objects.filter(user=person),
            "sessions": shown_sessions(person),
            "second_factors": Authenticator.objects.filter(user=person).order_by("pk"),
            "other_servers": [
                {"uid": one.uid, "since": one.date_joined, "told": one.extra_data}
                for one in SocialAccount.objects.filter(user=person)
            ],
            "security_events": SecurityEvent.objects.filter(person=person).select_related(
                "person", "by", "project"
            ),
            "records": records,
            "records_elsewhere": elsewhere,
        }
        return Response(
            MyDataSerializer(said).data,
            headers={"Content-Disposition": 'attachment; filename="what-is-kept-of-me.json"'},
        )


def _made_by(request: Request, kinds: Mapping[str, Kind]) -> tuple[list[dict[str, Any]], int]:
    """Return the records that the person made and sees, the oldest first, and how many others there are."""
    columns = ("seq", "table_name", "record_id", "number", "operation", "at", "actor", "reason")
    own = {t: k for t, k in kinds.items() if k.viewset.queryset.model._meta.db_table == t}
    left_out = {SecurityEvent._meta.db_table}
    rows = list(
        Revision.objects.filter(
            actor_id=request.user.pk, operation="insert", table_name__in=own.keys() - left_out
        )
        .order_by("seq")
        .values_list(*columns)
    )
    found: list[dict[str, Any]] = []
    for start in range(0, len(rows), AT_ONCE):
        found += seen(request, own, rows[start : start + AT_ONCE])
    return found, len(rows) - len(found)
