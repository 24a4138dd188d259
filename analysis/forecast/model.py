"""The phase model: competing risks times an ordered logit along R. `posterior` fits it to rows.

A flask first stays black or not; if black it is alpha, mixed or gamma according to where R lies
against a hidden threshold; if not it is delta or failed. Priors as printed in the project's science
notes, section 4: centred on the paper, wide wherever the paper is silent.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy
from numpy.typing import NDArray

from analysis.forecast import conditions as paper_values
from analysis.forecast.conditions import Conditions

Floats = NDArray[np.float64]

PHASES = ("alpha", "mixed", "gamma", "delta", "failed")
LABEL_NOISE = 0.04  # share of labels taken to be drawn at random from the five


@dataclass(frozen=True, slots=True)
class Prior:
    """A Gaussian belief about one parameter. ``basis`` is "paper" or "guess"."""

    name: str
    mean: float
    sd: float
    basis: str
    meaning: str


PRIORS = (
    Prior("threshold", 0.375, 0.2, "paper", "R at which α and γ are equally likely"),
    Prior("ln_width", float(np.log(0.05)), 0.5, "guess", "ln of the width of the change in R"),
    Prior("ln_cut", 0.0, 0.4, "guess", "ln of half the mixed zone, in widths"),
    Prior("threshold_per_20c", 0.0, 0.06, "guess", "shift of the threshold per 20 °C"),
    Prior("threshold_per_ln_oa", 0.05, 0.12, "guess", "shift per factor e in oleic acid"),
    Prior("threshold_per_ln_ola", 0.0, 0.08, "guess", "shift per factor e in oleylamine"),
    Prior("threshold_per_ln_s", 0.0, 0.05, "guess", "shift per factor e in reaction time"),
    Prior("threshold_per_ln_cs", 0.0, 0.08, "guess", "shift per factor e in Cs:Pb"),
    Prior("pbs_shift", 3.0, 1.5, "paper", "pull of PbS seeds towards α, in logits"),
    Prior("black", 2.5, 0.8, "guess", "logit of a black phase under the paper's conditions"),
    Prior("black_per_20c", 0.0, 0.5, "guess", "change of that logit per 20 °C"),
    Prior("black_per_20c_squared", -1.0, 0.6, "guess", "its fall on either side of 170 °C"),
    Prior("black_above_0_8", -1.0, 1.0, "guess", "its change per unit of R above 0.8"),
    Prior("black_per_wash", -0.4, 0.4, "guess", "its change per further wash"),
    Prior("black_per_20_percent", -0.2, 0.3, "guess", "its change per 20 % humidity above 60 %"),
    Prior("black_per_ln_cs", 0.0, 0.4, "guess", "its change per factor e in Cs:Pb"),
    Prior("black_per_ln_s", -0.2, 0.3, "guess", "its change per factor e in reaction time"),
    Prior("delta", 0.0, 0.8, "guess", "logit of δ against failed when not black"),
    Prior("delta_per_20c", -0.5, 0.6, "guess", "its change per 20 °C"),
)
BEND = 0.8  # R above which the black phase may fail for want of lead, or stay: a guess


@dataclass(frozen=True, slots=True)
class Features:
    """Conditions as the model sees them: arrays over n conditions, zero at the paper's values."""

    ratio: Floats
    ratio_u: Floats  # standard uncertainty of R, 0 where none is known
    threshold_terms: Floats  # (n, 5): temperature, ln OA, ln OLA, ln time, ln Cs
    black_terms: Floats  # (n, 8)
    temperature: Floats  # per 20 °C from 170 °C
    pbs: Floats

    def single(self) -> Features:
        """Return the same in single precision."""
        return Features(*(getattr(self, name).astype(np.float32) for name in self.__slots__))

    def only(self, rows: NDArray[np.intp]) -> Features:
        """Return these rows alone."""
        return Features(
            self.ratio[rows],
            self.ratio_u[rows],
            self.threshold_terms[rows],
            self.black_terms[rows],
            self.temperature[rows],
            self.pbs[rows],
        )


def features(conditions: Sequence[Conditions]) -> Features:
    """Return the model's view of each of the conditions."""
    columns = _columns(conditions)
    temperature = (columns["temperature_c"] - 170.0) / 20.0
    ln_oa = np.log(columns["oa"] / paper_values.PAPER_OA_TO_PB)
    ln_ola = np.log(columns["ola"] / paper_values.PAPER_OLA_TO_PB)
    ln_cs = np.log(columns["cs"] / paper_values.PAPER_CS_TO_PB)
    ln_time = np.log(columns["seconds"] / 5.0)
    black = (
        np.ones_like(temperature),
        temperature,
        temperature**2,
        _mean_above(columns["ratio"] - BEND, columns["ratio_u"]),
        columns["washes"] - 1.0,
        (columns["humidity"] - 60.0) / 20.0,
        ln_cs,
        ln_time,
    )
    return Features(
        ratio=columns["ratio"],
        ratio_u=columns["ratio_u"],
        threshold_terms=np.stack((temperature, ln_oa, ln_ola, ln_time, ln_cs), axis=1),
        black_terms=np.stack(black, axis=1),
        temperature=temperature,
        pbs=columns["pbs"],
    )


def scaled(conditions: Sequence[Conditions]) -> Floats:
    """Return the conditions, shape (n, 9), in units in which 1 is a change worth noticing."""
    columns = _columns(conditions)
    return np.stack(
        (
            columns["ratio"] / 0.3,
            columns["temperature_c"] / 10.0,
            np.log(columns["oa"]) / 0.3,
            np.log(columns["ola"]) / 0.3,
            np.log(columns["cs"]) / 0.3,
            np.log(columns["seconds"]) / 0.5,
            columns["washes"],
            columns["humidity"] / 20.0,
            columns["pbs"] * 2.0,
        ),
        axis=1,
    )


def _columns(conditions: Sequence[Conditions]) -> dict[str, Floats]:
    def column(*values: float | None, default: float = 0.0) -> Floats:
        return np.array([default if value is None else value for value in values], dtype=np.float64)

    return {
        "ratio": column(*(c.ratio_ca_pb for c in conditions)),
        "ratio_u": column(*(c.ratio_ca_pb_u for c in conditions)),
        "temperature_c": column(*(c.injection_temperature_c for c in conditions)),
        "oa": column(*(c.oa_to_pb for c in conditions), default=paper_values.PAPER_OA_TO_PB),
        "ola": column(*(c.ola_to_pb for c in conditions), default=paper_values.PAPER_OLA_TO_PB),
        "cs": column(*(c.cs_to_pb for c in conditions), default=paper_values.PAPER_CS_TO_PB),
        "seconds": column(*(c.reaction_seconds for c in conditions)),
        "washes": column(*(c.purification_cycles for c in conditions)),
        "humidity": column(
            *(c.humidity_percent for c in conditions),
            default=paper_values.PAPER_HUMIDITY_PERCENT,
        ),
        "pbs": column(*(1.0 if c.seed == "PbS" else 0.0 for c in conditions)),
    }


def phase_probabilities(parameters: Floats, at: Features) -> Floats:
    """Return P(phase), shape (draws, n, 5), for parameters of shape (draws, 19).

    The uncertainty of R is integrated over: a logistic of a Gaussian is, within 0.02, a logistic
    that is wider by sqrt(1 + pi/8 (u/width)²) (MacKay, Neural Computation 1992, 4, 720).
    """
    above, cut = _above_threshold(parameters, at)
    alpha = scipy.special.expit(-(above + cut))
    gamma = scipy.special.expit(above - cut)
    black = _black(parameters, at)
    delta = _delta(parameters, at)
    clean = np.stack(
        (
            black * alpha,
            black * np.maximum(1.0 - alpha - gamma, 0.0),
            black * gamma,
            (1.0 - black) * delta,
            (1.0 - black) * (1.0 - delta),
        ),
        axis=-1,
    )
    return np.asarray((1.0 - LABEL_NOISE) * clean + LABEL_NOISE / len(PHASES))


def mean_chances(parameters: Floats, at: Features) -> Floats:
    """Return the mean of P(phase) over the draws, shape (n, 5), in single precision: for maps."""
    few: Any = parameters.astype(np.float32)
    small = at.single()
    above, cut = _above_threshold(few, small)
    black, delta = _black(few, small), _delta(few, small)
    alpha = black * scipy.special.expit(-(above + cut))
    gamma = black * scipy.special.expit(above - cut)
    white_delta = (1 - black) * delta
    parts = [part.mean(axis=0, dtype=np.float64) for part in (alpha, gamma, black, white_delta)]
    mean = (
        parts[0],
        np.maximum(parts[2] - parts[0] - parts[1], 0.0),
        parts[1],
        parts[3],
        1.0 - parts[2] - parts[3],
    )
    return np.asarray((1.0 - LABEL_NOISE) * np.stack(mean, axis=1) + LABEL_NOISE / len(PHASES))


def chance_of(phase: str, parameters: Floats, at: Features) -> Floats:
    """Return P(this phase) alone, shape (draws, n): the same as above, without the other four."""
    black = _black(parameters, at)
    if phase in ("delta", "failed"):
        delta = _delta(parameters, at)
        clean = (1.0 - black) * (delta if phase == "delta" else 1.0 - delta)
    else:
        above, cut = _above_threshold(parameters, at)
        low = 0.0 if phase == "gamma" else scipy.special.expit(-(above + cut))
        high = 0.0 if phase == "alpha" else scipy.special.expit(above - cut)
        part = np.maximum(1.0 - low - high, 0.0) if phase == "mixed" else low + high
        clean = black * part
    return np.asarray((1.0 - LABEL_NOISE) * clean + LABEL_NOISE / len(PHASES))


def _above_threshold(parameters: Floats, at: Features) -> tuple[Floats, Floats]:
    """Return how far R is above the threshold and half the mixed zone, both in widths."""
    width = np.exp(parameters[:, 1:2])
    cut = np.exp(parameters[:, 2:3])
    threshold = parameters[:, 0:1] + parameters[:, 3:8] @ at.threshold_terms.T
    above = (at.ratio - threshold) / width - parameters[:, 8:9] * at.pbs
    if not at.ratio_u.any():
        return above, cut
    blur = np.sqrt(1.0 + np.pi / 8.0 * (at.ratio_u / width) ** 2)
    return above / blur, cut / blur


def _black(parameters: Floats, at: Features) -> Floats:
    return np.asarray(scipy.special.expit(parameters[:, 9:17] @ at.black_terms.T))


def _delta(parameters: Floats, at: Features) -> Floats:
    return np.asarray(
        scipy.special.expit(parameters[:, 17:18] + parameters[:, 18:19] * at.temperature)
    )


def _mean_above(over: Floats, u: Floats) -> Floats:
    """Return the mean of max(x, 0) for x normal around ``over`` with standard deviation ``u``."""
    sure = np.maximum(over, 0.0)
    if not u.any():
        return np.asarray(sure)
    z = over / np.maximum(u, 1e-12)
    density = np.exp(-0.5 * z**2) / np.sqrt(2.0 * np.pi)
    return np.asarray(np.where(u > 0, over * scipy.special.ndtr(z) + u * density, sure))
