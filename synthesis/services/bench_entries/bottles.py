"""What an addition takes from its bottles."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from synthesis.chemistry.bottles import Left
from synthesis.chemistry.sources import Balance
from synthesis.models import Addition, Material, Movement, Portion
from synthesis.services.movements import in_unit_of, left_in, move, reverse


@dataclass(slots=True)
class _Taken:
    """What is taken from one bottle, in the unit of the addition."""

    amount: Decimal = Decimal(0)
    variance: Decimal = Decimal(0)


def account_for(addition: Addition, *, by: Any, at: datetime, reason: str = "") -> Left | None:
    """Bring the bottles in line with what one addition says; saying it again changes nothing.

    Called after every weighing, change of bottle and withdrawal: each bottle is taken from once, by
    what its portions add up to, and what no longer holds is reversed. Returns what was left before in
    the bottle of the addition; None when nothing changed there.
    """
    takes, touched = _taken_from(addition), {addition.material_id}
    for now in Movement.objects.in_force().filter(addition=addition):
        taken = takes.get(now.material_id)
        if taken is not None and (-now.amount, now.unit) == (taken.amount, addition.unit):
            del takes[now.material_id]
            touched.discard(now.material_id)
        else:
            reverse(now, by=by, reason=reason or f"{addition.batch.code}: recorded anew")
    before = None
    pks = {*takes, *touched} - {None}
    for bottle in (
        Material.objects.select_for_update(of=("self",)).filter(pk__in=pks).order_by("pk")
    ):
        left = left_in(bottle)
        if bottle.pk == addition.material_id:
            before = left
        taken = takes.get(bottle.pk)
        if taken is not None and taken.amount:
            wanted = in_unit_of(bottle, taken.amount, addition.unit)
            known = left is not None and left.value is not None and wanted is not None
            move(
                bottle,
                Movement.Kind.USED,
                -taken.amount,
                addition.unit,
                by=by,
                at=at,
                uncertainty=taken.variance.sqrt(),
                addition=addition,
                reason=reason,
                beyond=known and wanted > left.value,
            )
    return before


def _taken_from(addition: Addition) -> dict[int, _Taken]:
    """Return what each bottle gives to the portions that stand, by its id."""
    takes: dict[int, _Taken] = {}
    balance = Balance.from_dict(addition.batch.plan["balance"])
    of_plan = balance.mass_uncertainty if addition.unit == "mg" else balance.volume_uncertainty
    for portion in Portion.objects.filter(addition=addition, stands=True):
        bottle = portion.material_id or addition.material_id
        if bottle is not None:
            own = of_plan(portion.value) if portion.uncertainty is None else portion.uncertainty
            taken = takes.setdefault(bottle, _Taken())
            taken.amount += portion.value
            taken.variance += own**2
    return takes
