"""Runs: many substrates planned at once, and compared."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import mixins
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from devices.api.by_code import ByCode
from devices.run_serializers import (
    NewRunSerializer,
    NewSubstrateSerializer,
    RunRowSerializer,
    RunSerializer,
    RunSourcesSerializer,
)
from devices.services.run_sources import set_run_sources
from devices.services.run_substrates import add_substrate
from devices.services.runs import make_run, runs_for, with_substrates
from labnotebook.records.api import answer_once, read_body
from labnotebook.records.permissions import pick_project
from synthesis.models import Batch


class RunViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ByCode):
    """Runs, newest first. A run is also a batch: its bench, state and signature are under `batches/`."""

    queryset = Batch.objects.all()
    serializer_class = RunRowSerializer

    def get_queryset(self):
        """Return the runs that the person may see."""
        return (
            self.queryset.none()
            if getattr(self, "swagger_fake_view", False)
            else runs_for(self.request.user)
        )

    @extend_schema(request=NewRunSerializer, responses={201: RunSerializer})
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Plan a run: its bench, and a device for every substrate."""
        said = read_body(NewRunSerializer, request)
        return answer_once(request, lambda: self._make(request, said))

    @extend_schema(responses=RunSerializer)
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Return one run with its substrates side by side, and what was done."""
        return Response(RunSerializer(with_substrates(self.get_object())).data)

    @extend_schema(request=RunSourcesSerializer, responses=RunSerializer)
    @action(detail=True, methods=["post"])
    def sources(self, request: Request, code: str) -> Response:
        """Say from which batch or bottle layers of all substrates, or of each, were made."""
        run = self.get_object()
        said = read_body(RunSourcesSerializer, request)

        def answer() -> Response:
            set_run_sources(by=request.user, run=run, **said)
            return Response(RunSerializer(with_substrates(run)).data)

        return answer_once(request, answer)

    @extend_schema(request=NewSubstrateSerializer, responses={201: RunSerializer})
    @action(detail=True, methods=["post"])
    def substrates(self, request: Request, code: str) -> Response:
        """Add a substrate to a planned run: made as another one of it is."""
        run = self.get_object()
        said = read_body(NewSubstrateSerializer, request)

        def answer() -> Response:
            add_substrate(by=request.user, run=run, **said)
            return Response(RunSerializer(with_substrates(run)).data, status=201)

        return answer_once(request, answer)

    def _make(self, request: Request, said: dict[str, Any]) -> Response:
        run = make_run(
            by=request.user,
            project=pick_project(request.user, said.get("project", "")),
            architecture_slug=said["architecture"],
            substrates=said["substrates"],
            vary=said.get("vary"),
            sources=said.get("sources"),
            pixels=said.get("pixels"),
            layout=said.get("layout", ""),
            targets=said.get("targets"),
            name=said.get("name", ""),
        )
        found = with_substrates(self.get_queryset().get(pk=run.pk))
        response = Response(RunSerializer(found).data, status=201)
        response["Location"] = f"{request.path.rstrip('/')}/{run.code}/"
        return response
