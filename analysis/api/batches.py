"""The whole story of a batch: what the lower room knows of it, and what was measured and learned."""

from __future__ import annotations

from typing import Any, NamedTuple

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.response import Response

from analysis.api.analyses import AnalysisBriefSerializer, AnalysisSerializer
from analysis.api.fields import FigureSerializer
from analysis.api.forecasts import ForecastSerializer
from analysis.api.measured import FileSerializer, MeasurementSerializer
from analysis.api.outcomes import OutcomeSerializer
from analysis.api.phases import EvidenceSerializer, PhaseScoreSerializer, PhaseSerializer
from analysis.api.stability import StabilitySerializer
from analysis.confirmation import by_part, level_of, parts_with_levels
from analysis.history.source import counted
from analysis.models import HistoryRow
from analysis.services.rates import rates_from
from analysis.services.recipe_forecasts import beside_measured
from analysis.services.stability import stability_of
from devices.services.lineage import with_devices
from labnotebook.records.api.rows import Json, Rows
from labnotebook.records.permissions import visible_sql
from synthesis.api.batch_story import DETAIL, BatchDetailSerializer
from synthesis.api.batches import BatchViewSet
from synthesis.models import Batch
from synthesis.services.lineage import Lineage


class ComputedSerializer(FigureSerializer):
    """A number that follows from outcomes."""

    made_from = serializers.ListField(
        child=serializers.IntegerField(), help_text="The outcomes it follows from."
    )


class MeasuredSerializer(MeasurementSerializer):
    """One instrument file of a batch; what was found stands in its newest run."""

    figures = warnings = scans = lot = layer = None


class BatchStorySerializer(BatchDetailSerializer):
    """Plan, bench record, measurements, outcomes, what follows, devices, forecast and phase."""

    measurements = MeasuredSerializer(many=True, help_text="Of the batch itself, newest first")
    outcomes = OutcomeSerializer(many=True, help_text="Those that hold now")
    computed = ComputedSerializer(many=True, help_text="What follows from the outcomes")
    devices = serializers.ListField(
        child=serializers.CharField(), help_text="With a layer from this batch, that you may see"
    )
    forecast = ForecastSerializer(allow_null=True, help_text="What was expected before")
    phase = PhaseSerializer(allow_null=True, help_text="What it is said to be")

    class Meta(BatchDetailSerializer.Meta):
        fields = (
            *BatchDetailSerializer.Meta.fields,
            "measurements",
            "outcomes",
            "computed",
            "devices",
            "forecast",
            "phase",
        )


NO_TEXT = "NULL::text"  # a column of what a batch's own rows do not have
SUBJECT = {"batch": "b.code", "device": NO_TEXT, "pixel": NO_TEXT}

RUNS = Rows(
    AnalysisBriefSerializer,
    "run",
    "analysis_analysis run WHERE run.measurement_id = m.id ORDER BY run.number DESC",
)
# The result is taken out of its compressed storage once (OFFSET 0), and without its curves.
NEWEST_RUN = Rows(
    AnalysisSerializer,
    "run",
    "analysis_analysis run JOIN auth_user asker ON asker.id = run.asked_by_id"
    " LEFT JOIN auth_user acceptor ON acceptor.id = run.accepted_by_id"
    " CROSS JOIN LATERAL (SELECT run.result - 'curves' AS found OFFSET 0) light"
    " WHERE run.measurement_id = m.id ORDER BY run.number DESC",
    one=True,
    columns={
        "figures": Json("coalesce(nullif(light.found -> 'figures', 'null'), '[]')"),
        "result": Json(
            "CASE WHEN run.state = 'done' THEN jsonb_build_object("
            + ", ".join(
                f"'{name}', light.found -> '{name}'"
                for name in ("summary", "warnings", "phase", "structure", "detail")
            )
            + ") END"
        ),
        "asked_by": "asker.username",
        "accepted_by": "acceptor.username",
    },
)
MEASUREMENTS = Rows(
    MeasuredSerializer,
    "m",
    "analysis_measurement m JOIN records_project owner ON owner.id = m.project_id"
    " JOIN records_storedfile stored ON stored.id = m.file_id"
    " JOIN auth_user uploader ON uploader.id = m.uploaded_by_id"
    " LEFT JOIN analysis_measuringinstrument meter ON meter.id = m.measured_with_id"
    " WHERE m.batch_id = b.id ORDER BY m.id DESC",
    columns={
        **SUBJECT,
        "project": "owner.slug",
        "simulated": "owner.is_simulated",
        "file": Rows(FileSerializer, "stored"),
        "uploaded_by": "uploader.username",
        "measured_with": "meter.code",
        "analysis": NEWEST_RUN,
        "analyses": RUNS,
        "curves": NO_TEXT,
    },
)
OUTCOMES = Rows(
    OutcomeSerializer,
    "o",
    "analysis_outcome o JOIN auth_user person ON person.id = o.accepted_by_id"
    " LEFT JOIN analysis_analysis origin ON origin.id = o.analysis_id"
    " WHERE o.batch_id = b.id AND o.superseded_at IS NULL ORDER BY o.id",
    columns={
        **SUBJECT,
        "measurement": "origin.measurement_id",
        "warnings": Json("o.warnings"),
        "accepted_by": "person.username",
    },
)
DEVICES = (
    "ARRAY(SELECT d.code FROM devices_device d WHERE d.id IN"  # noqa: S608  (an alias of ours)
    " (SELECT l.device_id FROM devices_layer l WHERE l.source_batch_id = b.id)"
    f" AND {visible_sql('d')} ORDER BY d.id)"
)
FORECAST = Rows(
    ForecastSerializer,
    "f",
    "analysis_forecast f JOIN records_project owner ON owner.id = f.project_id"
    " JOIN auth_user person ON person.id = f.asked_by_id WHERE f.batch_id = b.id",
    one=True,
    columns={
        "project": "owner.slug",
        "batch": "b.code",
        "asked_by": "person.username",
        **{
            name: Json(f"f.result -> '{name}'")
            for name in ("phase", "structure", "in_domain", "after_appearance", "model")
        },
        "phases_of_recipe": Json("f.result -> 'phases'"),
        **{
            name: Json(f"coalesce(nullif(f.result -> '{name}', 'null'), '[]')")
            for name in ("evidence", "sentences", "numbers", "without_basis")
        },
    },
)
EVIDENCE = Rows(
    EvidenceSerializer,
    "e",
    "analysis_structureevidence e JOIN analysis_measurement shown ON shown.id = e.measurement_id"
    " JOIN auth_user namer ON namer.id = e.named_by_id"
    " WHERE e.phase_assignment_id = said.id AND e.withdrawn_at IS NULL ORDER BY e.id",
    columns={"technique": "shown.technique", "named_by": "namer.username"},
)
PHASE = Rows(
    PhaseSerializer,
    "said",
    "analysis_phaseassignment said JOIN auth_user person ON person.id = said.accepted_by_id"
    " WHERE said.batch_id = b.id AND said.superseded_at IS NULL ORDER BY said.id",
    one=True,
    columns={
        "batch": "b.code",
        "accepted_by": "person.username",
        "structure_level": NO_TEXT,  # in Python, from the evidence
        "structure_parts": NO_TEXT,
        "structure_evidence": EVIDENCE,
        "score": Rows(
            PhaseScoreSerializer,
            "score",
            "analysis_score score WHERE score.phase_assignment_id = said.id AND "
            + counted("said", "b"),
            one=True,
        ),
    },
)
STORY = DETAIL.extended(
    BatchStorySerializer,
    {
        "measurements": MEASUREMENTS,
        "outcomes": OUTCOMES,
        "computed": NO_TEXT,  # in Python, from the outcomes
        "devices": DEVICES,
        "forecast": FORECAST,
        "phase": PHASE,
    },
)


class _Number(NamedTuple):
    pk: int
    value: float
    uncertainty: float | None


class BatchStoryViewSet(BatchViewSet):
    """One flask each, addressed by code, with everything that is known of it."""

    rows = STORY

    @extend_schema(responses=BatchStorySerializer)
    def retrieve(self, request, code: str) -> Response:
        """Tell the whole story of one batch."""
        return super().retrieve(request, code)

    def story(self, code: str) -> dict[str, Any]:
        """Return the body of one batch with what follows from its outcomes and its evidence."""
        told = super().story(code)
        known = {
            row["quantity"]: _Number(row["id"], row["value"], row["uncertainty"])
            for row in told["outcomes"]
        }
        if (phase := told["phase"]) is not None:
            said = [(one["part"], one["verdict"]) for one in phase["structure_evidence"]]
            phase["structure_level"] = level_of(phase["structure"], by_part(said))
            phase["structure_parts"] = parts_with_levels(phase["structure"], said)
        if (forecast := told["forecast"]) is not None and forecast["numbers"]:
            row = HistoryRow.objects.filter(code=told["code"]).first()
            forecast["numbers"] = beside_measured(forecast["numbers"], row)
        told["computed"] = [figure.as_dict() for figure in rates_from(known)]
        return told

    def lineage_graph(self, batch: Batch) -> Lineage:
        """Return the graph with the layers and devices that its batches became."""
        return with_devices(super().lineage_graph(batch), self.request.user)

    @extend_schema(responses=StabilitySerializer)
    @action(detail=True, methods=["get"])
    def stability(self, request, code: str) -> Response:
        """Return how the batch keeps: half-lives of PL and PLQY, days until δ is found."""
        return Response(StabilitySerializer(stability_of(self.get_object())).data)
