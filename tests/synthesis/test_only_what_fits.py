"""Only what fits can be poured: by plan, batch and bench alike, and each refusal says what would do."""

import pytest

from labnotebook.records.refusals import Refusal
from synthesis.services.batches import create_batch, start_batch
from synthesis.services.bench import record_events
from synthesis.services.finishing import finish_batch
from synthesis.services.materials import add_stock, archive_material, make_aliquots
from synthesis.services.movements import move_by_hand
from tests.factories import Api, entry, make_batch, shipped_recipe
from tests.synthesis.factories import make_bottle, make_stock

PAPER = {"ratio_ca_pb": "0.5", "lead_mmol": "0.376"}


def planned(lab, **lots):
    there = f"recipes/{shipped_recipe().slug}/plan/"
    return Api(lab.mira).post(there, {**PAPER, "lots": lots})


def refused_at_bench(lab, batch, *entries):
    taken = record_events(by=lab.mira, batch=batch, events=list(entries))
    return " ".join(refusal["message"] for refusal in taken.refused)


@pytest.fixture
def stock(lab):
    return make_stock(lab)


def test_another_substance_is_refused_everywhere_with_the_bottles_that_would_do(lab, stock):
    lead = make_bottle(lab, "lead-iodide")
    answer = planned(lab, cs_oleate=lead.code)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == "lots.cs_oleate"
    assert f"{stock.code} would do." in answer.json()["detail"]
    with pytest.raises(Refusal, match=f"{stock.code} would do"):
        make_batch(lab.project, lots={"cs_oleate": lead.code})
    batch = make_batch(lab.project)
    for said in (
        entry("lot", "cs_oleate", lead.code),
        entry("weighing", "cs_oleate", {"text": "1 mL", "lot": lead.code}),
    ):
        assert f"{stock.code} would do." in refused_at_bench(lab, batch, said)
    row = batch.additions.get(key="cs_oleate")
    assert (row.material, row.weighed_value) == (None, None)
    assert not lead.movements.exists()


def test_a_stock_of_another_recipe_is_refused(lab):
    version = shipped_recipe("zno-nanocrystals").current
    batch = create_batch(
        by=lab.mira,
        project=lab.project,
        version=version,
        targets={"zinc_acetate_form": "dihydrate"},
    )
    batch = start_batch(by=lab.mira, batch=batch)
    other = add_stock(
        by=lab.mira, batch=finish_batch(by=lab.mira, batch=batch, unrecorded_reason="not looked at")
    )
    answer = planned(lab, cs_oleate=other.code)
    assert answer.status_code == 400
    assert "zno-nanocrystals" in answer.json()["detail"]
    assert "zno" in refused_at_bench(
        lab, make_batch(lab.project), entry("lot", "cs_oleate", other.code)
    )


def test_an_archived_bottle_is_not_poured(lab, stock):
    archive_material(by=lab.mira, material=stock, reason="turned yellow")
    assert "turned yellow" in planned(lab, cs_oleate=stock.code).json()["detail"]
    batch = make_batch(lab.project)
    assert "turned yellow" in refused_at_bench(lab, batch, entry("lot", "cs_oleate", stock.code))
    assert "turned yellow" in refused_at_bench(
        lab, batch, entry("lot", "cs_oleate", stock.code, reason="all the same")
    )
    archive_material(by=lab.mira, material=stock, reason="it was the light", back=True)
    assert planned(lab, cs_oleate=stock.code).status_code == 200


def test_an_empty_bottle_is_asked_about_and_taken_with_a_reason(lab, stock):
    move_by_hand(by=lab.mira, material=stock, kind="emptied", reason="last drop")
    assert "said to be empty" in planned(lab, cs_oleate=stock.code).json()["detail"]
    batch = make_batch(lab.project)
    said = {"text": "1 mL", "lot": stock.code}
    assert "said to be empty" in refused_at_bench(lab, batch, entry("weighing", "cs_oleate", said))
    assert not refused_at_bench(
        lab, batch, entry("weighing", "cs_oleate", said, reason="1 mL was left in the neck")
    )
    assert batch.additions.get(key="cs_oleate").material == stock


def test_what_the_batch_made_does_not_go_back_into_it(lab, stock):
    batch, why = stock.produced_by, "a ring"
    vial = make_aliquots(by=lab.mira, material=stock, amounts=["1 mL"])[0]
    for code in (stock.code, vial.code):
        for key in ("cs2co3", "unplanned"):
            said = entry("weighing", key, {"text": "1 mL", "lot": code}, reason=why)
            assert f"from {batch.code} itself" in refused_at_bench(lab, batch, said)


def test_nor_what_descends_from_what_it_made(lab, stock):
    later = make_batch(lab.project, lots={"cs_oleate": stock.code})
    later = finish_batch(
        by=lab.mira, batch=start_batch(by=lab.mira, batch=later), unrecorded_reason="not looked at"
    )
    product = add_stock(by=lab.mira, batch=later)
    said = entry("weighing", "more", {"text": "1 mL", "lot": product.code}, reason="a ring")
    assert f"{product.code} comes, by way of {stock.code}, from" in refused_at_bench(
        lab, stock.produced_by, said
    )
    other = make_batch(lab.project)  # what a dispersion brings is not known, and that is said
    assert not refused_at_bench(
        lab, other, entry("weighing", "more", {"text": "1 mL", "lot": product.code})
    )
    other.refresh_from_db()
    assert other.composition["not_counted"] == ["more"]
