"""What happened to bottles, chemicals and instruments is told in sentences, with the words of a chemist."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from synthesis.models import Chemical, Instrument, Material
from synthesis.services.chemicals import add_chemical, correct_chemical
from synthesis.services.instruments import add_instrument, correct_instrument, retire_instrument
from synthesis.services.materials import archive_material, correct_material
from synthesis.services.movements import move_by_hand
from synthesis.views import bottle_history, chemical_history, instrument_history
from tests.synthesis.factories import browser, make_bottle, make_stock
from tests.told import columns_in, sentences, spelt_columns_in, untold

pytestmark = pytest.mark.django_db


def told(lab, path):
    return sentences(browser(lab.mira).get(path).content.decode())


def correct(lab, bottle, reason, **said):
    bottle.refresh_from_db()
    correct_material(by=lab.mira, material=bottle, version=bottle.version, reason=reason, **said)


def test_a_bottle_says_what_it_was_entered_with(lab):
    bottle = make_bottle(
        lab, assay_percent="99.9", assay_kind="mass_fraction", lot_number="BCCK1234", place="hood 1"
    )
    assert told(lab, f"/lots/{bottle.code}/") == [
        f"entered {bottle.code}, Calcium iodide, anhydrous: formula CaI2, lot number BCCK1234, assay 99.9 %,"
        " kind of assay mass fraction of the named salt, place hood 1"
    ]


def test_a_corrected_assay_says_from_what_to_what_and_why(lab):
    bottle = make_bottle(lab, assay_percent="99.9", assay_kind="mass_fraction")
    correct(lab, bottle, "certificate", assay_percent="99.5")
    assert told(lab, f"/lots/{bottle.code}/")[-1] == (
        "corrected the assay from 99.9 % to 99.5 %: certificate"
    )


def test_what_was_corrected_at_once_is_one_sentence(lab):
    bottle = make_bottle(lab, supplier="Alfa", lot_number="A1")
    correct(lab, bottle, "read again", supplier="Merck", lot_number="B2")
    assert told(lab, f"/lots/{bottle.code}/")[-1] == (
        "corrected the supplier from Alfa to Merck, the lot number from A1 to B2: read again"
    )


def test_a_bottle_is_moved_opened_emptied_and_put_away(lab):
    bottle = make_bottle(lab, place="hood 1", amount_received="5000", amount_unit="mg")
    correct(lab, bottle, "tidied", place="hood 2")
    correct(lab, bottle, "", opened_date=date(2026, 3, 9), amount_received="25000")
    move_by_hand(by=lab.mira, material=bottle, kind="emptied", reason="used up")
    bottle.refresh_from_db()
    archive_material(by=lab.mira, material=bottle, reason="thrown away")
    assert told(lab, f"/lots/{bottle.code}/")[1:] == [
        "moved it from hood 1 to hood 2: tidied",
        "corrected the amount from 5 g to 25 g",
        "wrote down the day of opening (9 Mar 2026)",
        "emptied it: used up",
        "put it away: thrown away",
    ]


def test_a_titre_is_told_with_its_uncertainty(lab):
    stock = make_stock(lab)
    correct(lab, stock, "titrated", concentration_uncertainty_mol_l="0.002")
    assert told(lab, f"/lots/{stock.code}/")[-1] == (
        "corrected the concentration from 0.154 mol/L to 0.154 ± 0.002 mol/L: titrated"
    )


def test_a_certificate_is_attached_and_withdrawn(lab):
    bottle = make_bottle(lab)
    client, there = browser(lab.mira), f"/lots/{bottle.code}/"
    paper = SimpleUploadedFile("coa.pdf", b"%PDF-1.4 one", content_type="application/pdf")
    client.post(f"{there}files/", {"file": paper, "kind": "certificate"})
    attached = bottle.files.get()
    client.post(f"{there}files/{attached.pk}/withdraw/", {"reason": "of another lot"})
    assert told(lab, there)[1:] == [
        "attached the certificate of analysis coa.pdf",
        "withdrew the certificate of analysis coa.pdf: of another lot",
    ]


def test_a_chemical_is_added_and_corrected(lab):
    made = add_chemical(by=lab.mira, name="Rubidium bromide", formula="RbBr", cas="7789-39-1")
    correct_chemical(
        by=lab.mira,
        chemical=made,
        version=made.version,
        reason="CRC Handbook",
        density_g_ml=Decimal("3.35"),
        hazard_statements=["H315", "H319"],
    )
    assert told(lab, f"/chemicals/{made.slug}/") == [
        "added Rubidium bromide: formula RbBr, CAS number 7789-39-1",
        "wrote down the density (3.35 g/mL), the source of the density (CRC Handbook), the hazard"
        " statements (H315, H319): CRC Handbook",
    ]


def test_a_balance_is_entered_calibrated_and_retired(lab):
    said = {"name": "XPR205", "resolution": "0.01", "uncertainty": "0.02", "place": "room 3"}
    balance = add_instrument(by=lab.mira, kind="balance", **said)
    correct_instrument(
        by=lab.mira,
        instrument=balance,
        version=balance.version,
        reason="yearly service",
        calibrated_date=date(2026, 2, 1),
        uncertainty="0.015",
    )
    retire_instrument(by=lab.mira, instrument=balance, reason="fell")
    assert told(lab, f"/instruments/{balance.code}/") == [
        f"entered {balance.code}, XPR205: last digit that it shows 0.01 mg, uncertainty 0.02 mg,"
        " place room 3",
        "corrected the uncertainty from 0.02 mg to 0.015 mg: yearly service",
        "wrote down the day of the last calibration (1 Feb 2026): yearly service",
        "retired it: fell",
    ]


def test_another_balance_becomes_the_usual_one(lab):
    said = {"resolution": "0.01", "uncertainty": "0.02"}
    first = add_instrument(by=lab.mira, kind="balance", name="one", **said)
    second = add_instrument(by=lab.mira, kind="balance", name="two", **said)
    correct_instrument(
        by=lab.mira, instrument=second, version=second.version, reason="nearer", is_default=True
    )
    assert told(lab, f"/instruments/{second.code}/")[-1] == (
        "made it the one that is taken when nobody names another"
    )
    assert told(lab, f"/instruments/{first.code}/")[-1] == "it is not taken by itself any more"


# What follows from the rest, or never changes after the first sentence.
SILENT = {"id", "version", "created_at", "created_by_id"}


@pytest.mark.parametrize(
    ("model", "facts", "apart"),
    [
        (
            Material,
            bottle_history.FACTS,
            bottle_history.SAID_APART
            | {"code", "kind", "project_id", "chemical_id", "recipe_id", "produced_by_id"}
            | {"aliquot_of_id"},
        ),
        (
            Chemical,
            chemical_history.FACTS,
            chemical_history.SAID_APART | {"slug"},
        ),
        (Instrument, instrument_history.FACTS, instrument_history.SAID_APART | {"code", "kind"}),
    ],
    ids=["bottle", "chemical", "instrument"],
)
def test_each_thing_that_is_said_of_a_record_has_its_words(model, facts, apart):
    assert untold(model, facts, apart | SILENT) == (set(), [])


def test_no_table_or_column_is_named(lab):
    bottle = make_bottle(lab, assay_percent="99.9", assay_kind="titration", density_g_ml="4.5")
    correct(lab, bottle, "label", assay_kind="mass_fraction", catalogue_number="1", note="red cap")
    said = told(lab, f"/lots/{bottle.code}/")
    said += told(lab, f"/chemicals/{bottle.chemical.slug}/")
    assert len(said) > 2
    assert columns_in(" ".join(said)) == spelt_columns_in(" ".join(said)) == []
