"""The settings of one run: what the method asks for, filled with what the chemist gave."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

from analysis.left_out import ranges_of
from analysis.reading import Reading
from analysis.result import NoResult, Parameter

LONGEST_TEXT = 600
LONGEST_NUMBER = 19  # digits: as many as a key of the database has


def settings_for(parameters: Iterable[Parameter], given: Mapping[str, Any]) -> dict[str, Any]:
    """Return every parameter's value: the given one, checked, else its default.

    None and the empty string mean "not given". Raises `NoResult` for a name the method does not
    have, a number outside its limits or a text that is no number or no known choice.
    """
    known = {parameter.name: parameter for parameter in parameters}
    for name in given:
        if name not in known:
            offered = ", ".join(known) or "none"
            raise NoResult(f"This method has no setting called “{name}”; it has: {offered}.")
    return {name: _value(parameter, given.get(name)) for name, parameter in known.items()}


def _value(parameter: Parameter, given: Any) -> Any:
    if given is None or given == "":
        return parameter.default
    if parameter.measurement_of:
        return given if isinstance(given, Reading) else _measurement(parameter, given)
    if parameter.text:
        return _text(parameter, given)
    if parameter.ranges:
        return ranges_of(given)
    if parameter.choices:
        if given not in parameter.choices:
            choices = ", ".join(parameter.choices)
            raise NoResult(f"{parameter.label}: “{given}” is not one of {choices}.")
        return given
    if isinstance(given, list | tuple):
        return [_number(parameter, item) for item in given]
    return _number(parameter, given)


def _text(parameter: Parameter, given: Any) -> str:
    text = " ".join(str(given).replace("\x00", " ").split())
    if len(text) > LONGEST_TEXT:
        raise NoResult(f"{parameter.label}: at most {LONGEST_TEXT} characters are taken.")
    return text


def _measurement(parameter: Parameter, given: Any) -> int:
    """Return the number of a named measurement."""
    text = str(given).strip()
    if not (text.isascii() and text.isdigit() and len(text) < LONGEST_NUMBER):
        raise NoResult(
            f"{parameter.label}: “{str(given)[:60]}” is not the number of a measurement."
        )
    return int(text)


def _number(parameter: Parameter, given: Any) -> float:
    try:
        number = float(str(given).replace(",", "."))
    except ValueError:
        raise NoResult(f"{parameter.label}: “{given}” is not a number.") from None
    low, high = parameter.minimum, parameter.maximum
    too_low, too_high = low is not None and number < low, high is not None and number > high
    if too_low or too_high or not math.isfinite(number):
        raise NoResult(
            f"{parameter.label}: {given} {parameter.unit}".rstrip()
            + f" is outside what makes sense ({_limits(low, high)} {parameter.unit}".rstrip()
            + ")."
        )
    return number


def _limits(low: float | None, high: float | None) -> str:
    if low is not None and high is not None:
        return f"{low:g} to {high:g}"
    if low is not None:
        return f"at least {low:g}"
    return f"at most {high:g}" if high is not None else "any finite number"
