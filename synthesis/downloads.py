"""Hand out a recipe or a shelf of bottles as one file; the page and the API give the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import HttpResponse
from django.utils import timezone

from synthesis.chemistry.recipe_files import write_recipe
from synthesis.shelf.writing import Written, write_table

MEDIA_TYPES = {"yaml": "application/yaml", "toml": "application/toml", "json": "application/json"}
TABLE_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def recipe_file_response(definition: Mapping[str, Any], name: str, form: str) -> HttpResponse:
    """Return a definition as the attachment ``name.form``, in one of FORMATS."""
    return HttpResponse(
        write_recipe(definition, form),
        content_type=f"{MEDIA_TYPES[form]}; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}.{form}"'},
    )


def table_response(rows: Sequence[Sequence[Written]], name: str, form: str) -> HttpResponse:
    """Return a table as the attachment ``name-DAY.form``, as ``csv`` or ``xlsx``."""
    file = f"{name}-{timezone.localdate():%Y-%m-%d}.{form}"
    return HttpResponse(
        write_table(rows, form),
        content_type=TABLE_TYPES[form],
        headers={
            "Content-Disposition": f'attachment; filename="{file}"',
            "X-Content-Type-Options": "nosniff",
        },
    )
