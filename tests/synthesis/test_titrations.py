"""Titrations are dated records beside a stock; the newest one in force is what plans count with."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from labnotebook.records.refusals import NotPermitted, Refusal, WrongState
from synthesis.models import Titration
from synthesis.services.materials import correct_material
from synthesis.services.plans import solve
from synthesis.services.titrations import titrate, withdraw_titration
from tests.factories import Api, shipped_recipe
from tests.synthesis.factories import browser, make_bottle, make_stock

TARGETS = {"ratio_ca_pb": "0.5", "lead_mmol": "0.376"}


@pytest.fixture
def stock(lab):
    """The caesium stock, which nobody weighed or titrated."""
    return make_stock(lab, concentration_mol_l=None)


def caesium(lab, stock) -> float:
    """Return the effective Cs/Pb of the paper's plan that pours this stock."""
    solved = solve(
        user=lab.mira,
        version=shipped_recipe().current,
        targets=TARGETS,
        lots={"cs_oleate": stock.code},
    )
    return float(solved.plan.effective("ratio_cs_pb").value)


def test_the_plan_counts_with_the_newest_titration_by_its_day(lab, stock):
    titrate(by=lab.mira, material=stock, concentration="0.120", performed_date=date(2026, 3, 1))
    newest = caesium(lab, stock)
    titrate(by=lab.mira, material=stock, concentration="0.060", performed_date=date(2026, 2, 1))
    assert caesium(lab, stock) == newest  # entered later, but older
    titrate(by=lab.mira, material=stock, concentration="60 mmol/L", performed_date=date(2026, 4, 1))
    assert caesium(lab, stock) == pytest.approx(newest / 2)


def test_a_withdrawn_titration_gives_way_to_the_one_before_and_then_to_the_batch(lab, stock):
    before = caesium(lab, stock)
    first = titrate(by=lab.mira, material=stock, concentration="0.12", uncertainty="0.002")
    with_first = caesium(lab, stock)
    second = titrate(by=lab.mira, material=stock, concentration="0.06")
    withdraw_titration(by=lab.mira, titration=second, reason="air in the burette")
    assert caesium(lab, stock) == with_first
    withdraw_titration(by=lab.mira, titration=first, reason="wrong acid")
    assert caesium(lab, stock) == before
    assert [one.withdrawn_reason for one in stock.titrations.all()] == [
        "air in the burette",
        "wrong acid",
    ]
    with pytest.raises(WrongState):
        withdraw_titration(by=lab.mira, titration=first, reason="again")


def test_a_concentration_typed_on_the_stock_becomes_a_titration_of_today(lab, stock):
    changed = correct_material(
        by=lab.mira, material=stock, version=None, reason="HCl", concentration_mol_l=Decimal("0.15")
    )
    (one,) = changed.titrations.all()
    assert (one.concentration_mol_l, one.performed_date) == (Decimal("0.15"), timezone.localdate())
    changed = correct_material(
        by=lab.mira, material=changed, version=None, reason="none", concentration_mol_l=None
    )
    assert changed.titrations.get().withdrawn_reason == "none"


def test_a_concentration_that_is_emptied_takes_its_species_along(lab, stock):
    titrate(by=lab.mira, material=stock, concentration="0.1", species="Cs")
    stock.refresh_from_db()
    changed = correct_material(
        by=lab.mira, material=stock, version=None, reason="air", concentration_mol_l=None
    )
    assert (changed.concentration_mol_l, changed.concentration_species) == (None, "")


def test_what_was_titrated_is_said_and_what_the_stock_does_not_hold_is_refused(lab, stock):
    with pytest.raises(Refusal, match="Pb is none of these") as refused:
        titrate(by=lab.mira, material=stock, concentration="0.1", species="Pb")
    assert refused.value.field == "species"
    titrate(by=lab.mira, material=stock, concentration="0.1", uncertainty="0.001", species="Cs")
    answer = Api(lab.mira).get(f"lots/{stock.code}/").json()
    assert answer["composition"] == [
        {
            "species": "Cs",
            "mol_l": 0.1,
            "uncertainty": 0.001,
            "origin": "titrated",
            "from": stock.code,
        }
    ]


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"concentration": "0"}, "concentration"),
        ({"concentration": "-0.1"}, "concentration"),
        ({"concentration": "0.1 mg"}, "concentration"),
        ({"concentration": "0.1", "uncertainty": "1 mL"}, "uncertainty"),
        (
            {"concentration": "0.1", "performed_date": date.today() + timedelta(days=9)},
            "performed_date",
        ),
    ],
)
def test_what_no_titration_finds_is_refused_at_its_field(lab, stock, said, field):
    with pytest.raises(Refusal) as refused:
        titrate(by=lab.mira, material=stock, **said)
    assert refused.value.field == field
    assert not Titration.objects.exists()


def test_a_bought_bottle_has_an_assay_and_no_titration(lab):
    with pytest.raises(Refusal, match="was bought"):
        titrate(by=lab.mira, material=make_bottle(lab), concentration="0.1")


def test_who_only_reads_titrates_nothing(lab, stock):
    with pytest.raises(NotPermitted):
        titrate(by=lab.vera, material=stock, concentration="0.1")
    assert Api(lab.stranger).get(f"lots/{stock.code}/titrations/").status_code == 404


@pytest.mark.parametrize(
    ("change", "match"),
    [
        ("concentration_mol_l = 0.2", "never edited"),
        ("performed_date = '2020-01-01'", "never edited"),
        ("withdrawn_at = now()", "titration_withdrawn_says_why"),
    ],
)
def test_sql_cannot_edit_a_titration(lab, stock, change, match):
    titrate(by=lab.mira, material=stock, concentration="0.1")
    with (
        pytest.raises(IntegrityError, match=match),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"UPDATE synthesis_titration SET {change}")


def test_the_api_titrates_lists_and_withdraws(lab, stock):
    api = Api(lab.mira)
    body = {"concentration": "0.151 mol/L", "uncertainty": 0.002, "method": "HCl, phenolphthalein"}
    answer = api.post(f"lots/{stock.code}/titrations/", body)
    assert (answer.status_code, answer.json()["concentration_mol_l"]) == (201, 0.151)
    (listed,) = api.get(f"lots/{stock.code}/titrations/").json()
    assert (listed["method"], listed["by"]) == ("HCl, phenolphthalein", "mira")
    gone = {"titration": listed["id"], "reason": "air"}
    answer = api.post(f"lots/{stock.code}/titrations/withdraw/", gone)
    assert (answer.status_code, answer.json()["concentration_mol_l"]) == (201, None)


def test_the_page_titrates_shows_and_withdraws(lab, stock):
    client = browser(lab.mira)
    refused = client.post(f"/lots/{stock.code}/titrate/", {"concentration": "0.1 mg"})
    assert refused.status_code == 422
    said = {"concentration": "0.151", "uncertainty": "0.002", "performed_date": "2026-05-02"}
    assert client.post(f"/lots/{stock.code}/titrate/", said).status_code == 302
    page = client.get(f"/lots/{stock.code}/").content.decode()
    assert "2 May 2026" in page
    assert "counts" in page
    number = stock.titrations.get().pk
    path = f"/lots/{stock.code}/titrations/{number}/withdraw/"
    assert client.post(path, {"reason": "air"}).status_code == 302
    assert "withdrawn: air" in " ".join(client.get(f"/lots/{stock.code}/").content.decode().split())


def test_an_assay_may_be_a_range_whose_middle_counts(lab):
    bottle = make_bottle(
        lab, assay_percent=Decimal(97), assay_high_percent=Decimal(99), assay_kind="mass_fraction"
    )
    solved = solve(
        user=lab.mira,
        version=shipped_recipe().current,
        targets=TARGETS,
        lots={"cai2": bottle.code},
    )
    effective = solved.plan.effective("ratio_ca_pb")
    assert float(effective.value) == pytest.approx(0.5 * 0.98, rel=2e-3)  # masses round to 0.1 mg
    assert "97–99" in browser(lab.mira).get(f"/lots/{bottle.code}/").content.decode().replace(
        "\n", ""
    )
    with pytest.raises(Refusal, match="runs from"):
        make_bottle(
            lab,
            assay_percent=Decimal(99),
            assay_high_percent=Decimal(97),
            assay_kind="mass_fraction",
        )
    with pytest.raises(Refusal, match="lower end"):
        make_bottle(lab, assay_high_percent=Decimal(97))
