"""Bottles that are bought, stocks that are made, and what is said about them."""

import re
import uuid

import pytest
from django.db import IntegrityError, transaction

from labnotebook.records.refusals import Refusal
from synthesis.models import Material
from synthesis.services.batches import create_batch, start_batch
from synthesis.services.bench import record_events
from synthesis.services.finishing import finish_batch
from synthesis.services.materials import add_stock
from tests.factories import Api, entry, make_batch, shipped_recipe
from tests.synthesis.factories import browser, make_bottle, make_cs_oleate, make_stock
from tests.synthesis.test_plan_a_batch import text_of


def enter(client, **said):
    form = {"chemical": "calcium-iodide", "assay_kind": "mass_fraction", **said}
    return client.post("/lots/new/", {"idempotency_key": uuid.uuid4().hex, **form})


def test_a_bottle_is_entered_as_its_label_says(lab):
    client = browser(lab.mira)
    answer = enter(
        client, formula="CaI2.4H2O", assay_percent="99,0", lot_number="BCBZ", place="Box 2"
    )
    assert answer.headers["Location"] == "/lots/L-0001/"
    page = text_of(client.get("/lots/L-0001/"))
    for words in ("CaI2·4H2O", "99 %", "BCBZ", "Box 2", "Mass fraction of the named salt"):
        assert words in page
    assert "L-0001" in text_of(client.get("/lots/"))


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("formula", "CaCl2", "is not Calcium iodide"),
        ("formula", "Xx7", "Xx"),
        ("assay_percent", "lots", "lots"),
        ("assay_percent", "120", "at most 105"),
        ("amount_received", "25", "with its unit"),
        ("opened_date", "yesterday", "date"),
        ("chemical", "nothing", "choice"),
    ],
)
def test_what_a_label_cannot_say_is_refused_and_kept(lab, field, typed, said):
    answer = enter(browser(lab.mira), **{field: typed})
    assert answer.status_code == 422
    assert said.lower() in text_of(answer).lower()
    if field != "chemical":
        assert f'value="{typed}"' in answer.content.decode()
    assert not Material.objects.exists()


def test_a_double_click_enters_one_bottle(lab):
    client, key = browser(lab.mira), uuid.uuid4().hex
    assert enter(client, idempotency_key=key).headers == enter(client, idempotency_key=key).headers
    assert Material.objects.count() == 1


def test_a_finished_stock_batch_becomes_a_stock_that_plans_can_use(lab):
    batch, client = make_cs_oleate(lab), browser(lab.mira)
    assert f"/b/{batch.code}/stock/" in client.get(f"/b/{batch.code}/").content.decode()
    form = client.get(f"/b/{batch.code}/stock/")
    assert "Cs 0.15" in text_of(form)
    said = {"concentration_mol_l": "0,154", "amount_received": "30", "amount_unit": "ml"}
    made = client.post(f"/b/{batch.code}/stock/", {**said, "idempotency_key": "k"})
    assert made.headers["Location"] == "/lots/S-0001/"
    assert "0.154" in text_of(client.get("/lots/S-0001/"))
    assert "S-0001" in text_of(client.get(f"/b/{batch.code}/"))
    plan = client.get("/plan/", {"lot_cs_oleate": "S-0001"})
    assert float(plan.context["plan"].composition["ratio_cs_pb"].value) == pytest.approx(
        0.154 / 0.376, rel=1e-3
    )


@pytest.mark.parametrize(
    ("weighed", "holds", "origin"),
    [
        ({}, "Cs 0.153", "planned"),
        # 700 mg of 99.9 % Cs2CO3 (325.82 g/mol) are 4.293 mmol Cs, in 32.5 mL.
        ({"cs2co3": "700", "oa": "2.5", "ode": "30"}, "Cs 0.132", "weighed"),
        ({"cs2co3": "700"}, "Cs 0.132", "planned"),
    ],
)
def test_what_a_stock_holds_is_shown_and_never_typed_for_her(lab, weighed, holds, origin):
    plan = shipped_recipe("cs-oleate").current
    batch = create_batch(by=lab.mira, project=lab.project, version=plan, targets={})
    batch = start_batch(by=lab.mira, batch=batch)
    why = "the bottle was nearly empty"
    events = [entry("weighing", key, amount, reason=why) for key, amount in weighed.items()]
    record_events(by=lab.mira, batch=batch, events=events)
    finish_batch(by=lab.mira, batch=batch, unrecorded_reason="nobody noted it")
    form = browser(lab.mira).get(f"/b/{batch.code}/stock/")
    assert holds in text_of(form)
    assert origin in text_of(form)
    field = re.search(r'<input[^>]*name="concentration_mol_l"[^>]*>', form.content.decode()).group()
    assert "value=" not in field


def test_an_unfinished_batch_gives_no_stock(lab):
    batch = start_batch(by=lab.mira, batch=make_batch(lab.project))
    with pytest.raises(Refusal, match="not finished yet"):
        add_stock(by=lab.mira, batch=batch)
    answer = browser(lab.mira).post(f"/b/{batch.code}/stock/", {"idempotency_key": "k"})
    assert answer.status_code == 422
    assert "not finished yet" in text_of(answer)


def test_what_was_weighed_is_taken_off_what_is_left(lab):
    stock = make_stock(lab)
    batch = make_batch(lab.project, lots={"cs_oleate": stock.code})
    record_events(by=lab.mira, batch=batch, events=[entry("weighing", "cs_oleate", "1,0 mL")])
    page = text_of(browser(lab.mira).get(f"/lots/{stock.code}/"))
    assert "29 mL" in page
    assert batch.code in page
    assert "29 mL" in text_of(browser(lab.mira).get("/lots/"))


def test_a_correction_needs_its_reason_and_keeps_the_old_value(lab):
    bottle, client = make_bottle(lab, assay_percent="95", place="Box 1"), browser(lab.jonas)
    there = f"/lots/{bottle.code}/correct/"
    said = {
        "assay_percent": "99",
        "assay_kind": "mass_fraction",
        "place": "Box 1",
        "version": bottle.version,
    }
    refused = client.post(there, {**said, "idempotency_key": "a"})
    assert refused.status_code == 422
    done = client.post(there, {**said, "reason": "Misread the label.", "idempotency_key": "b"})
    assert done.status_code == 302
    page = text_of(client.get(f"/lots/{bottle.code}/"))
    assert "corrected the assay from 95 % to 99 %, the kind of assay from not known to mass" in page
    assert "Misread the label." in page
    assert "jonas" in page


def test_a_correction_of_what_somebody_else_changed_meanwhile_is_refused(lab):
    bottle = make_bottle(lab)
    said = {"assay_kind": "unknown", "version": bottle.version, "reason": "moved"}
    there = f"/lots/{bottle.code}/correct/"
    assert (
        browser(lab.jonas).post(there, {**said, "place": "A", "idempotency_key": "a"}).status_code
        == 302
    )
    stale = browser(lab.mira).post(there, {**said, "place": "B", "idempotency_key": "b"})
    assert stale.status_code == 422
    assert "Somebody changed this" in text_of(stale)
    assert 'value="B"' in stale.content.decode()


def test_the_database_keeps_bottles_in_order(lab):
    bottle = make_bottle(lab)
    for wrong in ({"assay_percent": 101}, {"amount_received": 5}, {"chemical": None}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Material.objects.filter(pk=bottle.pk).update(**wrong)


def test_a_viewer_reads_bottles_and_writes_none(lab):
    bottle, client = make_bottle(lab), browser(lab.vera)
    page = client.get(f"/lots/{bottle.code}/")
    assert "/correct/" not in page.content.decode()
    assert "/lots/new/" not in client.get("/lots/").content.decode()
    assert enter(client).status_code == 403
    assert client.post(f"/lots/{bottle.code}/correct/", {"reason": "x"}).status_code == 403
    assert client.post(f"/b/{make_cs_oleate(lab).code}/stock/").status_code == 403
    assert Material.objects.count() == 1


def test_a_stranger_finds_no_bottle(lab):
    bottle, client = make_bottle(lab), browser(lab.stranger)
    assert client.get(f"/lots/{bottle.code}/").status_code == 404
    assert client.get(f"/lots/{bottle.code}/correct/").status_code == 404
    assert bottle.code not in text_of(client.get("/lots/"))
    assert Api(lab.stranger).get("lots/").json()["results"] == []


def test_the_chemicals_of_the_lab_are_listed_with_their_bottles(lab):
    make_bottle(lab)
    page = text_of(browser(lab.mira).get("/chemicals/"))
    assert "Calcium iodide" in page
    assert "10102-68-8" in page  # CAS


def test_a_batch_that_is_made_again_from_a_stock_links_it(lab):
    stock = make_stock(lab)
    batch = start_batch(by=lab.mira, batch=make_batch(lab.project, lots={"cs_oleate": stock.code}))
    finish_batch(by=lab.mira, batch=batch, unrecorded_reason="test")
    assert f"/lots/{stock.code}/" in browser(lab.mira).get(f"/b/{batch.code}/").content.decode()


@pytest.mark.parametrize(
    ("typed", "chosen", "kept"),
    [
        ("0,2 g", "mg", ("200", "mg")),
        ("5 g", "", ("5000", "mg")),
        ("100 mL", "", ("100", "ml")),
        ("250", "ml", ("250", "ml")),
        ("250", "mg", ("250", "mg")),
    ],
)
def test_an_amount_is_understood_with_its_unit(lab, typed, chosen, kept):
    said = {
        "chemical": "calcium-iodide",
        "assay_kind": "unknown",
        "amount_received": typed,
        "amount_unit": chosen,
    }
    browser(lab.mira).post("/lots/new/", said)
    bottle = Material.objects.latest("pk")
    assert (f"{bottle.amount_received.normalize():f}", bottle.amount_unit) == kept


def test_an_amount_that_is_none_is_refused_at_its_field(lab):
    said = {"chemical": "calcium-iodide", "assay_kind": "unknown", "amount_received": "5 mmol"}
    answer = browser(lab.mira).post("/lots/new/", said)
    assert answer.status_code == 422
    assert "5 mmol" in answer.content.decode()


def test_a_label_says_what_is_in_the_bottle_and_leads_to_it(lab):
    bottle = make_bottle(lab, lot_number="MKCD", expires_date="2030-01-31", formula="CaI2·4H2O")
    client = browser(lab.vera)
    page = client.get(f"/lots/{bottle.code}/label/")
    for words in (bottle.code, "CaI2·4H2O", "lot MKCD", "use before 31 Jan 2030"):
        assert words in text_of(page)
    assert "QR code of" in page.content.decode()
    assert client.get(f"/q/{bottle.code}/").headers["Location"] == f"/lots/{bottle.code}/"
