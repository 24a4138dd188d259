"""What a serializer shows, read by one statement and written without an instance per row.

A story of a dozen tables would ask a dozen queries, and build hundreds of objects to write their
fields. Here a serializer says which fields there are and how each is written, as it does in the
OpenAPI document; the columns follow from it, and the rows below a row come as arrays of records,
typed, in the same answer of the database.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from typing import Any

import orjson
from django.utils.timezone import get_current_timezone
from rest_framework import serializers
from rest_framework.fields import Field, SerializerMethodField

from labnotebook.records.prepared import fetch_rows

Write = Callable[[Any], Any]
# Their values come from the database as they are written; others are written by the field.
PLAIN = tuple(
    field.to_representation
    for field in (
        serializers.BooleanField,
        serializers.CharField,
        serializers.ChoiceField,
        serializers.DecimalField,
        serializers.FloatField,
        serializers.IntegerField,
        serializers.SlugRelatedField,
        SerializerMethodField,
    )
)


def _moment(value: datetime) -> str:
    """Write a moment in the zone of the lab, as its field does; a story has fifty of them."""
    text = value.astimezone(get_current_timezone()).isoformat()
    return f"{text[:-6]}Z" if text.endswith("+00:00") else text


class Json(str):
    """SQL of a JSON value, for a field that does not say so itself."""


class Rows:
    """The rows of one table in the shape of a serializer.

    ``alias`` names the table in ``source``, which is what follows FROM. A field is read from the
    column of its source; ``columns`` says otherwise: SQL, or the rows below this one. As a column,
    rows are a list, with ``one`` the first or None, with ``keyed_by`` (SQL) an object by these keys.
    """

    def __init__(
        self,
        shape: type[serializers.Serializer],
        alias: str,
        source: str = "",
        *,
        one: bool = False,
        keyed_by: str = "",
        columns: Mapping[str, str | Rows] | None = None,
    ) -> None:
        self.shape, self.alias, self.source = shape, alias, source
        self.one, self.keyed_by = one, keyed_by
        self.columns: dict[str, str | Rows] = dict(columns or {})

    def extended(
        self, shape: type[serializers.Serializer], columns: Mapping[str, str | Rows]
    ) -> Rows:
        """Return the same rows in a shape with more fields."""
        return Rows(
            shape, self.alias, self.source, one=self.one, columns={**self.columns, **columns}
        )

    def fetch(self, parameters: Mapping[str, Any]) -> list[dict[str, Any]]:
        """Return the rows, written."""
        return [self._write_one(row) for row in fetch_rows(self.statement, parameters)]

    @cached_property
    def statement(self) -> str:
        """The SQL that reads these rows and all below them."""
        return f"SELECT {self._selected} FROM {self.source}"  # noqa: S608  (our own names)

    @property
    def as_column(self) -> str:
        """The SQL of these rows as one column of the row above."""
        row = f"ROW({', '.join(filter(None, [self.keyed_by, self._selected]))})"
        if not self.source:  # columns of a table that the row above joins
            return row
        select = f"SELECT {row} FROM {self.source}"  # noqa: S608  (our own names)
        return f"({select} LIMIT 1)" if self.one else f"ARRAY({select})"

    def write(self, rows: Any) -> Any:
        """Return what was read by `as_column`, in the shape of the serializer."""
        if self.one or not self.source:
            return self._write_one(rows)
        if self.keyed_by:
            return {key: self._write_one(row) for key, *row in rows}
        return [self._write_one(row) for row in rows]

    def _write_one(self, row: Sequence[Any]) -> dict[str, Any]:
        return {
            name: value if write is None or value is None else write(value)
            for (name, write), value in zip(self._writers, row, strict=True)
        }

    @property
    def names(self) -> list[str]:
        """The names of the fields, in the order of the columns."""
        return list(self._fields)

    @cached_property
    def json_names(self) -> frozenset[str]:
        """The names of the fields that are read as JSON text."""
        return frozenset(
            name
            for name, field in self._fields.items()
            if isinstance(self.columns.get(name), Json) or isinstance(field, serializers.JSONField)
        )

    @cached_property
    def _fields(self) -> dict[str, Field]:
        return dict(self.shape().fields)

    @cached_property
    def _selected(self) -> str:
        return ", ".join(self._column(name, field) for name, field in self._fields.items())

    def _column(self, name: str, field: Field) -> str:
        column = self.columns.get(name)
        if isinstance(column, Rows):
            return column.as_column
        if column is None:
            if isinstance(field, SerializerMethodField) or "." in field.source:
                raise TypeError(f"{self.shape.__name__}.{name}: say from which column it is read")
            column = f"{self.alias}.{field.source}"
        return f"({column})::text" if name in self.json_names else column

    @cached_property
    def _writers(self) -> list[tuple[str, Write | None]]:
        return [(name, self._writer(name, field)) for name, field in self._fields.items()]

    def _writer(self, name: str, field: Field) -> Write | None:
        column = self.columns.get(name)
        if isinstance(column, Rows):
            return column.write
        if name in self.json_names:
            return orjson.loads
        write = type(field).to_representation
        if write is serializers.DateTimeField.to_representation:
            return _moment
        return None if write in PLAIN else field.to_representation
