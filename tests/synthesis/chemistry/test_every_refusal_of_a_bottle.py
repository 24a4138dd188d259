"""Every way in which a bottle is refused: a label that cannot be, and one that does not fit, with what would do."""

from decimal import Decimal

import pytest

from synthesis.chemistry.planning import PlanRefused, Source, solve_plan
from tests.synthesis.chemistry.written import DMF, ingredient, reads_well, recipe

LEAD = ingredient("pbi2", "PbI2", {"amount_mmol": "1"})
POLYMER = ingredient("peo", "", {"mass_mg": "10"}, "polymer")

LABELS = {
    "an assay above 1": ({"assay": "99", "assay_kind": "mass_fraction"}, ["the assay is 99", "Write 99 % as 0.99"]),
    "an upper assay above 1": (
        {"assay": "0.9", "assay_high": "90", "assay_kind": "mass_fraction"}, ["the assay is 90"],
    ),
    "an assay of per cents": (
        {"assay": "0.0099", "assay_kind": "mass_fraction"},
        ["reads 0.99 %. Is it 0.99 % or 99 %?", "entered as a stock with its concentration"],
    ),
    "a range downwards": (
        {"assay": "0.9", "assay_high": "0.8", "assay_kind": "titration"},
        ["runs from 0.9 down to 0.8. Give the lower value first"],
    ),
    "a kind of assay": (
        {"assay_kind": "guess"},
        ["is “guess”; use one of mass_fraction, titration, trace_metals, unknown"],
    ),
    "an origin": ({"origin": "told"}, ["is “told”; use one of planned, weighed, titrated"]),
    "no titre": ({"concentration_mol_l": "0"}, ["concentration_mol_l is 0"]),
    "an endless titre": ({"concentration_mol_l": "inf"}, ["concentration_mol_l is Infinity"]),
    "no density": ({"density_g_ml": "0"}, ["density_g_ml is 0"]),
    "a density that is none": ({"density_g_ml": "nan"}, ["density_g_ml is NaN"]),
    "less than no doubt": ({"assay_uncertainty": "-0.01"}, ["assay_uncertainty is -0.01"]),
    "endless doubt": (
        {"concentration_uncertainty_mol_l": "inf"}, ["concentration_uncertainty_mol_l is Inf"],
    ),
    "a strength below 0": ({"composition": {"Cs": ("-0.1", "0.01")}}, ["Cs -0.1 ± 0.01 mol/L cannot be"]),
    "a doubt below 0": ({"composition": {"Cs": ("0.1", "-0.01")}}, ["Cs 0.1 ± -0.01 mol/L"]),
    "a strength that is none": ({"composition": {"Cs": ("nan", "0")}}, ["Cs NaN ± 0 mol/L"]),
    "a formula of x waters": ({"formula": "CaI2·xH2O"}, ["how many waters"]),
}  # fmt: skip
TEXTS = ("assay_kind", "origin", "formula")


def label(code="L-1", **said):
    def read(value):
        if isinstance(value, dict):
            return {name: tuple(map(Decimal, pair)) for name, pair in value.items()}
        return Decimal(value)

    return Source(code, **{k: v if k in TEXTS else read(v) for k, v in said.items()})


@pytest.mark.parametrize("name", LABELS)
def test_a_label_that_cannot_be_is_refused_with_its_lot(name):
    said, words = LABELS[name]
    with pytest.raises(PlanRefused) as refusal:
        label(**said)
    sentence = str(refusal.value)
    reads_well(sentence.removeprefix("Lot L-1: "))
    assert sentence.startswith("Lot L-1: ")
    assert refusal.value.field == ""
    assert [one for one in words if one not in sentence] == [], sentence
    with pytest.raises(PlanRefused, match="Lot without code: "):
        label("", **said)


def test_a_label_at_its_limits_is_taken():
    label(assay="1", assay_kind="mass_fraction", assay_uncertainty="0")
    label(assay="0.9", assay_high="0.9", assay_kind="titration")
    label(composition={"Cs": ("0", "0")}, concentration_uncertainty_mol_l="0")


UNFIT = {
    "another substance under no formula": (
        "peo", Source("L-2", chemical_slug="pvp"),
        "Lot L-2 is a bottle of pvp, but “peo” asks for peo. Choose a bottle of peo.",
    ),
    "another salt": (
        "pbi2", Source("L-3", "CaBr2·2H2O", chemical_slug="cabr2"),
        "Lot L-3 is CaBr2·2H2O (cabr2) and holds no I, Pb, but “pbi2” asks for pbi2 (PbI2). Choose a lot of pbi2; a hydrate of it is fine.",
    ),
    "another compound of one formula": (
        "oa", Source("L-4", "C18H34O2", chemical_slug="elaidic-acid"),
        "Lot L-4 is C18H34O2 (elaidic-acid), but “oa” asks for oa (C18H34O2). Choose a lot of oa; if this is one, write its formula as C18H34O2: others have the same atoms.",
    ),
    "a stock for a salt": (
        "pbi2", Source("S-1", recipe_slug="cs-oleate"),
        "S-1 is made by “cs-oleate”, but “pbi2” asks for pbi2 (PbI2). Choose a bottle of pbi2.",
    ),
    "a solution for a salt": (
        "pbi2", Source("S-2", concentration_mol_l=Decimal("0.1")), "S-2 is a solution, but “pbi2” asks for pbi2 (PbI2). Choose a bottle of pbi2.",
    ),
    "a composed solution for a polymer": (
        "peo", Source("S-3", composition={"Cs": (Decimal(1), Decimal(0))}, origin="weighed"),
        "S-3 is a solution, but “peo” asks for peo. Choose a bottle of peo.",
    ),
    "a salt for a stock": (
        "ink", Source("L-5", "PbI2", chemical_slug="pbi2"),
        "L-5 is a bottle of pbi2 (PbI2), but “ink” asks for the stock ink. Choose a stock that was made by the recipe “ink”, or make one.",
    ),
    "a formula for a stock": ("ink", Source("L-6", "PbI2"), "L-6 is a bottle of (PbI2), but “ink” asks for the stock ink. Choose a stock that was made by the recipe “ink”, or make one."),
    "a name for a stock": ("ink", Source("L-7", chemical_slug="pbi2"), "L-7 is a bottle of pbi2, but “ink” asks for the stock ink. Choose a stock that was made by the recipe “ink”, or make one."),
    "another stock": (
        "ink", Source("S-4", recipe_slug="cs-oleate"),
        "S-4 was made by the recipe “cs-oleate”, but “ink” asks for the stock ink. Choose a stock that was made by the recipe “ink”, or make one.",
    ),
    "a titre of something else": (
        "ink", Source("S-5", concentration_mol_l=Decimal(1), concentration_species="Cs"),
        "Lot S-5 says its concentration of Cs, but ink holds I and Pb. Say of which of these it is.",
    ),
    "other species": (
        "ink", Source("S-6", composition={"Cs": (Decimal(1), Decimal(0))}, origin="weighed"),
        "S-6 holds Cs, but ink brings I and Pb. Choose another bottle of ink.",
    ),
    "a titre beside other species": (
        "two",
        Source(
            "S-9",
            composition={"Na": (Decimal(1), Decimal(0))},
            concentration_mol_l=Decimal(1),
            concentration_species="Cs",
        ),
        "S-9 holds Na, but two brings Br, Cs, I and Pb. Choose another bottle of two.",
    ),
    "a titre of several salts": (
        "two", Source("S-7", concentration_mol_l=Decimal("0.50")),
        "Lot S-7 says 0.5 mol/L, but two holds Br, Cs, I and Pb from several salts. Say of which species that is.",
    ),
    "a titre of nothing": (
        "dry", Source("S-8", concentration_mol_l=Decimal("0.5")),
        "Lot S-8 has a concentration, but its recipe holds no species to count.",
    ),
}  # fmt: skip


def of_bottles():
    """A recipe of salts, a polymer and stocks, and the recipes of its stocks."""
    made = {
        "ink": (LEAD, DMF),
        "two": (LEAD, ingredient("csbr", "CsBr", {"amount_mmol": "1"}), DMF),
        "dry": (POLYMER, DMF),
    }
    oleic = ingredient("oa", "C18H34O2", {"volume_ml": "1"}, "ligand", density_g_ml="0.887")
    taken = [
        {"key": key, "stock": key, "role": "additive", "amount": {"volume_ml": "1"}} for key in made
    ]
    stocks = {key: recipe(*parts, kind="stock_solution", slug=key) for key, parts in made.items()}
    return recipe(LEAD, POLYMER, oleic, *taken), stocks


@pytest.mark.parametrize("name", UNFIT)
def test_a_bottle_that_does_not_fit_is_refused_with_what_would_do(name):
    key, source, sentence = UNFIT[name]
    asked, stocks = of_bottles()
    with pytest.raises(PlanRefused) as refusal:
        solve_plan(asked, {}, {key: source}, stocks=stocks)
    assert refusal.value.field == f"lots.{key}"
    assert str(refusal.value) == sentence


def test_a_lot_for_what_the_recipe_does_not_have_is_refused_with_what_it_has():
    with pytest.raises(PlanRefused) as refusal:
        solve_plan(recipe(LEAD, DMF), {}, {"water": Source("L-1")})
    reads_well(str(refusal.value))
    assert "“Case” has no ingredient “water” to take a lot for. It has pbi2, dmf." in str(
        refusal.value
    )
    assert refusal.value.field == "lots.water"
