"""The bottle in the hand against the bottle of the plan."""

import pytest

from synthesis.models import Deviation
from synthesis.services.batches import create_batch, start_batch
from synthesis.services.bench import record_events
from synthesis.services.finishing import finish_batch
from synthesis.services.materials import add_stock
from synthesis.services.plans import solve
from tests.factories import entry, make_batch, shipped_recipe
from tests.synthesis.factories import make_bottle, make_cs_oleate, make_stock


@pytest.fixture
def batch(lab):
    return make_batch(lab.project, by=lab.mira)


def send(lab, batch, *entries):
    taken = record_events(by=lab.mira, batch=batch, events=list(entries))
    batch.refresh_from_db()
    return taken


def ratio_of(batch):
    return batch.composition["effective"]["ratio_ca_pb"]["value"]


@pytest.mark.parametrize("kind", ["lot", "weighing"])
def test_a_bottle_of_another_substance_is_refused_and_holds_back_nothing(lab, batch, kind):
    lead = make_bottle(lab, "lead-iodide")
    value = lead.code if kind == "lot" else {"text": "1.0 mL", "lot": lead.code}
    wrong = entry(kind, "cs_oleate", value)
    taken = send(lab, batch, wrong, entry("weighing", "pbi2", "173.3 mg"))
    (refused,) = taken.refused
    assert refused["id"] == wrong["id"]
    assert refused["field"] == "0.value"
    assert "cs-oleate" in refused["message"]
    assert len(taken.accepted) == 1
    row = batch.additions.get(key="cs_oleate")
    assert (row.material, row.weighed_value) == (None, None)
    assert batch.additions.get(key="pbi2").weighed_text == "173.3 mg"


def test_a_stock_is_not_poured_for_a_salt(lab, batch):
    stock = make_stock(lab)
    taken = send(lab, batch, entry("lot", "pbi2", stock.code))
    assert "Choose a bottle of Lead(II) iodide" in taken.refused[0]["message"]


def test_a_stock_does_not_go_into_the_batch_that_made_it(lab):
    made = make_cs_oleate(lab)
    stock = add_stock(by=lab.mira, batch=made, concentration_mol_l="0.15")
    taken = send(lab, made, entry("lot", "oa", stock.code, reason="a ring"))
    assert made.code in taken.refused[0]["message"]


def test_a_hydrate_at_the_bench_is_said_with_the_mass_to_weigh_and_recorded(lab, batch):
    wet = make_bottle(lab, formula="CaI2·4H2O", assay_percent="98", assay_kind="titration")
    taken = send(lab, batch, entry("lot", "cai2", wet.code))
    (remark,) = taken.remarks
    assert "CaI2·4H2O" in remark["message"]
    assert "weigh 68.8 mg" in remark["message"]  # 0.188 mmol of 365.947 g/mol
    deviation = Deviation.objects.get(batch=batch, withdrawn_at=None)
    assert deviation.kind == Deviation.Kind.SUBSTITUTION
    send(lab, batch, entry("weighing", "pbi2", "173.3 mg"), entry("weighing", "cai2", "55.3 mg"))
    assert ratio_of(batch) == pytest.approx(0.394, abs=0.0006)
    # the right bottle withdraws it
    dry = make_bottle(lab, assay_percent="99", assay_kind="mass_fraction")
    send(lab, batch, entry("lot", "cai2", dry.code))
    assert not Deviation.objects.filter(batch=batch, target="cai2.lot", withdrawn_at=None)


def test_an_emptied_bottle_counts_as_the_recipes_own_salt(lab):
    wet = make_bottle(lab, formula="CaI2·4H2O", assay_percent="98", assay_kind="titration")
    batch = make_batch(lab.project, by=lab.mira, lots={"cai2": wet.code})
    send(
        lab,
        batch,
        entry("lot", "cai2", ""),
        entry("weighing", "cai2", "55.3 mg"),
        entry("weighing", "pbi2", "173.3 mg"),
    )
    # 55.3 mg of the anhydrous salt at the printed 99 %
    assert ratio_of(batch) == pytest.approx(0.4956, abs=0.0006)


def stock_batch(lab):
    batch = create_batch(
        by=lab.mira,
        project=lab.project,
        version=shipped_recipe("cs-oleate").current,
        targets={},
    )
    return start_batch(by=lab.mira, batch=batch)


def caesium_per_lead(lab, stock):
    plan = solve(
        user=lab.mira,
        version=shipped_recipe().current,
        targets={"ratio_ca_pb": "0.5", "lead_mmol": "0.376"},
        lots={"cs_oleate": stock.code},
    ).plan
    return plan, float(plan.composition["ratio_cs_pb"].value)


def test_half_the_carbonate_in_the_stock_is_half_the_caesium_in_the_next_plan(lab):
    batch = stock_batch(lab)
    send(
        lab,
        batch,
        entry("weighing", "cs2co3", "407.0 mg", reason="half on purpose"),
        entry("weighing", "oa", "2.5 mL"),
        entry("weighing", "ode", "30.0 mL"),
    )
    batch = finish_batch(by=lab.mira, batch=batch, unrecorded_reason="steps as written")
    plan, ratio = caesium_per_lead(lab, add_stock(by=lab.mira, batch=batch))
    # 2 · 407.0 · 0.999 / 325.819 / 32.5 = 0.0768 mol/L
    assert ratio == pytest.approx(0.0768 / 0.376, rel=1e-3)
    assert not [w for w in plan.warnings if w.code == "stock_planned"]


def test_a_stock_that_nobody_weighed_stays_planned_with_its_uncertainty(lab):
    stock = add_stock(by=lab.mira, batch=make_cs_oleate(lab))
    plan, ratio = caesium_per_lead(lab, stock)
    assert ratio == pytest.approx(0.1536 / 0.376, rel=1e-3)
    (said,) = [w for w in plan.warnings if w.code == "stock_planned"]
    assert stock.code in said.message
    known = plan.composition["ratio_cs_pb"]
    assert float(known.uncertainty / known.value) == pytest.approx(0.0137, abs=0.0005)
