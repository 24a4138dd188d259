"""The chapters of a batch's page: what came out first once it is made, the making first before."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from labnotebook.records.presentation.numbers import plain_number
from synthesis.models import Batch, Recipe

BEFORE = ("plan", "make", "measure", "build", "learn")
AFTER = ("measure", "build", "plan", "make", "learn")
OPEN = (Batch.State.PLANNED, Batch.State.RUNNING)


class Chapter(NamedTuple):
    """One chapter: its key in the page, its word, a few words on it, and the part that draws it."""

    key: str
    word: str
    note: str = ""
    warns: bool = False

    @property
    def template(self) -> str:
        """The part of the page."""
        return f"synthesis/_batch_{self.key}.html"


def is_made(batch: Batch) -> bool:
    """Whether the flask is done, so that the page opens on what came out."""
    return batch.state not in OPEN


def chapters_of(
    batch: Batch, *, deviations: Sequence[Any], log: Sequence[Any], is_forecast: bool
) -> list[Chapter]:
    """Return the chapters in their order."""
    known = {
        "plan": Chapter("plan", _("Plan"), _target(batch)),
        "make": Chapter("make", _("Make"), _made(deviations, log), bool(deviations)),
        "measure": Chapter("measure", _("Measure")),
        "build": Chapter("build", _("Build")),
    }
    if is_forecast:
        known["learn"] = Chapter("learn", _("Learn"))
    if batch.recipe_version.recipe.kind == Recipe.Kind.DEVICE:  # its devices are what is measured
        known.pop("measure")
        if not batch.plan["reagents"]:
            known.pop("plan")
    return [known[key] for key in (AFTER if is_made(batch) else BEFORE) if key in known]


def _target(batch: Batch) -> str:
    leading = batch.leading
    if leading is None:
        return batch.recipe_version.recipe.get_kind_display()
    return f"{leading.name} {plain_number(leading.asked)}"


def _made(deviations: Sequence[Any], log: Sequence[Any]) -> str:
    if deviations:
        many = len(deviations)
        return ngettext("%(n)d deviation", "%(n)d deviations", many) % {"n": many}
    if log:
        return ngettext("%(n)d entry", "%(n)d entries", len(log)) % {"n": len(log)}
    return _("nothing recorded")
