"""Stocks know what they hold, bottles what they can be, and everything where it came from."""

import pytest
from django.db import DatabaseError, connection, transaction

from devices.services.devices import build_device
from labnotebook.records.refusals import Refusal
from synthesis.models import Addition, Material
from synthesis.services.batches import create_batch
from synthesis.services.bench import record_events
from synthesis.services.finishing import finish_batch
from synthesis.services.materials import add_stock
from tests.factories import Api, entry, make_batch, shipped_recipe
from tests.synthesis.factories import browser, make_bottle

# 2 · 407.0 mg · 0.999 / 325.82 g/mol in 32.5 mL: half of the paper's carbonate
HALF_MOL_L = 2 * 407.0 * 0.999 / 325.82 / 32.5


def oleate(lab, *entries):
    batch = create_batch(
        by=lab.mira,
        project=lab.project,
        version=shipped_recipe("cs-oleate").current,
        targets={"scale": "1"},
    )
    record_events(by=lab.mira, batch=batch, events=[entry("step_start", "load"), *entries])
    batch.refresh_from_db()
    finish_batch(by=lab.mira, batch=batch, unrecorded_reason="only the amounts")
    batch.refresh_from_db()
    return batch, add_stock(by=lab.mira, batch=batch)


def weighed(*amounts):
    keys = ("cs2co3", "oa", "ode")
    pairs = zip(keys, amounts, strict=True)
    return [entry("weighing", key, text, reason="half on purpose") for key, text in pairs]


def test_a_stock_holds_what_its_batch_recorded(lab):
    batch, stock = oleate(lab, *weighed("407.0 mg", "2.5 mL", "30.0 mL"))
    (caesium,) = Api(lab.mira).get(f"lots/{stock.code}/").json()["composition"]
    assert caesium["species"] == "Cs"
    assert caesium["mol_l"] == pytest.approx(HALF_MOL_L, rel=1e-3)
    # 0.1 mg in 407.0, 1 % of each volume, 0.1 % assay: 0.93 %
    assert caesium["uncertainty"] / caesium["mol_l"] == pytest.approx(0.0093, abs=0.0005)
    assert (caesium["origin"], caesium["from"]) == ("weighed", batch.code)


def test_a_stock_that_nobody_weighed_stays_planned(lab):
    _batch, stock = oleate(lab)
    (caesium,) = Api(lab.mira).get(f"lots/{stock.code}/").json()["composition"]
    assert caesium["origin"] == "planned"


def test_a_titre_says_that_it_is_one(lab):
    batch, _stock = oleate(lab, *weighed("407.0 mg", "2.5 mL", "30.0 mL"))
    titrated = add_stock(
        by=lab.mira,
        batch=batch,
        concentration_mol_l="0.0800",
        concentration_uncertainty_mol_l="0.001",
    )
    (caesium,) = Api(lab.mira).get(f"lots/{titrated.code}/").json()["composition"]
    assert (caesium["mol_l"], caesium["origin"]) == (0.08, "titrated")


def test_the_page_of_a_new_stock_puts_no_number_into_the_titre(lab):
    batch, _stock = oleate(lab, *weighed("407.0 mg", "2.5 mL", "30.0 mL"))
    page = browser(lab.mira).get(f"/b/{batch.code}/stock/")
    assert not page.context["form"].initial.get("concentration_mol_l")
    assert "0.0768" in page.content.decode()


def test_a_stock_never_goes_into_what_it_was_made_of(lab):
    batch, stock = oleate(lab, *weighed("407.0 mg", "2.5 mL", "30.0 mL"))
    with pytest.raises(DatabaseError, match="made by this very batch"), transaction.atomic():
        Addition.objects.filter(batch=batch, key="cs2co3").update(material=stock)
    second, made = oleate(lab)
    with transaction.atomic(), connection.cursor() as cursor:  # the first stock in the second batch
        cursor.execute(
            "UPDATE synthesis_addition SET material_id = %s WHERE batch_id = %s AND key = 'oa'",
            [stock.pk, second.pk],
        )
    with pytest.raises(DatabaseError, match="made by this very batch"), transaction.atomic():
        Addition.objects.filter(batch=batch, key="ode").update(material=made)


def test_the_lineage_runs_from_the_bottle_to_the_device(lab):
    lead = make_bottle(lab, "lead-iodide")
    origin, stock = oleate(lab, *weighed("814.0 mg", "2.5 mL", "30.0 mL"))
    batch = make_batch(lab.project, lots={"pbi2": lead.code, "cs_oleate": stock.code})
    record_events(by=lab.mira, batch=batch, events=[entry("weighing", "pbi2", "173.9 mg")])
    finish_batch(by=lab.mira, batch=batch, unrecorded_reason="the rest as planned")
    device = build_device(
        by=lab.mira, project=lab.project, architecture_slug="fret", emitter_batch_code=batch.code
    )
    api = Api(lab.mira)
    graph = api.get(f"batches/{batch.code}/lineage/").json()
    kinds = {node["code"]: node["kind"] for node in graph["nodes"]}
    assert kinds[stock.code] == "stock"
    assert kinds[origin.code] == kinds[batch.code] == "batch"
    assert kinds[lead.code] == "lot"
    assert kinds[device.code] == "device"
    edges = {(edge["from"], edge["to"]): edge for edge in graph["edges"]}
    assert edges[lead.code, batch.code]["amount"] == 173.9
    assert edges[stock.code, batch.code]["planned"] == 1.0
    assert (origin.code, stock.code) in edges
    touched = api.get(f"lots/{lead.code}/lineage/").json()
    assert batch.code in {node["code"] for node in touched["nodes"]}
    assert api.get("batches/NC-9999/lineage/").status_code == 404


@pytest.mark.parametrize(
    ("said", "field", "word"),
    [
        ({"received_date": "2099-01-01"}, "received_date", "still to come"),
        ({"opened_date": "2099-01-01"}, "opened_date", "still to come"),
        ({"received_date": "2026-03-01", "expires_date": "2025-03-01"}, "expires_date", "before"),
        ({"assay_percent": "0.99", "assay_kind": "mass_fraction"}, "assay_percent", "99 %"),
        ({"assay_percent": "106", "assay_kind": "titration"}, "assay_percent", "105"),
    ],
)
def test_what_no_bottle_can_be_is_refused_at_its_field(lab, said, field, word):
    answer = Api(lab.mira).post(
        "lots/", {"project": lab.project.slug, "chemical": "calcium-iodide", **said}
    )
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == field
    assert word in answer.json()["detail"]
    assert not Material.objects.exists()


def test_a_titration_may_lie_a_little_above_all_of_it(lab):
    assert make_bottle(lab, assay_percent="102", assay_kind="titration").assay_percent == 102
    with pytest.raises(Refusal):
        make_bottle(lab, assay_percent="102", assay_kind="mass_fraction")
