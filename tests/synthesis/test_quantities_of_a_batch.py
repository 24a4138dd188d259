"""Every ratio of a batch under its own name: planned, effective, weighed, and never mixed."""

from __future__ import annotations

import math
from importlib import import_module
from types import SimpleNamespace

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client

from synthesis.models import BatchQuantity
from synthesis.services.batches import create_batch, sign_batch
from synthesis.services.bench import record_events
from tests.factories import (
    PASSWORD,
    Api,
    entry,
    make_batch,
    make_made_batch,
    make_project,
    owner_of,
    shipped_recipe,
)

pytestmark = pytest.mark.django_db
PBI2, CAI2 = 461.009, 293.887  # g/mol, from the atomic weights by hand: 207.2 + 2 × 126.904 ...


def said(batch, key: str, basis: str) -> dict | None:
    api = Api(owner_of(batch.project))
    rows = api.get(f"batches/{batch.code}/").json()["quantities"]
    found = [row for row in rows if (row["key"], row["basis"]) == (key, basis)]
    assert len(found) < 2
    return found[0] if found else None


def weigh(batch, **amounts: str) -> None:
    entries = [entry("weighing", key, text) for key, text in amounts.items()]
    taken = record_events(by=owner_of(batch.project), batch=batch, events=entries)
    assert not taken.refused


def test_a_plan_says_its_ratio_and_from_what():
    row = said(make_batch(), "ratio_ca_pb", "planned")
    assert row["value"] == pytest.approx(0.5, abs=1e-4)
    assert 0 < row["uncertainty"] < 0.01
    assert row["name"] == "Ca/Pb"
    assert "plan" in row["from"]


def test_assay_makes_effective_another_number_than_planned():
    batch = make_batch()
    planned = said(batch, "ratio_ca_pb", "planned")["value"]
    effective = said(batch, "ratio_ca_pb", "effective")["value"]
    assert effective != planned
    assert effective == pytest.approx(planned, rel=0.06)


def test_a_number_that_was_asked_for_stands_beside_the_ratios():
    row = said(make_batch(), "lead_mmol", "planned")
    assert (row["value"], row["uncertainty"], row["from"]) == (0.376, None, "asked for in the plan")


def test_a_ratio_is_weighed_only_when_both_sides_are_recorded():
    batch = make_batch()
    assert said(batch, "ratio_ca_pb", "weighed") is None
    weigh(batch, pbi2="173.9 mg")
    assert said(batch, "ratio_ca_pb", "weighed") is None
    weigh(batch, cai2="55.1 mg")
    row = said(batch, "ratio_ca_pb", "weighed")
    assays = {r["key"]: r["assay"] or 1 for r in batch.plan["reagents"]}
    expected = (55.1 * assays["cai2"] / CAI2) / (173.9 * assays["pbi2"] / PBI2)
    assert row["value"] == pytest.approx(expected, rel=2e-3)
    assert row["uncertainty"] > 0


def test_a_weighing_taken_back_makes_the_ratio_unknown_again():
    batch = make_batch()
    weigh(batch, pbi2="173.9 mg", cai2="55.1 mg")
    assert said(batch, "ratio_ca_pb", "weighed")
    taken = record_events(
        by=owner_of(batch.project),
        batch=batch,
        events=[entry("withdraw", "cai2", reason="wrong bottle")],
    )
    assert not taken.refused
    assert said(batch, "ratio_ca_pb", "weighed") is None
    assert said(batch, "ratio_ca_pb", "planned")


def test_the_old_names_of_the_contract_hold_the_same_numbers():
    batch = make_made_batch()
    body = Api(owner_of(batch.project)).get(f"batches/{batch.code}/").json()
    rows = {(row["key"], row["basis"]): row for row in body["quantities"]}
    weighed = rows["ratio_ca_pb", "weighed"]
    assert body["ratio_ca_pb_weighed"] == weighed["value"]
    assert body["ratio_ca_pb_weighed_uncertainty"] == weighed["uncertainty"]
    assert float(body["lead_mmol"]) == rows["lead_mmol", "planned"]["value"]


def test_a_recipe_without_a_ratio_of_its_own_has_none_in_first_place():
    project = make_project()
    batch = create_batch(
        by=owner_of(project),
        project=project,
        version=shipped_recipe("cs-oleate").current,
        targets={},
    )
    assert batch.quantities.exists()
    assert not batch.quantities.filter(position=0).exists()


def row_of(batch, **other) -> BatchQuantity:
    said = {"key": "ratio_x_y", "basis": "planned", "value": 1.0, "uncertainty": 0.1}
    more = {"origin": "a test", "name": "X/Y", "position": 3}
    return BatchQuantity(batch=batch, **(said | more | other))


@pytest.mark.parametrize(
    "wrong",
    [
        {"value": math.nan},
        {"value": math.inf},
        {"value": -math.inf},
        {"uncertainty": -0.001},
        {"uncertainty": math.nan},
        {"uncertainty": math.inf},
        {"basis": "guessed"},
        {"key": "ratio_ca_pb"},  # said already
    ],
    ids=str,
)
def test_the_database_refuses_what_is_no_quantity(wrong):
    batch = make_batch()
    row_of(batch).save()
    with pytest.raises(IntegrityError), transaction.atomic():
        row_of(batch, **({"key": "ratio_z_y"} | wrong)).save()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE synthesis_batchquantity SET value = 9 WHERE batch_id = %s",
        "DELETE FROM synthesis_batchquantity WHERE batch_id = %s",
        "INSERT INTO synthesis_batchquantity (batch_id, key, basis, value, origin, name, position)"
        " VALUES (%s, 'ratio_x_y', 'weighed', 1, '', '', 9)",
    ],
)
def test_the_numbers_of_a_signed_batch_stay(statement):
    batch = make_made_batch()
    sign_batch(by=owner_of(batch.project), batch=batch, password=PASSWORD)
    with pytest.raises(IntegrityError, match="signed"), transaction.atomic():
        connection.cursor().execute(statement, [batch.pk])


def test_a_batch_is_written_in_few_statements(django_assert_max_num_queries):
    project = make_project()
    version = shipped_recipe().current
    with django_assert_max_num_queries(24):
        create_batch(
            by=owner_of(project), project=project, version=version, targets={"ratio_ca_pb": "0.5"}
        )


def test_a_batch_from_before_gets_its_rows_from_what_it_holds():
    migration = import_module("synthesis.migrations.0004_batch_quantities")
    definition = {
        "inputs": [
            {
                "key": "ratio_mn_pb",
                "name": "R",
                "kind": "ratio",
                "numerator": "Mn",
                "denominator": "Pb",
            },
            {"key": "lead_mmol", "name": "Lead", "kind": "amount", "element": "Pb"},
            {"key": "form", "name": "Form", "kind": "choice"},
        ]
    }
    known = {"value": 3.1, "uncertainty": 0.02}
    old = SimpleNamespace(
        recipe_version=SimpleNamespace(definition=definition),
        targets={"ratio_mn_pb": "0.5", "lead_mmol": "0.40", "form": "dihydrate"},
        plan={
            "composition": {
                "ratio_i_pb": known,
                "ratio_mn_pb": {"value": 0.5, "uncertainty": 0.001},
                "ratio_mn_pb_effective": {"value": 0.49, "uncertainty": 0.004},
                "lead_mmol_l": known,
            }
        },
        composition={"effective": {"ratio_mn_pb": {"value": 0.487, "uncertainty": 0.003}}},
    )
    rows = {
        (row["position"], row["name"], row["key"], row["basis"]): (row["value"], row["uncertainty"])
        for row in migration.numbers_of(old)
    }
    assert rows == {
        (0, "Mn/Pb", "ratio_mn_pb", "planned"): (0.5, 0.001),
        (0, "Mn/Pb", "ratio_mn_pb", "effective"): (0.49, 0.004),
        (0, "Mn/Pb", "ratio_mn_pb", "weighed"): (0.487, 0.003),
        (1, "I/Pb", "ratio_i_pb", "planned"): (3.1, 0.02),
        (3, "Lead", "lead_mmol", "planned"): (0.4, None),
    }


def test_pages_show_the_batch_its_own_ratio_under_its_own_name():
    """Whatever the recipe's first ratio is called: no page knows the paper's."""
    batch = make_batch()
    batch.quantities.filter(position=0).update(key="ratio_mn_pb", name="Mn/Pb", value=0.5002)
    weighed = {"basis": "weighed", "value": 0.4871, "uncertainty": 0.003}
    row_of(batch, key="ratio_mn_pb", name="Mn/Pb", position=0, **weighed).save()
    client = Client()
    client.force_login(owner_of(batch.project))
    for address in (
        "/b/",
        f"/b/{batch.code}/",
        f"/b/{batch.code}/bench/",
        f"/b/{batch.code}/label/",
    ):
        page = client.get(address, follow=True).content.decode()
        assert "Mn/Pb" in page, address
        assert "0.487" in page, address
        assert "Ca/Pb" not in page, address
