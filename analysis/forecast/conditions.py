"""The conditions a forecast is made for: validated once, then trusted."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from decimal import Decimal
from numbers import Real
from typing import Any

SEEDS = ("CaIx", "PbS", "none")
APPEARANCES = ("clear", "colloidal", "turbid", "precipitate")

PAPER_CS_TO_PB = 0.41  # section 2: Cs:Pb 0.4085 for the printed masses and volumes
PAPER_OA_TO_PB = 7.5  # 1.0 mL of 90 % oleic acid on 0.376 mmol Pb
PAPER_OLA_TO_PB = 7.0  # 1.0 mL of 80-90 % oleylamine: 6.5 to 7.3
PAPER_HUMIDITY_PERCENT = 70.0  # the paper prints 60-80 %

# What can be typed at all. Wider than any sensible experiment: the model says by itself when it
# leaves its evidence, these limits only catch slips (kelvin for celsius, percent for ratio).
LIMITS: dict[str, tuple[float, float, str]] = {
    "ratio_ca_pb": (0.0, 10.0, ""),
    "ratio_ca_pb_u": (0.0, 10.0, ""),
    "injection_temperature_c": (20.0, 320.0, " °C"),
    "purification_cycles": (0, 20, ""),
    "reaction_seconds": (0.1, 86_400.0, " s"),
    "cs_to_pb": (0.01, 100.0, ""),
    "oa_to_pb": (0.01, 1000.0, ""),
    "ola_to_pb": (0.01, 1000.0, ""),
    "humidity_percent": (0.0, 100.0, " %"),
    "lead_mmol": (1e-6, 1e6, " mmol"),
}
OPTIONAL = frozenset(
    {"ratio_ca_pb_u", "cs_to_pb", "oa_to_pb", "ola_to_pb", "humidity_percent", "lead_mmol"}
)


class UnforecastableConditions(ValueError):
    """The conditions make no sense to the model; the message says which, and how to mend it.

    ``field`` is the condition that it is about, empty when it is about all of them.
    """

    def __init__(self, sentence: str, field: str = "") -> None:
        super().__init__(sentence)
        self.field = field


@dataclass(frozen=True, slots=True)
class Conditions:
    """One planned flask, as far as the forecast looks at it.

    ``ratio_ca_pb`` is the effective n(Ca)/n(Pb), corrected for assay and hydrate; its standard
    uncertainty ``ratio_ca_pb_u`` is integrated over.
    The ratios to lead and the humidity may be None: the paper's value is then assumed.
    ``lead_mmol`` is kept and not used: the model knows nothing about scale.
    ``precursor_appearance`` never changes the forecast itself; it gives a second one beside it.

    Raises
    ------
    UnforecastableConditions
        For a value that is not a finite number, lies outside what a flask can be, or is not a
        known word.
    """

    ratio_ca_pb: float
    injection_temperature_c: float = 170.0
    seed: str = "CaIx"
    purification_cycles: int = 1
    reaction_seconds: float = 5.0
    cs_to_pb: float | None = None
    oa_to_pb: float | None = None
    ola_to_pb: float | None = None
    humidity_percent: float | None = None
    lead_mmol: float | None = None
    precursor_appearance: str | None = None
    ratio_ca_pb_u: float | None = None

    def __post_init__(self) -> None:
        for name in LIMITS:
            typed = getattr(self, name)
            if typed is None and name in OPTIONAL:
                continue
            object.__setattr__(self, name, _number(name, typed))
        if self.purification_cycles != int(self.purification_cycles):
            raise UnforecastableConditions(
                f"purification_cycles counts whole washes, not {self.purification_cycles:g}.",
                "purification_cycles",
            )
        object.__setattr__(self, "purification_cycles", int(self.purification_cycles))
        _word("seed", self.seed, SEEDS)
        if self.precursor_appearance is not None:
            _word("precursor_appearance", self.precursor_appearance, APPEARANCES)

    @classmethod
    def from_dict(cls, given: Mapping[str, Any]) -> Conditions:
        """Read conditions from JSON-like data; unknown keys are refused, absent ones take defaults.

        >>> Conditions.from_dict({"ratio_ca_pb": 0.5}).injection_temperature_c
        170.0
        """
        if not isinstance(given, Mapping):
            raise UnforecastableConditions(
                "Give the conditions as names and values, for example ratio_ca_pb: 0.5."
            )
        known = [field.name for field in fields(cls)]
        unknown = sorted(str(name) for name in given if name not in known)
        if unknown:
            raise UnforecastableConditions(
                f"The forecast does not know {', '.join(unknown)}. It takes {', '.join(known)}.",
                unknown[0],
            )
        if given.get("ratio_ca_pb") is None:
            raise UnforecastableConditions(
                "Give ratio_ca_pb, the ratio n(Ca)/n(Pb) in the flask, for example 0.5.",
                "ratio_ca_pb",
            )
        return cls(**given)

    def as_dict(self) -> dict[str, Any]:
        """Return every condition, JSON-ready; `from_dict` reads it back unchanged."""
        return asdict(self)


def _number(name: str, typed: object) -> float:
    if isinstance(typed, bool) or not isinstance(typed, Real | Decimal):
        raise UnforecastableConditions(f"{name} must be a number, not {_shown(typed)}.", name)
    try:
        value = float(typed)
    except (OverflowError, ValueError):  # an integer beyond any float, or a signalling NaN
        value = math.nan
    if not math.isfinite(value):
        raise UnforecastableConditions(
            f"{name} must be a finite number, not {_shown(typed)}.", name
        )
    low, high, unit = LIMITS[name]
    if not low <= value <= high:
        raise UnforecastableConditions(
            f"{name} must be {low:g} to {high:g}{unit}, not {value:g}. Check the unit.",
            name,
        )
    return value + 0.0  # a typed −0 is plain zero


def _word(name: str, typed: object, allowed: tuple[str, ...]) -> None:
    if not isinstance(typed, str) or typed not in allowed:
        raise UnforecastableConditions(
            f"{name} must be one of {', '.join(allowed)}, not {_shown(typed)}.",
            name,
        )


def _shown(typed: object) -> str:
    """Return what was typed, short enough for a sentence."""
    if isinstance(typed, int) and abs(typed) > 10**40:  # printing a huge integer may itself fail
        return "a number with too many digits"
    if isinstance(typed, Real | Decimal):
        return str(typed)
    if isinstance(typed, str):
        return repr(typed) if len(typed) <= 40 else repr(typed[:37] + "...")
    return "nothing" if typed is None else f"a {type(typed).__name__}"
