"""Recipes written out in a few lines, and what a plan warns of."""

from synthesis.chemistry.recipe import RecipeDefinition, load_shipped_recipes

PAPER = load_shipped_recipes()["cspbi3-seed-core-shell"]
CS_OLEATE = load_shipped_recipes()["cs-oleate"]
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


DMF = ingredient("dmf", "C3H7NO", {"volume_ml": "2"}, "solvent", density_g_ml="0.944")
