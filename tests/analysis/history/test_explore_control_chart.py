"""The control chart of the explorer: a recipe that is made again and again, in the order of its dates, in words."""

import re

import pytest

from tests.analysis.history.factories import accept, assign, at, make_batch

# NIST/SEMATECH e-Handbook, 6.3.2.2: mean 50.81, limits 45.8159 and 55.8041.
FLOW = [49.6, 47.6, 49.9, 51.3, 47.8, 51.2, 52.6, 52.4, 53.6, 52.1]


@pytest.fixture
def series(lab):
    """Make batches with these PL widths, one a day; the last is entered first, so that only dates order them."""

    def series(values, **said):
        made = []
        for number, value in reversed(list(enumerate(values))):
            batch = make_batch(
                lab.project, lab.mira, planned_at=at(f"2026-01-{number + 1:02d}"), **said
            )
            assign(batch, "gamma")
            accept(batch, "pl_fwhm_nm", value)
            made.append(batch)
        return made[::-1]

    return series


def marks(page: str) -> list[tuple[str, bool]]:
    """Return the batches from the left, and whether each has a ring."""
    figure = page[page.index('<svg class="chart tall"') : page.index("</figure>")]
    found = re.findall(r'<a href="/b/([^/]+)/".*?</a>', figure)
    rings = ['class="ring"' in one for one in re.findall(r'<a href="/b/.*?</a>', figure)]
    return list(zip(found, rings, strict=True))


def test_the_chart_of_the_handbook_is_drawn_in_the_order_of_dates(series, look):
    made = series(FLOW)
    page = look(show="control", y="pl_fwhm_nm")
    assert [code for code, _ in marks(page)] == [batch.code for batch in made]
    assert (
        "10 batches, planned from 1 Jan 2026 to 10 Jan 2026: mean 50.81 nm, limits 45.82 to 55.8 nm: 3 σ"
        in page
    )
    assert "With fewer than 20 batches the limits still move" in page
    assert "Nothing stands out" in page
    assert "of several recipes" not in page


def test_a_batch_beyond_a_limit_and_a_run_are_said_in_words(series, look):
    made = series([30, 31] * 5 + [39] + [30, 31] * 2 + [33] * 9)
    page = look(show="control", y="pl_fwhm_nm")
    assert [code for code, ringed in marks(page) if ringed] == [made[10].code]
    start = page.index('<ul class="standout">')
    found = page[start : page.index("</ul>", start)]
    lines = [
        " ".join(re.sub(r"<[^>]+>", " ", one).split()).replace(" :", ":")
        for one in found.split("</li>")[:-1]
    ]
    assert f"{made[10].code}: above the upper limit" in lines
    assert f"{made[15].code} to {made[23].code}: 9 in a row above the mean" in lines


def test_too_few_or_several_recipes_are_said(series, lab, look):
    series(FLOW[:7])
    page = look(show="control", y="pl_fwhm_nm")
    assert "Too few to say: 7 batches have FWHM. From 8 on there are limits" in page
    assert "<figure" not in page
    series(FLOW[:2], recipe="cspbbr3")
    page = look(show="control", y="pl_fwhm_nm")
    assert "These are of several recipes" in page
    assert re.search(
        r'href="/explore/\?[^"]*recipe=cspbbr3[^"]*">cspbbr3</a> <span class="muted">2<', page
    )


def test_what_repeats_a_batch_is_an_ordinary_question(series, lab, visitor, look):
    like, other = series([30.0])[0], make_batch(lab.project, lab.mira, ratio_ca_pb="0.25")
    for batch, ratio in ((like, 0.5), (other, 0.25)):
        batch.quantities.create(
            key="ratio_ca_pb", basis="planned", value=ratio, origin="plan", name="Ca/Pb", position=0
        )
    answer = visitor.get("/explore/", {"show": "control", "like": like.code.lower()})
    assert answer.status_code == 302
    assert answer.headers["Location"] == "/explore/?show=control&recipe=cspbi3&ratio_ca_pb=0.5"
    page = visitor.get(answer.headers["Location"]).content.decode()
    assert "Ca/Pb planned exactly 0.5" in page
    hidden = make_batch(lab.other, lab.stranger)
    assert "There is no batch called" in look(422, like=hidden.code)
