"""Where nobody has been: the gap that a source left minus what the lab measured, without a database."""

from decimal import Decimal

import pytest

from synthesis.chemistry.gaps import OpenGap, nothing_measured, open_gaps
from tests.synthesis.chemistry.written import PAPER

SOURCE = [OpenGap(Decimal("0.25"), Decimal("0.5"), "Nobody has measured R between 0.25 and 0.5.")]


def left(measured, gaps=SOURCE, **said):
    found = open_gaps(gaps, [Decimal(point) for point in measured], **said)
    return [(f"{gap.low}", f"{gap.high}") for gap in found]


@pytest.mark.parametrize(
    ("measured", "stretches"),
    [
        ([], [("0.25", "0.5")]),
        (["0.25", "0.5", "0.9"], [("0.25", "0.5")]),  # at its ends and beyond
        (["0.375"], [("0.25", "0.375"), ("0.375", "0.5")]),
        (["0.26"], [("0.26", "0.5")]),  # what is narrower than a tenth is closed
        (["0.275"], [("0.275", "0.5")]),  # a tenth of it, 0.025, is closed too
        (["0.276"], [("0.25", "0.276"), ("0.276", "0.5")]),
        (["0.40", "0.30"], [("0.25", "0.30"), ("0.30", "0.40"), ("0.40", "0.5")]),
        (["0.27", "0.29", "0.31", "0.33", "0.35", "0.37", "0.39", "0.41", "0.43", "0.45", "0.48"], [("0.45", "0.48")]),
    ],
    ids=str,
)  # fmt: skip
def test_what_is_left_of_a_gap(measured, stretches):
    assert left(measured) == stretches


def test_each_gap_is_measured_against_its_own_width():
    # 0.02 is a tenth of 0.2 and more than a tenth of 0.1
    gaps = [OpenGap(Decimal("0.1"), Decimal("0.2"), "a"), OpenGap(Decimal(1), Decimal("1.2"), "b")]
    assert left(["0.18", "1.18"], gaps) == [("0.1", "0.18"), ("0.18", "0.2"), ("1", "1.18")]
    assert left(["1.1"], gaps) == [("0.1", "0.2"), ("1", "1.1"), ("1.1", "1.2")]
    assert left(["0.15"], gaps) == [("0.1", "0.15"), ("0.15", "0.2"), ("1", "1.2")]


@pytest.mark.parametrize("measured", [[], ["0.25"], ["0.5"], ["0.25", "0.5", "2"]])
def test_the_sources_sentence_holds_while_nothing_was_measured_inside(measured):
    said = "The paper tried 0.25 and 0.5, and nothing between them."
    source = [OpenGap(Decimal("0.25"), Decimal("0.5"), said)]
    found = open_gaps(source, [Decimal(point) for point in measured], "R")
    assert [gap.message for gap in found] == [said]


@pytest.mark.parametrize(
    ("name", "point", "sentences"),
    [
        ("R", "0.375", ["Nobody has measured R between 0.25 and 0.375.", "Nobody has measured R between 0.375 and 0.5."]),
        ("", "0.37549", ["Nobody has measured between 0.25 and 0.375.", "Nobody has measured between 0.375 and 0.5."]),
    ],
)  # fmt: skip
def test_what_is_left_says_between_which_values(name, point, sentences):
    found = open_gaps(SOURCE, [Decimal(point)], *([name] if name else []))
    assert [gap.message for gap in found] == sentences


def test_a_round_number_is_written_out():
    hot = [OpenGap(Decimal(100), Decimal(200), "Nobody has measured above 100 °C.")]
    assert [one.message for one in open_gaps(hot, [Decimal(150)], "Temperature")] == [
        "Nobody has measured Temperature between 100 and 150.",
        "Nobody has measured Temperature between 150 and 200.",
    ]


def test_its_ends_were_measured_and_its_middle_says_the_most():
    (gap,) = SOURCE
    assert gap.middle == Decimal("0.375")
    inside = {value: gap.holds(Decimal(value)) for value in ("0.25", "0.26", "0.49", "0.5")}
    assert inside == {"0.25": False, "0.26": True, "0.49": True, "0.5": False}


def test_the_papers_own_gap_is_open_in_a_lab_that_measured_nothing():
    asked = PAPER.input("ratio_ca_pb")
    assert left(nothing_measured(asked), asked.gaps) == [("0.25", "0.5")]
