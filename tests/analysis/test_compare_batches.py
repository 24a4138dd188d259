"""A chemist puts batches side by side: differences first, spectra over one another, few queries."""

import csv
import io
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from analysis.services.measurements import add_measurement
from analysis.services.outcomes import accept_analysis, reject_analysis, type_outcome
from analysis.services.phases import assign_phase
from labnotebook.records.models import Role
from synthesis.models import Chemical
from synthesis.services.batches import create_batch, start_batch
from synthesis.services.bench import record_events
from synthesis.services.finishing import finish_batch
from synthesis.services.materials import add_bottle
from tests.analysis.factories import address, pl_file, run_jobs, text, upload
from tests.factories import (
    entry,
    join,
    make_batch,
    make_made_batch,
    make_person,
    make_project,
    owner_of,
    shipped_recipe,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def project():
    return make_project(make_person("mira"))


@pytest.fixture
def page(client, project):
    client.force_login(owner_of(project))
    return client


def compare(page, *batches, **asked) -> str:
    codes = ",".join(b if isinstance(b, str) else b.code for b in batches)
    response = page.get(address("compare"), {"codes": codes, **asked})
    assert response.status_code == 200
    return text(response)


def row_of(html: str, name: str) -> list[tuple[str, str]]:
    """Return (class, words) of the cells of a row that differs."""
    for found in re.findall(r"<tr role=\"row\".*?</tr>", html, re.DOTALL):
        head = re.search(r"<th[^>]*>(.*?)</th>", found, re.DOTALL)
        if plain(head[1]) == name:
            cells = re.findall(r"<td[^>]*?(?: class=\"(\w+)\")?>(.*?)</td>", found, re.DOTALL)
            return [(look, plain(body)) for look, body in cells]
    raise AssertionError(f"no row {name!r}")


def folded(html: str) -> list[str]:
    """Return the names of the rows that are folded as equal."""
    part = html.partition('id="equal"')[2].partition("</details>")[0]
    return [plain(one) for one in re.findall(r"<dt>(.*?)</dt>", part, re.DOTALL)]


def plain(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", "", html).replace("\u202f", " ").split())


def measure_pl(batch, peak_nm: float) -> None:
    by = owner_of(batch.project)
    add_measurement(by=by, subject=batch, technique="pl", upload=upload(pl_file(peak_nm)))
    run_jobs("analyse")
    accept_analysis(by=by, analysis=batch.measurements.get().analyses.get())


def test_what_differs_beyond_both_uncertainties_is_tinted_and_what_is_equal_folded(page, project):
    by = owner_of(project)
    one, other = make_made_batch(project), make_made_batch(project, ratio="0.75")
    for batch, plqy in ((one, "98"), (other, "74")):
        type_outcome(by=by, subject=batch, quantity="plqy_percent", text=plqy, uncertainty_text="2")
        type_outcome(by=by, subject=batch, quantity="size_nm", text="12", uncertainty_text="1")
    assign_phase(by=by, batch=one, phase="gamma", reason="TEM")
    assign_phase(by=by, batch=other, phase="alpha", reason="TEM")
    html = compare(page, one, other)
    assert row_of(html, "PLQY / %") == [("", "98 ± 2"), ("far", "74 ± 2 −24")]
    assert [look for look, _ in row_of(html, "Phase")] == ["", "far"]
    assert row_of(html, "Ca/Pb target") == [("", "0.5"), ("far", "0.75 +0.25")]
    # 55.1 mg weighed; 82.9 mg planned and weighed for 0.75: half as much again.
    assert row_of(html, "CaI2 weighed / mg")[1][0] == "far"
    assert row_of(html, "CaI2 weighed / mg")[1][1].startswith("82.876117 ± 0.10 +50 %")
    equal = folded(html)
    assert "Size / nm" in equal
    assert "PbI2 weighed / mg" in equal
    assert "Lead" in " ".join(equal)
    assert html.index("Outcomes") < html.index("What was in the flask") < html.index('id="equal"')


def test_amounts_within_both_uncertainties_are_shown_and_not_tinted(page, project):
    one, other = make_made_batch(project), make_batch(project)
    weighed = [entry("weighing", "pbi2", "174.0 mg"), entry("weighing", "cai2", "55.1 mg")]
    record_events(by=owner_of(project), batch=other, events=weighed)
    # 173.9 and 174.0 mg, each ± 0.1 mg
    looks = row_of(compare(page, one, other), "PbI2 weighed / mg")
    assert [look for look, _ in looks] == ["", ""]


def test_a_hydrate_in_the_place_of_the_salt_is_said_as_what_stands_out(page, project):
    shipped_recipe()
    by = owner_of(project)
    salt = Chemical.objects.get(formula="CaI2")
    dry, water = (
        add_bottle(by=by, project=project, chemical=salt, formula=formula)
        for formula in ("CaI2", "CaI2·4H2O")
    )
    one, other = make_batch(project), make_batch(project)
    for batch, bottle in ((one, dry), (other, water)):
        said = [
            entry("lot", "cai2", bottle.code, reason="the other one was empty"),
            entry("weighing", "pbi2", "173.9 mg"),
            entry("weighing", "cai2", "55.1 mg"),
        ]
        taken = record_events(by=by, batch=batch, events=said)
        assert not taken.refused, taken.refused
    html = compare(page, one, other)
    said = plain(html.partition("What stands out.")[2].partition("</div>")[0])
    # 55.1 mg of 365.95 g/mol in 173.9 mg of 461.01 g/mol: 0.15057/0.37721
    assert said.startswith("B was planned like A.")
    assert water.code in said
    assert "so Ca/Pb became 0.399" in said
    bottle = row_of(html, "CaI2 bottle")
    assert bottle[1] == ("far", f"{water.code} CaI2·4H2O")
    assert "What stands out" in compare(page, other, one)  # whichever is the first


def test_nothing_stands_out_between_batches_that_were_planned_otherwise(page, project):
    batches = [make_made_batch(project, ratio=ratio) for ratio in ("0.5", "0.75")]
    assert "What stands out" not in compare(page, *batches)


def test_spectra_are_laid_over_one_another_by_the_server(page, project):
    batches = [make_made_batch(project) for _ in range(2)]
    for batch, peak in zip(batches, (686.0, 650.0), strict=True):
        measure_pl(batch, peak)
    html = compare(page, *batches)
    assert 'class="ln bA"' in html
    assert 'class="ln bB"' in html
    assert "PL, each to its maximum" in html
    assert "each to its maximum" not in compare(page, *batches, scale="measured")
    assert "each to its maximum" in compare(page, *batches, scale="no such")
    peaks = row_of(html, "PL peak / nm")
    assert peaks[0][1].startswith("68")
    assert peaks[1][0] == "far"


def test_a_rejected_run_is_not_drawn(page, project):
    batches = [make_made_batch(project) for _ in range(2)]
    measure_pl(batches[0], 686.0)
    run = batches[0].measurements.get().analyses.get()
    assert 'class="ln bA"' in compare(page, *batches)
    reject_analysis(by=owner_of(project), analysis=run, reason="stray light")
    assert 'class="ln bA"' not in compare(page, *batches)


def test_ten_batches_take_as_many_queries_as_two(page, project):
    batches = [make_made_batch(project, ratio=f"0.{n}") for n in range(1, 10)]
    batches.append(make_made_batch(project))
    for batch in batches:
        type_outcome(by=owner_of(project), subject=batch, quantity="plqy_percent", text="98")
        assign_phase(by=owner_of(project), batch=batch, phase="gamma", reason="TEM")
        add_measurement(
            by=owner_of(project), subject=batch, technique="pl", upload=upload(pl_file())
        )
    run_jobs()
    counts = []
    compare(page, *batches[:2])  # the session's first use is noted
    for some in (batches[:2], batches):
        with CaptureQueriesContext(connection) as asked:
            compare(page, *some)
        counts.append(len(asked))
    assert counts[0] == counts[1]
    assert counts[0] <= 26


def test_more_than_ten_and_what_is_not_there_is_said(page, project):
    batches = [make_made_batch(project) for _ in range(11)]
    html = compare(page, *batches)
    assert f"Left out: {batches[10].code}." in html
    assert html.count('<th scope="col"') == 11  # the names of the rows, and ten
    assert "There is no batch NC-9999 for you." in compare(page, batches[0], "NC-9999")


def test_a_batch_of_another_project_is_not_there(page, project):
    mine, theirs = make_made_batch(project), make_made_batch(make_project(make_person()))
    html = compare(page, mine, theirs)
    assert f"There is no batch {theirs.code} for you." in html
    assert f"/b/{theirs.code}/" not in html
    assert "side by side</h1>" not in html.replace("\n", "")
    table = page.get(address("compare-csv"), {"codes": f"{mine.code},{theirs.code}"})
    assert theirs.code not in text(table)


def test_a_viewer_may_compare(client, project):
    batches = [make_made_batch(project) for _ in range(2)]
    client.force_login(join(project, Role.VIEWER))
    assert "2 batches side by side" in compare(client, *batches)


def test_without_two_batches_the_page_asks_which(page, project):
    assert "Which batches?" in compare(page)
    batch, other = make_made_batch(project), make_made_batch(project)
    html = compare(page, batch)
    assert f'value="{other.code}"' in html  # offered, of the same recipe
    assert "Which batches?" in html


def test_the_lists_have_a_tick_for_each_batch_that_leads_to_the_page(page, project):
    batches = [make_made_batch(project) for _ in range(2)]
    for path in (reverse("synthesis:batch-list"), address("history")):
        html = text(page.get(path))
        form = html.partition('<form action="/b/compare/"')[2].partition("</form>")[0]
        assert form
        for batch in batches:
            assert f'name="codes" value="{batch.code}"' in form
    # A form of ticks sends the name once for each.
    response = page.get(address("compare"), {"codes": [b.code for b in batches]})
    assert "2 batches side by side" in plain(text(response))


def test_a_planned_batch_stands_beside_a_made_one(page, project):
    html = compare(page, make_made_batch(project), make_batch(project))
    assert row_of(html, "CaI2 weighed / mg")[1] == ("", "— plan 55.3")


def test_batches_of_two_recipes_stand_side_by_side(page, project):
    by = owner_of(project)
    stock = create_batch(
        by=by, project=project, version=shipped_recipe("cs-oleate").current, targets={}
    )
    stock = finish_batch(
        by=by, batch=start_batch(by=by, batch=stock), unrecorded_reason="before the notebook"
    )
    html = compare(page, make_made_batch(project), stock)
    assert [look for look, _ in row_of(html, "Recipe")] == ["", "far"]


def test_the_table_says_the_same_rows_as_csv(page, project):
    by = owner_of(project)
    batches = [make_made_batch(project) for _ in range(2)]
    for batch, plqy in zip(batches, ("98", "74"), strict=True):
        type_outcome(by=by, subject=batch, quantity="plqy_percent", text=plqy, uncertainty_text="2")
    codes = ",".join(b.code for b in batches)
    answer = page.get(address("compare-csv"), {"codes": codes})
    rows = list(csv.reader(io.StringIO(text(answer))))
    assert rows[0] == ["about", "what", "unit", *codes.split(",")]
    (plqy,) = [row for row in rows if row[1] == "PLQY"]
    assert plqy == ["Outcomes", "PLQY", "%", "98\u202f±\u202f2", "74\u202f±\u202f2"]
