"""The bench sheet: what is planned, boxes for what will be, and what was recorded in them."""

import re

import pytest

from synthesis.services.bench import record_events
from tests.factories import entry, make_batch, make_made_batch
from tests.synthesis.factories import browser, make_bottle
from tests.synthesis.test_plan_a_batch import text_of

EMPTY = "?"  # how a box without writing is told


@pytest.fixture
def sheet(lab):
    """Read the sheet of a batch, as a viewer."""

    def read(batch):
        return browser(lab.vera).get(f"/b/{batch.code}/sheet/")

    return read


def rows_of(page, number):
    """Return the rows of one table of the sheet, each as the words of its cells; an empty box is ``?``."""
    html = page.content.decode()
    table = re.findall(r"<table.*?</table>", html, re.S)[number]
    rows = re.findall(r"<tr>(.*?)</tr>", table.split("<tbody>")[1], re.S)
    return [[_words(cell) for cell in re.findall(r"<t[hd].*?</t[hd]>", row, re.S)] for row in rows]


def _words(html):
    boxed = re.sub(r'<span class="box"[^>]*>(\s*<b>\s*</b>)?\s*</span>', EMPTY, html)
    return " ".join(re.sub(r"<[^>]+>", "", boxed).split())


def test_the_head_says_code_recipe_version_and_the_ratio_asked(lab, sheet):
    batch = make_batch(lab.project, by=lab.mira, ratio="0.5")
    words = text_of(sheet(batch))
    assert batch.code in words
    assert re.search(r"nanocrystals, version 1\b", words)
    assert re.search(r"R Ca/Pb 0\.5 Growth 5 s", words)
    assert f'aria-label="QR code of {batch.code}"' in sheet(batch).content.decode()


def test_every_reagent_has_its_planned_amount_and_an_empty_box(lab, sheet):
    reagents = rows_of(sheet(make_batch(lab.project)), 0)
    assert len(reagents) == 9
    by_name = {row[0].split(" ")[0]: row for row in reagents}
    # 0.376 mmol of PbI2 (461.01 g/mol) and 0.188 mmol of CaI2 (293.89 g/mol)
    assert by_name["PbI2"][2:] == ["173.3 mg", "mg"]
    assert by_name["CaI2"][2:] == ["55.3 mg", "mg"]
    assert by_name["Oleylamine"][2:] == ["1.00 mL", "mL"]


def test_the_bottle_is_named_with_its_assay(lab, sheet):
    bottle = make_bottle(lab, assay_percent="99", assay_kind="mass_fraction")
    reagents = rows_of(sheet(make_batch(lab.project, lots={"cai2": bottle.code})), 0)
    named = next(row for row in reagents if row[0].startswith("CaI2"))
    assert named[1] == f"{bottle.code} 99 %"
    unnamed = next(row for row in reagents if row[0].startswith("PbI2"))
    assert unnamed[1] == EMPTY


def test_every_step_has_its_numbers_and_boxes_for_the_times(lab, sheet):
    steps = rows_of(sheet(make_batch(lab.project)), 1)
    assert [row[0].split(" ")[0] for row in steps] == [str(n) for n in range(1, 13)]
    degas = next(row for row in steps if "vacuum" in row[0])
    assert degas[1] == "120 °C °C 60 min min"  # planned, and a box in the same unit
    assert degas[2:] == [EMPTY, EMPTY]


def test_what_was_recorded_stands_in_its_box(lab, sheet):
    batch = make_batch(lab.project)
    events = [
        entry("weighing", "pbi2", "173.9 mg"),
        entry("weighing", "ola", "1.0 mL", as_planned=True),
        entry("step_start", "degas"),
        entry("parameter", "degas.temperature_c", "118"),
        entry("observation", "observe_precursor", {"appearance": "colloidal", "colour": "orange"}),
        entry("condition", "humidity_percent", "41.5"),
        entry("skip", "oa", reason="the bottle was empty"),
    ]
    assert not record_events(by=lab.mira, batch=batch, events=events).refused
    page = sheet(batch)
    reagents, steps = rows_of(page, 0), rows_of(page, 1)
    assert next(row for row in reagents if row[0].startswith("PbI2"))[3] == "173.9 mg"
    assert "said as planned" in next(r for r in reagents if r[0].startswith("Oleylamine"))[3]
    assert "left out: the bottle was empty" in next(r for r in reagents if "Oleic" in r[0])[3]
    degas = next(row for row in steps if "vacuum" in row[0])
    assert degas[1].startswith("120 °C 118 °C 60 min")
    assert re.fullmatch(r"\d\d:\d\d:\d\d", degas[2])
    assert degas[3] == EMPTY
    words = text_of(page)
    assert "✓ colloidal" in words
    assert "orange" in words
    assert "41.5 %" in words


def test_a_made_batch_prints_as_it_was(lab, sheet):
    page = sheet(make_made_batch(lab.project))
    reagents = rows_of(page, 0)
    assert next(row for row in reagents if row[0].startswith("CaI2"))[3] == "55.1 mg"
    assert "volumes as in the recipe" in next(r for r in reagents if "Oleylamine" in r[0])[3]


def test_the_foot_of_every_page_says_code_and_version(lab, sheet):
    batch = make_batch(lab.project)
    foot = re.search(r'data-foot="([^"]+)"', sheet(batch).content.decode())[1]
    assert foot == f"{batch.code} · γ-CsPbI₃ seed/core/shell nanocrystals, version 1"


def test_batch_and_bench_lead_to_it(lab):
    batch = make_batch(lab.project)
    for page in (f"/b/{batch.code}/", f"/b/{batch.code}/bench/load.cai2/"):
        assert f'href="/b/{batch.code}/sheet/"' in browser(lab.mira).get(page).content.decode()


@pytest.mark.parametrize("slug", ["free-experiment", "cs-oleate", "mn-cspbcl3-hot-injection"])
def test_every_kind_of_recipe_has_a_sheet(lab, sheet, slug):
    from synthesis.services.batches import create_batch
    from tests.factories import shipped_recipe

    recipe = shipped_recipe(slug)
    batch = create_batch(by=lab.mira, project=lab.project, version=recipe.current, targets={})
    page = sheet(batch)
    assert page.status_code == 200
    assert len(rows_of(page, 1)) == batch.step_runs.count()
