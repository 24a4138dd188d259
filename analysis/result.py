"""What a method makes of a reading: figures of merit with uncertainty, curves, evidence.

Pure: no Django, no database.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any

from analysis.reading import Reading


class NoResult(ValueError):
    """The method cannot give an answer for this reading; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure of merit: one number that a person may accept as an outcome.

    ``quantity`` is a name of the house's vocabulary and ends in its unit (``pl_peak_nm``).
    ``uncertainty`` is one standard uncertainty in the same unit, None when it is not known.
    ``low`` and ``high`` bound an interval where ± would mislead. ``level`` says what the uncertainty or
    interval is ("standard uncertainty", "95 %"), ``note`` what is in it.
    """

    quantity: str
    value: float | None
    uncertainty: float | None = None
    unit: str = ""
    label: str = ""
    low: float | None = None
    high: float | None = None
    note: str = ""
    level: str = ""


@dataclass(frozen=True, slots=True)
class Curve:
    """A line to draw over the data: a fit, a background, residuals, reference sticks.

    ``x_unit`` and ``unit`` are those of x and y where they are not the data's own ("σ" of a weighted residual);
    ``names`` says what each stick is called (hkl).
    """

    name: str
    x: list[float]
    y: list[float]
    kind: str = "line"  # line | sticks | residual | band
    x_unit: str = ""
    unit: str = ""
    names: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Result:
    """Everything one run of a method found; JSON-ready through `as_dict`."""

    figures: tuple[Figure, ...]
    summary: str = ""  # one sentence a chemist can read
    warnings: tuple[str, ...] = ()
    curves: tuple[Curve, ...] = ()
    detail: dict[str, Any] = field(default_factory=dict)  # evidence, rivals, tables; JSON-ready
    phase: str | None = None  # XRD only: alpha | beta | gamma | delta | mixed, None: undetermined
    structure: str | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return plain dicts, lists and numbers."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Parameter:
    """A setting of a method that a chemist may change; a change makes a new analysis."""

    name: str
    label: str
    unit: str = ""
    default: Any = None
    minimum: float | None = None
    maximum: float | None = None
    choices: tuple[str, ...] = ()
    help: str = ""
    # A technique: the setting names another measurement of it, whose `Reading` the method is given.
    measurement_of: str = ""
    text: bool = False  # as it is written
    ranges: bool = False  # one or several ranges, each of two numbers


@dataclass(frozen=True, slots=True)
class Method:
    """A named, versioned analysis of one technique.

    One that ``leaves_out`` gets a reading without the ranges of the axis that a person excludes: its points
    need not be evenly spaced.
    """

    name: str  # "pl-peak"
    version: str  # "1"
    technique: str  # as in Reading.technique
    title: str
    run: Callable[[Reading, dict[str, Any]], Result]  # raises NoResult
    parameters: tuple[Parameter, ...] = ()
    leaves_out: bool = False
