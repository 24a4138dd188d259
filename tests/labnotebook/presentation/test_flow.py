"""Drawings of what became what."""

import itertools
import re
from xml.etree import ElementTree

from labnotebook.records.presentation.flow import Box, Line, columns, flow

LINES = [
    Line("a", "b"),
    Line("b", "c"),
    Line("a", "c"),
    Line("c", "d"),
    Line("d", "e"),
    Line("c", "e"),
]


def test_each_line_leads_to_the_right_and_the_longest_way_counts():
    found = columns("abcde", LINES, "c")
    assert found == {"a": -2, "b": -1, "c": 0, "d": 1, "e": 2}
    assert all(found[line.source] < found[line.target] for line in LINES)


def test_a_bottle_stands_just_before_what_it_went_into():
    found = columns(
        ["oil", "lead", "stock", "batch"],
        [Line("oil", "stock"), Line("stock", "batch"), Line("lead", "batch")],
        "batch",
    )
    assert found["lead"] == found["stock"] == -1


def drawn(boxes, lines):
    return ElementTree.fromstring(flow(boxes, lines, "What became what"))


def rects(svg):
    return [
        tuple(float(one.get(name)) for name in ("x", "y", "width", "height"))
        for one in svg.iter("rect")
        if "box" in one.get("class")
    ]


def test_no_two_boxes_lie_over_each_other_and_all_lie_inside():
    keys = [f"n{i}" for i in range(40)]
    lines = [Line(key, "here", "1 mg") for key in keys[:20]]
    lines += [Line("here", key, "2 mL") for key in keys[20:]] + [
        Line("n0", "n1"),
        Line("n39", "n38"),
    ]
    svg = drawn(
        [Box(k, "lot", k, "x") for k in keys] + [Box("here", "batch", "B", "x", "/b/", True)], lines
    )
    width, height = float(svg.get("width")), float(svg.get("height"))
    boxes = rects(svg)
    assert len(boxes) == 41
    for x, y, w, h in boxes:
        assert x >= 0
        assert y >= 0
        assert x + w <= width
        assert y + h <= height
    for i, (x, y, w, h) in enumerate(boxes):
        for x2, y2, w2, h2 in boxes[i + 1 :]:
            assert x + w <= x2 or x2 + w2 <= x or y + h <= y2 or y2 + h2 <= y


def test_a_line_over_a_column_runs_behind_no_box():
    boxes = [Box(key, "lot", key, "") for key in "abd"] + [Box("c", "batch", "c", "", "", True)]
    svg = drawn(boxes, [Line("a", "b"), Line("b", "c"), Line("a", "c", "30 mL"), Line("d", "c")])
    middle = [
        (y, y + h)
        for x, y, _w, h in rects(svg)
        if x not in {min(r[0] for r in rects(svg)), max(r[0] for r in rects(svg))}
    ]
    (crossing,) = (p.get("d") for p in svg.iter("path") if "H" in p.get("d"))
    at = float(re.findall(r"C[\d.]+ [\d.]+ [\d.]+ [\d.]+ [\d.]+ ([\d.]+)H", crossing)[0])
    assert all(not low < at < high for low, high in middle)


def test_amounts_stand_apart_where_one_bottle_went_into_several():
    boxes = [Box("here", "lot", "L", "", "", True), *(Box(k, "batch", k, "") for k in "abc")]
    svg = drawn(boxes, [Line("here", k, f"{n} mg") for n, k in enumerate("abc", 1)])
    heights = sorted(float(t.get("y")) for t in svg.iter("text") if "am" in t.get("class").split())
    assert len(heights) == 3
    assert all(b - a >= 16 for a, b in itertools.pairwise(heights))


def test_text_is_escaped_and_formulas_are_set():
    (title, *_rest) = drawn([Box("k", "lot", "<L>", "CaI2 & more")], []).iter("title")
    assert title.text == "<L>: CaI₂ & more"
