"""How many exponentials a map carries, and how far equally good models and its two halves disagree."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from analysis.techniques.ta.kinetics import Data, Fit, Model, fit

Floats = NDArray[np.float64]

MOST = 3  # exponentials
AS_WELL = 1.05  # times χ² per degree of freedom of the best: it describes the map as well
RESPONSE_FORM = (
    0.03  # of its width: what a sech² pulse fitted by a Gaussian moves short lifetimes by, and more
)
FWHM = 2.3548
APART = 2.0  # lifetimes nearer than this factor are one that is not exponential
SURE = 0.5  # of ln τ: with more nobody knows the lifetime
CLOSE = 10.0  # of BIC: less is no decision (Kass & Raftery, J. Am. Stat. Assoc. 1995, 90, 773)
OTHER = 0.3  # of ln τ: a lifetime of another model that lies further away is another lifetime
EARLIER = 0.3  # of the window: where it ends when it is cut short
LEAST_DELAYS = 20  # for the lifetimes of a part of the delays
BEYOND = 1.5  # of the window: a lifetime above it is a level that stays
MISFIT = 4.0  # of χ² per degree of freedom: no sum of exponentials is the right model


@dataclass(frozen=True, slots=True)
class Choice:
    """The model taken and its rivals; ``spread_ln`` is what they say of ln τ, by lifetime."""

    best: Fit
    spread_ln: Floats
    evidence: tuple[
        tuple[str, float, float], ...
    ]  # words, BIC over the best, χ² per degree of freedom
    stays: bool  # part of the signal does not decay within the window
    unsettled: str = (
        ""  # a model of another number of lifetimes that describes the map as well and has others
    )

    @property
    def reduced_chi2(self) -> float:
        """χ² per degree of freedom, with the noise of neighbouring delays."""
        return self.best.chi2 / self.best.freedom

    @property
    def u_ln(self) -> Floats:
        """Standard uncertainty of ln τ: statistics and spread."""
        return np.hypot(self.best.u_ln, self.spread_ln)


def chosen(data: Data, wanted: int | None = None) -> Choice:
    """Fit one to three exponentials, with and without a level that stays, and choose by BIC.

    ``wanted`` is the number of exponentials that a person asks for; None leaves it to the evidence.
    """
    span = float(data.delays_ps[-1] - data.zero_ps)
    shortest = max(data.rise_ps, 1e-4 * span)
    fits: list[Fit] = []
    others: list[Fit] = []  # other minima of the same models

    def try_from(model: Model, starts: list[Floats], near: Fit | None) -> None:
        tried = sorted((fit(data, model, one, near) for one in starts), key=lambda one: one.chi2)
        fits.append(tried[0])
        others.extend(tried[1:])

    for n in range(1, MOST + 1):
        near = fits[-1] if fits else None
        starts = [_starts(shortest, span, n)]
        try_from(Model(n), starts + (_with_one_more(near.lifetimes_ps, span) if near else []), near)
    leader = _best(fits, data, wanted)
    for n in sorted({leader.model.exponentials, max(leader.model.exponentials - 1, 1)}):
        near = fits[n - 1]
        starts = [near.lifetimes_ps, np.minimum(near.lifetimes_ps, 0.5 * span)]
        if n < MOST:  # the longest of one more may be what stays
            starts.append(fits[n].lifetimes_ps[:-1])
        try_from(Model(n, offset=True), starts, near)
    leader = _best(fits, data, wanted)
    if data.resolved:
        model = replace(leader.model, artefact=True)
        fits.append(fit(data, model, leader.lifetimes_ps, leader))
    best = _best(fits, data, wanted)
    scale = _scale(fits)
    evidence = tuple(
        (
            _words(one.model),
            _bic(one, data, scale) - _bic(best, data, scale),
            one.chi2 / one.freedom,
        )
        for one in fits
    )
    equal = AS_WELL * best.chi2 / best.freedom
    rivals = [one for one in fits if one is not best and one.chi2 / one.freedom < equal]
    minima = [one for one in others if one.model == best.model and one.chi2 / one.freedom < equal]
    form = RESPONSE_FORM * FWHM * best.sigma_ps / best.lifetimes_ps
    spread = np.sqrt(
        _spread(best, rivals + minima) ** 2
        + _halves(best, data) ** 2
        + _shorter(best, data) ** 2
        + _later(best, data) ** 2
        + form**2
    )
    return Choice(best, spread, evidence, best.model.offset, _unsettled(best, rivals, data, scale))


def _with_one_more(lifetimes_ps: Floats, span: float) -> list[Floats]:
    """Return lifetimes with another below, between and above them: a larger model begins where the smaller one ended."""
    below, above = lifetimes_ps[:1] / 5, np.minimum(lifetimes_ps[-1:] * 5, span)
    more = [*below, *np.sqrt(lifetimes_ps[1:] * lifetimes_ps[:-1]), *above]
    return [np.sort(np.append(lifetimes_ps, one)) for one in more]


def _starts(shortest: float, span: float, n: int) -> Floats:
    return np.geomspace(3 * shortest, 0.3 * span, n) if n > 1 else np.array([0.3 * span])


def _scale(fits: list[Fit]) -> float:
    return max(1.0, min(one.chi2 / one.freedom for one in fits))


def _bic(one: Fit, data: Data, scale: float) -> float:
    """BIC with the noise scaled to the best fit: no model is preferred for following the laser."""
    groups = data.values.shape[0]
    free = one.parameters.size + groups * one.model.columns(data.resolved)
    return float(one.chi2 / scale + free * np.log(data.values.size))


def _is_sound(one: Fit, data: Data) -> bool:
    """Whether every lifetime is one of its own that the window carries."""
    span = float(data.delays_ps[-1] - data.zero_ps)
    tau = one.lifetimes_ps
    apart = (tau[1:] / tau[:-1] >= APART).all()
    carried = tau[-1] <= BEYOND * span and tau[0] >= 0.5 * max(one.sigma_ps, 0.4 * data.rise_ps)
    return bool(apart and carried and (one.u_ln <= SURE).all())


def _best(fits: list[Fit], data: Data, wanted: int | None) -> Fit:
    asked = [one for one in fits if wanted is None or one.model.exponentials == wanted]
    sound = [one for one in asked if _is_sound(one, data)]
    scale = _scale(fits)
    return min(sound or asked, key=lambda one: _bic(one, data, scale))


def _spread(best: Fit, rivals: list[Fit]) -> Floats:
    """Half of how far ln τ moves between models that describe the map as well."""
    found = np.zeros(best.lifetimes_ps.size)
    for one in rivals:
        far = np.abs(np.log(one.lifetimes_ps[None, :] / best.lifetimes_ps[:, None])).min(axis=1)
        found = np.maximum(found, far / 2)
    return found


def _unsettled(best: Fit, rivals: list[Fit], data: Data, scale: float) -> str:
    """Return the words of a sound rival whose lifetimes are not those of the best model; "" where there is none.

    A larger model describes every map as well: it is a rival only where BIC is close too.
    """
    for one in rivals:
        larger = one.model.columns(False) > best.model.columns(False)
        if not _is_sound(one, data) or (larger and _bic(one, data, scale) - _bic(best, data, scale) > CLOSE):  # fmt: skip
            continue
        few, many = sorted((best.lifetimes_ps, one.lifetimes_ps), key=len)
        far = np.abs(np.log(many[:, None] / few[None, :])).min(axis=1)
        if (far > OTHER).any():
            return _words(one.model)
    return ""


def _shorter(best: Fit, data: Data) -> Floats:
    """How far lifetimes move beyond their noise when the delays end earlier: a sum of exponentials would keep its own.

    What is no sum, such as a decay of second order, has other lifetimes in every window.
    """
    kept = data.delays_ps - data.zero_ps <= EARLIER * float(data.delays_ps[-1] - data.zero_ps)
    if kept.sum() < 0.5 * kept.size:
        return np.zeros(best.lifetimes_ps.size)
    part = replace(data, delays_ps=data.delays_ps[kept], values=data.values[:, kept])
    return _beyond_noise(best, fit(part, best.model, best.lifetimes_ps, best))


def _later(best: Fit, data: Data) -> Floats:
    """The same when the delays begin after the shortest lifetime: the rise, and what is steep at it, is left out."""
    after = max(float(best.lifetimes_ps[0]), 5 * best.sigma_ps, 2 * data.rise_ps)
    kept = data.delays_ps - data.zero_ps >= after
    if kept.sum() < LEAST_DELAYS:
        return np.zeros(best.lifetimes_ps.size)
    base = best.amplitudes[:, -1:] if data.resolved else 0.0
    part = replace(data, delays_ps=data.delays_ps[kept], values=data.values[:, kept] - base, resolved=False)  # fmt: skip
    return _beyond_noise(best, fit(part, replace(best.model, artefact=False), best.lifetimes_ps))


def _beyond_noise(one: Fit, other: Fit) -> Floats:
    """Half of how far ln τ of two fits disagree, less their noise; 0 where a lifetime is not known by both."""
    apart = np.log(one.lifetimes_ps / other.lifetimes_ps) / 2
    noise = (one.u_ln**2 + other.u_ln**2) / 4
    known = (one.u_ln < SURE) & (other.u_ln < SURE)
    return np.where(known, np.sqrt(np.maximum(apart**2 - noise, 0)), 0.0)


def _halves(best: Fit, data: Data) -> Floats:
    """How far the blue and the red half disagree beyond their noise: shared lifetimes are an assumption."""
    middle = data.values.shape[0] // 2
    found = []
    for part in (slice(None, middle), slice(middle, None)):
        half = replace(
            data,
            u=data.u[part],
            values=data.values[part],
            noise=data.noise[part],
            resolved=data.resolved,
        )
        found.append(fit(half, best.model, best.lifetimes_ps, best))
    blue, red = found
    return _beyond_noise(blue, red)


def _words(model: Model) -> str:
    parts = [f"{model.exponentials} exponential{'s' if model.exponentials > 1 else ''}"]
    parts += ["a level that stays"] * model.offset + ["an artefact at zero"] * model.artefact
    return " + ".join(parts)
