"""Labels of vials, bottles and stocks: what they say, and the size that a person prints on."""

from html import escape

import pytest

from labnotebook.records.history import recorded
from synthesis.models import Chemical
from synthesis.services.bench import record_events
from synthesis.services.materials import make_aliquots
from synthesis.services.titrations import titrate
from tests.factories import entry, make_batch, make_made_batch
from tests.synthesis.factories import browser, make_bottle, make_stock
from tests.synthesis.test_plan_a_batch import text_of


def label_of(answer):
    """Return what stands on the label, and nothing else of the page."""
    page = answer.content.decode()
    return page[page.index('<div class="label ') :]


def test_a_vial_says_code_recipe_ratio_day_and_person(lab):
    batch = make_batch(lab.project, by=lab.mira)
    words = text_of(browser(lab.vera).get(f"/b/{batch.code}/label/"))
    assert batch.code in words
    assert "seed/core/shell nanocrystals" in words
    assert "Ca/Pb 0.5" in words
    assert "weighed" not in words
    assert f"planned {batch.planned_at:%-d %b %Y}, mira" in words


def test_a_made_vial_says_what_was_weighed_and_when_it_was_made(lab):
    batch = make_made_batch(lab.project, by=lab.mira)
    words = text_of(browser(lab.vera).get(f"/b/{batch.code}/label/"))
    weighed = batch.quantities.get(key="ratio_ca_pb", basis="weighed").value
    assert f"weighed {weighed:.3f}" in words  # u is 0.003
    assert f"made {batch.finished_at:%-d %b %Y}" in words


def test_formulas_are_typeset(lab):
    page = browser(lab.vera).get(f"/b/{make_batch(lab.project).code}/label/")
    assert "γ-CsPbI<sub>3</sub>" in label_of(page)


def test_a_bottle_says_its_assay_with_its_uncertainty_its_hazards_and_its_expiry(lab):
    with recorded("test", "as the bottle warns"):
        Chemical.objects.filter(slug="lead-iodide").update(hazards="Toxic; may harm the unborn")
    bottle = make_bottle(
        lab,
        "lead-iodide",
        supplier="Alfa Aesar",
        lot_number="MKCD",
        assay_percent="99.2",
        assay_uncertainty_percent="0.3",
        assay_kind="mass_fraction",
        expires_date="2030-01-31",
    )
    words = text_of(browser(lab.vera).get(f"/lots/{bottle.code}/label/"))
    for said in ("PbI2", "99.2 ± 0.3 %", "Toxic; may harm the unborn"):
        assert said in words
    assert "Alfa Aesar lot MKCD" in words
    assert "use before 31 Jan 2030" in words
    assert ", mira" in words


def test_a_bottle_without_words_of_warning_says_its_h_codes(lab):
    with recorded("test", "as the bottle warns"):
        Chemical.objects.filter(slug="lead-iodide").update(
            hazards="", hazard_statements=["H302", "H360"]
        )
    bottle = make_bottle(lab, "lead-iodide")
    assert "H302, H360" in text_of(browser(lab.vera).get(f"/lots/{bottle.code}/label/"))


def test_a_stock_says_its_concentration_and_the_batch_that_made_it(lab):
    stock = make_stock(lab)
    words = text_of(browser(lab.vera).get(f"/lots/{stock.code}/label/"))
    assert "0.154 mol/L" in words
    assert f"made in {stock.produced_by.code}" in words


def test_a_vial_filled_from_a_stock_says_the_strength_of_the_stock(lab):
    stock = make_stock(lab)
    titrate(by=lab.mira, material=stock, concentration="0.150", uncertainty="0.002")
    (vial,) = make_aliquots(by=lab.mira, material=stock, amounts=["1 mL"], reason="to share")
    words = text_of(browser(lab.vera).get(f"/lots/{vial.code}/label/"))
    assert "0.150 ± 0.002 mol/L" in words
    assert f"aliquot of {stock.code}" in words


def test_a_stock_that_nobody_titrated_says_what_was_weighed(lab):
    stock = make_stock(lab, concentration_mol_l=None)
    batch = stock.produced_by
    words = text_of(browser(lab.vera).get(f"/lots/{stock.code}/label/"))
    assert "Cs" in words
    assert "mol/L" in words
    assert batch.code in words


def test_the_small_label_has_only_the_code(lab):
    bottle = make_bottle(lab)
    page = browser(lab.vera).get(f"/lots/{bottle.code}/label/?size=25x10")
    assert "Calcium iodide" not in label_of(page)
    assert bottle.code in label_of(page)


def test_the_size_that_was_chosen_is_that_of_the_next_labels(lab):
    bottle, batch = make_bottle(lab), make_batch(lab.project)
    client = browser(lab.vera)
    assert 'class="label label-62x29"' in client.get(f"/b/{batch.code}/label/").content.decode()
    client.get(f"/lots/{bottle.code}/label/?size=25x10")
    assert 'class="label label-25x10"' in client.get(f"/b/{batch.code}/label/").content.decode()
    other = browser(lab.jonas)
    assert 'class="label label-62x29"' in other.get(f"/b/{batch.code}/label/").content.decode()


@pytest.mark.parametrize("size", ["30x30", "62X29", "<b>"])
def test_a_size_that_there_is_not_is_said_and_changes_nothing(lab, size):
    batch = make_batch(lab.project)
    page = browser(lab.vera).get(f"/b/{batch.code}/label/", {"size": size})
    assert page.status_code == 200
    said = f"There are no labels of the size “{escape(size)}”. This one is 62 × 29 mm."
    assert said in text_of(page)
    assert 'class="label label-62x29"' in page.content.decode()


def test_a_label_is_not_a_place_to_run_what_was_typed(lab):
    bottle = make_bottle(lab, lot_number="<script>alert(1)</script>")
    assert (
        "<script>alert" not in browser(lab.vera).get(f"/lots/{bottle.code}/label/").content.decode()
    )


def test_what_was_recorded_since_does_not_stand_on_a_planned_label(lab):
    batch = make_batch(lab.project, by=lab.mira)
    record_events(by=lab.mira, batch=batch, events=[entry("note", "", "a note")])
    assert "a note" not in label_of(browser(lab.vera).get(f"/b/{batch.code}/label/"))
