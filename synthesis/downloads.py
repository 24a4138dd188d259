"""Hand out a recipe as one file; the page and the API give the same."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse

from synthesis.chemistry.recipe_files import write_recipe

MEDIA_TYPES = {"yaml": "application/yaml", "toml": "application/toml", "json": "application/json"}


def recipe_file_response(definition: Mapping[str, Any], name: str, form: str) -> HttpResponse:
    """Return a definition as the attachment ``name.form``, in one of FORMATS."""
    return HttpResponse(
        write_recipe(definition, form),
        content_type=f"{MEDIA_TYPES[form]}; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}.{form}"'},
    )
