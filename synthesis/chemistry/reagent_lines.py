"""One row of the reagent table, and the plain dict that a batch freezes of it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from .contents import StockContents, species_in
from .ratios import Cause
from .reagents import Reagent
from .recipe_parts import Ingredient
from .sources import Assay, Source


@dataclass(frozen=True, slots=True)
class ReagentLine:
    """One row of the reagent table. ``weigh_mg`` is what to read off the balance.

    ``amount_mmol`` is what the plan means to have (of a stock its formula units); ``mass_mg`` and,
    for what is measured by volume, ``volume_ml`` are what to take, the mass of a solid as if its
    bottle were pure.
    """

    reagent: Reagent
    ingredient: Ingredient
    measured_by: str  # "mass" or "volume"
    amount_mmol: Decimal | None = None
    amount_mmol_range: tuple[Decimal, Decimal] | None = None
    mass_mg: Decimal | None = None
    volume_ml: Decimal | None = None
    weigh_mg: Decimal | None = None
    note: str = ""

    @property
    def key(self) -> str:
        """The ingredient's key."""
        return self.reagent.key

    @property
    def mmol(self) -> Decimal | None:
        """The amount; the middle of its range where the label only bounds the purity."""
        if self.amount_mmol_range is not None:
            return (self.amount_mmol_range[0] + self.amount_mmol_range[1]) / 2
        return self.amount_mmol

    def as_dict(self) -> dict[str, Any]:
        """Return the row with floats, and all that the reverse calculation needs."""
        reagent, ingredient = self.reagent, self.ingredient
        purity, stock = reagent.purity, reagent.stock
        limits = self.amount_mmol_range
        return {
            "key": self.key,
            "name": reagent.name,
            "formula": reagent.formula or None,
            "role": ingredient.role,
            "group": ingredient.stage,
            "amount_mmol": as_float(self.amount_mmol),
            "amount_mmol_range": None if limits is None else [float(x) for x in limits],
            "mass_mg": as_float(self.mass_mg),
            "volume_ml": as_float(self.volume_ml),
            "weigh_mg": as_float(self.weigh_mg),
            "measured_by": self.measured_by,
            "assay": as_float(purity.value),
            "assay_range": None
            if purity.high is None
            else [as_float(purity.low), as_float(purity.high)],
            "assay_kind": purity.kind,
            "assay_uncertainty": as_float(purity.uncertainty),
            "assay_assumed": purity.assumed,
            "lot": None if reagent.source is None else reagent.source.code,
            "printed_amount": ingredient.printed_amount or None,
            "supplier": ingredient.supplier or None,
            "note": " ".join(part for part in (self.note, ingredient.note) if part),
            "chemical": reagent.chemical or None,
            "stock": ingredient.stock or None,
            "species": _floats(reagent.per_mmol),
            "recipe_formula": reagent.recipe_formula or None,
            "recipe_assay": _assay_dict(reagent.recipe_purity),
            "recipe_density_g_ml": as_float(reagent.recipe_density_g_ml),
            "molar_mass_g_mol": as_float(reagent.molar_mass_g_mol),
            "density_g_ml": as_float(reagent.density_g_ml),
            **_stock_dict(stock),
            "recipe_stock": None
            if reagent.recipe_stock in (None, stock)
            else _stock_dict(reagent.recipe_stock),
            "systematic_percent": as_float(ingredient.systematic_percent),
            "systematic_reason": ingredient.systematic_reason or None,
        }


def _stock_dict(stock: StockContents | None) -> dict[str, Any]:
    stock = stock or StockContents({}, {})
    return {
        "concentrations_mol_l": _floats(stock.real),
        "planned_concentrations_mol_l": _floats(stock.planned),
        "concentration_origin": stock.origin if stock.real else None,
        "concentration_unit": _floats(stock.unit),
        "concentration_causes": [
            {
                "name": one.name,
                "words": one.words,
                "assumed": one.assumed,
                "effects": _floats(one.effects),
            }
            for one in stock.causes
        ],
    }


def _assay_dict(assay: Assay) -> dict[str, Any]:
    return {
        "low": as_float(assay.low),
        "high": as_float(assay.high),
        "kind": assay.kind,
        "uncertainty": as_float(assay.uncertainty),
        "assumed": assay.assumed,
    }


def _floats(values: Mapping[str, Decimal]) -> dict[str, float]:
    return {name: float(value) for name, value in values.items()}


def as_float(value: Decimal | None) -> float | None:
    """Return a float for JSON, None for None."""
    return None if value is None else float(value)


def as_number(value: object) -> Decimal | None:
    """Return a number of a frozen plan as a decimal, None for None."""
    return None if value is None else Decimal(str(value))


def is_planned(line: Mapping[str, Any]) -> bool:
    """Whether anything of a frozen line was to be taken."""
    return bool(line["weigh_mg"] or line["volume_ml"])


def read_planned(line: Mapping[str, Any]) -> Reagent:
    """Return the reagent that a frozen line was made of, out of the bottle that was planned."""
    reagent = read_reagent(line)
    if line["lot"] is None:
        return reagent
    bounds = line["assay_range"] or [line["assay"], None]
    purity = Assay(
        as_number(bounds[0]),
        as_number(bounds[1]),
        line["assay_kind"],
        as_number(line["assay_uncertainty"]),
    )
    return replace(
        reagent,
        formula=line["formula"] or reagent.formula,
        density_g_ml=as_number(line["density_g_ml"]),
        purity=purity,
        source=Source(line["lot"]),
        stock=_read_stock(line) if line["stock"] else None,
    )


def read_reagent(line: Mapping[str, Any]) -> Reagent:
    """Return the reagent that a frozen line was made of, without its bottle: as the recipe says.

    Plans frozen before the recipe's own purity was kept beside the bottle's say only the latter;
    it then holds when no bottle had been chosen.
    """
    kept = line.get("recipe_assay")
    if kept is None:
        bounds = line["assay_range"] or [line["assay"], None]
        kept = {"low": bounds[0], "high": bounds[1], "kind": line["assay_kind"]}
        kept["uncertainty"] = line["assay_uncertainty"]
        if line["lot"] is not None:
            kept = {"kind": "unknown"}
    purity = Assay(
        as_number(kept.get("low")),
        as_number(kept.get("high")),
        kept["kind"],
        as_number(kept.get("uncertainty")),
        bool(kept.get("assumed")),
    )
    formula = line["recipe_formula"] or line["formula"] or ""
    chemical = line["chemical"] or ""
    stock = _read_stock(line.get("recipe_stock") or line) if line["stock"] else None
    return Reagent(
        key=line["key"],
        name=line["name"],
        role=line["role"],
        basis="volume_ml" if line["measured_by"] == "volume" else "",
        chemical=chemical,
        recipe_formula=formula,
        formula=formula,
        density_g_ml=as_number(line.get("recipe_density_g_ml", line["density_g_ml"])),
        purity=purity,
        recipe_purity=purity,
        per_mmol=_decimals(line["species"]) if "species" in line else species_in(formula, chemical),
        stock=stock,
        recipe_stock=stock,
        bias_percent=as_number(line["systematic_percent"]),
        bias_reason=line["systematic_reason"] or "",
    )


def _read_stock(kept: Mapping[str, Any]) -> StockContents:
    planned = _decimals(kept["planned_concentrations_mol_l"])
    real = _decimals(kept["concentrations_mol_l"])
    causes = tuple(
        Cause(one["name"], one["words"], _decimals(one["effects"]), one["assumed"])
        for one in kept.get("concentration_causes", ())
    )
    relative = as_number(kept.get("concentration_relative_uncertainty"))
    if relative:  # as plans were frozen before causes were told apart
        effects = {name: value * relative for name, value in real.items()}
        causes = (Cause(f"titre {kept['key']}", f"the titre of {kept['name']}", effects),)
    unit = _decimals(kept.get("concentration_unit") or {})
    if not unit and len(planned) == 1:
        unit = dict.fromkeys(planned, Decimal(1))
    return StockContents(planned, real, causes, kept.get("concentration_origin") or "planned", unit)


def _decimals(values: Mapping[str, Any]) -> dict[str, Decimal]:
    return {name: Decimal(str(value)) for name, value in values.items()}
