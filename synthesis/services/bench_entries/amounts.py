"""Amounts and the bottles they come from: portions that stand, added up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.utils import timezone

from labnotebook.records.refusals import Refusal
from synthesis.chemistry.amounts import volume_ml_from_mass_mg
from synthesis.chemistry.sources import Balance
from synthesis.chemistry.tolerances import of_amount
from synthesis.chemistry.typed import UnreadableQuantity, parse_quantity
from synthesis.models import Addition, Batch, BenchEvent, Instrument, Material, Portion
from synthesis.services import substitutions, unplanned
from synthesis.services.bench_entries.bottles import account_for
from synthesis.services.bench_entries.entry import Entry
from synthesis.services.bench_entries.rows import addition_of, in_column
from synthesis.services.bench_entries.standing import AMOUNT, Kind, entries_of, older_remark
from synthesis.services.cautions import bottle_remarks
from synthesis.services.fitting import check_pourable
from synthesis.services.instruments import check_instrument, remarks_on, usual_instrument


def weighing(by: Any, batch: Batch, entry: Entry, event: BenchEvent) -> list[str]:
    """Record the amount of a reagent, planned or not, and the bottle when one is named."""
    bottle = named_bottle(by, batch, entry)
    addition = Addition.objects.filter(batch=batch, key=entry.target).first()
    if addition is None:
        addition = unplanned.add_reagent(batch, entry, bottle)
    if bottle is not None:
        substitutions.check_bottle(by, batch, entry.target, bottle)
    read = _read(batch, addition, entry.text, bottle or addition.material)
    instrument = None if entry.as_planned else _measured_with(batch, addition, entry, read.kind)
    Portion.objects.create(
        batch=batch,
        addition=addition,
        event=event,
        text=entry.text[:40],
        value=read.value,
        uncertainty=_uncertainty(addition, entry, instrument, read),
        instrument=instrument,
        material=bottle,
        as_planned=entry.as_planned,
        at=entry.at,
    )
    today = timezone.localdate()
    return [
        *(remarks_on(instrument, read.measured, today) if instrument else []),
        *settle(by, batch, addition, event),
    ]


def lot(by: Any, batch: Batch, entry: Entry, event: BenchEvent) -> list[str]:
    """Say from which bottle a reagent comes."""
    addition = addition_of(batch, entry.target)
    if entry.text:
        bottle = _bottle(by, batch, entry.text, entry.reason)
        substitutions.check_bottle(by, batch, entry.target, bottle)
    return settle(by, batch, addition, event)


@dataclass(frozen=True, slots=True)
class _Read:
    """An amount as it was measured, and as the addition counts it."""

    measured: Decimal
    measured_unit: str  # mg or ml
    value: Decimal  # in the unit of the addition

    @property
    def kind(self) -> str:
        """The kind of instrument that measures in this unit."""
        return Instrument.Kind.measuring(self.measured_unit)


def _read(batch: Batch, addition: Addition, text: str, bottle: Material | None) -> _Read:
    """Read an amount in the unit of the plan; a liquid may be weighed when its density is known."""
    by_volume = addition.unit == "ml"
    try:
        value = in_column(parse_quantity(text, "mL" if by_volume else "mg").value, text)
    except UnreadableQuantity as refusal:
        density = _density(batch, addition, bottle) if by_volume else None
        if density is None:
            raise Refusal(str(refusal), field="value") from refusal
        try:
            mass = in_column(parse_quantity(text, "mg").value, text)
        except UnreadableQuantity:
            raise Refusal(str(refusal), field="value") from refusal
        volume = round(volume_ml_from_mass_mg(mass, density), 6)
        return _Read(mass, "mg", in_column(volume, text))
    return _Read(value, addition.unit, value)


def _density(batch: Batch, addition: Addition, bottle: Material | None) -> Decimal | None:
    """Return the density of a liquid, g/mL: of its bottle, else as the plan counts it."""
    if bottle is not None and bottle.known_density_g_ml is not None:
        return bottle.known_density_g_ml
    for line in batch.plan["reagents"]:
        if line["key"] == addition.key and line.get("density_g_ml"):
            return Decimal(str(line["density_g_ml"]))
    return None


def _measured_with(batch: Batch, addition: Addition, entry: Entry, kind: str) -> Instrument | None:
    """Return the instrument that an entry names; else that of the amount before, or the usual one."""
    named = entry.value.get("instrument") if isinstance(entry.value, Mapping) else None
    if named:
        found = Instrument.objects.filter(code=str(named)).first()
        return check_instrument(found, str(named), kind, field="value")
    if addition.instrument is not None and addition.instrument.kind == kind:
        return addition.instrument
    return usual_instrument(batch.plan["balance"], kind, Instrument.objects.in_use())


def _uncertainty(
    addition: Addition, entry: Entry, instrument: Instrument | None, read: _Read
) -> Decimal | None:
    """Return the standard uncertainty of an amount in the unit of the addition, None for the plan's."""
    if entry.as_planned:
        return round(of_amount(read.value, addition.unit).as_planned_uncertainty, 6)
    if instrument is None:
        return None
    own = instrument.uncertainty_of(read.measured)
    if read.measured_unit == addition.unit or not read.measured:
        return own
    return round(own * read.value / read.measured, 6)


# --- what stands


@dataclass(slots=True)
class _Standing:
    """The portions that stand, the bottle, and why it was left out if it was."""

    bottle: Material | None
    portions: list[Portion] = field(default_factory=list)
    own: dict[int, Material | None] = field(default_factory=dict)  # portion -> the bottle it named
    skipped: str = ""


def settle(by: Any, batch: Batch, addition: Addition, event: BenchEvent) -> list[str]:
    """Bring an addition in line with its entries, in the order of their own times; return remarks."""
    entries = entries_of(batch, addition.key, AMOUNT)
    now = _standing(batch, addition, entries)
    _write(batch, addition, now)
    for portion in Portion.objects.filter(addition=addition):
        stands = portion in now.portions
        own = now.own.get(portion.pk) if stands else portion.material
        other = own if own != now.bottle else None
        wanted = {"stands": stands, "material": other if stands else portion.material}
        if any(getattr(portion, name) != value for name, value in wanted.items()):
            portion.set_fields(**wanted)
    before = account_for(addition, by=by, at=event.at, reason=event.reason)
    remarks = older_remark(event, entries) if event.kind in (Kind.WEIGHING, Kind.LOT) else []
    if addition.material is not None and event.kind != Kind.SKIP:
        remarks += bottle_remarks(
            addition.material,
            before,
            addition.weighed_value,
            addition.unit,
            timezone.localdate(),
        )
    return remarks


def _standing(batch: Batch, addition: Addition, entries: list[BenchEvent]) -> _Standing:
    portions = {one.event_id: one for one in addition.portions.select_related("material")}
    now = _Standing(_by_code(batch.lots.get(addition.key)))
    for entry in entries:
        portion = portions.get(entry.pk)
        if entry.kind == Kind.WEIGHING and portion is not None:
            now.portions = [*now.portions, portion] if entry.portion else [portion]
            named = _named(entry)
            if named is not None:
                now.own[portion.pk] = now.bottle = named
            now.skipped = ""
        elif entry.kind == Kind.LOT:
            now.bottle, now.own = _by_code(entry.value), {}
        elif entry.kind == Kind.SKIP:
            now.portions, now.skipped = [], entry.reason
        elif entry.kind == Kind.WITHDRAW:
            now.portions, now.skipped = [], ""
    return now


def _named(entry: BenchEvent) -> Material | None:
    said = entry.value.get("lot") if isinstance(entry.value, Mapping) else None
    return _by_code(said) if said else None


def _by_code(code: Any) -> Material | None:
    text = str(code or "").strip()
    return Material.objects.filter(code=text).select_related("chemical").first() if text else None


def _write(batch: Batch, addition: Addition, now: _Standing) -> None:
    rows = now.portions
    last = rows[-1] if rows else None
    wanted: dict[str, Any] = {
        "material": now.bottle,
        "weighed_text": " + ".join(one.text for one in rows)[:200],
        "weighed_value": sum((one.value for one in rows), Decimal(0)) if rows else None,
        "weighed_uncertainty": _sum_uncertainty(batch, addition, rows),
        "instrument": last.instrument if last else None,
        "weighed_at": last.at if last else None,
        "weighed_by": last.event.by if last else None,
        "said_as_planned": any(one.as_planned for one in rows),
        "skipped_reason": now.skipped,
    }
    changed = {name: value for name, value in wanted.items() if getattr(addition, name) != value}
    if changed:
        addition.set_fields(**changed)


def _sum_uncertainty(batch: Batch, addition: Addition, rows: list[Portion]) -> Decimal | None:
    """Each weighing is uncertain by itself; one without an instrument has the plan's."""
    if len(rows) < 2:
        return rows[0].uncertainty if rows else None
    balance = Balance.from_dict(batch.plan["balance"])
    of_plan = balance.mass_uncertainty if addition.unit == "mg" else balance.volume_uncertainty
    own = [of_plan(one.value) if one.uncertainty is None else one.uncertainty for one in rows]
    return round(sum((one**2 for one in own), Decimal(0)).sqrt(), 6)


def named_bottle(by: Any, batch: Batch, entry: Entry) -> Material | None:
    """Return the bottle that an entry names beside its amount, None when it names none."""
    return _bottle(by, batch, entry.lot, entry.reason) if entry.lot else None


def _bottle(by: Any, batch: Batch, code: str, reason: str) -> Material:
    material = Material.objects.visible_to(by).filter(code=code).first()
    if material is None:
        raise Refusal(f"There is no bottle or stock {code[:40]} for you.", field="value")
    check_pourable(material, field="value", batch=batch, reason=reason)
    return material
