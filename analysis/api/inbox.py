"""The inbox: many files at once, each routed by its name; what waits there is assigned by hand."""

from __future__ import annotations

from django_filters import rest_framework as filters
from drf_spectacular.utils import PolymorphicProxySerializer, extend_schema
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.parsers import MultiPartParser
from rest_framework.response import Response

from analysis.api.measured import FileSerializer, MeasurementSerializer
from analysis.models import InboxFile
from analysis.services.inbox import (
    FILED,
    KNOWN,
    REFUSED,
    WAITING,
    TakenIn,
    assign,
    put_aside,
    routes_of_waiting,
    take_in,
    unassigned_for,
    waiting_for,
)
from analysis.services.lists import measurements_for
from analysis.services.subjects import COLUMNS, pick_measured
from analysis.techniques.registry import choices
from labnotebook.records.api import RecordViewSet, StrictSerializer, answer_once, read_body
from labnotebook.records.api.parsing import JsonParser
from labnotebook.records.models import Role
from labnotebook.records.permissions import pick_project
from labnotebook.records.services.files import hashed


class WaitingSerializer(serializers.Serializer):
    """A file that waits for somebody to say what it is of."""

    id = serializers.IntegerField()
    project = serializers.CharField(source="project.slug")
    file = FileSerializer()
    technique = serializers.CharField(allow_blank=True, help_text="As the file tells; empty: ask")
    arrived_at = serializers.DateTimeField()
    put_aside_at = serializers.DateTimeField(allow_null=True)
    put_aside_reason = serializers.CharField(allow_blank=True, help_text="Why nobody wants it")
    why = serializers.CharField(source="route.why", allow_blank=True, help_text="It waits")
    might_be = serializers.SerializerMethodField(help_text="Codes that its name may mean")

    def get_might_be(self, row: InboxFile) -> list[str]:
        """Return them as a person writes them: NC-0042, D-0001/P2."""
        found = row.route
        return [one.words for one in ((found.target,) if found.target else found.might_be)]


class TakenInSerializer(serializers.Serializer):
    """What became of one file."""

    file = serializers.CharField(source="name")
    state = serializers.ChoiceField(choices=[FILED, WAITING, KNOWN, REFUSED])
    why = serializers.CharField(allow_blank=True)
    measurement = serializers.SerializerMethodField()
    of = serializers.SerializerMethodField(help_text="What it is filed with, in words")
    inbox = serializers.SerializerMethodField()

    def get_measurement(self, one: TakenIn) -> int | None:
        """Return the measurement that it is."""
        return one.measurement.pk if one.measurement else None

    def get_of(self, one: TakenIn) -> str:
        """Return its subject."""
        return str(one.measurement.subject) if one.measurement else ""

    def get_inbox(self, one: TakenIn) -> int | None:
        """Return the row of the inbox in which it waits."""
        return one.waiting.pk if one.waiting else None


class TakeInSerializer(StrictSerializer):
    """Files; what each is of stands in its name."""

    file = serializers.FileField(allow_empty_file=True)
    project = serializers.SlugField(
        required=False, help_text="In which waits what no name explains. Left out: your first."
    )
    sure = serializers.BooleanField(
        required=False, default=False, help_text="Keep also what is there already."
    )


class FromInboxSerializer(StrictSerializer):
    """What a file is of: exactly one of batch, device, pixel, lot and layer."""

    batch = serializers.CharField(required=False, max_length=20)
    device = serializers.CharField(required=False, max_length=20)
    pixel = serializers.CharField(required=False, max_length=42)
    lot = serializers.CharField(required=False, max_length=20)
    layer = serializers.CharField(required=False, max_length=30)
    technique = serializers.ChoiceField(
        choices=choices(), required=False, help_text="Left out: as the file tells."
    )
    sure = serializers.BooleanField(required=False, default=False)


class PutAsideSerializer(StrictSerializer):
    """Put a file aside that nobody wants, or let it wait again."""

    reason = serializers.CharField(max_length=300)
    back = serializers.BooleanField(required=False)


class InboxFilter(filters.FilterSet):
    """What waits, or what was put aside."""

    put_aside = filters.BooleanFilter(
        method="aside", label="true: what was put aside. Else what waits."
    )

    class Meta:
        model = InboxFile
        fields = ["put_aside"]

    def aside(self, rows, name: str, wanted: bool):
        """Return those that were put aside, or those that wait."""
        return rows.filter(put_aside_at__isnull=not wanted)


class InboxViewSet(mixins.ListModelMixin, RecordViewSet):
    """Files that wait, and the door for many files at once."""

    queryset = InboxFile.objects.all()
    serializer_class = WaitingSerializer
    filterset_class = InboxFilter
    parser_classes = [MultiPartParser, JsonParser]

    def get_queryset(self):
        """Return what waits in the person's projects; what was assigned meanwhile is told to who assigns it."""
        if getattr(self, "swagger_fake_view", False):
            return self.queryset.none()
        if self.action == "list":
            named = self.request.query_params.get("put_aside")
            return (unassigned_for if named else waiting_for)(self.request.user)
        return super().get_queryset().select_related("file", "project")

    def paginate_queryset(self, queryset):
        """Return a page with the route of each row."""
        rows = super().paginate_queryset(queryset)
        for row, found in zip(rows, routes_of_waiting(self.request.user, rows), strict=True):
            row.route = found
        return rows

    @extend_schema(
        request={"multipart/form-data": TakeInSerializer},
        responses={
            201: PolymorphicProxySerializer(  # a list, and no page of one
                "EachTakenIn",
                [TakenInSerializer(many=True)],
                resource_type_field_name=None,
                many=False,
            )
        },
    )
    def create(self, request) -> Response:
        """Keep files and route each by the code in its name; the answer has one row for each part `file`.

        `filed`: with what its name says, and analysed. `waiting`: its name says nothing, or two things. `known`: it
        is there already, to the last byte, and not kept again. `refused`: why it cannot be kept; the others are.
        """
        given = read_body(TakeInSerializer, request)
        project = pick_project(request.user, given.get("project"), role=Role.INSTRUMENT)
        files = (
            request.data.getlist("file") if hasattr(request.data, "getlist") else [given["file"]]
        )

        def create() -> Response:
            taken = take_in(
                by=request.user, project=project, uploads=map(hashed, files), sure=given["sure"]
            )
            return Response(TakenInSerializer(taken, many=True).data, status=201)

        return answer_once(request, create)

    @extend_schema(request=FromInboxSerializer, responses={201: MeasurementSerializer})
    @action(detail=True, methods=["post"])
    def assign(self, request, pk=None) -> Response:
        """Say what a file that waits is of; it becomes a measurement of that."""
        waiting = self.get_object()
        said = read_body(FromInboxSerializer, request)
        named = {name: said.pop(name, None) for name in COLUMNS.values()}

        def create() -> Response:
            subject = pick_measured(request.user, **named)
            made = assign(by=request.user, waiting=waiting, subject=subject, **said)
            row = measurements_for(request.user).get(pk=made.pk)
            return Response(MeasurementSerializer(row).data, status=201)

        return answer_once(request, create)

    @extend_schema(request=PutAsideSerializer, responses=WaitingSerializer)
    @action(detail=True, methods=["post"], url_path="put-aside")
    def put_aside(self, request, pk=None) -> Response:
        """Put a file aside that nobody wants, with a reason, or with `back` let it wait again; it stays in the record."""
        waiting = self.get_object()
        said = read_body(PutAsideSerializer, request)

        def save() -> Response:
            row = put_aside(by=request.user, waiting=waiting, **said)
            (row.route,) = routes_of_waiting(request.user, [row])
            return Response(WaitingSerializer(row).data)

        return answer_once(request, save)
