"""A small recipe with one part of each kind, and how a test spoils one of them."""

import copy

import pytest

from synthesis.chemistry.recipe import InvalidRecipe, RecipeDefinition
from tests.synthesis.chemistry.written import ingredient, mmol, ratio

SMALL = {
    "slug": "small",
    "name": "Small",
    "kind": "nanocrystals",
    "inputs": [
        ratio("Ca", "Pb", "0.5", "ratio_ca_pb"),
        mmol("Pb", "0.4", "lead_mmol"),
        {"key": "hot", "name": "Hot", "kind": "condition", "unit": "°C", "default": "170"},
        {"key": "washes", "name": "Washes", "kind": "condition", "default": "2"},
        {"key": "salt", "name": "Salt", "kind": "choice", "default": "dry",
         "options": {"dry": "without water", "wet": "with water"}},
        {"key": "flask_ml", "name": "Flask", "kind": "size", "unit": "mL", "default": "50"},
    ],
    "vessels": [
        {"key": "flask", "name": "flask", "size": "flask_ml", "heated": True},
        {"key": "tube", "name": "tube", "volume_ml": "15"},
    ],
    "ingredients": [
        ingredient("pbi2", "PbI2", {"solves": "lead_mmol"}, "lead source"),
        ingredient("cai2", "CaI2", {"solves": "ratio_ca_pb"}, "calcium source"),
        ingredient("oa", "C18H34O2", {"equivalents": "2", "of": "pbi2"}, "ligand"),
        ingredient("ode", "C18H36", {"volume_ml": "10"}, "solvent", density_g_ml="0.789"),
        {"key": "zinc", "role": "zinc source", "amount": {"mass_mg": "20"},
         "choice": {"input": "salt", "options": {
             "dry": {"chemical": "zinc-acetate", "name": "Zinc acetate", "formula": "Zn(OAc)2"},
             "wet": {"chemical": "zinc-acetate-dihydrate", "name": "Zinc acetate dihydrate",
                     "formula": "Zn(OAc)2·2H2O"}}}},
    ],
    "steps": [
        {"key": "heat", "operation": "heat", "text": "Heat.", "vessel": "flask",
         "ingredients": ["pbi2", "ode"], "parameters": {"temperature_c": {"input": "hot"}}},
        {"key": "wash", "operation": "wash", "text": "Wash.", "repeat": "washes"},
        {"key": "spin", "operation": "spin-coat", "text": "Spin.",
         "rows": {"segments": [{"speed_rpm": "1000", "duration_s": "10"}, {"speed_rpm": "4000"}]}},
    ],
    "outcomes": [{"when": {"ratio_ca_pb": "0.5"}, "evidence": "stated", "where": "page 3"}],
}  # fmt: skip


def small(*changes):
    """The small recipe with other values: each change is a path of names and numbers, and its value."""
    plain = copy.deepcopy(SMALL)
    for *path, value in changes:
        place = plain
        for name in path[:-1]:
            place = place[name]
        if isinstance(place, list) and path[-1] == len(place):
            place.append(value)
        else:
            place[path[-1]] = value
    return plain


def read(plain, chemicals=()):
    """Read a recipe that knows these chemicals only."""
    return RecipeDefinition.from_dict(plain, chemicals=dict(chemicals))


def faults(plain, chemicals=()):
    """What is wrong with a recipe: (path, sentence) each, in order."""
    with pytest.raises(InvalidRecipe) as refused:
        read(plain, chemicals)
    return [(one.path, one.sentence) for one in refused.value.faults]
