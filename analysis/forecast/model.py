"""The phase model: competing risks times an ordered logit along R, fitted to labelled rows.

A flask first stays black or not; if black it is alpha, mixed or gamma according to where R lies
against a hidden threshold; if not it is delta or failed. Priors as printed in the project's science
notes, section 4: centred on the paper, wide wherever the paper is silent.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import scipy
from numpy.typing import NDArray

from analysis.forecast import conditions as paper_values
from analysis.forecast.conditions import Conditions
from analysis.forecast.paper import PAPER_ROWS

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
_MEAN = np.array([prior.mean for prior in PRIORS])
_SD = np.array([prior.sd for prior in PRIORS])

_SEED = 20230509
_PROPOSALS = 16_384  # half around the mode, half from the prior
_KEPT = 4096
_STEP = 1e-4


@dataclass(frozen=True, slots=True)
class Features:
    """Conditions as the model sees them: arrays over n conditions, zero at the paper's values."""

    ratio: Floats
    threshold_terms: Floats  # (n, 5): temperature, ln OA, ln OLA, ln time, ln Cs
    black_terms: Floats  # (n, 8)
    temperature: Floats  # per 20 °C from 170 °C
    pbs: Floats


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
        np.maximum(columns["ratio"] - 0.8, 0.0),
        columns["washes"] - 1.0,
        (columns["humidity"] - 60.0) / 20.0,
        ln_cs,
        ln_time,
    )
    return Features(
        ratio=columns["ratio"],
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
    """Return P(phase), shape (draws, n, 5), for parameters of shape (draws, 19)."""
    width = np.exp(parameters[:, 1:2])
    cut = np.exp(parameters[:, 2:3])
    threshold = parameters[:, 0:1] + parameters[:, 3:8] @ at.threshold_terms.T
    above = (at.ratio - threshold) / width - parameters[:, 8:9] * at.pbs
    alpha = scipy.special.expit(-(above + cut))
    gamma = scipy.special.expit(above - cut)
    black = scipy.special.expit(parameters[:, 9:17] @ at.black_terms.T)
    delta = scipy.special.expit(parameters[:, 17:18] + parameters[:, 18:19] * at.temperature)
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


def fit(conditions: Sequence[Conditions], phases: Sequence[str]) -> Floats:
    """Return equally weighted posterior draws, shape (4096, 19), given labelled flasks.

    Importance sampling from an even mixture of the Laplace approximation and the prior. The prior's
    half bounds every weight, so no single draw can carry the answer. The same input always gives
    the same draws. With no rows at all the draws follow the prior.
    """
    at = features(conditions)
    observed = np.array([PHASES.index(phase) for phase in phases], dtype=np.intp)
    rng = np.random.default_rng(_SEED)
    mode, curvature = _laplace(at, observed)
    eigenvalues, axes = np.linalg.eigh(curvature)
    eigenvalues = np.maximum(eigenvalues, 1.0)  # the prior alone gives 1: data never widen it
    half = _PROPOSALS // 2
    around_mode = mode + (rng.standard_normal((half, mode.size)) / np.sqrt(eigenvalues)) @ axes.T
    proposals = np.vstack((around_mode, rng.standard_normal((half, mode.size))))

    log_prior = -0.5 * np.sum(proposals**2, axis=1)
    from_mode = (proposals - mode) @ axes
    log_laplace = 0.5 * np.sum(np.log(eigenvalues)) - 0.5 * np.sum(
        eigenvalues * from_mode**2, axis=1
    )
    log_proposal = np.logaddexp(log_laplace, log_prior)
    log_weight = log_prior + _log_likelihood(proposals, at, observed) - log_proposal
    weights = np.exp(log_weight - scipy.special.logsumexp(log_weight))
    return np.asarray(_MEAN + _SD * proposals[evenly_picked(weights, _KEPT)])


def _log_likelihood(whitened: Floats, at: Features, observed: NDArray[np.intp]) -> Floats:
    chances = phase_probabilities(_MEAN + _SD * whitened, at)
    return np.asarray(np.log(chances[:, np.arange(observed.size), observed]).sum(axis=1))


def _laplace(at: Features, observed: NDArray[np.intp]) -> tuple[Floats, Floats]:
    """Return the posterior mode and the curvature there, in units of the prior's sd."""
    size = _MEAN.size
    steps = np.eye(size) * _STEP

    def cost(points: Floats) -> Floats:
        return np.asarray(0.5 * np.sum(points**2, axis=1) - _log_likelihood(points, at, observed))

    def slope(point: Floats) -> Floats:
        values = cost(np.vstack((point + steps, point - steps)))
        return np.asarray((values[:size] - values[size:]) / (2.0 * _STEP))

    found = scipy.optimize.minimize(
        lambda point: float(cost(point[None])[0]), np.zeros(size), jac=slope
    )
    mode = np.asarray(found.x, dtype=np.float64)
    wide = 20.0 * steps  # slopes are differences already: a wider step keeps the second one smooth
    rows = [(slope(mode + row) - slope(mode - row)) / (40.0 * _STEP) for row in wide]
    curvature = np.array(rows)
    return mode, (curvature + curvature.T) / 2.0


def evenly_picked(weights: Floats, count: int) -> NDArray[np.intp]:
    """Return ``count`` indices in proportion to the weights: systematic resampling, no chance."""
    edges = np.cumsum(weights) / np.sum(weights)
    picks = (np.arange(count) + 0.5) / count
    return np.minimum(np.searchsorted(edges, picks), weights.size - 1)


@lru_cache(maxsize=1)
def paper_posterior() -> Floats:
    """Return the draws given the paper's six rows, each counted once; fitted once per process."""
    draws = fit([row.conditions for row in PAPER_ROWS], [row.phase for row in PAPER_ROWS])
    draws.setflags(write=False)
    return draws
