"""Tell what is said of a record: when it was entered, and when it was corrected from what to what."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from labnotebook.records.presentation.numbers import format_quantity
from labnotebook.records.services.telling import Said, Step

Row = Mapping[str, Any]
LONGEST = 120  # of a text that is told in a sentence


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that is said of a record: where it is kept, what it is called behind "the", how it reads."""

    columns: tuple[str, ...]
    name: Any  # translated when it is told
    read: Callable[[Row], str]


def text(column: str, name: Any) -> Fact:
    """Return a fact that is kept as it was typed."""
    return Fact((column,), name, lambda row: _short(row.get(column)))


def number(column: str, name: Any, unit: str, *, spread: str = "") -> Fact:
    """Return a number with its unit; spread is the column of its uncertainty."""
    columns = (column, spread) if spread else (column,)
    return Fact(columns, name, lambda row: written(row.get(column), row.get(spread), unit))


def day(column: str, name: Any) -> Fact:
    """Return a fact that is a date."""

    def read(row: Row) -> str:
        said = row.get(column)
        return f"{date.fromisoformat(said):%-d %b %Y}" if said else ""

    return Fact((column,), name, read)


def choice(column: str, name: Any, choices: Iterable[tuple[str, Any]]) -> Fact:
    """Return a fact that is one of a few."""
    words = {value: f"{str(label)[:1].lower()}{str(label)[1:]}" for value, label in choices}
    return Fact((column,), name, lambda row: words.get(row.get(column), ""))


def written(value: Any, spread: Any, unit: str) -> str:
    """Return a number as it was typed, or to the digits that its uncertainty leaves; empty for None."""
    if value is None:
        return ""
    if spread:
        return format_quantity(float(value), float(spread), unit).text
    return format_quantity(plain(value), unit=unit).text


def plain(value: Any) -> Decimal:
    """Return a number without the zeros that only its column has."""
    return Decimal(f"{Decimal(str(value)).normalize():f}")


def said_at_first(step: Step, facts: Iterable[Fact]) -> str:
    """Return what a new record says, behind its name: ": assay 99.9 %, place hood 1"."""
    told = [f"{fact.name} {fact.read(step.new)}" for fact in facts if fact.read(step.new)]
    return f": {', '.join(told)}" if told else ""


def corrections(
    step: Step, facts: Iterable[Fact], *, of: str = "", why: str = ""
) -> Iterable[Said]:
    """Tell each fact that reads otherwise than before; ``of`` says of what, ``why`` ends the sentence."""
    end = f": {why}" if why else ""
    for fact in facts:
        before, after = fact.read(step.old), fact.read(step.new)
        if before == after:
            continue
        what = f"{_('the')} {fact.name}{of}"
        if not before:
            yield Said(_("wrote down"), f"{what} ({after})", end)
        elif not after:
            yield Said(_("took back"), f"{what} ({before})", end)
        else:
            told = _(" from %(old)s to %(new)s") % {"old": before, "new": after}
            yield Said(_("corrected"), what + told, end)


def moved(step: Step, column: str, *, why: str = "") -> Iterable[Said]:
    """Tell that something stands in another place now."""
    before, after = _short(step.old.get(column)), _short(step.new.get(column))
    if before == after:
        return
    end = f": {why}" if why else ""
    if not after:
        yield Said(_("took back"), _("the place (%(old)s)") % {"old": before}, end)
        return
    where = _("from %(old)s to %(new)s") if before else _("to %(new)s")
    yield Said(_("moved it"), where % {"old": before, "new": after}, end)


def _short(value: Any) -> str:
    said = " ".join(str(value or "").split())
    return said if len(said) <= LONGEST else said[:LONGEST] + "…"
