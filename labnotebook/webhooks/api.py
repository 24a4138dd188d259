"""Webhooks over the API."""

from __future__ import annotations

from typing import Any

from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from labnotebook.records.api import RecordViewSet, StrictSerializer, answer_once, read_body
from labnotebook.records.history import as_a_whole
from labnotebook.records.models import Role
from labnotebook.records.permissions import pick_project
from labnotebook.records.services.happenings import EVENTS
from labnotebook.webhooks.models import Delivery, Webhook
from labnotebook.webhooks.models.webhook import LONGEST
from labnotebook.webhooks.services.webhooks import (
    end_webhook,
    renew_secret,
    set_webhook,
)

SHOWN = 100
CHOICES = [(one, one) for one in EVENTS]


class DeliverySerializer(serializers.Serializer):
    """One event that was, or is to be, told."""

    id = serializers.IntegerField()
    event = serializers.CharField()
    body = serializers.CharField(help_text="JSON, as it is signed and sent")
    state = serializers.ChoiceField(Delivery.State.choices)
    tries = serializers.IntegerField()
    status = serializers.IntegerField(
        allow_null=True, help_text="Of the last answer; null: none came"
    )
    said = serializers.CharField(allow_blank=True, help_text="How it began, or why none came")
    at = serializers.DateTimeField(help_text="When it happened")
    tried_at = serializers.DateTimeField(allow_null=True)
    next_at = serializers.DateTimeField(allow_null=True)


class WebhookSerializer(serializers.Serializer):
    """An address that is told of events of a project."""

    id = serializers.IntegerField()
    project = serializers.CharField(source="project.slug")
    address = serializers.CharField()
    events = serializers.ListField(child=serializers.ChoiceField(CHOICES))
    made_by = serializers.CharField(source="made_by.username")
    made_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField(
        allow_null=True, help_text="From then on nothing is sent to it"
    )


class WebhookSecretSerializer(WebhookSerializer):
    """A webhook with its secret, which is told this once."""

    secret = serializers.CharField()


class NewWebhookSerializer(StrictSerializer):
    """Where to tell what; without ``project`` of your first one."""

    project = serializers.SlugField(max_length=60, required=False)
    address = serializers.CharField(max_length=LONGEST)
    events = serializers.ListField(child=serializers.ChoiceField(CHOICES), min_length=1)


class WebhookFilter(filters.FilterSet):
    """Those of one project, or that have not ended."""

    project = filters.CharFilter(field_name="project__slug")
    current = filters.BooleanFilter(field_name="ended_at", lookup_expr="isnull")

    class Meta:
        model = Webhook
        fields = ("project", "current")


class WebhookViewSet(mixins.RetrieveModelMixin, mixins.ListModelMixin, RecordViewSet):
    """Webhooks of the projects that you own. No answer but that of making one, or another secret, holds a secret."""

    queryset = Webhook.objects.select_related("project", "made_by")
    serializer_class = WebhookSerializer
    filterset_class = WebhookFilter

    @extend_schema(request=NewWebhookSerializer, responses={201: WebhookSecretSerializer})
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Set one. The secret in the answer is told once, so this takes no Idempotency-Key: a second one is refused."""
        given = read_body(NewWebhookSerializer, request)
        project = pick_project(request.user, given.pop("project", None), role=Role.OWNER)
        with as_a_whole():
            made = set_webhook(by=request.user, project=project, **given)
        return Response(WebhookSecretSerializer(made).data, status=201)

    @extend_schema(request=None, responses=WebhookSecretSerializer)
    @action(detail=True, methods=["post"], url_path="renew-secret")
    def renew_secret(self, request: Request, pk: str) -> Response:
        """Give it another secret, told once."""
        with as_a_whole():
            renewed = renew_secret(by=request.user, webhook=self.get_object())
        return Response(WebhookSecretSerializer(renewed).data)

    @extend_schema(request=None, responses=WebhookSerializer)
    @action(detail=True, methods=["post"])
    def end(self, request: Request, pk: str) -> Response:
        """Send nothing more to it."""
        webhook = self.get_object()
        return answer_once(
            request,
            lambda: Response(WebhookSerializer(end_webhook(by=request.user, webhook=webhook)).data),
        )

    @extend_schema(responses=DeliverySerializer(many=True))
    @action(detail=True, pagination_class=None, filterset_class=None)
    def deliveries(self, request: Request, pk: str) -> Response:
        """Return the newest hundred deliveries, each with its last answer."""
        rows = self.get_object().deliveries.all()[:SHOWN]
        return Response(DeliverySerializer(rows, many=True).data)
