"""A bottle whose label spells the recipe's salt otherwise, and one that is another salt of the same atoms."""

from decimal import Decimal

import pytest

from synthesis.chemistry.additions import Addition
from synthesis.chemistry.composition import weighed_composition
from synthesis.chemistry.planning import Source, UnfitSource, solve_plan
from tests.synthesis.chemistry.written import ingredient, recipe


def asking_for(formula, group):
    """One mmol of PbBr2, and as much of a salt as makes group : Pb = 1."""
    ratio = {"key": "ratio", "name": "X/Pb", "kind": "ratio", "numerator": group}
    return recipe(
        ingredient("pbbr2", "PbBr2", {"amount_mmol": "1"}, "lead source"),
        ingredient("salt", formula, {"solves": "ratio"}),
        inputs=[ratio | {"denominator": "Pb", "default": "1"}],
    )


def planned(formula, group, label, name):
    bottle = Source("L-1", label, chemical_slug=name)
    return solve_plan(asking_for(formula, group), {}, {"salt": bottle})


SPELLINGS = [
    ("C4H9NH3Br", "BA", "C4H12BrN", "154.1"),
    ("BABr", "BA", "C4H12NBr", "154.1"),
    ("C6H5C2H4NH3I", "PEA", "C8H12IN", "249.1"),
    ("C2H5NH3I", "EA", "C2H8IN", "173.0"),
    ("FAI", "FA", "CH5N2I", "172.0"),
    ("CH5IN2", "FA", "HC(NH2)2I", "172.0"),
    ("MABr", "MA", "CH6NBr", "112.0"),
    ("CH6NBr", "MA", "CH3NH3Br", "112.0"),
    ("CH3NH3Br", "MA", "MABr", "112.0"),
]


@pytest.mark.parametrize(("formula", "group", "label", "weigh_mg"), SPELLINGS)
@pytest.mark.parametrize("name", ["salt", ""])
def test_a_label_may_spell_the_same_salt_otherwise(formula, group, label, weigh_mg, name):
    """Molar masses: BABr 154.05, PEAI 249.09, EAI 173.00, FAI 171.97, MABr 111.97 g/mol."""
    plan = planned(formula, group, label, name)
    assert plan.line("salt").weigh_mg == Decimal(weigh_mg)
    assert plan.composition["ratio"].value == 1
    assert plan.line("salt").reagent.species[group] == 1


@pytest.mark.parametrize(
    ("formula", "group", "label"), [one[:3] for one in SPELLINGS if one[1] in ("FA", "MA")]
)
def test_where_no_other_ion_has_the_atoms_the_lab_may_call_it_as_it_likes(formula, group, label):
    assert planned(formula, group, label, "our-salt").composition["ratio"].value == 1


def test_at_the_bench_such_a_bottle_brings_what_the_recipe_spells():
    plan = solve_plan(asking_for("C4H9NH3Br", "BA"), {})
    bottle = Source("L-1", "C4H12BrN", chemical_slug="salt")
    found = weighed_composition(
        plan,
        [
            Addition("pbbr2", Decimal("367.0"), "mg"),
            Addition("salt", Decimal("77.0"), "mg", source=bottle),
        ],
    )
    # 77.0 / 154.05 mmol beside 367.0 / 367.01 mmol
    assert float(found.ratios["ratio"].value) == pytest.approx(0.4999, abs=0.0002)


@pytest.mark.parametrize("name", ["salt", "", "dimethylammonium-bromide"])
def test_another_ion_of_the_same_atoms_is_refused(name):
    with pytest.raises(UnfitSource, match=r"Lot L-1 is \(CH3\)2NH2Br") as refusal:
        planned("C2H5NH3Br", "EA", "(CH3)2NH2Br", name)
    assert refusal.value.field == "lots.salt"


def test_bare_atoms_under_another_name_are_asked_about():
    """C4H12BrN is diethylammonium bromide as well."""
    with pytest.raises(UnfitSource, match="write its formula as C4H9NH3Br") as refusal:
        planned("C4H9NH3Br", "BA", "C4H12BrN", "diethylammonium-bromide")
    assert refusal.value.field == "lots.salt"
