"""Read a band off the spectrum without a shape: apex by a local polynomial, width at half height."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
# The part of the band that the polynomial of the apex is laid through, and its least order; a wider one
# where noise hides the apex in the narrower.
TOPS = ((0.8, 3), (0.55, 4))
HIGHEST_ORDER = 6
NARROWER = (0.9, 0.95)  # where the polynomial leaves more than noise: a flat top, or two
LEFT = 1.5  # times the noise squared, left by a polynomial that does not describe the top
SURE_ENOUGH = 0.1  # of half the length of that part
FLANK = (0.38, 0.62)  # the part of a flank that its half-height crossing is read from
LEAST_TOP_POINTS = 7
INNER = 0.6  # of the reach of the polynomial: an apex outside is the noise of its ends


@dataclass(frozen=True, slots=True)
class Read:
    """One number read off the data, and its standard uncertainty from their scatter."""

    value: float
    u: float


def read_band(
    x: Floats, net: Floats, reference: Floats, noise: Floats, *, known: bool
) -> tuple[Read | None, Read | None]:
    """Return peak and full width at half maximum of ``net`` on the ascending axis ``x``.

    All arrays have shape (n,); ``noise`` is the standard deviation of each point. The scatter about the
    polynomials counts where it is larger.
    ``reference`` is a smooth curve through ``net``; it says which points are top and flank, so that noise
    cannot choose them, and with ``known`` how sharp the apex is. Width is None when the band does not fall far enough on both sides.
    """
    k = int(np.argmax(reference))
    top = _read_top(x, net, reference, noise, k, known=known)
    if top is None:
        return None, None
    peak, height = top
    sides = [_read_flank(x, net, reference, noise, k, height, side) for side in (-1, 1)]
    left, right = sides
    if left is None or right is None:
        return peak, None
    return peak, Read(right.value - left.value, float(np.hypot(left.u, right.u)))


def _run(reference: Floats, k: int, share: float) -> tuple[int, int]:
    """First and last point of the run around ``k`` where the reference stays above a share of its top."""
    below = np.flatnonzero(reference < share * reference[k])
    before, after = below[below < k], below[below > k]
    return (
        int(before[-1]) + 1 if before.size else 0,
        int(after[0]) - 1 if after.size else reference.size - 1,
    )


def _read_top(
    x: Floats, net: Floats, reference: Floats, noise: Floats, k: int, *, known: bool
) -> tuple[Read, Read] | None:
    """Read apex and height; what the part that is read moves it by is in u where the top has no plain form."""
    read, at = None, TOPS[0]
    for share, order in TOPS:
        found = _read_top_above(x, net, reference, noise, k, share, order, known=known)
        read, at = (found, (share, order)) if found is not None else (read, at)
        first, last = _run(reference, k, share)
        if read is not None and read[0].u <= SURE_ENOUGH * (x[last] - x[first]) / 2:
            break
    if read is None:
        return None
    peak, height, left = read
    parts = [at, *((share, at[1]) for share in NARROWER)] if left > LEFT else []
    places = []
    for share, order in parts:
        found = _read_top_above(x, net, reference, noise, k, share, order, known=known)
        own = _read_top_above(x, reference, reference, noise, k, share, order, known=known)
        if found is not None and own is not None:
            places.append(found[0].value - (own[0].value if known else 0.0))
    spread = float(np.ptp(places)) / 2 if places else 0.0
    if places and not known:
        peak = Read(places[-1], peak.u)
    return Read(peak.value, float(np.hypot(peak.u, spread))), height


def _read_top_above(
    x: Floats,
    net: Floats,
    reference: Floats,
    noise: Floats,
    k: int,
    share: float,
    order: int,
    *,
    known: bool,
) -> tuple[Read, Read, float] | None:
    """Return apex, height, and what the polynomial leaves over the noise, squared."""
    first, last = _run(reference, k, share)
    while last - first + 1 < LEAST_TOP_POINTS and last - first + 1 < x.size:
        first, last = max(first - 1, 0), min(last + 1, x.size - 1)
    part = slice(first, last + 1)
    reach = (x[last] - x[first]) / 2
    z, y = (x[part] - (x[last] + x[first]) / 2) / reach, net[part]
    if z.size <= LEAST_TOP_POINTS:
        order = 2
    elif not known:
        order = _order(z, y, order)
    if z.size <= order + 1:
        return None
    powers = np.vander(z, order + 1)
    values: Floats = np.asarray(np.linalg.lstsq(powers, y, rcond=None)[0], dtype=float)
    rest = y - powers @ values
    scatter, of_noise = float(rest @ rest) / (z.size - order - 1), float(np.mean(noise[part] ** 2))
    variance = max(scatter, of_noise)
    covariance = np.linalg.inv(powers.T @ powers) * variance
    found = _apex_near(z, values, reference[part]) if known else _apex_of(values)
    if found is None:
        return None
    at, bend = found
    gradient = np.append(np.arange(order, 0, -1) * at ** np.arange(order - 1, -1, -1.0), 0.0)
    gradient = -gradient / bend
    level = at ** np.arange(order, -1, -1.0)
    return (
        Read(
            float(x[part].min() + (at + 1) * reach),
            float(reach * np.sqrt(gradient @ covariance @ gradient)),
        ),
        Read(float(np.polyval(values, at)), float(np.sqrt(level @ covariance @ level))),
        scatter / of_noise if of_noise > 0 else 0.0,
    )


def _apex_of(values: Floats) -> tuple[float, float] | None:
    """Place and curvature of the highest inner maximum of a polynomial."""
    slope, bend = np.polyder(values), np.polyder(values, 2)
    places = [float(r.real) for r in np.roots(slope) if abs(r.imag) < 1e-9 and abs(r.real) <= INNER]
    tops = [place for place in places if np.polyval(bend, place) < 0]
    if not tops:
        return None
    at = max(tops, key=lambda place: float(np.polyval(values, place)))
    return at, float(np.polyval(bend, at))


def _apex_near(z: Floats, values: Floats, known: Floats) -> tuple[float, float] | None:
    """The same from the slope of the polynomial where a known band peaks, and that band's curvature.

    Linear in the data: a bump of noise cannot pass for a sharper apex.
    """
    apex = _apex_of(np.polyfit(z, known, min(HIGHEST_ORDER, z.size - 1)))
    if apex is None:
        return None
    at, bend = apex
    at -= float(np.polyval(np.polyder(values), at)) / bend
    return (at, bend) if abs(at) <= 1 else None


def _order(z: Floats, y: Floats, least: int) -> int:
    """Order of the polynomial by BIC, from ``least`` on; one more must be clearly better."""
    best, lowest = least, np.inf
    for order in range(least, min(HIGHEST_ORDER, z.size - 4) + 1):
        powers = np.vander(z, order + 1)
        values, *_ = np.linalg.lstsq(powers, y, rcond=None)
        rest = float(np.sum((y - powers @ values) ** 2))
        bic = z.size * np.log(max(rest, 1e-300)) + 3 * order * np.log(z.size)
        if bic < lowest:
            best, lowest = order, bic
    return best


def _read_flank(
    x: Floats, net: Floats, reference: Floats, noise: Floats, k: int, height: Read, side: int
) -> Read | None:
    first, last = _run(reference, k, FLANK[0])
    inner_first, inner_last = _run(reference, k, FLANK[1])
    if (side < 0 and first == 0) or (side > 0 and last == x.size - 1):
        return None
    part = slice(first, inner_first) if side < 0 else slice(inner_last + 1, last + 1)
    z, y = x[part], net[part]
    if z.size < 4:
        part = (
            slice(max(first - 2, 0), inner_first + 2)
            if side < 0
            else slice(inner_last - 1, last + 3)
        )
        z, y = x[part], net[part]
    order = 2 if z.size >= 6 else 1
    if z.size < 3:
        return None
    middle = float(z.mean())
    powers = np.vander(z - middle, order + 1)
    values, *_ = np.linalg.lstsq(powers, y, rcond=None)
    rest = y - powers @ values
    variance = max(
        float(rest @ rest) / max(z.size - order - 1, 1), float(np.mean(noise[part] ** 2))
    )
    goal = values.copy()
    goal[-1] -= height.value / 2
    inside = [float(r.real) for r in np.roots(goal) if abs(r.imag) < 1e-9]
    reach = float(np.ptp(z))
    inside = [r for r in inside if abs(r) <= reach]
    if not inside:
        return None
    at = min(inside, key=abs)
    steep = abs(float(np.polyval(np.polyder(values), at)))
    if steep == 0:
        return None
    level = at ** np.arange(order, -1, -1.0)
    spread = float(level @ np.linalg.pinv(powers.T @ powers) @ level) * variance
    return Read(middle + at, float(np.sqrt(spread + (height.u / 2) ** 2)) / steep)
