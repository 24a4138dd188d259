"""What to say about the bottles of a plan or a weighing: past their date, low, empty, promised elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from synthesis.chemistry.bottles import Left, readable
from synthesis.chemistry.reagent_lines import ReagentLine
from synthesis.models import Batch, Material
from synthesis.services.movements import in_unit_of, lefts, reserved


@dataclass(frozen=True, slots=True)
class Needed:
    """What a plan takes of one ingredient."""

    amount: Decimal
    unit: str  # mg or ml


@dataclass(frozen=True, slots=True)
class MaterialCaution:
    """One sentence about one bottle: its kind, the ingredient that it is poured for, the bottle."""

    code: str
    key: str
    lot: str
    message: str

    def as_dict(self) -> dict[str, str]:
        """Return it as the warnings of a plan are written, with the ingredient and the bottle."""
        return {
            "code": self.code,
            "message": self.message,
            "severity": "caution",
            "key": self.key,
            "lot": self.lot,
        }


def needed_of(lines: Iterable[ReagentLine]) -> dict[str, Needed]:
    """Return what the lines of a plan take, by ingredient."""
    found = {}
    for line in lines:
        by_mass = line.measured_by == "mass"
        amount = (line.weigh_mg or line.mass_mg) if by_mass else line.volume_ml
        if amount is not None:
            found[line.key] = Needed(amount, "mg" if by_mass else "ml")
    return found


class BottleWatch:
    """What is left of some bottles and promised from them: read once, asked for many plans.

    batch: whose own reservation does not count against it.
    """

    def __init__(
        self, bottles: Iterable[Material], today: date, *, batch: Batch | None = None
    ) -> None:
        rows = list({bottle.pk: bottle for bottle in bottles}.values())
        self.today = today
        self.left = lefts(rows) if rows else {}
        self.promised = reserved(rows, without=batch) if rows else {}

    def cautions(
        self, materials: Mapping[str, Material], needed: Mapping[str, Needed]
    ) -> list[MaterialCaution]:
        """Say which bottles are past their date, empty, or hold less than is needed.

        materials, needed: by ingredient. A bottle that is poured for several is counted as a whole, and
        said once, at the first of them.
        """
        keys: dict[int, list[str]] = {}
        for key, material in materials.items():
            keys.setdefault(material.pk, []).append(key)
        found = []
        for pk, (first, *_others) in keys.items():
            material = materials[first]
            wanted = [needed[key] for key in keys[pk] if key in needed]
            sentences = dict(_about_dates(material, self.today))
            sentences |= _about_amount(material, self.left[pk], wanted, self.promised.get(pk, []))
            found += [
                MaterialCaution(c, first, material.code, said) for c, said in sentences.items()
            ]
        return found


def _about_dates(material: Material, today: date) -> Iterable[tuple[str, str]]:
    if material.expires_date and material.expires_date < today:
        yield (
            "lot_expired",
            _("%(code)s was to be used before %(day)s.")
            % {"code": material.code, "day": f"{material.expires_date:%-d %b %Y}"},
        )
    if material.emptied_at is not None:
        yield "lot_empty", _("%(code)s was said to be empty.") % {"code": material.code}


def _about_amount(
    material: Material, there: Left | None, wanted: Iterable[Needed], promised: Iterable[Needed]
) -> dict[str, str]:
    if there is None:
        return {}
    if there.value is None:
        return {"lot_unknown": there.note}
    takes = _sum(material, wanted)
    if takes is None:
        return {}
    words = {
        "code": material.code,
        "left": there.text,
        "needed": readable(takes, material.amount_unit),
    }
    if takes > there.value:
        return {"lot_low": _("%(code)s has %(left)s left; this plan takes %(needed)s.") % words}
    others = _sum(material, promised)
    if others and takes + others > there.value:
        words["others"] = readable(others, material.amount_unit)
        return {
            "lot_reserved": _(
                "%(code)s has %(left)s left, of which planned batches take %(others)s; this plan takes"
                " %(needed)s more."
            )
            % words
        }
    return {}


def _sum(material: Material, amounts: Iterable[Any]) -> Decimal | None:
    total = Decimal(0)
    for one in amounts:
        value = in_unit_of(material, one.amount, one.unit)
        if value is None:
            return None
        total += value
    return total


def bottle_remarks(
    material: Material, before: Left | None, taken: Decimal | None, unit: str, today: date
) -> list[str]:
    """Say what a chemist should know who just took this bottle; ``before`` was left in it."""
    remarks = [sentence for _code, sentence in _about_dates(material, today)]
    value = None if taken is None else in_unit_of(material, taken, unit)
    if before is not None and before.value is not None and value is not None:
        missing = value - before.value
        if missing > 0:
            remarks.append(
                _(
                    "%(code)s had %(left)s left, as far as recorded: %(more)s more was taken. One of"
                    " the two is wrong."
                )
                % {
                    "code": material.code,
                    "left": before.text,
                    "more": readable(missing, material.amount_unit),
                }
            )
    return remarks
