"""Single-carrier devices simulated from Poisson's equation: drift, one trap level, thermal carriers.

dF/dx = e (p − p0 + t(p) − t(p0)) / εε0 with p = J/(eμF) and t(p) = N_t p/(p + p1); F(0) = 0 (Lampert & Mark,
Current Injection in Solids, 1970, chapter 4). No segment of it is a straight line in the logarithms.
"""

from __future__ import annotations

import numpy as np

from analysis.reading import Channel, Reading

E, EPS0 = 1.602176634e-19, 8.8541878128e-12  # C, F/m


def v_tfl(traps_cm3: float, thickness_nm: float, permittivity: float) -> float:
    """Return the voltage at which all traps are full: e N L²/(2 ε ε0)."""
    return E * traps_cm3 * 1e6 * (thickness_nm * 1e-9) ** 2 / (2 * permittivity * EPS0)


def empty(traps_cm3: float, p0_cm3: float, depth: float) -> float:
    """Return the traps (1/cm³) that are empty before any current flows: the ones that filling can count."""
    p1 = depth * traps_cm3
    return traps_cm3 * p1 / (p0_cm3 + p1)


def current(
    volts,
    traps_cm3=5e16,
    thickness_nm=200.0,
    permittivity=6.32,
    mobility=1e-4,
    p0_cm3=1e12,
    depth=1e-3,
):
    """Return the current density (mA/cm²) at each voltage; ``mobility`` in cm²/Vs, ``depth`` is p1 over N_t."""
    length, mu = thickness_nm * 1e-9, mobility * 1e-4
    traps, p0 = traps_cm3 * 1e6, p0_cm3 * 1e6
    p1 = depth * traps
    filled0 = traps * p0 / (p0 + p1)
    levels = np.logspace(-12, 7, 500)  # A/m²
    reached = np.empty_like(levels)
    # carriers fall from the contact to the far end; where they reach p0 the field is uniform (Ohm's law)
    over = np.logspace(14, -9, 3000)  # p − p0 in units of p0
    p = p0 * (1 + over)
    charge = p - p0 + traps * p / (p + p1) - filled0
    for k, j in enumerate(levels):
        field = j / (E * mu * p)
        dx = np.diff(field) * permittivity * EPS0 / (E * np.sqrt(charge[1:] * charge[:-1]))
        x = np.concatenate([[0.0], np.cumsum(dx)])
        v = np.concatenate([[0.0], np.cumsum(dx * (field[1:] + field[:-1]) / 2)])
        if x[-1] < length:
            reached[k] = v[-1] + field[-1] * (length - x[-1])
        else:
            reached[k] = np.interp(length, x, v)
    order = np.argsort(reached)
    return np.exp(np.interp(np.log(volts), np.log(reached[order]), np.log(levels[order]))) / 10


def sweep(volts, density, *more: Channel) -> Reading:
    return Reading(
        "sclc",
        "test 1",
        (
            Channel("voltage", "V", np.asarray(volts, float)),
            Channel("current_density", "mA/cm2", np.asarray(density, float)),
            *more,
        ),
    )


def measured(seed, depth=1e-3, noise=0.02, points=100) -> Reading:
    """Return a noisy sweep of a film of 200 nm, known to 2 nm, of an area known to 3 %, with a logarithmic step."""
    rng = np.random.default_rng(seed)
    volts = np.logspace(-2, 1.25, points)
    j = current(volts, depth=depth, thickness_nm=200 + 2 * rng.normal())
    j *= np.exp(noise * rng.normal(size=points))
    return sweep(volts, j * (1 + 0.03 * rng.normal()))
