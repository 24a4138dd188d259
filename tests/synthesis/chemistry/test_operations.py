"""Operations are data: what they take is said once, and a lab can add its own."""

from decimal import Decimal

import pytest

from synthesis.chemistry.documents import InvalidDocument
from synthesis.chemistry.operations import (
    Measure,
    Operations,
    read_operation,
    shipped_operations,
    step_number,
)

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
    assert operations.shown_unit("age", "duration_s") == "h"
    assert operations.shown_unit("wash", "duration_s") == "min"
    assert operations.shown_unit("grind", "duration_s") == "min"  # as everywhere
    assert operations.shown_unit("heat", "temperature_c") == "°C"
    assert operations.shown_unit("heat", "colour") == ""
    assert operations.get("react").timed == "duration_s"
    assert operations.get("react").parameter("duration_s").timed
    assert operations.get("react").parameter("speed_rpm") is None


def test_how_far_is_still_as_planned_belongs_to_the_number():
    measures = shipped_operations().measures
    assert measures["temperature_c"].allowed(Decimal(170)) == 3
    assert measures["duration_s"].allowed(Decimal(600)) == 60
    assert measures["base_pressure_pa"].allowed(Decimal(1)) is None
    assert measures["repeats"].allowed(Decimal(3)) == 0  # 2 or 4 times are not 3 times


def test_a_share_of_a_number_below_zero_is_still_a_distance():
    bias = Measure(
        name="bias_v", label="Bias", unit="V", low="-100", high="100", tolerance_percent="5"
    )
    assert bias.allowed(Decimal(-20)) == 1
    both = bias.model_copy(update={"tolerance": Decimal(2)})
    assert both.allowed(Decimal(-20)) == 2


GRIND = {"name": "grind", "label": "Grind", "parameters": ["repeats"]}


def test_a_lab_adds_an_operation_of_its_own():
    own = {
        "name": "grind",
        "label": "Grind",
        "parameters": [{"name": "duration_s", "timed": True}, "repeats"],
    }
    operations = shipped_operations().with_own([own])
    assert operations.get("grind").timed == "duration_s"
    assert shipped_operations().get("grind") is None


def test_the_labs_own_stand_behind_those_that_ship():
    shipped = shipped_operations().names
    operations = shipped_operations().with_own([GRIND, GRIND | {"name": "press", "label": "Press"}])
    assert operations.names == (*shipped, "grind", "press")
    assert [one.label for one in operations][-2:] == ["Grind", "Press"]
    with pytest.raises(InvalidDocument, match="needs “label”"):
        shipped_operations().with_own([{"name": "grind"}])


KNOWN = ", ".join(shipped_operations().measures)
REFUSED = {
    "no label": ({"name": "grind"}, "The operation needs “label”."),
    "a name of two words": (
        {"name": "grind it", "label": "Grind"},
        "Name: write one word of at most 20 letters, as in spin-coat.",
    ),
    "a name of 21 letters": (
        {"name": "g" * 21, "label": "Grind"},
        "Name: write one word of at most 20 letters, as in spin-coat.",
    ),
    "a number that nobody knows": (
        {"name": "grind", "label": "Grind", "parameters": ["repeats", "colour"]},
        f"The operation “grind” takes “colour”, which is no number that is known here. Use {KNOWN}.",
    ),
    "a number of a row that nobody knows": (
        {"name": "grind", "label": "Grind", "rows": {"rounds": ["repeats", "c" * 61]}},
        f"The operation “grind” takes “{'c' * 60}”, which is no number that is known here. Use {KNOWN}.",
    ),
    "a word that nobody asked for": (
        {"name": "grind", "label": "Grind", "speed": 3},
        "The operation has unknown entries: speed. Check the spelling.",
    ),
    "no table": ("grind", "The operation should be a table of names and values, not “grind”."),
}  # fmt: skip


@pytest.mark.parametrize("what", REFUSED)
def test_an_operation_that_cannot_be_read_is_refused_in_words(what):
    own, sentence = REFUSED[what]
    with pytest.raises(InvalidDocument) as refused:
        read_operation(own)
    assert str(refused.value) == sentence


def test_the_fault_of_a_name_stands_at_the_name():
    with pytest.raises(InvalidDocument) as refused:
        read_operation({"name": "grind it", "label": "Grind"})
    assert [one.path for one in refused.value.faults] == ["name"]


def test_a_name_of_twenty_letters_is_a_word():
    assert (
        read_operation({"name": "ultra-sonic_grinding", "label": "Grind"}).name[-8:] == "grinding"
    )


def test_a_lab_with_numbers_of_its_own_uses_those():
    grit = {"name": "grit_um", "label": "Grit", "unit": "µm", "low": "0", "high": "500"}
    own = Operations({"grit_um": Measure(**grit)}, [])
    operations = own.with_own([{"name": "polish", "label": "Polish", "parameters": ["grit_um"]}])
    assert operations.numbers_of("polish") == ("grit_um",)
    assert operations.shown_unit("polish", "grit_um") == "µm"
    with pytest.raises(InvalidDocument, match=r"takes “repeats”.* Use grit_um\."):
        own.with_own([GRIND])


def test_what_may_be_read_at_a_spin_coating_is_listed_with_the_first_of_each_row():
    assert shipped_operations().numbers_of("spin-coat") == (
        "speed_rpm", "duration_s", "volume_ul", "concentration_mg_ml", "weight_percent",
        "temperature_c", "humidity_percent", "segments_1_speed_rpm", "segments_1_acceleration_rpm_s", "segments_1_duration_s",
        "drops_1_volume_ul", "drops_1_time_s",
    )  # fmt: skip
    assert shipped_operations().numbers_of("observe") == ()


def test_an_operation_that_nobody_knows_may_have_any_number():
    operations = shipped_operations()
    assert operations.numbers_of("grind") == tuple(operations.measures)
    assert operations.takes("grind", "temperature_c")
    assert not operations.takes("grind", "colour")


def test_a_number_of_a_row_says_which_row_it_belongs_to():
    number = step_number("segments_2_speed_rpm")
    assert (number.label, number.unit) == ("Segment 2, speed", "rpm")
    assert step_number("segments_2_colour") is None
    assert shipped_operations().takes("spin-coat", "segments_2_speed_rpm")
    assert not shipped_operations().takes("anneal", "segments_2_speed_rpm")
    assert not shipped_operations().takes("anneal", "speed_rpm")
    assert shipped_operations().takes("spin-coat", "drops_12_time_s")
    assert not shipped_operations().takes("spin-coat", "drops_1_speed_rpm")
    assert shipped_operations().takes("spin-coat", "speed_rpm")
    assert not shipped_operations().takes("spin-coat", "rounds_1_speed_rpm")
