"""Batches: planned, run at the bench, finished, signed."""

from __future__ import annotations

from functools import cache, partial
from typing import Any

import django_filters
from django.db.models import QuerySet
from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.response import Response

from labnotebook.records.api import (
    RecordViewSet,
    StrictSerializer,
    answer_once,
    read_body,
    require_match,
)
from labnotebook.records.api.rows import Rows
from labnotebook.records.api.schema import MAY_MATCH
from labnotebook.records.models import Signature
from labnotebook.records.permissions import pick_project
from labnotebook.records.proofs.digests import digest_of
from labnotebook.records.refusals import Refusal
from labnotebook.records.services.signatures import content_of
from synthesis.api.attachments import AttachmentsMixin
from synthesis.api.batch_story import DETAIL, BatchDetailSerializer, BatchSerializer
from synthesis.api.bench import BenchMixin
from synthesis.api.corrections import (
    CorrectionsSerializer,
    RecomputeSerializer,
    corrections_body,
)
from synthesis.api.lineage import LineageSerializer
from synthesis.api.movements import ArchiveSerializer
from synthesis.api.plans import PlanRequestSerializer, open_body
from synthesis.api.step_filters import BatchStepFilter
from synthesis.models import Addition, Batch
from synthesis.services import batches, pinned
from synthesis.services.finishing import finish_batch
from synthesis.services.lineage import Lineage, lineage_of
from synthesis.services.plans import planner_for
from synthesis.services.witnessing import witness_batch

MOST_AT_ONCE = 100


class BatchRequestSerializer(PlanRequestSerializer):
    """What to plan, by which recipe, in which project."""

    project = serializers.SlugField(required=False, max_length=60)
    recipe = serializers.SlugField(max_length=80)


_ONE = open_body(
    project={"type": "string", "maxLength": 60},
    recipe={"type": "string", "maxLength": 80, "description": "Required"},
)["application/json"] | {"required": ["recipe"]}
BATCH_BODY = {
    "application/json": {
        "oneOf": [_ONE, {"type": "array", "minItems": 1, "maxItems": MOST_AT_ONCE, "items": _ONE}]
    }
}


class FinishSerializer(StrictSerializer):
    """Finish a batch: the bench record ends, and what is open is explained."""

    unrecorded_reason = serializers.CharField(
        required=False,
        allow_blank=True,
        max_length=280,
        default="",
        help_text="Why what was not recorded stays empty, for all that `unrecorded` does not name",
    )
    unrecorded = serializers.DictField(
        child=serializers.CharField(max_length=280, allow_blank=True),
        required=False,
        default=dict,
        help_text="Why a reagent or step stays empty, by its key",
    )
    deviations = serializers.DictField(
        child=serializers.CharField(max_length=1000, allow_blank=True),
        required=False,
        default=dict,
        help_text="Why it was done differently, by the id of the deviation; a major one needs it",
    )


class AbandonSerializer(StrictSerializer):
    """Abandon a batch."""

    reason = serializers.CharField(max_length=1000)


class SignSerializer(StrictSerializer):
    """Sign a batch."""

    password = serializers.CharField(max_length=200, help_text="Your own, again")
    meaning = serializers.ChoiceField(
        Signature.Meaning.choices,
        required=False,
        default=Signature.Meaning.AUTHOR,
        help_text="The author signs first; a witness is another person, and signs after",
    )
    content_sha256 = serializers.RegexField(
        r"^[0-9a-f]{64}$",
        required=False,
        default="",
        help_text="From `content/`: refused with 412 when anything was recorded since",
    )


class SignedContentSerializer(serializers.Serializer):
    """What a signature would cover now."""

    version = serializers.IntegerField()
    content_sha256 = serializers.CharField()
    rows = serializers.IntegerField()


class EmptySerializer(StrictSerializer):
    """Nothing to say."""


# What a batch in a list is read with: the sources of its fields, and the version of its ETag.
LISTED = (
    "version",
    *(
        field.source.replace(".", "__")
        for field in BatchSerializer().fields.values()
        if field.source != "etag"
    ),
)


class BatchFilter(BatchStepFilter):
    """Filters of the list."""

    archived = django_filters.BooleanFilter(
        method="put_away", label="Put away or not; both when it is not asked"
    )
    recipe = django_filters.CharFilter("recipe_version__recipe__slug")
    project = django_filters.CharFilter("project__slug")
    lot = django_filters.CharFilter(
        method="poured", label="Code of a bottle or stock that went into it"
    )

    class Meta:
        model = Batch
        fields = ["state", "recipe", "project"]

    def put_away(self, batches: QuerySet[Batch], name: str, wanted: bool) -> QuerySet[Batch]:
        """Return those that are archived, or those that are not."""
        return batches.filter(archive__archived_at__isnull=not wanted)

    def poured(self, batches: QuerySet[Batch], name: str, code: str) -> QuerySet[Batch]:
        """Return the batches that a bottle was poured into, or is planned for."""
        return batches.filter(pk__in=Addition.objects.filter(material__code=code).values("batch"))


class BatchViewSet(
    BenchMixin, AttachmentsMixin, mixins.ListModelMixin, mixins.RetrieveModelMixin, RecordViewSet
):
    """One flask each, addressed by code."""

    queryset = Batch.objects.select_related(
        "project", "recipe_version__recipe", "planned_by", "archive"
    )
    serializer_class = BatchSerializer
    filterset_class = BatchFilter
    lookup_field = "code"
    rows: Rows = DETAIL  # the story of one; the rooms above add what they know

    def get_queryset(self):
        """Load of a batch in a list what the list shows."""
        rows = super().get_queryset()
        return rows.only(*LISTED) if self.action == "list" else rows

    @extend_schema(responses=BatchDetailSerializer)
    def retrieve(self, request, code: str) -> Response:
        """Tell the whole story of one batch."""
        told = self.story(code)
        return Response(told, headers={"ETag": told["etag"]})

    def story(self, code: str) -> dict[str, Any]:
        """Return the body of one batch."""
        found = self.rows.fetch({"user": self.request.user.pk, "code": code})
        if not found:
            raise Http404
        return found[0]

    def _fresh(self, batch: Batch) -> Response:
        batch = BatchViewSet.queryset.get(pk=batch.pk)
        return _answer(batch)

    @extend_schema(
        request=BATCH_BODY,
        responses={
            201: {
                "oneOf": [
                    {"$ref": "#/components/schemas/Batch"},
                    {"type": "array", "items": {"$ref": "#/components/schemas/Batch"}},
                ]
            }
        },
    )
    def create(self, request) -> Response:
        """Freeze a plan under a new code and ask for its forecast; of a list, all or none."""
        several = isinstance(request.data, list)
        sent = request.data if several else [request.data]
        if not 1 <= len(sent) <= MOST_AT_ONCE:
            raise Refusal(f"Send one batch, or a list of 1 to {MOST_AT_ONCE}.")
        orders = _orders(request.user, sent, several=several)

        def create() -> Response:
            made = batches.create_batches(by=request.user, orders=orders)
            if several:
                return Response(BatchSerializer(made, many=True).data, status=201)
            return _answer(made[0], status=201)

        return answer_once(request, create)

    @extend_schema(responses=LineageSerializer)
    @action(detail=True, methods=["get"])
    def lineage(self, request, code: str) -> Response:
        """Return what went into the batch and what was made of it, with amounts."""
        return Response(self.lineage_graph(self.get_object()).as_dict())

    def lineage_graph(self, batch: Batch) -> Lineage:
        """Return the graph as far as this room knows it; the rooms above add layers and devices."""
        return lineage_of(self.request.user, [("batch", batch.pk)])

    @extend_schema(responses=CorrectionsSerializer)
    @action(detail=True, methods=["get"])
    def corrections(self, request, code: str) -> Response:
        """Return which of its bottles were corrected since, and what its ratios would be now."""
        batch = self.get_object()
        corrected = pinned.corrected_of_batch(batch)
        return Response(corrections_body(corrected, pinned.numbers_now(batch) if corrected else {}))

    @extend_schema(request=RecomputeSerializer, responses=BatchSerializer)
    @action(detail=True, methods=["post"])
    def recompute(self, request, code: str) -> Response:
        """Compute the weighed ratios again with the corrected bottles, with a reason."""
        batch = self.get_object()
        said = read_body(RecomputeSerializer, request)
        return self._fresh(pinned.recompute(by=request.user, batch=batch, **said))

    def _seen(self, request) -> dict[str, Any]:
        """Return the batch, and the version that the client saw when it says so."""
        batch = self.get_object()
        version = require_match(request, batch) if "If-Match" in request.headers else None
        return {"by": request.user, "batch": batch, "version": version}

    @extend_schema(parameters=[MAY_MATCH], request=EmptySerializer, responses=BatchSerializer)
    @action(detail=True, methods=["post"])
    def start(self, request, code: str) -> Response:
        """Begin the work."""
        read_body(EmptySerializer, request)
        return self._fresh(batches.start_batch(**self._seen(request)))

    @extend_schema(parameters=[MAY_MATCH], request=FinishSerializer, responses=BatchSerializer)
    @action(detail=True, methods=["post"])
    def finish(self, request, code: str) -> Response:
        """End the work; what was not recorded, and each major deviation, needs a reason."""
        said = read_body(FinishSerializer, request)
        return self._fresh(finish_batch(**self._seen(request), **said))

    @extend_schema(parameters=[MAY_MATCH], request=AbandonSerializer, responses=BatchSerializer)
    @action(detail=True, methods=["post"])
    def abandon(self, request, code: str) -> Response:
        """Give the batch up, with a reason."""
        said = read_body(AbandonSerializer, request)
        return self._fresh(batches.abandon_batch(**self._seen(request), **said))

    @extend_schema(
        operation_id="batches_archive",
        parameters=[MAY_MATCH],
        request=ArchiveSerializer,
        responses=BatchSerializer,
    )
    @action(detail=True, methods=["post"])
    def archive(self, request, code: str) -> Response:
        """Put the batch away, with a reason, or with `back` take it out; lists of pages leave it out."""
        said = read_body(ArchiveSerializer, request)
        return self._fresh(batches.archive_batch(**self._seen(request), **said))

    @extend_schema(responses=SignedContentSerializer)
    @action(detail=True)
    def content(self, request, code: str) -> Response:
        """Return the digest of everything that a signature would cover now, to be sent to `sign/`."""
        batch = self.get_object()
        covers = content_of(batch)
        said = {
            "version": batch.version,
            "content_sha256": digest_of(covers),
            "rows": sum(len(rows) for rows in covers.values()),
        }
        return Response(said, headers={"ETag": batch.etag})

    @extend_schema(parameters=[MAY_MATCH], request=SignSerializer, responses=BatchSerializer)
    @action(detail=True, methods=["post"])
    def sign(self, request, code: str) -> Response:
        """Sign as author, which locks the record from then on; or what its author has signed, as a witness.

        What you saw is what you sign when you say it: send the ETag of the batch in If-Match, or
        `content_sha256`. Five wrong passwords in five minutes are answered with 429.
        """
        said = read_body(SignSerializer, request)
        is_witness = said.pop("meaning") == Signature.Meaning.WITNESS
        sign = witness_batch if is_witness else batches.sign_batch
        return self._fresh(sign(**self._seen(request), **said))


def _answer(batch: Batch, status: int = 200) -> Response:
    headers = {"ETag": batch.etag, "Location": f"/api/v1/batches/{batch.code}/"}
    return Response(BatchSerializer(batch).data, status=status, headers=headers)


def _orders(user: Any, sent: list[Any], *, several: bool) -> list[batches.BatchOrder]:
    """Read the batches to make; each recipe and project is looked up once."""
    planner_of = cache(partial(planner_for, user))
    project_of = cache(partial(pick_project, user))
    orders = []
    for index, one in enumerate(sent):
        place = f"{index}." if several else ""
        asked = BatchRequestSerializer(data=one)
        if not asked.is_valid():
            errors = asked.errors
            raise serializers.ValidationError({place[:-1]: errors} if place else errors)
        said = asked.validated_data
        try:
            planner, project = planner_of(said["recipe"]), project_of(said.get("project"))
        except Refusal as refusal:
            field = f"{place}{refusal.field}"
            raise type(refusal)(refusal.sentence, field=field) from refusal
        orders.append(
            batches.BatchOrder(
                project=project,
                planner=planner,
                targets=said["inputs"],
                lots=said["lots"],
                correct_for_assay=said["correct_for_assay"],
                instruments=said["instruments"],
                place=place,
            )
        )
    return orders
