"""A recipe in words: amount rules, steps, outcomes, and what changed between two versions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from synthesis.chemistry.recipe import Ingredient, RecipeDefinition, RecipeInput, Step
from synthesis.chemistry.steps import Varied
from synthesis.views.step_words import set_point, set_points

UNITS = {
    "mass_mg": "mg",
    "volume_ml": "mL",
    "amount_mmol": "mmol",
    "concentration_mol_l": "mol L⁻¹",
    "concentration_mg_ml": "mg mL⁻¹",
    "weight_percent": "wt %",
    "fills_to_ml": "mL",
}


@dataclass(frozen=True, slots=True)
class IngredientRow:
    """One ingredient as the page says it."""

    name: str
    formula: str
    stock: str
    role: str
    rule: str
    is_solved: bool
    amount: str
    printed: str
    purity: str
    note: str


def scale_words(definition: RecipeDefinition) -> str:
    """Say for which batch the amounts stand: ``for 0.376 mmol Lead``."""
    for one in definition.inputs:
        if one.kind == "amount" and one.default is not None:
            return _("for %(amount)s %(unit)s %(element)s") % {
                "amount": f"{one.default:f}",
                "unit": one.unit,
                "element": one.element,
            }
    return ""


def ingredient_rows(definition: RecipeDefinition) -> list[IngredientRow]:
    """Return the ingredients in their order."""
    names = {one.key: _name(one) for one in definition.ingredients}
    inputs = {one.key: one for one in definition.inputs}
    return [_ingredient(one, names, inputs) for one in definition.ingredients]


def _name(one: Ingredient) -> str:
    if one.substance:
        return one.substance.name
    return one.stock_name or ", ".join(option.name for option in one.options.values()) or one.key


def _ingredient(
    one: Ingredient, names: Mapping[str, str], inputs: Mapping[str, RecipeInput]
) -> IngredientRow:
    rule, amount = _amount(one, names, inputs)
    if one.amount.times:
        amount = f"{amount} × {inputs[one.amount.times].name}"
    return IngredientRow(
        name=_name(one),
        formula=one.substance.formula if one.substance else "",
        stock=one.stock,
        role=one.role,
        rule=rule,
        is_solved=one.amount.basis == "solves",
        amount=amount,
        printed=one.printed_amount,
        purity=_purity(one),
        note=" ".join(part for part in (one.note, _assumed(one)) if part),
    )


def _amount(
    one: Ingredient, names: Mapping[str, str], inputs: Mapping[str, RecipeInput]
) -> tuple[str, str]:
    """Return the kind of rule in a word, and what it says."""
    rule = one.amount
    if rule.basis == "solves":
        return _("solved"), _("from %(target)s") % {"target": inputs[rule.solves].name}
    number, unit = f"{rule.value:f}", UNITS.get(rule.basis, "")
    if rule.basis == "equivalents":
        return _("equivalents"), _("%(n)s eq of %(other)s") % {"n": number, "other": names[rule.of]}
    if rule.basis == "fills_to_ml":
        return _("fills up"), _("to %(n)s mL") % {"n": number}
    if rule.of:
        return _("concentration"), _("%(n)s %(unit)s in %(other)s") % {
            "n": number,
            "unit": unit,
            "other": names[rule.of],
        }
    if rule.scales_with:
        return _("scales"), _("%(n)s %(unit)s at %(at)s") % {
            "n": number,
            "unit": unit,
            "at": _setting(inputs[rule.scales_with], rule.at),
        }
    return _("fixed"), f"{number} {unit}"


def _setting(one: RecipeInput, value: Decimal | None) -> str:
    """Return an input at a value: ``0.376 mmol Pb``, ``scale 1``."""
    if one.kind == "amount":
        return f"{value:f} {one.unit} {one.element}"
    return (
        _("scale %(n)s") % {"n": f"{value:f}"} if one.kind == "scale" else f"{one.name} {value:f}"
    )


def _purity(one: Ingredient) -> str:
    printed = one.printed_purity
    if printed is None:
        return ""
    low, high = f"{printed.low_percent:f}", printed.high_percent
    text = f"{low} %" if high is None else f"{low}–{high:f} %"
    return f"{text}, {_('trace metals')}" if printed.kind == "trace_metals" else text


def _assumed(one: Ingredient) -> str:
    said = one.printed_purity.assumed if one.printed_purity else ""
    return _("Assumed: %(what)s") % {"what": said} if said else ""


def step_rows(definition: RecipeDefinition) -> list[dict[str, Any]]:
    """Return the steps with their set points in words."""
    vessels = {one.key: one.name for one in definition.vessels}
    inputs = {one.key: one for one in definition.inputs}
    usual = {one.key: one.default for one in definition.inputs if one.kind != "choice"}
    return [
        {
            "text": step.text,
            "numbers": set_points(step.at(usual).set_points()),
            "where": ", ".join(
                p
                for p in (
                    step.operation,
                    vessels.get(step.vessel, ""),
                    step.atmosphere,
                    step.until,
                    f"× {inputs[step.repeat].name}" if step.repeat else "",
                    _varied(step, inputs),
                    _tolerances(step),
                )
                if p
            ),
            "unknowns": list(step.unknowns.values()),
            "note": step.note,
        }
        for step in definition.steps
    ]


def _varied(step: Step, inputs: Mapping[str, RecipeInput]) -> str:
    """Say which inputs give numbers of a step."""
    keys = {
        value.input: None for _path, _name, value in step.numbers() if isinstance(value, Varied)
    }
    names = ", ".join(inputs[key].name for key in keys)
    return _("as asked: %(names)s") % {"names": names} if names else ""


def _tolerances(step: Step) -> str:
    """Say what the recipe itself takes as planned."""
    within = [set_point(name, allowed) for name, allowed in step.tolerances.items()]
    return _("as planned within %(what)s") % {"what": ", ".join(within)} if within else ""


def outcome_input(definition: RecipeDefinition) -> RecipeInput | None:
    """Return the input along which the source reports: its R, else the first that an outcome names."""
    named = [key for one in definition.outcomes for key in one.when]
    ratios = [one.key for one in definition.ratios if one.key in named]
    return definition.input((ratios or named or [""])[0])


def outcome_rows(definition: RecipeDefinition, key: str) -> list[dict[str, str]]:
    """Return what the source reports along one input, its gaps between."""
    found: list[tuple[Decimal, dict[str, str]]] = [
        (
            one.when[key],
            {
                "ratio": f"{one.when[key]:f}",
                "phase": one.phase,
                "precursor": one.precursor_appearance,
                "size": one.size_nm,
                "note": one.note,
                "evidence": one.evidence,
                "where": one.where,
            },
        )
        for one in definition.outcomes
        if key in one.when
    ]
    asked = definition.input(key)
    for gap in asked.gaps if asked and found else ():
        middle = (gap.low + gap.high) / 2
        found.append(
            (middle, {"ratio": f"{gap.low:f}–{gap.high:f}", "gap": _("no data in the source")})
        )
    return [row for _value, row in sorted(found, key=lambda pair: pair[0])]
