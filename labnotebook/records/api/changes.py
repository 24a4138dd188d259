"""GET changes/: what changed, in the order in which it was written."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from labnotebook.records.api.changed import (
    CHANGED_SINCE,
    PARAMETER,
    Asked,
    Kind,
    changes,
    read_moment,
)
from labnotebook.records.api.rendering import OrjsonRenderer
from labnotebook.records.asked import whole_number
from labnotebook.records.refusals import Refusal

KNOWN = ("after", "kind", PARAMETER, "page_size", "format")
TEXT = {"type": "string", "maxLength": 400, "pattern": r"^[^\u0000]*$"}


class WriteSerializer(serializers.Serializer):
    """One write of one record."""

    seq = serializers.IntegerField(help_text="Rises with every write; give it as `after` to go on")
    kind = serializers.CharField(help_text="batch, measurement, outcome ...")
    id = serializers.CharField(help_text="As the record's address has it: code, slug or number")
    what = serializers.ChoiceField(["made", "changed", "removed", "added to"])
    version = serializers.IntegerField(
        allow_null=True,
        help_text="Of the record after it; null where a line was added at the bench",
    )
    at = serializers.DateTimeField(help_text="When it was written, by the clock of the notebook")
    by = serializers.CharField(help_text="Whose account, or which task")
    reason = serializers.CharField(allow_blank=True)
    address = serializers.CharField(help_text="Of the record, relative to the host")


class ChangesPageSerializer(serializers.Serializer):
    """Some changes, the oldest first."""

    next = serializers.CharField(
        allow_null=True, help_text="The address that goes on; null when all that there is was told"
    )
    after = serializers.IntegerField(help_text="Ask with this `after` later for what comes then")
    results = WriteSerializer(many=True)


class ChangesView(APIView):
    """The stream of changes."""

    kinds: Mapping[str, Kind] = {}
    renderer_classes = [OrjsonRenderer]

    @extend_schema(
        operation_id="changes_list",
        responses=ChangesPageSerializer,
        parameters=[
            OpenApiParameter(
                "after",
                {"type": "integer", "minimum": 0, "maximum": 10**18 - 1, "default": 0},
                description="Only what was written after this `seq`.",
            ),
            OpenApiParameter("kind", TEXT, description="Only of these kinds, separated by commas."),
            CHANGED_SINCE,
            OpenApiParameter(
                "page_size",
                {"type": "integer", "minimum": 1, "maximum": 1000, "default": 100},
                description="How many at most.",
            ),
        ],
    )
    def get(self, request: Request) -> Response:
        """Tell who wrote what and when, of everything that the person may see, the oldest first.

        No write is missed by who goes on with `after`. An answer may be short, even empty, while `next` is
        not null: what others may see alone is passed over.
        """
        asked = self._asked(request)
        told, last, more = changes(request, self.kinds, asked)
        query = urlencode({**request.query_params.dict(), "after": last})
        address = f"{request.path}?{query}" if more else None
        return Response({"next": address, "after": last, "results": told})

    def _asked(self, request: Request) -> Asked:
        said = request.query_params
        unknown = sorted(set(said) - set(KNOWN))
        if unknown:
            raise Refusal(
                f"Unknown query parameter {unknown[0][:60]!r}. Known here: {', '.join(KNOWN[:-1])}.",
                field=unknown[0][:60],
            )
        after, size = (
            whole_number(said.get("after", "0")),
            whole_number(said.get("page_size", "100")),
        )
        if after is None:
            raise Refusal(
                "after is the seq of a change, or what the last answer said.", field="after"
            )
        if not 1 <= (size or 0) <= 1000:
            raise Refusal("page_size is a whole number from 1 to 1000.", field="page_size")
        since = read_moment(said[PARAMETER]) if PARAMETER in said else None
        return Asked(after, since, self._tables(said.get("kind")), size or 0)

    def _tables(self, words: str | None) -> list[str]:
        if words is None:
            return list(self.kinds)
        names = {kind.name for kind in self.kinds.values()}
        wanted = [word.strip() for word in words.split(",")]
        strange = [word for word in wanted if word not in names]
        if strange:
            raise Refusal(
                f"There is no kind {strange[0][:60]!r}. Known here: {', '.join(sorted(names))}.",
                field="kind",
            )
        return [table for table, kind in self.kinds.items() if kind.name in wanted]
