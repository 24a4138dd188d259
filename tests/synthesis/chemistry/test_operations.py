"""Operations are data: what they take is said once, and a lab can add its own."""

from decimal import Decimal

import pytest

from synthesis.chemistry.documents import InvalidDocument
from synthesis.chemistry.operations import read_operation, shipped_operations, step_number

ISSUE = """load degas heat inject react quench centrifuge redisperse stir spin-coat anneal evaporate clean
UV-ozone observe rest drop mix sonicate filter dry dilute aliquot wash age"""


def test_every_operation_of_a_nanocrystal_bench_ships():
    assert set(ISSUE.split()) <= set(shipped_operations().names)


def test_every_number_has_a_range():
    for measure in shipped_operations().measures.values():
        assert measure.low < measure.high


def test_a_time_is_shown_as_people_say_it_at_that_step():
    operations = shipped_operations()
    assert operations.shown_unit("degas", "duration_s") == "min"
    assert operations.shown_unit("react", "duration_s") == "s"
    assert operations.get("react").timed == "duration_s"


def test_how_far_is_still_as_planned_belongs_to_the_number():
    measures = shipped_operations().measures
    assert measures["temperature_c"].allowed(Decimal(170)) == 3
    assert measures["duration_s"].allowed(Decimal(600)) == 60
    assert measures["base_pressure_pa"].allowed(Decimal(1)) is None


def test_a_lab_adds_an_operation_of_its_own():
    own = {
        "name": "grind",
        "label": "Grind",
        "parameters": [{"name": "duration_s", "timed": True}, "repeats"],
    }
    operations = shipped_operations().with_own([own])
    assert operations.get("grind").timed == "duration_s"
    assert shipped_operations().get("grind") is None


@pytest.mark.parametrize(
    ("own", "word"),
    [
        ({"name": "grind"}, "needs “label”"),
        ({"name": "grind it", "label": "Grind"}, "one word"),
        ({"name": "grind", "label": "Grind", "parameters": ["colour"]}, "no number"),
        ({"name": "grind", "label": "Grind", "speed": 3}, "unknown entries: speed"),
    ],
)
def test_an_operation_that_cannot_be_read_is_refused_in_words(own, word):
    with pytest.raises(InvalidDocument, match=word):
        read_operation(own)


def test_a_number_of_a_row_says_which_row_it_belongs_to():
    number = step_number("segments_2_speed_rpm")
    assert (number.label, number.unit) == ("Segment 2, speed", "rpm")
    assert step_number("segments_2_colour") is None
    assert shipped_operations().takes("spin-coat", "segments_2_speed_rpm")
    assert not shipped_operations().takes("anneal", "segments_2_speed_rpm")
    assert not shipped_operations().takes("anneal", "speed_rpm")
