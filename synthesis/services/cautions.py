"""What to say about the bottles of a plan or a weighing: past their date, low, empty, promised elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from synthesis.chemistry.bottles import Left, readable
from synthesis.models import Batch, Material
from synthesis.services.movements import in_unit_of, lefts, reserved


@dataclass(frozen=True, slots=True)
class Needed:
    """What a plan takes of one ingredient."""

    amount: Decimal
    unit: str  # mg or ml


@dataclass(frozen=True, slots=True)
class MaterialCaution:
    """One sentence about one bottle."""

    code: str
    key: str  # the ingredient
    lot: str
    message: str

    def as_dict(self) -> dict[str, str]:
        """Return it as the warnings of a plan are written."""
        return {"code": self.code, "message": self.message, "severity": "caution"}


def needed_of(reagents: Iterable[Mapping[str, Any]]) -> dict[str, Needed]:
    """Return what the lines of a plan take, by ingredient."""
    found = {}
    for line in reagents:
        by_mass = line["measured_by"] == "mass"
        amount = (line["weigh_mg"] or line["mass_mg"]) if by_mass else line["volume_ml"]
        if amount is not None:
            found[line["key"]] = Needed(Decimal(str(amount)), "mg" if by_mass else "ml")
    return found


def material_cautions(
    materials: Mapping[str, Material],
    needed: Mapping[str, Needed],
    today: date,
    *,
    batch: Batch | None = None,
) -> list[MaterialCaution]:
    """Say which bottles are past their date, empty, or hold less than is needed.

    materials: by ingredient. batch: whose own reservation does not count against it.
    """
    bottles = {material.pk: material for material in materials.values()}
    there, promised = lefts(bottles.values()), reserved(bottles.values(), without=batch)
    found = []
    for pk, material in bottles.items():
        keys = [key for key, one in materials.items() if one.pk == pk]
        sentences = dict(_about_dates(material, today))
        wanted = [needed[key] for key in keys if key in needed]
        sentences |= _about_amount(material, there[pk], wanted, promised.get(pk, []))
        found += [MaterialCaution(c, keys[0], material.code, said) for c, said in sentences.items()]
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
