"""A shelf of bottles as a table, by API: checked, brought in, written out."""

from __future__ import annotations

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from labnotebook.records.api import (
    BytesRenderer,
    OrjsonRenderer,
    StrictSerializer,
    answer_once,
    read_body,
)
from labnotebook.records.models import Role
from labnotebook.records.permissions import pick_project
from labnotebook.records.services.files import hashed
from synthesis.api.material_files import MaterialFilesMixin
from synthesis.api.movements import LotViewSet as MovedLotViewSet
from synthesis.downloads import TABLE_TYPES, table_response
from synthesis.models import Material
from synthesis.services import shelf
from synthesis.services.materials import BOTTLE_FIELDS
from synthesis.services.shelf_export import shelf_of

NOTHING, GOOD, ALL = "nothing", "good", "all"


class ImportSerializer(StrictSerializer):
    """A table of bottles, and what is said of it."""

    file = serializers.FileField(help_text="CSV or .xlsx, one bottle a row")
    project = serializers.SlugField(required=False, max_length=60)
    decimal = serializers.ChoiceField(
        ["comma", "point"],
        required=False,
        help_text="How this table writes 1.5; asked where it matters",
    )
    dates = serializers.ChoiceField(
        ["day", "month"], required=False, help_text="What stands first in 03/04/2026"
    )
    save = serializers.ChoiceField(
        [NOTHING, GOOD, ALL],
        required=False,
        default=NOTHING,
        help_text="nothing: only checked; good: the good rows; all: every row or none",
    )
    another = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=2**31),
        required=False,
        max_length=1000,
        help_text="Rows that are asked about and are another bottle of the same",
    )


class ImportErrorSerializer(serializers.Serializer):
    """What is wrong in one cell."""

    field = serializers.CharField(allow_blank=True, help_text="The column; empty: the row")
    message = serializers.CharField()


class BottleSaidSerializer(serializers.ModelSerializer):
    """What a row says of a bottle."""

    chemical = serializers.SlugRelatedField(slug_field="slug", read_only=True)

    class Meta:
        model = Material
        fields = ("chemical", "name", "formula", *BOTTLE_FIELDS)


class ImportedRowSerializer(serializers.Serializer):
    """What became of a row, numbered as a spreadsheet does."""

    row = serializers.IntegerField()
    state = serializers.ChoiceField([shelf.GOOD, shelf.ASKED, shelf.FAULTY, "saved"])
    code = serializers.CharField(allow_null=True, help_text="Of the bottle, once it is saved")
    bottle = BottleSaidSerializer(allow_null=True)
    errors = ImportErrorSerializer(many=True)
    question = serializers.CharField(help_text="Why it may be there already; answer with another")
    remarks = serializers.ListField(child=serializers.CharField())


class ImportAnswerSerializer(serializers.Serializer):
    """Every row, and what of the table was not read."""

    rows = ImportedRowSerializer(many=True)
    saved = serializers.IntegerField()
    sheet = serializers.CharField(allow_blank=True)
    unread_sheets = serializers.ListField(child=serializers.CharField())
    unread_columns = serializers.ListField(child=serializers.CharField())


class LotViewSet(MaterialFilesMixin, MovedLotViewSet):
    """Bottles and stocks, addressed by code, one by one or as a table."""

    @property
    def extra_query_parameters(self) -> frozenset[str]:
        """What an export is asked for with; nothing else takes these."""
        return frozenset({"as", "project"} if self.action == "write_out" else ())

    @extend_schema(
        operation_id="lots_import",
        request={"multipart/form-data": ImportSerializer},
        responses={200: ImportAnswerSerializer, 201: ImportAnswerSerializer},
    )
    @action(detail=False, methods=["post"], url_path="import", parser_classes=[MultiPartParser])
    def bring_in(self, request: Request) -> Response:
        """Check a table of bottles, and with ``save`` enter them: 201 when something was saved."""
        said = read_body(ImportSerializer, request)
        project = pick_project(request.user, said.get("project"))
        table = shelf.read_shelf(hashed(said["file"]))

        def create() -> Response:
            rows = shelf.check_shelf(
                by=request.user,
                project=project,
                table=table,
                decimal=said.get("decimal", ""),
                dates=said.get("dates", ""),
            )
            chosen = shelf.chosen(rows, said.get("another", ()))
            if said["save"] == ALL:
                _refuse_the_rest(rows, chosen)
            if said["save"] == NOTHING:
                chosen = []
            if chosen:
                shelf.save_shelf(by=request.user, project=project, rows=chosen, name=table.name)
            answer = {
                "rows": [_row(one) for one in rows],
                "saved": len(chosen),
                "sheet": table.sheet,
                "unread_sheets": table.others,
                "unread_columns": table.header.unread,
            }
            body = ImportAnswerSerializer(answer).data
            return Response(body, status=201 if chosen else 200)

        return answer_once(request, create)

    @extend_schema(
        operation_id="lots_export",
        parameters=[
            OpenApiParameter("as", OpenApiTypes.STR, enum=list(TABLE_TYPES), default="csv"),
            OpenApiParameter("project", OpenApiTypes.STR),
        ],
        responses={
            (200, kind.partition(";")[0]): OpenApiTypes.BINARY for kind in TABLE_TYPES.values()
        },
        filters=False,
    )
    @action(
        detail=False,
        methods=["get"],
        url_path="export",
        pagination_class=None,
        renderer_classes=[OrjsonRenderer, BytesRenderer],
    )
    def write_out(self, request: Request) -> Any:
        """Return the bought bottles of a project, in the columns that import reads."""
        form = request.query_params.get("as", "csv")
        if form not in TABLE_TYPES:
            raise serializers.ValidationError({"as": ["Write as=csv or as=xlsx."]})
        slug = request.query_params.get("project")
        project = pick_project(request.user, slug, role=Role.VIEWER)
        return table_response(shelf_of(project), f"shelf-{project.slug}", form)


def _refuse_the_rest(rows: list[shelf.CheckedRow], chosen: list[shelf.CheckedRow]) -> None:
    """Refuse a table of which not every row is good, with each sentence at its row and column."""
    errors = {}
    for one in rows:
        for fault in one.row.faults:
            field = f"rows[{one.row.number}].{fault.field}".rstrip(".")
            errors.setdefault(field, []).append(fault.sentence)
        if one.question and one not in chosen:
            errors[f"rows[{one.row.number}]"] = [f"{one.question} Then name the row in another."]
    if errors:
        raise serializers.ValidationError(errors)


def _row(one: shelf.CheckedRow) -> dict[str, Any]:
    code = one.bottle.code if one.bottle is not None else ""
    return {
        "row": one.row.number,
        "state": "saved" if code else one.state,
        "code": code or None,
        "bottle": one.bottle,
        "errors": [{"field": fault.field, "message": fault.told} for fault in one.row.faults],
        "question": one.question,
        "remarks": one.row.remarks,
    }
