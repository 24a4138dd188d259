"""Projects, and their runs made again with new versions of the methods."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.response import Response

from analysis.api.fields import FigureSerializer
from analysis.services import reanalysing
from analysis.services.proposals import proposals
from labnotebook.records.api import StrictSerializer, answer_once, read_body
from labnotebook.records.api.projects import ProjectViewSet
from labnotebook.records.models import Project

MOST_PROPOSED = 200


class MethodsSerializer(StrictSerializer):
    """Which methods; left out, every one."""

    methods = serializers.ListField(
        child=serializers.CharField(max_length=40), required=False, max_length=100
    )


class FigureChangeSerializer(serializers.Serializer):
    """One number as it was and as it would be."""

    label = serializers.CharField()
    before = FigureSerializer(allow_null=True)
    after = FigureSerializer(allow_null=True)
    accepted = serializers.BooleanField(help_text="The one before stands as an outcome")


class ProposalSerializer(serializers.Serializer):
    """What a new run would change, if somebody accepted it."""

    measurement = serializers.IntegerField(source="measurement.pk")
    before = serializers.IntegerField(source="before.pk", help_text="The run that counted")
    after = serializers.IntegerField(source="after.pk", help_text="The run of the new version")
    changes = FigureChangeSerializer(many=True)
    phases = serializers.ListField(
        child=serializers.CharField(allow_blank=True),
        allow_null=True,
        help_text="The verdicts before and after, where they differ",
    )
    accepted = serializers.BooleanField(help_text="Something accepted would change")
    said = serializers.CharField(
        allow_blank=True, help_text="Why the new version gives no number, where it gives none"
    )


class WhySerializer(serializers.Serializer):
    """What changed since runs were made."""

    sentence = serializers.CharField()
    runs = serializers.IntegerField()


class ReanalysisSerializer(serializers.Serializer):
    """How far the re-analysis is, in runs, and what it would change."""

    stale = serializers.IntegerField(
        allow_null=True,
        help_text="Made by an older version or calibration, not asked for yet; null with ?only=jobs",
    )
    why = WhySerializer(many=True, help_text="What changed since they were made")
    waiting = serializers.IntegerField()
    running = serializers.IntegerField()
    ended = serializers.IntegerField()
    refused = serializers.IntegerField(
        allow_null=True,
        help_text="With settings that the new version does not take; null with ?only=jobs",
    )
    proposals = ProposalSerializer(
        many=True,
        help_text=f"At most {MOST_PROPOSED}: accepted numbers first, then what moved farthest",
    )
    more = serializers.IntegerField(
        help_text="Proposals that come up when these are accepted or rejected"
    )


class ReanalysedProjectViewSet(ProjectViewSet):
    """The projects that the person belongs to; their runs are made again when a method is new."""

    @extend_schema(
        methods=["GET"],
        parameters=[
            OpenApiParameter(
                "only",
                OpenApiTypes.STR,
                enum=["jobs"],
                description="jobs: how many wait, run and have ended, and no more. Poll this.",
            )
        ],
        responses=ReanalysisSerializer,
    )
    @extend_schema(methods=["POST"], request=MethodsSerializer, responses=ReanalysisSerializer)
    @action(detail=True, methods=["get", "post"], extra_query_parameters=frozenset({"only"}))
    def reanalysis(self, request, slug: str) -> Response:
        """GET: how far it is. POST: analyse again what older versions made; nothing accepted changes."""
        project = self.get_object()
        if request.method == "GET":
            only = request.query_params.get("only")
            if only not in (None, "jobs"):
                raise serializers.ValidationError({"only": ["Write only=jobs, or leave it out."]})
            return Response(_jobs(project) if only else _state(project))
        names = read_body(MethodsSerializer, request).get("methods")

        def start() -> Response:
            reanalysing.start(by=request.user, project=project, names=names)
            return Response(_state(project))

        return answer_once(request, start)

    @extend_schema(request=MethodsSerializer, responses=ReanalysisSerializer)
    @action(detail=True, methods=["post"], url_path="reanalysis/cancel")
    def cancel_reanalysis(self, request, slug: str) -> Response:
        """Take back what no worker has begun."""
        project = self.get_object()
        names = read_body(MethodsSerializer, request).get("methods")
        reanalysing.cancel(by=request.user, project=project, names=names)
        return Response(_state(project))


def _state(project: Project) -> Any:
    found, progress = proposals(project), reanalysing.progress(project)
    return ReanalysisSerializer(
        {
            **asdict(progress),
            "why": [{"sentence": sentence, "runs": runs} for sentence, runs in progress.why],
            "proposals": found[:MOST_PROPOSED],
            "more": len(found[MOST_PROPOSED:]),
        }
    ).data


def _jobs(project: Project) -> Any:
    untold = {"stale": None, "why": [], "refused": None, "proposals": [], "more": 0}
    return ReanalysisSerializer({**asdict(reanalysing.under_way(project)), **untold}).data
