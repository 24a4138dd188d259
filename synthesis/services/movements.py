"""What comes into a bottle and what goes out of it, and what is left."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import F, QuerySet, Sum
from django.utils import timezone

from labnotebook.records.history import recorded
from labnotebook.records.permissions import require_editor
from labnotebook.records.refusals import Refusal
from synthesis.chemistry.bottles import (
    MINUS,
    SHOWN_UNIT,
    Left,
    Moved,
    converted,
    readable,
    what_is_left,
)
from synthesis.chemistry.typed import UnreadableQuantity, names_a_unit, parse_quantity
from synthesis.models import Addition, Batch, Material, Movement

BY_HAND = ("received", "taken", "correction", "emptied", "reversal")
DIGITS = Decimal("0.000001")  # of the column


def lefts(materials: Iterable[Material]) -> dict[int, Left | None]:
    """Return what is left of each bottle, by its id; None where nobody said how much there was."""
    bottles = {material.pk: material for material in materials}
    rows = (
        Movement.objects.in_force()
        .filter(material__in=bottles)
        .order_by()
        .values("material_id", "unit", "kind")
        .annotate(sum=Sum("amount"), variance=Sum(F("uncertainty") * F("uncertainty")))
    )
    moved: dict[int, dict[str, Moved]] = {}
    filled = set()
    for row in rows:
        of_bottle = moved.setdefault(row["material_id"], {})
        before = of_bottle.get(row["unit"], Moved(row["unit"], Decimal(0)))
        of_bottle[row["unit"]] = Moved(
            row["unit"], before.amount + row["sum"], before.variance + (row["variance"] or 0)
        )
        if row["kind"] in (Movement.Kind.RECEIVED, Movement.Kind.ADDED):
            filled.add(row["material_id"])
    return {
        pk: what_is_left(
            bottle.code,
            bottle.amount_unit,
            list(moved[pk].values()),
            bottle.known_density_g_ml,
        )
        if pk in filled
        else None
        for pk, bottle in bottles.items()
    }


def left_in(material: Material) -> Left | None:
    """Return what is left of one bottle; None when nobody said how much there was."""
    return lefts([material])[material.pk]


def reserved(
    materials: Iterable[Material], *, without: Batch | None = None
) -> dict[int, list[Moved]]:
    """Return what planned and running batches will still take from each bottle, by its id and unit."""
    rows = (
        promised_to(*materials)
        .exclude(batch=without)
        .order_by()
        .values("material_id", "unit")
        .annotate(sum=Sum("planned_value"))
    )
    found: dict[int, list[Moved]] = {}
    for row in rows:
        found.setdefault(row["material_id"], []).append(Moved(row["unit"], row["sum"]))
    return found


def promised_to(*materials: Material) -> QuerySet[Addition]:
    """Return what planned and running batches will still take from these bottles."""
    return Addition.objects.filter(
        material__in=materials,
        batch__state__in=[Batch.State.PLANNED, Batch.State.RUNNING],
        weighed_value=None,
        skipped_reason="",
        planned_value__gt=0,
    )


def in_unit_of(material: Material, amount: Decimal, unit: str) -> Decimal | None:
    """Return an amount in the bottle's own unit, None without the density that it takes."""
    if unit == material.amount_unit:
        return amount
    density = material.known_density_g_ml
    return None if density is None else converted(amount, unit, density)


def move(material: Material, kind: str, amount: Decimal, unit: str, **said: Any) -> Movement:
    """Write one movement; ``said``: its other fields."""
    said["uncertainty"] = None if said.get("uncertainty") is None else _rounded(said["uncertainty"])
    return Movement.objects.create(
        material=material, kind=kind, amount=_rounded(amount), unit=unit, **said
    )


def _rounded(amount: Decimal) -> Decimal:
    return Decimal(amount).quantize(DIGITS)


def reverse(movement: Movement, *, by: Any, reason: str) -> Movement:
    """Take a movement back by another one."""
    return move(
        movement.material,
        Movement.Kind.REVERSAL,
        -movement.amount,
        movement.unit,
        by=by,
        at=timezone.now(),
        uncertainty=movement.uncertainty,
        addition=movement.addition,
        reverses=movement,
        reason=reason[:300],
    )


def received(material: Material, *, by: Any, reason: str = "") -> None:
    """Write what was received or made as a movement; a corrected amount reverses the earlier one."""
    now = Movement.objects.in_force().filter(material=material, kind=Movement.Kind.RECEIVED).first()
    amount = material.amount_received
    if now is not None and amount is not None and now.amount == amount:
        return
    if now is not None:
        reverse(now, by=by, reason=reason or "amount corrected")
    if amount is not None:
        move(
            material,
            Movement.Kind.RECEIVED,
            amount,
            material.amount_unit,
            by=by,
            at=timezone.now(),
            reason=reason,
        )


def received_at_first(materials: Iterable[Material], *, by: Any) -> None:
    """Write what new bottles came with, as `received` does, in one statement."""
    now = timezone.now()
    Movement.objects.bulk_create(
        Movement(
            material=material,
            kind=Movement.Kind.RECEIVED,
            amount=_rounded(material.amount_received),
            unit=material.amount_unit,
            by=by,
            at=now,
        )
        for material in materials
        if material.amount_received is not None
    )


def fill(material: Material, vial: Material, *, by: Any, reason: str, anyway: bool) -> None:
    """Write an aliquot twice: taken from its bottle, added to its vial."""
    amount, unit = vial.amount_received, vial.amount_unit
    check_enough(material, amount, unit, anyway=anyway, field="amounts")
    said = {"by": by, "at": timezone.now(), "beyond": anyway}
    why = f"aliquot {vial.code}" + (f": {reason}" if reason else "")
    move(material, Movement.Kind.TAKEN, -amount, unit, other=vial, reason=why[:300], **said)
    move(vial, Movement.Kind.ADDED, amount, unit, other=material, reason=reason[:300], **said)


def read_amount(
    text: Any, material: Material, *, field: str, negative: bool = False
) -> tuple[Decimal, str]:
    """Read an amount as typed; without a unit it is in the bottle's own. Returns number and unit."""
    typed = str(text).strip()
    has_unit = names_a_unit(typed)
    if not has_unit and not material.amount_unit:
        raise Refusal(f"Give the amount with its unit (mg, g, mL): {typed[:40]}.", field=field)
    units = ("mg", "ml") if has_unit else (material.amount_unit,)
    refusals = []
    for unit in units:
        try:
            value = parse_quantity(typed, unit=SHOWN_UNIT[unit], negative=negative).value
        except UnreadableQuantity as refusal:
            refusals.append(str(refusal))
            continue
        if value.adjusted() > 8 or value.normalize().as_tuple().exponent < -6:
            raise Refusal(
                f"“{typed[:40]}” is more than a bottle can mean. Check the number and its unit.",
                field=field,
            )
        return value, unit
    raise Refusal(refusals[0], field=field)


def move_by_hand(
    *,
    by: Any,
    material: Material,
    kind: str,
    reason: str,
    amount: Any = None,
    left: Any = None,
    uncertainty: Any = None,
    at: datetime | None = None,
    reverses: int | None = None,
    anyway: bool = False,
) -> Movement:
    """Take something out, say what is really left, empty the bottle, or take a movement back.

    amount: as typed; of a correction the change, with its sign. left: what a correction found.
    anyway: more may be taken than is left, because the reason says why.
    """
    require_editor(by, material.project)
    if kind not in BY_HAND:
        raise Refusal(f"The kind of a movement is one of {', '.join(BY_HAND)}.", field="kind")
    if not reason.strip():
        raise Refusal("Say why: the next person will want to know.", field="reason")
    said = {"by": by, "at": _not_later(at), "reason": reason.strip()[:300]}
    with recorded(by, reason):
        material = material.lock()
        if kind == Movement.Kind.REVERSAL:
            return reverse(_reversible(material, reverses), by=by, reason=reason.strip())
        if kind == Movement.Kind.EMPTIED:
            return _empty(material, **said)
        if kind == Movement.Kind.RECEIVED:
            return _receive(material, amount, **said)
        spread = None
        if uncertainty not in (None, ""):
            spread, spread_unit = read_amount(uncertainty, material, field="uncertainty")
        if kind == Movement.Kind.TAKEN:
            value, unit = _above_zero(amount, material)
            check_enough(material, value, unit, anyway=anyway)
            change = -value
        elif left not in (None, ""):
            change, unit = _found(material, left)
        else:
            change, unit = read_amount(amount, material, field="amount", negative=True)
            if not change:
                raise Refusal("A correction of 0 changes nothing.", field="amount")
        if spread is not None and spread_unit != unit:
            raise Refusal("Give the uncertainty in the unit of the amount.", field="uncertainty")
        return move(material, kind, change, unit, uncertainty=spread, beyond=anyway, **said)


def _not_later(at: datetime | None) -> datetime:
    if at is not None and at > timezone.now():
        raise Refusal("This time is still to come. Check the day.", field="at")
    return at or timezone.now()


def _above_zero(amount: Any, material: Material) -> tuple[Decimal, str]:
    if amount in (None, ""):
        raise Refusal("Give the amount, such as 2.5 g.", field="amount")
    value, unit = read_amount(amount, material, field="amount")
    if not value:
        raise Refusal("An amount that moves is above 0.", field="amount")
    return value, unit


def _receive(material: Material, amount: Any, *, by: Any, at: datetime, reason: str) -> Movement:
    """Say how much there was; what is known of it already is corrected and not received twice."""
    if material.amount_received is not None or material.aliquot_of_id:
        raise Refusal(
            f"{material.code} has its amount already. Correct the amount of the bottle, or say what"
            " is left as a correction.",
            field="kind",
        )
    value, unit = _above_zero(amount, material)
    material.set_fields(amount_received=value, amount_unit=unit)
    return move(material, Movement.Kind.RECEIVED, value, unit, by=by, at=at, reason=reason)


def check_enough(
    material: Material, value: Decimal, unit: str, *, anyway: bool, field: str = "amount"
) -> None:
    """Refuse to take more out of a bottle than is left of it."""
    there = left_in(material)
    if anyway or there is None:
        return
    wanted = in_unit_of(material, value, unit)
    if wanted is None or there.value is None:
        raise Refusal(
            there.note
            or f"{material.code} is counted in {SHOWN_UNIT[material.amount_unit]}. Give the density of"
            f" this lot, or the amount in {SHOWN_UNIT[material.amount_unit]}.",
            field=field,
        )
    if wanted > there.value:
        raise Refusal(
            f"{material.code} has {there.text} left, and {readable(wanted, material.amount_unit)} are"
            " to be taken out. Correct what is left, or say that it is meant so (anyway).",
            field=field,
        )


def _found(material: Material, text: Any) -> tuple[Decimal, str]:
    """Return the change that makes what is left what somebody found."""
    there = left_in(material)
    if there is None or there.value is None:
        raise Refusal(
            there.note if there else f"Say first how much {material.code} held.", field="left"
        )
    value, unit = read_amount(text, material, field="left")
    found = in_unit_of(material, value, unit)
    if found is None:
        raise Refusal(
            f"{material.code} is counted in {SHOWN_UNIT[material.amount_unit]}; give the density of"
            " this lot, or what is left in that unit.",
            field="left",
        )
    change = _rounded(found - there.value)
    if not change:
        raise Refusal(f"{material.code} has {there.text} left already.", field="left")
    return change, material.amount_unit


def _empty(material: Material, *, by: Any, at: datetime, reason: str) -> Movement:
    if material.emptied_at is not None:
        raise Refusal(f"{material.code} is empty already.", field="kind")
    there = left_in(material)
    rest = there.value if there is not None and there.value is not None else Decimal(0)
    material.set_fields(emptied_at=at)
    return move(
        material,
        Movement.Kind.EMPTIED,
        -max(rest, Decimal(0)),
        material.amount_unit or "mg",
        by=by,
        at=at,
        reason=reason,
    )


def _reversible(material: Material, identity: int | None) -> Movement:
    """Return the movement that a person takes back; the bench takes back its own."""
    movement = Movement.objects.in_force().filter(material=material, pk=identity or 0).first()
    if movement is None:
        raise Refusal(
            f"{material.code} has no movement {identity} that still holds.", field="reverses"
        )
    if movement.addition_id:
        raise Refusal(
            f"This was weighed for {movement.addition.batch.code}: correct it at the bench.",
            field="reverses",
        )
    if movement.other_id or movement.kind == Movement.Kind.RECEIVED:
        raise Refusal(
            "What was received is corrected on the bottle; an aliquot is filled back by a correction"
            " of both.",
            field="reverses",
        )
    if movement.kind == Movement.Kind.EMPTIED:
        material.set_fields(emptied_at=None)
    return movement


def shown_change(movement: Movement) -> str:
    """Return a movement's amount with its sign, as people read it."""
    sign = "" if movement.amount < 0 else "+"
    return f"{sign}{readable(movement.amount, movement.unit)}".replace("-", MINUS)


def as_plain(left: Left | None) -> Mapping[str, Any] | None:
    """Return what is left ready for JSON."""
    if left is None:
        return None
    return {
        "value": None if left.value is None else float(left.value),
        "unit": left.unit,
        "uncertainty": None if left.uncertainty is None else float(left.uncertainty),
        "note": left.note,
    }
