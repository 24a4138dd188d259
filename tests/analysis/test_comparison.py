"""What counts as a difference: beyond both uncertainties, another word, another plan."""

from decimal import Decimal

import pytest

from analysis.comparison import Answer, Group, Judgement, Piece, Row, compare, difference, judge


def typed(text: str, u: float | None = None, **more) -> Answer:
    return Answer(Decimal(text), u, **more)


def words(text: str, **more) -> Answer:
    return Answer(pieces=(Piece(text),), **more)


@pytest.mark.parametrize(
    ("first", "other", "said"),
    [
        (Answer(686.2, 0.3), Answer(688.9, 0.3), Judgement.FAR),  # 2.7 > 0.6
        (Answer(686.2, 0.3), Answer(686.7, 0.3), Judgement.NEAR),  # 0.5 < 0.6
        (Answer(12.0, 1.2), Answer(9.7, 1.0), Judgement.FAR),  # 2.3 > 2.2
        (Answer(12.0, 1.2), Answer(9.9, 1.0), Judgement.NEAR),  # 2.1 < 2.2
        (typed("173.4", 0.1), typed("173.2", 0.1), Judgement.NEAR),  # 0.2 is not beyond 0.2
        (typed("173.4", 0.1), typed("173.1", 0.1), Judgement.FAR),
        (typed("55.3", 0.1), typed("55.3", 0.1), Judgement.EQUAL),
        (Answer(24.6), Answer(24.5), Judgement.FAR),  # nothing is known of how sure they are
        (Answer(0.77, low=0.49, high=0.85), Answer(0.5, low=0.3, high=0.7), Judgement.NEAR),
        (typed("5.0", within=0.25), typed("5.4", within=0.25), Judgement.NEAR),
        (typed("5.0", within=0.25), typed("5.6", within=0.25), Judgement.FAR),
        (words("colloidal"), words("clear"), Judgement.FAR),
        (words("colloidal"), words("colloidal"), Judgement.EQUAL),
        (words("L-1", kind="CaI2"), words("L-2", kind="CaI2"), Judgement.NEAR),
        (words("L-1", kind="CaI2"), words("L-2", kind="CaI2·4H2O"), Judgement.FAR),
        (Answer(phase="gamma"), Answer(phase="alpha"), Judgement.FAR),
        (Answer(24.6), Answer(), Judgement.UNKNOWN),
        (Answer(), Answer(24.6), Judgement.UNKNOWN),
        (Answer(plan="10 mL"), Answer(plan="10 mL"), Judgement.EQUAL),
        (Answer(plan="10 mL"), Answer(plan="5 mL"), Judgement.FAR),
        (Answer(), Answer(), Judgement.EQUAL),
    ],
)
def test_an_answer_is_held_against_the_first_one(first, other, said):
    assert judge(other, first) is said


def test_a_difference_has_the_digits_that_are_known_and_its_sign():
    assert difference(Answer(688.9, 0.3), Answer(686.2, 0.3)) == "+2.7"
    assert difference(Answer(66.0, 0.5), Answer(79.3, 0.4)) == "−13.3"
    assert difference(typed("165"), typed("170")) == "−5"
    assert difference(typed("6.4"), typed("5.0")) == "+1.4"


def test_a_difference_is_printed_only_beyond_both_uncertainties():
    row = Row("PL", (Answer(686.2, 0.3), Answer(688.9, 0.3), Answer(686.5, 0.3)), "nm")
    assert [cell.difference for cell in row.cells] == ["", "+2.7", ""]
    assert [cell.look for cell in row.cells] == ["", "far", ""]
    percent = Row("R", (Answer(0.496, 0.003), Answer(0.403, 0.004)), relative=True)
    assert percent.cells[1].difference == "−19\u202f%"  # 0.403/0.496 = 0.8125


def test_rows_that_say_the_same_are_folded_and_rows_that_say_nothing_go():
    same = Row("Flask", (words("50 mL"), words("50 mL")))
    near = Row("PbI2", (typed("173.4", 0.1), typed("173.3", 0.1)))
    nothing = Row("Humidity", (Answer(), Answer()))
    half = Row("EQE", (Answer(24.6), Answer()))
    found = compare([Group("One", (same, nothing)), Group("Two", (near, half, same))])
    assert [group.name for group in found.differing] == ["Two"]
    assert found.differing[0].rows == (near, half)
    assert found.equal == (same, same)
    assert found.number_differing == 2
