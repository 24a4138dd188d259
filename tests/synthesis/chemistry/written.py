"""Recipes written out in a few lines, what a plan warns of, and what a sentence owes its reader."""

import re

from synthesis.chemistry.recipe import RecipeDefinition, load_shipped_recipes

PAPER = load_shipped_recipes()["cspbi3-seed-core-shell"]
CS_OLEATE = load_shipped_recipes()["cs-oleate"]
NAMES_IN_CAPITALS = {"PEDOT"}
LEAD = {"key": "lead_mmol", "name": "Lead", "kind": "amount", "element": "Pb", "unit": "mmol"}


def ingredient(key, formula, amount, role="additive", **more):
    """An ingredient whose chemical is called by its key."""
    said = {"key": key, "chemical": key, "name": key, "formula": formula, "role": role}
    return said | {"amount": amount} | more


def recipe(*ingredients, inputs=(), kind="nanocrystals", **more):
    """A recipe of these ingredients, without any list of chemicals."""
    plain = {"slug": "case", "name": "Case", "kind": kind, "inputs": list(inputs)}
    return RecipeDefinition.from_dict(
        {**plain, "ingredients": list(ingredients), **more}, chemicals={}
    )


def warnings(plan, code):
    """The warnings of a plan with this code."""
    return [one for one in plan.warnings if one.code == code]


def said(plan, code):
    """What a plan says under this code, each with its severity."""
    return [(one.severity, one.message) for one in plan.warnings if one.code == code]


def ratio(above, below, value, key="asked", **more):
    """A recipe's input: a ratio of species with its default."""
    said = {"key": key, "name": f"{above}/{below}", "kind": "ratio", "default": value}
    return said | {"numerator": above, "denominator": below} | more


def mmol(species, value, key="asked", **more):
    """A recipe's input: an amount of a species with its default."""
    said = {"key": key, "name": f"n({species})", "kind": "amount", "unit": "mmol"}
    return said | {"element": species, "default": value} | more


def reads_well(sentence):
    """Check what a sentence owes its reader: it is whole, ends, does not shout, and names no code."""
    assert sentence == sentence.strip(), sentence
    assert sentence.endswith("."), sentence
    assert not re.search(r"  |\bNone\b|\bTrue\b|\bFalse\b|X\B|\BX|\bDecimal\(", sentence), sentence
    assert not re.search(r"[.?] [a-z]{2,}\b", sentence), sentence
    shouted = set(re.findall(r"\b[A-Z]{4,}\b", sentence)) - NAMES_IN_CAPITALS
    assert not shouted, sentence


def of_calcium(value, **more):
    """A recipe of 1 mmol PbI2 and as much CaI2 as makes Ca/Pb this value."""
    lead = ingredient("pbi2", "PbI2", {"amount_mmol": "1"})
    asked = ratio("Ca", "Pb", value, **more)
    return recipe(lead, ingredient("cai2", "CaI2", {"solves": "asked"}), inputs=[asked])


DMF = ingredient("dmf", "C3H7NO", {"volume_ml": "2"}, "solvent", density_g_ml="0.944")
