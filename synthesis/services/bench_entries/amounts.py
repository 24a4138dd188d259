"""Amounts and the bottles they come from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from labnotebook.records.refusals import Refusal
from synthesis.models import Addition, Batch, BenchEvent, Instrument, Material
from synthesis.services import deviations, movements, unplanned
from synthesis.services.bench_entries.entry import Entry
from synthesis.services.bench_entries.rows import addition_of, read_number
from synthesis.services.cautions import bottle_remarks
from synthesis.services.fitting import check_pourable
from synthesis.services.instruments import check_instrument, remarks_on, usual_instrument


def weighing(by: Any, batch: Batch, entry: Entry, event: BenchEvent) -> list[str]:
    """Record the amount of a reagent, planned or not, and the bottle when one is named."""
    bottle = named_bottle(by, batch, entry)
    addition = Addition.objects.filter(batch=batch, key=entry.target).first()
    if addition is None:
        addition = unplanned.add_reagent(batch, entry, bottle)
    value = read_number(entry.text, "mL" if addition.unit == "ml" else "mg")
    instrument = _measured_with(batch, addition, entry)
    if bottle is not None and addition.material_id != bottle.pk:
        addition.set_fields(material=bottle)
    addition.set_fields(
        weighed_text=entry.text[:40],
        weighed_value=value,
        weighed_uncertainty=instrument.uncertainty_of(value) if instrument else None,
        instrument=instrument,
        weighed_at=entry.at,
        weighed_by=by,
        skipped_reason="",
    )
    return [
        *(remarks_on(instrument, value, timezone.localdate()) if instrument else []),
        *_account(by, addition, entry),
        *deviations.of_amount(batch, addition, event),
    ]


def _measured_with(batch: Batch, addition: Addition, entry: Entry) -> Instrument | None:
    """Return the instrument that an entry names; else that of the amount before, or the usual one."""
    kind = Instrument.Kind.measuring(addition.unit)
    named = entry.value.get("instrument") if isinstance(entry.value, Mapping) else None
    if named:
        found = Instrument.objects.filter(code=str(named)).first()
        return check_instrument(found, str(named), kind, field="value")
    if addition.instrument is not None:
        return addition.instrument
    return usual_instrument(batch.plan["balance"], kind, Instrument.objects.in_use())


def lot(by: Any, batch: Batch, entry: Entry, event: BenchEvent) -> list[str]:
    """Say from which bottle a reagent comes."""
    addition = addition_of(batch, entry.target)
    addition.set_fields(
        material=_bottle(by, batch, entry.text, entry.reason) if entry.text else None
    )
    return _account(by, addition, entry)


def _account(by: Any, addition: Addition, entry: Entry) -> list[str]:
    """Take it off the bottle; return what to know about that bottle."""
    before = movements.account_for(addition, by=by, at=entry.at, reason=entry.reason)
    if addition.material is None:
        return []
    return bottle_remarks(
        addition.material, before, addition.weighed_value, addition.unit, timezone.localdate()
    )


def named_bottle(by: Any, batch: Batch, entry: Entry) -> Material | None:
    """Return the bottle that an entry names beside its amount, None when it names none."""
    code = entry.value.get("lot") if isinstance(entry.value, Mapping) else None
    return _bottle(by, batch, str(code), entry.reason) if code else None


def _bottle(by: Any, batch: Batch, code: str, reason: str) -> Material:
    material = Material.objects.visible_to(by).filter(code=code).first()
    if material is None:
        raise Refusal(f"There is no bottle or stock {code[:40]} for you.", field="value")
    check_pourable(material, field="value", batch=batch, reason=reason)
    return material
