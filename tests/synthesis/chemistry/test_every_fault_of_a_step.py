"""What a step asks of its operation and the operation does not take."""

from decimal import Decimal

import pytest

from synthesis.chemistry.operations import shipped_operations
from tests.synthesis.chemistry.small_recipe import faults, read, small

# what is written: where it is told, and what
TOLD = {
    "another operation": (
        ("steps", 1, "operation", "pray"), "steps[1].operation",
        "Step “wash”: “operation” is “pray”, but should be one of load, degas, heat, inject, drop, react, quench,"
        " mix, stir, sonicate, filter, dry, dilute, aliquot, wash, centrifuge, redisperse, age, rest, observe,"
        " spin-coat, anneal, evaporate, clean, UV-ozone, encapsulate. A lab can add its own.",
    ),
    "a very long operation": (
        ("steps", 1, "operation", "p" * 61), "steps[1].operation",
        f"Step “wash”: “operation” is “{'p' * 60}”, but should be one of"
        f" {', '.join(shipped_operations().names)}. A lab can add its own.",
    ),
    "a number of another operation": (
        ("steps", 0, "parameters", "speed_rpm", "500"), "steps[0].parameters.speed_rpm",
        "Step “heat”: parameter “speed_rpm” is not known. It takes temperature_c, ramp_c_min, duration_s,"
        " stirring_rpm.",
    ),
    "a very long number": (
        ("steps", 0, "parameters", "t" * 61, "1"), f"steps[0].parameters.{'t' * 61}",
        f"Step “heat”: parameter “{'t' * 60}” is not known. It takes temperature_c, ramp_c_min, duration_s,"
        " stirring_rpm.",
    ),
    "a number of what takes none": (
        ("steps", 1, {"key": "look", "operation": "observe", "text": "Look.", "parameters": {"cycles": "1"}}),
        "steps[1].parameters.cycles", "Step “look”: parameter “cycles” is not known. It takes no numbers.",
    ),
    "rows of what takes none": (
        ("steps", 1, "rows", {"laps": [{"cycles": "1"}]}), "steps[1].rows.laps",
        "Step “wash”: the rows “laps” are not known for wash, which takes none.",
    ),
    "other rows": (
        ("steps", 2, "rows", "laps" * 20, [{"cycles": "1"}]), f"steps[2].rows.{'laps' * 20}",
        f"Step “spin”: the rows “{'laps' * 15}” are not known for spin-coat, which takes segments, drops.",
    ),
    "another number of a row": (
        ("steps", 2, "rows", "segments", 1, "power_w", "5"), "steps[2].rows.segments[1].power_w",
        "Step “spin”, segments 2: parameter “power_w” is not known. It takes speed_rpm, acceleration_rpm_s,"
        " duration_s.",
    ),
    "a number that is required": (
        ("steps", 1, {"key": "spun", "operation": "centrifuge", "text": "x", "parameters": {"speed_rpm": "1"}}),
        "steps[1].parameters",
        "Step “spun” needs duration_s. Give it, or say under unknowns why it is not known.",
    ),
    "too hot": (
        ("steps", 0, "parameters", "temperature_c", "1200.5"), "steps[0].parameters.temperature_c",
        "Step “heat”: temperature_c is 1200.5 °C, but should lie between -200 and 1200 °C.",
    ),
    "too cold": (
        ("steps", 0, "parameters", "temperature_c", "-273"), "steps[0].parameters.temperature_c",
        "Step “heat”: temperature_c is -273 °C, but should lie between -200 and 1200 °C.",
    ),
    "too often": (
        ("steps", 1, "parameters", {"cycles": "101"}), "steps[1].parameters.cycles",
        "Step “wash”: cycles is 101, but should lie between 0 and 100.",
    ),
    "a row too fast": (
        ("steps", 2, "rows", "segments", 0, "speed_rpm", "150001"), "steps[2].rows.segments[0].speed_rpm",
        "Step “spin”, segments 1: speed_rpm is 150001 rpm, but should lie between 0 and 150000 rpm.",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", TOLD)
def test_a_fault_is_told_where_it_stands(what):
    change, path, sentence = TOLD[what]
    assert faults(small(change)) == [(path, sentence)]


def test_every_number_of_every_step_is_looked_at():
    plain = small(
        ("steps", 0, "parameters", {"speed_rpm": "1", "power_w": "1", "temperature_c": "9000"}),
        ("steps", 2, "rows", {"laps": [{"cycles": "1"}], "rounds": [], "drops": [{"cycles": "1"}]}),
    )
    assert [path for path, _said in faults(plain)] == [
        "steps[0].parameters.speed_rpm", "steps[0].parameters.power_w", "steps[0].parameters.temperature_c",
        "steps[2].rows.laps", "steps[2].rows.rounds", "steps[2].rows.drops[0].cycles",
    ]  # fmt: skip


@pytest.mark.parametrize("value", ["-200", "1200"])
def test_the_ends_of_a_range_belong_to_it(value):
    step = read(small(("steps", 0, "parameters", "temperature_c", value))).steps[0]
    assert step.set_points() == {"temperature_c": Decimal(value)}
