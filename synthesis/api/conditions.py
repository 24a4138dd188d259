"""The air of the lab, posted by a sensor."""

from __future__ import annotations

from dataclasses import asdict

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from labnotebook.records.api import StrictSerializer, read_body
from labnotebook.records.models import ApiToken
from labnotebook.records.permissions import pick_project
from labnotebook.records.refusals import Refusal
from synthesis.api.bench import TakenSerializer
from synthesis.models import Batch, Condition
from synthesis.services.sensors import Reading, record_readings


class ReadingSerializer(StrictSerializer):
    """One reading."""

    name = serializers.ChoiceField(Condition.Name.choices)
    value = serializers.CharField(max_length=40, help_text="A number, with its unit or without")
    at = serializers.DateTimeField(required=False, help_text="Now, when it is left out")


class ReadingsSerializer(StrictSerializer):
    """What a sensor posts."""

    readings = ReadingSerializer(many=True, allow_empty=False)
    sensor = serializers.CharField(
        required=False, max_length=80, help_text="Its name; that of the token when it is left out"
    )
    project = serializers.SlugField(
        required=False, max_length=60, help_text="Whose running batches; your first when left out"
    )
    batch = serializers.CharField(
        required=False, max_length=20, help_text="Only this batch, where several hoods are at work"
    )


class RecordedSerializer(serializers.Serializer):
    """What became of the readings, by batch; empty when no batch is under way."""

    batches = serializers.DictField(child=TakenSerializer())


class ConditionsView(APIView):
    """Readings of humidity, temperature, oxygen and water. A token of scope ``sensor`` may post here only."""

    takes_sensors = True

    @extend_schema(request=ReadingsSerializer, responses=RecordedSerializer)
    def post(self, request: Request) -> Response:
        """Record readings on the batches that are under way.

        Each becomes an entry of the bench with its time, and is joined to the steps by it. A reading
        within 30 s of another of the same quantity is not kept; the same one posted again is known.
        """
        said = read_body(ReadingsSerializer, request)
        token = request.auth
        sensor = said.get("sensor") or (token.name if isinstance(token, ApiToken) else "")
        batch = None
        if code := said.get("batch"):
            batch = Batch.objects.visible_to(request.user).filter(code=code).first()
            if batch is None:
                raise Refusal(f"There is no batch {code!r} for you.", field="batch")
        project = batch.project if batch else pick_project(request.user, said.get("project"))
        taken = record_readings(
            by=request.user,
            project=project,
            batch=batch,
            readings=[Reading(**one, sensor=sensor) for one in said["readings"]],
        )
        return Response({"batches": {code: asdict(one) for code, one in taken.items()}})
