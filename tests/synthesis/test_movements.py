"""What comes into a bottle and what goes out of it."""

from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from labnotebook.records.refusals import Refusal
from synthesis.models import Material, Movement
from synthesis.services import movements
from synthesis.services.bench import record_events
from synthesis.services.materials import correct_material, make_aliquots
from tests.factories import Api, entry, make_batch
from tests.synthesis.factories import browser, make_bottle, make_stock
from tests.synthesis.test_plan_a_batch import text_of


def kinds(material):
    return list(material.movements.values_list("kind", "amount"))


def weigh(lab, batch, *entries):
    return record_events(by=lab.mira, batch=batch, events=list(entries))


def left(lab, material):
    return Api(lab.mira).get(f"lots/{material.code}/").json()["left"]


@pytest.fixture
def lead(lab):
    return make_bottle(lab, "lead-iodide", amount_received=1000, amount_unit="mg")


def test_what_was_weighed_is_taken_off_once(lab, lead):
    batch = make_batch(lab.project, lots={"pbi2": lead.code})
    said = entry("weighing", "pbi2", "173.9 mg")
    for _ in range(2):
        weigh(lab, batch, said)
    assert left(lab, lead) == {"value": 826.1, "unit": "mg", "uncertainty": 0.1, "note": ""}
    assert kinds(lead) == [("received", Decimal(1000)), ("used", Decimal("-173.9"))]


def test_a_corrected_weighing_gives_back_what_the_first_took(lab, lead):
    batch = make_batch(lab.project, lots={"pbi2": lead.code})
    weigh(lab, batch, entry("weighing", "pbi2", "173.9 mg"))
    weigh(lab, batch, entry("weighing", "pbi2", "173.4 mg"))
    assert left(lab, lead)["value"] == 826.6
    assert [kind for kind, _ in kinds(lead)] == ["received", "used", "reversal", "used"]
    weigh(lab, batch, entry("withdraw", "pbi2"))
    assert left(lab, lead)["value"] == 1000
    assert left(lab, lead)["uncertainty"] == 0


def test_a_changed_bottle_gives_back_to_the_one_and_takes_from_the_other(lab, lead):
    other = make_bottle(lab, "lead-iodide", amount_received=500, amount_unit="mg")
    batch = make_batch(lab.project)
    weigh(lab, batch, entry("weighing", "pbi2", "100 mg"))
    assert not lead.movements.filter(kind="used").exists()
    weigh(lab, batch, entry("lot", "pbi2", lead.code))
    assert left(lab, lead)["value"] == 900
    weigh(lab, batch, entry("lot", "pbi2", other.code))
    assert (left(lab, lead)["value"], left(lab, other)["value"]) == (1000, 400)
    weigh(lab, batch, entry("lot", "pbi2", ""))
    assert (left(lab, lead)["value"], left(lab, other)["value"]) == (1000, 500)


def test_an_oil_bought_by_mass_and_drawn_by_volume(lab):
    # The list of chemicals gives 0.789 g/mL for octadecene; this lot says 0.8.
    oil = make_bottle(
        lab, "1-octadecene", amount_received=100_000, amount_unit="mg", density_g_ml=Decimal("0.8")
    )
    batch = make_batch(lab.project, lots={"ode": oil.code})
    weigh(lab, batch, entry("weighing", "ode", "10 mL"))
    assert left(lab, oil)["value"] == 92_000
    assert left(lab, oil)["uncertainty"] == pytest.approx(0.1 * 800)  # 1 % of 10 mL
    assert "92 g" in text_of(browser(lab.mira).get(f"/lots/{oil.code}/"))


def test_more_than_was_left_is_kept_and_said_at_the_bench(lab):
    old = make_bottle(
        lab, "lead-iodide", amount_received=100, amount_unit="mg", expires_date="2020-01-01"
    )
    batch = make_batch(lab.project)
    taken = weigh(lab, batch, entry("lot", "pbi2", old.code), entry("weighing", "pbi2", "173.3 mg"))
    assert len(taken.accepted) == 2
    words = " ".join(remark["message"] for remark in taken.remarks)
    assert f"{old.code} was to be used before 1 Jan 2020." in words
    assert "73.3 mg more was taken" in words
    assert left(lab, old)["value"] == pytest.approx(-73.3)
    assert old.movements.get(kind="used").beyond


def test_what_planned_batches_will_take_is_derived(lab, lead):
    batch = make_batch(lab.project, lots={"pbi2": lead.code})
    answer = Api(lab.mira).get(f"lots/{lead.code}/").json()
    assert answer["reserved"] == [{"value": pytest.approx(173.3, abs=0.1), "unit": "mg"}]
    weigh(lab, batch, entry("weighing", "pbi2", "173.9 mg"))
    assert Api(lab.mira).get(f"lots/{lead.code}/").json()["reserved"] == []


def test_a_list_of_bottles_asks_for_what_is_left_once(lab, lead, django_assert_max_num_queries):
    api = Api(lab.mira)
    api.get("lots/")
    with django_assert_max_num_queries(9):
        api.get("lots/")
    for _ in range(5):
        make_bottle(lab, "lead-iodide", amount_received=5, amount_unit="mg")
    with django_assert_max_num_queries(9):
        rows = api.get("lots/").json()["results"]
    assert [row["left"]["value"] for row in rows] == [5] * 5 + [1000]


@pytest.mark.parametrize(
    ("body", "value"),
    [
        ({"kind": "taken", "amount": "0,25 g"}, 750),
        ({"kind": "taken", "amount": 250}, 750),
        ({"kind": "correction", "amount": "-12.5"}, 987.5),
        ({"kind": "correction", "left": "0.9 g"}, 900),
        ({"kind": "emptied"}, 0),
    ],
)
def test_what_happens_outside_of_a_batch_is_written_down(lab, lead, body, value):
    answer = Api(lab.mira).post(f"lots/{lead.code}/movements/", {**body, "reason": "seen"})
    assert answer.status_code == 201, answer.json()
    assert answer.json()["left"]["value"] == value
    rows = Api(lab.mira).get(f"lots/{lead.code}/movements/").json()
    assert [row["kind"] for row in rows] == ["received", body["kind"]]
    assert rows[-1]["by"] == "mira"
    assert rows[-1]["reason"] == "seen"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"kind": "taken", "amount": "1.2 g"}, "amount"),
        ({"kind": "taken", "amount": "5 mmol"}, "amount"),
        ({"kind": "taken", "amount": "0 mg"}, "amount"),
        ({"kind": "taken", "amount": "-5 mg"}, "amount"),
        ({"kind": "taken", "amount": "NaN"}, "amount"),
        ({"kind": "taken"}, "amount"),
        ({"kind": "taken", "amount": "1 mL"}, "amount"),
        ({"kind": "used", "amount": "1 mg"}, "kind"),
        ({"kind": "received", "amount": "1 mg"}, "kind"),
        ({"kind": "reversal", "reverses": 10**9}, "reverses"),
        ({"kind": "taken", "amount": "1 mg", "at": "2099-01-01T00:00:00Z"}, "at"),
        ({"kind": "taken", "amount": "1 mg", "reason": ""}, "reason"),
    ],
)
def test_what_cannot_have_happened_is_refused_in_words(lab, body, field):
    # lead iodide has a density in the list; this stands for a powder nobody knows one of
    powder = make_bottle(lab, "poly-tpd", amount_received=1000, amount_unit="mg")
    answer = Api(lab.mira).post(f"lots/{powder.code}/movements/", {"reason": "seen", **body})
    assert answer.status_code == 400
    assert field in [error["field"] for error in answer.json()["errors"]], answer.json()
    assert kinds(powder) == [("received", Decimal(1000))]


def test_a_repeated_post_takes_once(lab, lead):
    body = {"kind": "taken", "amount": "100 mg", "reason": "for Jonas"}
    for _ in range(2):
        answer = Api(lab.mira).post(f"lots/{lead.code}/movements/", body, Idempotency_Key="k1")
        assert answer.json()["left"]["value"] == 900
    assert lead.movements.count() == 2


def test_a_movement_by_hand_is_taken_back_once(lab, lead):
    api, there = Api(lab.mira), f"lots/{lead.code}/movements/"
    api.post(there, {"kind": "taken", "amount": "100 mg", "reason": "spilled"})
    back = {"kind": "reversal", "reverses": lead.movements.last().pk, "reason": "it was not this"}
    assert api.post(there, back).json()["left"]["value"] == 1000
    assert api.post(there, back).status_code == 400


def test_the_amount_received_is_corrected_with_both_amounts_on_record(lab):
    bottle = make_bottle(lab, amount_received=1_000_000, amount_unit="mg")
    correct_material(
        by=lab.mira,
        material=bottle,
        version=1,
        reason="1 g, not 1 kg",
        amount_received=Decimal(1000),
    )
    assert movements.left_in(bottle).value == 1000
    assert [kind for kind, _ in kinds(bottle)] == ["received", "reversal", "received"]


def test_the_unit_of_a_bottle_stays(lab, lead):
    with pytest.raises(Refusal, match="counted in mg"):
        correct_material(
            by=lab.mira,
            material=lead,
            version=None,
            reason="x",
            amount_received=5,
            amount_unit="ml",
        )
    with pytest.raises(DatabaseError, match="counted in mg"), transaction.atomic():
        Material.objects.filter(pk=lead.pk).update(amount_unit="ml")


def test_aliquots_hold_together_no_more_than_was_made(lab):
    stock = make_stock(lab)  # 30 mL
    vials = make_aliquots(by=lab.mira, material=stock, amounts=["10 mL", "10 mL"], place="Box 3")
    assert movements.left_in(stock).value == 10
    assert [movements.left_in(vial).value for vial in vials] == [10, 10]
    with pytest.raises(Refusal, match=r"has 10 mL left, and 11 mL"):
        make_aliquots(by=lab.mira, material=stock, amounts=["11 mL"])
    with pytest.raises(Refusal, match="Say why more"):
        make_aliquots(by=lab.mira, material=stock, amounts=["11 mL"], anyway=True)
    make_aliquots(
        by=lab.mira, material=stock, amounts=["11 mL"], anyway=True, reason="30 was 32 really"
    )
    assert movements.left_in(stock).value == -1
    assert stock.movements.filter(beyond=True).count() == 1
    page = text_of(browser(lab.mira).get(f"/lots/{stock.code}/"))
    assert vials[0].code in page
    assert "more than was left" in page


def test_aliquots_that_do_not_fit_together_leave_none_behind(lab):
    stock = make_stock(lab)
    answer = Api(lab.mira).post(f"lots/{stock.code}/aliquots/", {"amounts": ["20 mL", "20 mL"]})
    assert answer.status_code == 400
    assert not stock.aliquots.exists()
    assert movements.left_in(stock).value == 30


def row(material, **said):
    return Movement(
        material=material,
        by=material.created_by,
        at=timezone.now(),
        **{"unit": "mg", "reason": "x"} | said,
    )


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "received", "amount": Decimal(-5)},
        {"kind": "received", "amount": Decimal(0)},
        {"kind": "taken", "amount": Decimal(5)},
        {"kind": "taken", "amount": Decimal(-1001)},
        {"kind": "taken", "amount": Decimal(-1), "reason": ""},
        {"kind": "taken", "amount": Decimal(-1), "unit": "g"},
        {"kind": "taken", "amount": Decimal(-1), "uncertainty": Decimal(-1)},
        {"kind": "used", "amount": Decimal(-1)},
        {"kind": "reversal", "amount": Decimal(-1000)},
    ],
)
def test_the_database_takes_no_movement_that_cannot_be(lab, lead, wrong):
    with pytest.raises(DatabaseError), transaction.atomic():
        row(lead, **wrong).save()


@pytest.mark.parametrize(
    ("kind", "amount", "spread"),
    [("received", "NaN", "1"), ("taken", "-1", "NaN"), ("taken", "NaN", "1")],
)
def test_the_database_takes_no_number_that_is_none(lab, lead, kind, amount, spread):
    with (
        pytest.raises(DatabaseError, match="is_a_number"),
        transaction.atomic(),
        connection.cursor() as c,
    ):
        c.execute(
            "INSERT INTO synthesis_movement (version, material_id, kind, amount, unit, uncertainty,"
            " at, by_id, beyond, reason, created_at) SELECT 1, material_id, %s, %s::numeric, unit,"
            " %s::numeric, at, by_id, true, 'x', at FROM synthesis_movement LIMIT 1",
            [kind, amount, spread],
        )


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE synthesis_movement SET amount = amount",
        "DELETE FROM synthesis_movement",
        "TRUNCATE synthesis_movement CASCADE",
    ],
)
def test_the_database_keeps_every_movement(lab, lead, statement):
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_a_reversal_is_of_the_same_bottle_and_amount(lab, lead):
    other = make_bottle(lab, "lead-iodide", amount_received=5, amount_unit="mg")
    first = lead.movements.get()
    for material, amount in ((lead, Decimal(-999)), (other, Decimal(-1000)), (lead, Decimal(1000))):
        with pytest.raises(DatabaseError), transaction.atomic():
            row(material, kind="reversal", amount=amount, reverses=first).save()
    row(lead, kind="reversal", amount=Decimal(-1000), reverses=first).save()
    with pytest.raises(DatabaseError), transaction.atomic():
        row(lead, kind="reversal", amount=Decimal(-1000), reverses=first).save()


def test_a_bottle_is_emptied_and_put_away_from_its_page(lab, lead):
    client, there = browser(lab.jonas), f"/lots/{lead.code}/move/"
    refused = client.post(there, {"what": "taken", "amount": "2 g", "reason": "spilled"})
    assert refused.status_code == 422
    assert "has 1 g left" in text_of(refused)
    assert 'value="2 g"' in refused.content.decode()
    assert client.post(there, {"what": "emptied", "reason": "last crumbs"}).status_code == 302
    assert client.post(there, {"what": "archive", "reason": "bottle recycled"}).status_code == 302
    page = text_of(client.get(f"/lots/{lead.code}/"))
    assert "Archived: bottle recycled" in page
    assert "Empty since" in page
    assert lead.code not in text_of(client.get("/lots/"))
    assert lead.code in text_of(client.get("/lots/?archived=1"))
    assert client.post(there, {"what": "back", "reason": "found again"}).status_code == 302
    assert lead.code in text_of(client.get("/lots/"))


def test_a_viewer_moves_nothing(lab, lead):
    body = {"kind": "taken", "amount": "1 mg", "reason": "x"}
    assert Api(lab.vera).post(f"lots/{lead.code}/movements/", body).status_code == 403
    assert Api(lab.stranger).post(f"lots/{lead.code}/movements/", body).status_code == 404
    assert browser(lab.vera).get(f"/lots/{lead.code}/move/").status_code == 403


def test_an_aliquot_is_what_its_bottle_is(lab):
    # 99 % CaI2 for R 0.5 on 0.376 mmol: 0.188 · 293.887 / 0.99 = 55.81 mg
    bottle = make_bottle(
        lab,
        assay_percent="99",
        assay_kind="mass_fraction",
        amount_received=5000,
        amount_unit="mg",
    )
    stock = make_stock(lab, concentration_mol_l="0.100")
    vial, part = (
        make_aliquots(by=lab.mira, material=one, amounts=[amount])[0]
        for one, amount in ((bottle, "1 g"), (stock, "5 mL"))
    )

    def plan(**lots):
        asked = {"ratio_ca_pb": 0.5, "lead_mmol": 0.376, "correct_for_assay": True, "lots": lots}
        body = Api(lab.mira).post("recipes/cspbi3-seed-core-shell/plan/", asked).json()
        return {line["key"]: line for line in body["reagents"]}

    lines = plan(cai2=vial.code, cs_oleate=part.code)
    assert lines["cai2"]["weigh_mg"] == pytest.approx(55.8)
    assert lines["cai2"]["lot"] == vial.code
    of_stock = plan(cs_oleate=stock.code)["cs_oleate"]["volume_ml"]
    assert lines["cs_oleate"]["volume_ml"] == of_stock != plan()["cs_oleate"]["volume_ml"]
    (content,) = Api(lab.mira).get(f"lots/{part.code}/").json()["composition"]
    assert (content["species"], content["mol_l"], content["from"]) == ("Cs", 0.1, stock.code)
