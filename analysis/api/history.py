"""The history by API: one row per batch, filtered, sorted, in pages; and all of it as a file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponseBase
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from analysis.exports.forms import FORMS, hand_out
from analysis.exports.history import history_table
from analysis.history import rows
from analysis.history.catalogue import Catalogue
from analysis.history.columns import (
    COLUMNS,
    DEFAULT_ORDERING,
    FURTHER,
    UNKNOWN,
    Column,
    Kind,
)
from analysis.history.language import (
    LARGEST_PAGE,
    LONGEST_TEXT,
    PAGE_SIZE,
    Question,
    read_question,
)
from labnotebook.records.api import OrjsonRenderer
from labnotebook.records.api.schema import ProblemAutoSchema

RELATIONS = {"": "is", "__gte": "is at least", "__lte": "is at most"}


class HistoryRowSerializer(serializers.Serializer):
    """One batch with everything that can be asked for; null is what nobody has measured yet."""

    def get_fields(self) -> dict[str, serializers.Field]:
        """Return one field per column; those beside the row's own only come when they are asked for.

        So do the ratios of the lab's recipes and its own quantities, each a number under its name.
        """
        return {name: _field(column) for name, column in (COLUMNS | FURTHER).items()}


class HistoryPageSerializer(serializers.Serializer):
    """One page of rows with the addresses of the pages beside it."""

    next = serializers.CharField(allow_null=True, help_text="Relative to the host.")
    previous = serializers.CharField(allow_null=True, help_text="Relative to the host.")
    results = HistoryRowSerializer(many=True)


def _field(column: Column) -> serializers.Field:
    said = str(column.title)
    if column.kind is Kind.TIME:
        return serializers.DateTimeField(help_text=said, required=False)
    if column.kind is Kind.WORD:
        return serializers.CharField(
            help_text=said, allow_blank=column.may_be_blank, required=False
        )
    if column.whole:
        return serializers.IntegerField(help_text=said, required=False)
    return serializers.FloatField(help_text=said, allow_null=True, required=False)


def filter_parameters(columns: Mapping[str, Column]) -> list[OpenApiParameter]:
    """Return what can be asked of these columns, for the OpenAPI document."""
    text = {"type": "string", "maxLength": LONGEST_TEXT, "pattern": r"^[^\u0000]*$"}
    parameters = [
        OpenApiParameter(
            "q", text, description="Words that code, recipe, person or precursor contain."
        )
    ]
    for name, column in columns.items():
        if column.kind is Kind.NUMBER:
            parameters += [
                OpenApiParameter(
                    name + relation,
                    {"type": "number", "minimum": -1e15, "maximum": 1e15},
                    description=f"{column.title} {words} this.",
                )
                for relation, words in RELATIONS.items()
            ]
        elif column.kind is Kind.TIME:
            parameters += [
                OpenApiParameter(name + relation, OpenApiTypes.STR, description=words)
                for relation, words in (
                    (
                        "__gte",
                        "From this day or moment on, such as 2026-11-22 or 2026-11-22T14:30:00Z.",
                    ),
                    ("__lte", "Until the end of this day, or until this moment."),
                )
            ]
        else:
            known = [*column.choices, *([UNKNOWN] if column.may_be_blank else [])]
            words = f" Known: {', '.join(known)}." if column.choices else ""
            parameters.append(
                OpenApiParameter(
                    name,
                    OpenApiTypes.STR,
                    description=f"{column.label} is one of these, separated by commas.{words}",
                )
            )
    parameters.append(
        OpenApiParameter(
            "ordering",
            OpenApiTypes.STR,
            enum=[sign + name for name in columns for sign in ("", "-")],
            default=DEFAULT_ORDERING,
            description="The column to sort by, with a minus the other way round; unknown comes last.",
        )
    )
    parameters.append(
        OpenApiParameter(
            "columns",
            {"type": "string", "pattern": f"^({'|'.join(columns)})(,({'|'.join(columns)}))*$"},
            description="The columns of a row, separated by commas, in this order; without it, the"
            f" usual ones and those that the question is about. Known: {', '.join(columns)}.",
        )
    )
    return parameters


class HistorySchema(AutoSchema):
    """The document of the history: what the lab's recipes and quantities add is looked up."""

    def get_override_parameters(self) -> list[OpenApiParameter]:
        """Return every filter, and where it pages, what pages it."""
        paging = PAGE_PARAMETERS if self.view.pages else []
        return [*filter_parameters(self._columns()), *paging]

    def _columns(self) -> Mapping[str, Column]:
        """Return what every notebook has; for somebody who signed in, also what the lab added."""
        user = getattr(self.view.request, "user", None)
        if user is None or not user.is_authenticated:
            return COLUMNS | FURTHER
        return Catalogue(user).every


PAGE_PARAMETERS = [
    OpenApiParameter(
        "page_size",
        {"type": "integer", "minimum": 1, "maximum": LARGEST_PAGE, "default": PAGE_SIZE},
        description="How many rows.",
    ),
    OpenApiParameter(
        "cursor",
        OpenApiTypes.STR,
        description="Where the page starts; take it from next or previous.",
    ),
]


def question_of(request: Request) -> Question:
    """Return the question that the query parameters ask."""
    query = request.query_params
    pairs = ((name, text) for name, texts in query.lists() if name != "format" for text in texts)
    return read_question(pairs, request.user)


class HistoryView(APIView):
    """One row per batch."""

    schema = HistorySchema()
    pages = True
    renderer_classes = [OrjsonRenderer]

    @extend_schema(operation_id="history_list", responses=HistoryPageSerializer)
    def get(self, request: Request) -> Response:
        """Find batches by everything that is known about them."""
        question = question_of(request)
        page = rows.search(request.user, question)
        base = f"{request.path}?"

        def address(cursor: str | None) -> str | None:
            return cursor and base + urlencode({**question.typed, "cursor": cursor})

        return Response(
            {"next": address(page.next), "previous": address(page.previous), "results": page.rows}
        )


class TableFileSchema(ProblemAutoSchema):
    """The document of a table to take away: one answer, a file in the form of the view."""

    def get_operation_id(self) -> str:
        """Name the table and the form: history_parquet."""
        return f"{self.view.table_name}_{self.view.form}"

    def get_response_serializers(self) -> Any:
        """Return what is handed out."""
        media_type = FORMS[self.view.form].media_type.partition(";")[0]
        is_text = self.view.form in ("csv", "jsonl")
        return {(200, media_type): OpenApiTypes.STR if is_text else OpenApiTypes.BINARY}


class TableFileView(APIView):
    """A table in one form; subclasses say which rows."""

    form = "csv"
    table_name = ""
    pages = False
    renderer_classes = [OrjsonRenderer]  # of refusals; the rows pass from the database as they are

    def perform_content_negotiation(self, request: Request, force: bool = False) -> tuple[Any, str]:
        """Take any Accept header: there is one format for rows and one for refusals."""
        return OrjsonRenderer(), OrjsonRenderer.media_type


class HistoryFileSchema(TableFileSchema, HistorySchema):
    """The filters of the history, and a file for an answer."""


class HistoryFileView(TableFileView):
    """Every row of a question, in one form."""

    schema = HistoryFileSchema()
    table_name = "history"

    def get(self, request: Request) -> HttpResponseBase:
        """Hand out every row that the question finds; page_size and cursor make no difference.

        A workbook holds at most 100,000 rows, the other forms any number. Words that a spreadsheet would take
        for a formula have an apostrophe in front in CSV only.
        """
        return hand_out(history_table(request.user, question_of(request)), self.form)
