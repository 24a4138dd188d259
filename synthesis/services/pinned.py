"""The facts of its bottles that a batch was computed with, kept when the bottles are corrected later.

docs/decisions/0009: a batch keeps its numbers; that a lot was corrected since is said, and a person
recomputes, with a reason.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils import timezone

from labnotebook.records.history import recorded
from labnotebook.records.permissions import require_editor
from labnotebook.records.refusals import Refusal, WrongState
from synthesis.chemistry.additions import UnusableAddition
from synthesis.chemistry.planning import PlanRefused
from synthesis.models import Addition, Batch, BenchEvent, Material, Portion
from synthesis.services.composition import flask_composition, refresh_composition
from synthesis.services.sources import BOTTLES, source_of

LEADING = "effective"
MOST_OF_A_LOT = 100


@dataclass(frozen=True, slots=True)
class Corrected:
    """One bottle of a batch whose facts are no longer those that the batch was computed with."""

    key: str
    lot: str
    batch: str
    changes: tuple[tuple[str, Any, Any], ...]  # fact, then, now

    def as_dict(self) -> dict[str, Any]:
        """Return a plain dict."""
        changes = [{"fact": name, "then": then, "now": now} for name, then, now in self.changes]
        return {"key": self.key, "lot": self.lot, "batch": self.batch, "changes": changes}

    @property
    def words(self) -> str:
        """What changed, in one line."""
        return "; ".join(
            f"{name.replace('_', ' ')} {_shown(name, then)} → {_shown(name, now)}"
            for name, then, now in self.changes
        )


def corrected_in(additions: Iterable[Addition | Portion]) -> list[Corrected]:
    """Return the bottles among these amounts that were corrected after the batch was computed."""
    found = []
    for row in additions:
        if row.material is None or not row.source_facts:
            continue
        then, now = _tidy(row.source_facts), _tidy(_facts_now(row.material))
        names = sorted((then.keys() | now.keys()) - {"code"})
        changes = tuple((n, then.get(n), now.get(n)) for n in names if then.get(n) != now.get(n))
        if changes:
            found.append(Corrected(row.key, row.material.code, row.batch.code, changes))
    return found


def _shown(name: str, value: Any) -> str:
    """Return a fact as the bottle's page writes it: an assay in per cent."""
    if not value:
        return "—"
    if name in ("assay", "assay_high", "assay_uncertainty"):
        return f"{(Decimal(value) * 100).normalize():f} %"
    return str(value)


def _tidy(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Return facts without the zeros that only a column has, so that 0.99 is 0.99000."""
    return {name: _tidied(value) for name, value in facts.items()}


def _tidied(value: Any) -> Any:
    if isinstance(value, Mapping):
        return ", ".join(
            f"{name} {float(number):.4g} ± {float(spread):.1g} mol/L"
            for name, (number, spread) in value.items()
        )
    try:
        return f"{Decimal(value).normalize():f}"
    except InvalidOperation:
        return value


def _facts_now(material: Material) -> Mapping[str, Any]:
    try:
        return source_of(material).as_dict()
    except (PlanRefused, UnusableAddition) as refusal:
        return {"code": material.code, "refused": str(refusal)}


def corrected_of_batch(batch: Batch) -> list[Corrected]:
    """Return the bottles of a batch that were corrected since it was computed."""
    return corrected_in([*_pinned_rows().filter(batch=batch), *_pinned_portions(batch=batch)])


def corrected_of_lot(material: Material) -> list[Corrected]:
    """Return the newest batches that still count with what was said of this bottle before."""
    rows = _pinned_rows().filter(material=material).order_by("-pk")[:MOST_OF_A_LOT]
    return corrected_in([*rows, *_pinned_portions(material=material)[:MOST_OF_A_LOT]])


def _pinned_rows() -> Any:
    return (
        Addition.objects.filter(source_facts__isnull=False, weighed_value__isnull=False)
        .select_related("batch", *BOTTLES)
        .order_by("position")
    )


def _pinned_portions(**of: Any) -> Any:
    """Return the portions that came from another bottle than the rest of their addition."""
    rows = Portion.objects.filter(source_facts__isnull=False, stands=True, **of)
    return rows.select_related("batch", "addition", *BOTTLES).order_by("-pk")


def numbers_now(batch: Batch) -> dict[str, dict[str, Any]]:
    """Return each weighed ratio as it stands, and as it would be with the bottles' facts of today.

    By key: its name, and then and now, each value and uncertainty, or None where it is not known.
    """
    then = (batch.composition or {}).get(LEADING, {})
    now = flask_composition(batch, facts_of_today=True)[LEADING]
    names = dict(batch.quantities.values_list("key", "name"))
    return {
        key: {
            "name": names.get(key, key.replace("_", " ")),
            "then": then.get(key),
            "now": now.get(key),
        }
        for key in sorted(then.keys() | now.keys())
        if then.get(key) != now.get(key)
    }


def recompute(*, by: Any, batch: Batch, reason: str) -> Batch:
    """Count a batch again with the facts of its bottles as they are said to be now; a visible act."""
    require_editor(by, batch.project)
    if not reason.strip():
        raise Refusal("Say why its numbers are computed again.", field="reason")
    with recorded(by, reason):
        batch = batch.lock()
        if not batch.is_open:
            raise WrongState(
                f"{batch.code} is {batch.get_state_display().lower()}: its numbers stay as they are."
            )
        corrected, numbers = corrected_of_batch(batch), numbers_now(batch)
        if not corrected:
            raise WrongState(f"No bottle of {batch.code} was corrected since it was computed.")
        for rows in (batch.additions, batch.portions):
            for row in rows.filter(source_facts__isnull=False):
                row.set_fields(source_facts=None)
        refresh_composition(batch)
        BenchEvent.objects.create(
            pk=uuid.uuid4(),
            batch=batch,
            kind=BenchEvent.Kind.NOTE,
            value=_told(corrected, numbers)[:4000],
            reason=reason.strip()[:300],
            at=timezone.now(),
            by=by,
        )
    return batch


def _told(corrected: Iterable[Corrected], numbers: Mapping[str, Mapping[str, Any]]) -> str:
    bottles = ". ".join(f"{one.lot}: {one.words}" for one in corrected)
    ratios = ", ".join(
        f"{pair['name']} {_number(pair['then'])} → {_number(pair['now'])}"
        for pair in numbers.values()
    )
    return f"Computed again with corrected bottles. {bottles}. {ratios}"


def _number(known: Mapping[str, Any] | None) -> str:
    return "unknown" if known is None else f"{known['value']:.4g} ± {known['uncertainty']:.1g}"
