"""The base of every resource."""

from __future__ import annotations

from typing import Any

from django_filters import BooleanFilter
from rest_framework import serializers, viewsets
from rest_framework.mixins import ListModelMixin
from rest_framework.request import Request

from labnotebook.records.api.changed import PARAMETER, changed_since, read_moment
from labnotebook.records.api.pages import CursorPages
from labnotebook.records.api.parsing import JsonParser
from labnotebook.records.api.rendering import OrjsonRenderer
from labnotebook.records.api.waiting import WAIT
from labnotebook.records.asked import whole_number

YES_OR_NO = {"true", "false", "1", "0"}
ALWAYS_KNOWN = {"page_size", "cursor", "format"}


class RecordViewSet(viewsets.GenericViewSet):
    """Rows that the person may see; queries that it knows.

    Subclasses set ``queryset`` (with ``visible_to``), ``serializer_class`` and, for lists, a
    ``filterset_class``. An unknown query parameter is refused: a misspelt filter must not answer with
    every row.
    """

    renderer_classes = [OrjsonRenderer]
    parser_classes = [JsonParser]
    pagination_class = CursorPages
    extra_query_parameters: frozenset[str] = frozenset()

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Check who asks and what is asked before anything is done."""
        super().initial(request, *args, **kwargs)
        if self.action is not None:  # else the method itself is refused, with 405
            self._refuse_unknown_parameters(request)

    def get_queryset(self):
        """Return the rows of the person's own projects (and what the lab shares)."""
        if getattr(self, "swagger_fake_view", False):
            return self.queryset.none()
        return self.queryset.visible_to(self.request.user)

    @property
    def tells_changes(self) -> bool:
        """Whether this is a list of records, which can be asked for those that changed since."""
        return self.action == "list" and isinstance(self, ListModelMixin)

    def filter_queryset(self, rows):
        """Apply the filters, and ``changed_since``."""
        rows = super().filter_queryset(rows)
        said = self.request.query_params.get(PARAMETER) if self.tells_changes else None
        return rows if said is None else changed_since(rows, read_moment(said))

    def _refuse_unknown_parameters(self, request: Request) -> None:
        known = set(ALWAYS_KNOWN | self.extra_query_parameters)
        filterset = getattr(self, "filterset_class", None)
        if filterset is not None and self.action == "list":
            known |= set(filterset.base_filters)
        if self.action == "retrieve" and getattr(self, "waits", False):
            known.add(WAIT.name)
        if self.tells_changes:
            known.add(PARAMETER)
        unknown = sorted(set(request.query_params) - known)
        if unknown:
            raise serializers.ValidationError(
                {
                    name: [f"Unknown query parameter. Known here: {', '.join(sorted(known))}."]
                    for name in unknown
                }
            )
        self._refuse_neither_yes_nor_no(request)
        size = request.query_params.get("page_size")
        if size is not None and not 1 <= (whole_number(size) or 0) <= 1000:
            raise serializers.ValidationError({"page_size": ["A whole number from 1 to 1000."]})

    def _refuse_neither_yes_nor_no(self, request: Request) -> None:
        """Refuse what is no answer to a yes-or-no filter, which the filter itself would pass over."""
        filterset = getattr(self, "filterset_class", None)
        if filterset is None or self.action != "list":
            return
        for name, one in filterset.base_filters.items():
            said = request.query_params.get(name)
            if (
                isinstance(one, BooleanFilter)
                and said is not None
                and said.lower() not in YES_OR_NO
            ):
                raise serializers.ValidationError({name: ["Say true or false."]})
