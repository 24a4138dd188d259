"""The columns that a person's history shows where the address chooses none."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from analysis.history.language import LONGEST_LIST
from analysis.models import OwnColumns
from labnotebook.records.history import recorded
from labnotebook.records.refusals import Refusal


def keep_columns(*, by: Any, names: Sequence[str]) -> OwnColumns:
    """Keep these columns as the person's own; without any, the usual ones are shown again."""
    columns = ",".join(names)
    longest = OwnColumns._meta.get_field("columns").max_length or 0
    if len(names) > LONGEST_LIST or len(columns) > longest:
        raise Refusal(f"Choose at most {LONGEST_LIST} columns.", field="columns")
    with recorded(by, "choose the columns of the history"):
        own, made = OwnColumns.objects.get_or_create(person=by, defaults={"columns": columns})
        if not made and own.columns != columns:
            own.lock().set_fields(columns=columns)
    return own
