"""A sum of exponentials with shared lifetimes through a whole map: variable projection.

ΔA(λ, t) = Σ DAS_i(λ)·c_i(t − t0(λ)) + baseline(λ). Each c_i is an exponential convolved with a Gaussian response
(van Stokkum, Larsen & van Grondelle, Biochim. Biophys. Acta 2004, 1657, 82, eq. 9); the zero of time is a polynomial
of the wavelength (chirp). The amplitudes are linear and are solved for at each step (Golub & Pereyra 1973), so that
only the zero, the response and the lifetimes are searched.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import erfc, erfcx

from analysis.techniques.ta.descent import least_squares
from analysis.techniques.ta.matrix import Map, cell_noise

Floats = NDArray[np.float64]

GROUPS = 24  # wavelengths are averaged into so many for the search
CHIRP = 2  # order of the zero of time over the wavelength
LEAST_BEFORE = 3  # delays before the rise, for a baseline
RIDGE = 1e-11


@dataclass(frozen=True, slots=True)
class Model:
    """What is fitted: how many exponentials, beside a step that does not decay in the window or an artefact."""

    exponentials: int
    offset: bool = False
    artefact: bool = False  # of pump and probe together: the response itself

    def columns(self, baseline: bool) -> int:
        """How many amplitudes each wavelength has."""
        return self.exponentials + self.offset + self.artefact + baseline


@dataclass(frozen=True, slots=True)
class Data:
    """Groups of wavelengths for the search; all of shape (g,) but ``values`` (g, t)."""

    u: Floats  # place of the group on the wavelength axis, -1 to 1
    delays_ps: Floats
    values: Floats
    noise: Floats
    zero_ps: float  # where the signal rises
    rise_ps: float  # what the delays resolve there
    resolved: bool  # there are delays before the rise: response and zero can be found


@dataclass(frozen=True, slots=True)
class Fit:
    """A fitted model. ``lifetimes_ps`` ascend; ``covariance`` is of t0, chirp, ln σ and ln τ."""

    model: Model
    parameters: Floats
    lifetimes_ps: Floats
    covariance: Floats
    chi2: float
    freedom: int
    amplitudes: Floats  # of the groups, shape (g, m)

    @property
    def sigma_ps(self) -> float:
        """Standard deviation of the response, 0 where it is not resolved."""
        return sigma_of(self.parameters, self.model)

    @property
    def u_ln(self) -> Floats:
        """Standard uncertainty of ln τ of each lifetime."""
        n = self.model.exponentials
        return np.sqrt(np.diag(self.covariance)[-n:]) if n else np.empty(0)


def sigma_of(parameters: Floats, model: Model) -> float:
    """Return σ of the response of a set of parameters."""
    head = parameters.size - model.exponentials
    return float(np.exp(parameters[head - 1])) if head else 0.0


def zero_of(parameters: Floats, model: Model, u: Floats) -> Floats:
    """Return the zero of time, in ps, at places of the wavelength axis."""
    head = parameters.size - model.exponentials
    if not head:
        return np.zeros(u.size)
    return np.asarray(np.polynomial.polynomial.polyval(u, parameters[: head - 1]), dtype=float)


def place_of(wavelengths_nm: Floats, among: Floats) -> Floats:
    """Return wavelengths on an axis from -1 to 1."""
    low, high = among[0], among[-1]
    return np.asarray((2 * wavelengths_nm - low - high) / (high - low), dtype=float)


def data_of(found: Map) -> Data:
    """Average the wavelengths of a map into groups, and find where the signal rises."""
    u = place_of(found.wavelengths_nm, found.wavelengths_nm)
    weight = 1 / found.noise**2
    parts = np.array_split(np.arange(u.size), min(GROUPS, u.size))
    values = np.array(
        [np.average(found.values[part], axis=0, weights=weight[part]) for part in parts]
    )
    noise = cell_noise(values, found.delays_ps)
    floor = np.array([1 / np.sqrt(weight[part].sum()) for part in parts])
    middle = np.array([np.average(u[part], weights=weight[part]) for part in parts])
    zero, step, before = _rise(values / np.maximum(noise, floor)[:, None], found.delays_ps)
    return Data(
        middle,
        found.delays_ps,
        values,
        np.maximum(noise, floor),
        zero,
        step,
        before >= LEAST_BEFORE,
    )


def _rise(scaled: Floats, delays_ps: Floats) -> tuple[float, float, int]:
    """Return where the size of the signal passes half its largest value, the step there, delays before it."""
    size = np.sqrt((scaled**2).mean(axis=0))
    top = int(np.argmax(size))
    floor = float(np.median(size[: max(1, top // 3)]))
    if floor > 0.3 * size[top]:  # the signal is there from the first delay on
        return float(delays_ps[0]), float(np.min(np.diff(delays_ps[:4]))), 0
    over = np.flatnonzero(size[: top + 1] >= floor + 0.5 * (size[top] - floor))
    at = int(over[0]) if over.size else top
    near = np.diff(delays_ps[max(at - 2, 0) : at + 3])
    return float((delays_ps[at] + delays_ps[at - 1]) / 2), float(np.median(near)), at


def basis(
    delays_ps: Floats,
    zero_ps: Floats,
    sigma_ps: float,
    lifetimes_ps: Floats,
    model: Model,
    baseline: bool,
) -> Floats:
    """Return the columns of a model, shape (g, t, m): exponentials, step, artefact, baseline.

    Parameters
    ----------
    delays_ps, zero_ps
        shapes (t,) and (g,).
    """
    x = delays_ps[None, :] - zero_ps[:, None]
    columns = [decay(x, sigma_ps, float(tau)) for tau in lifetimes_ps]
    if model.offset:
        columns.append(step(x, sigma_ps))
    if model.artefact:
        columns.append(np.exp(-0.5 * (x / sigma_ps) ** 2))
    if baseline:
        columns.append(np.ones_like(x))
    return np.stack(columns, axis=-1)


def decay(x_ps: Floats, sigma_ps: float, tau_ps: float) -> Floats:
    """Return exp(−x/τ) from x = 0 on, convolved with a Gaussian of unit area."""
    if sigma_ps <= 0:
        return np.where(x_ps >= 0, np.exp(-np.maximum(x_ps, 0) / tau_ps), 0.0)
    z = (sigma_ps / tau_ps - x_ps / sigma_ps) / np.sqrt(2)
    # each form where it neither overflows nor is needlessly slow; six σ on, the response is over
    found = np.exp(np.minimum(0.5 * (sigma_ps / tau_ps) ** 2 - x_ps / tau_ps, 50.0))
    early, near = z >= 0, (z < 0) & (z > -6)
    found[early] = 0.5 * np.exp(-0.5 * (x_ps[early] / sigma_ps) ** 2) * np.asarray(erfcx(z[early]))
    found[near] *= 0.5 * np.asarray(erfc(z[near]))
    return np.asarray(found, dtype=float)


def step(x_ps: Floats, sigma_ps: float) -> Floats:
    """Return a step at x = 0, convolved with a Gaussian of unit area."""
    if sigma_ps <= 0:
        return np.asarray(x_ps >= 0, dtype=float)
    return np.asarray(0.5 * erfc(-x_ps / (np.sqrt(2) * sigma_ps)), dtype=float)


def amplitudes_of(columns: Floats, values: Floats) -> Floats:
    """Return the amplitudes of least squares, shape (g, m), of columns (g, t, m) and values (g, t)."""
    normal = np.einsum("gti,gtj->gij", columns, columns)
    scale = np.sqrt(np.einsum("gii->gi", normal)) + 1e-300
    normal = normal / scale[:, :, None] / scale[:, None, :] + RIDGE * np.eye(columns.shape[2])
    right = np.einsum("gti,gt->gi", columns, values) / scale
    return np.asarray(np.linalg.solve(normal, right[..., None])[..., 0] / scale)


def fit(data: Data, model: Model, start_ps: Floats, near: Fit | None = None) -> Fit:
    """Return the best parameters of a model from lifetimes to start with, and the zero of another fit.

    The covariance is a sandwich over delays: what one delay has in common at all wavelengths (the laser) counts
    once, and misfit counts.
    """
    n = model.exponentials
    span = float(data.delays_ps[-1] - data.zero_ps)
    if data.resolved:
        head = (
            near.parameters[: near.parameters.size - near.model.exponentials]
            if near is not None
            else np.array([data.zero_ps, *[0.0] * CHIRP, np.log(data.rise_ps)])
        )
        wide = max(20 * data.rise_ps, 0.02 * abs(data.zero_ps))
        low = [data.zero_ps - wide, *[-wide] * CHIRP, np.log(0.2 * data.rise_ps)]
        high = [data.zero_ps + wide, *[wide] * CHIRP, np.log(20 * data.rise_ps)]
        shortest = 0.2 * data.rise_ps
    else:
        head, low, high, shortest = np.empty(0), [], [], 0.2 * data.rise_ps
    start = np.concatenate([head, np.log(np.clip(start_ps, 1.01 * shortest, 29 * span))])
    low += [np.log(shortest)] * n
    high += [np.log(30 * span)] * n

    def residuals(parameters: Floats) -> Floats:
        columns = _columns(data, model, parameters)
        amplitudes = amplitudes_of(columns, data.values)
        left = data.values - np.einsum("gtm,gm->gt", columns, amplitudes)
        return np.asarray((left / data.noise[:, None]).ravel())

    found = least_squares(residuals, start, np.array(low), np.array(high))
    order = np.argsort(found.x[head.size :])
    parameters = np.concatenate([found.x[: head.size], found.x[head.size :][order]])
    columns = _columns(data, model, parameters)
    places = np.concatenate([np.arange(head.size), head.size + order])
    freedom = data.values.size - parameters.size - data.values.shape[0] * columns.shape[2]
    return Fit(
        model,
        parameters,
        np.exp(parameters[head.size :]),
        _sandwich(found.jacobian[:, places], found.residuals, data.values.shape),
        float(found.residuals @ found.residuals),
        max(freedom, 1),
        amplitudes_of(columns, data.values),
    )


def _columns(data: Data, model: Model, parameters: Floats) -> Floats:
    lifetimes = np.exp(parameters[parameters.size - model.exponentials :])
    zero = zero_of(parameters, model, data.u)
    if not data.resolved:
        zero = np.full(data.u.size, min(data.zero_ps, float(data.delays_ps[0])))
    return basis(data.delays_ps, zero, sigma_of(parameters, model), lifetimes, model, data.resolved)


def _sandwich(jacobian: Floats, residuals: Floats, shape: tuple[int, ...]) -> Floats:
    """Return the covariance with residuals of one delay taken together."""
    by_delay = (jacobian * residuals[:, None]).reshape(*shape, -1).sum(axis=0)
    bread = np.linalg.pinv(jacobian.T @ jacobian)
    clustered = (
        bread @ (by_delay.T @ by_delay) @ bread * shape[1] / max(shape[1] - jacobian.shape[1], 1)
    )
    plain = bread * max(
        float(residuals @ residuals) / max(residuals.size - jacobian.shape[1], 1), 0.0
    )
    lower = np.diag(np.diag(clustered)) < np.diag(np.diag(plain))
    return np.asarray(np.where(lower, plain, clustered))
