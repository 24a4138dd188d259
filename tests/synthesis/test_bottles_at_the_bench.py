"""The bottle in the hand against the bottle of the plan."""

import pytest

from synthesis.models import Deviation
from synthesis.services.bench import record_events
from synthesis.services.materials import add_stock
from tests.factories import entry, make_batch
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
