"""Security events over the API."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from rest_framework import mixins, serializers

from labnotebook.people.filters import SecurityEventFilter
from labnotebook.records.api.viewsets import RecordViewSet
from labnotebook.records.models import SecurityEvent
from labnotebook.records.permissions import security_events_seen_by


class SecurityEventSerializer(serializers.ModelSerializer):
    """Something that happened to an account, to rights, or to what left the notebook."""

    account = serializers.CharField(help_text="As it was typed, or was called then")
    person = serializers.CharField(
        source="person.username",
        allow_null=True,
        default=None,
        help_text="What it is called now; null where there is no such account",
    )
    by = serializers.CharField(source="by.username", allow_null=True, default=None)
    project = serializers.CharField(source="project.slug", allow_null=True, default=None)
    ip = serializers.CharField(allow_null=True)

    class Meta:
        model = SecurityEvent
        fields = (
            "id",
            "at",
            "kind",
            "account",
            "person",
            "by",
            "project",
            "about",
            "ip",
            "browser",
        )
        read_only_fields = fields


class SecurityEventViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, RecordViewSet):
    """Sign-ins, exports, rights and tokens: your own; as an owner those of your projects and members; else all."""

    queryset = SecurityEvent.objects.all()
    serializer_class = SecurityEventSerializer
    filterset_class = SecurityEventFilter

    def get_queryset(self) -> QuerySet[Any]:
        """Return the events that the person may know of."""
        if getattr(self, "swagger_fake_view", False):
            return self.queryset.none()
        return security_events_seen_by(self.request.user)
