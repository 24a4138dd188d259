"""Small figures of the explorer: one each for recipe, bottle, person or month, on the same axes, n in each head."""

import re

from tests.analysis.history.factories import accept, at, make_batch
from tests.factories import make_batch as planned_batch
from tests.synthesis.factories import make_bottle


def parts(page: str) -> dict[str, tuple[int, list[str], list[str]]]:
    """Return of each small figure n, its batches and the numbers along its axes."""
    found = {}
    for body in re.findall(r'<section class="fig">(.*?)</section>', page):
        head = re.sub(r"<[^>]+>", " ", body[: body.index("</h3>")]).split()
        codes = re.findall(r'<a href="/b/([^/]+)/" aria-label="', body)
        axes = re.findall(r'<text class="x[em][^>]*>([^<]*)</text>', body)
        found[" ".join(head[:-2])] = (int(head[-1]), codes, axes)
    return found


def test_small_figures_by_month_share_their_axes_and_say_their_n(some, look):
    page = look(x="ratio_ca_pb_weighed", split="month")
    found = parts(page)
    assert {month: (n, codes) for month, (n, codes, _) in found.items()} == {
        "2026-01": (1, ["NC-0000"]),
        "2026-04": (1, ["NC-0003"]),
        "2026-05": (1, ["NC-0004"]),
        "2026-06": (1, ["NC-0005"]),
    }
    assert len({tuple(axes) for *_, axes in found.values()}) == 1
    assert "4 of 6 batches have both numbers." in page
    narrowed = "x=ratio_ca_pb_weighed&amp;planned_at__gte=2026-04-01&amp;planned_at__lte=2026-04-30"
    assert f'href="/explore/?{narrowed}"' in page
    assert 'id="brush"' not in page
    # A choice that may be none must not hold back the form.
    assert not re.search(r'<select[^>]*name="split"[^>]*required', page)


def test_at_most_twelve_small_figures_are_drawn_and_the_rest_is_counted(lab, look):
    for number in range(15):
        batch = make_batch(
            lab.project,
            lab.mira,
            ratio_ca_pb_weighed=0.1,
            planned_at=at(
                f"2025-{number % 12 + 1:02d}-03" if number < 12 else f"2026-0{number - 11}-03"
            ),
        )
        accept(batch, "plqy_percent", 50.0)
    page = look(x="ratio_ca_pb_weighed", split="month")
    assert next(iter(parts(page))) == "2025-04"
    assert len(parts(page)) == 12
    assert "3 more with 3 batches are not drawn." in page
    assert list(parts(look(x="ratio_ca_pb_weighed", split="made_by"))) == ["mira"]
    assert "Batches are split by phase, recipe" in look(422, split="mood")


def test_batches_are_told_apart_by_the_bottle_that_their_ratio_was_weighed_from(lab, look):
    calcium = make_bottle(lab)
    for lots in ({"cai2": calcium.code}, {}):
        batch = planned_batch(lab.project, by=lab.mira, lots=lots)
        accept(batch, "plqy_percent", 50.0)
    found = parts(look(x="ratio_ca_pb", split="lot"))
    assert {part: n for part, (n, _, _) in found.items()} == {calcium.code: 1, "unknown": 1}
