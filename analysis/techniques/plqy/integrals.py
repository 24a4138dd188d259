"""Laser light and emission of the three spectra, as numbers of photons."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.reading import Channel, Reading
from analysis.result import NoResult
from analysis.techniques.shared.saturation import saturated_points

Floats = NDArray[np.float64]

PHOTONS, POWER = "photons", "power"
LEAST_POINTS = 30
FOOT = 0.002  # of the laser's height: where its line ends
FROM_LASER = 1.5  # half widths of the laser's foot that the emission begins behind it
OF_MEDIAN = float(np.sqrt(np.pi / 2))  # noise of a median over that of the mean
NAMES = ("empty", "indirect", "direct")


@dataclass(frozen=True, slots=True)
class Integrals:
    """Integrals in photons (of one scale), their counting noise in the order of the fields, and the ranges."""

    l_a: float
    l_b: float
    l_c: float
    p_b: float
    p_c: float
    counting: tuple[float, float, float, float, float]
    laser_nm: tuple[float, float]
    emission_nm: tuple[float, float]
    wavelength_nm: Floats
    photons: dict[str, Floats]


def integrals_of(reading: Reading, settings: dict[str, Any], warnings: list[str]) -> Integrals:
    """Integrate laser light and emission; raises `NoResult` where the file must be told or one of them is missing."""
    x, raw = _spectra(reading)
    for name in NAMES:
        if saturated_points(raw[name]).any():
            raise NoResult(
                f"The spectrum “{name}” is saturated: its top is flat, so its light cannot be integrated. Expose shorter."
            )
    photons = _photons(reading, x, raw, settings, warnings)
    laser = _laser(x, photons["empty"], settings)
    emission = _emission(x, laser, settings)
    level = {name: _dark(x, y, laser, emission) for name, y in photons.items()}
    clean = {name: y - level[name][0] for name, y in photons.items()}
    inside = (x >= laser[0]) & (x <= laser[1])
    lit = (x >= emission[0]) & (x <= emission[1])
    light = {name: _area(x, y, inside) for name, y in clean.items()}
    glow = {name: _area(x, y, lit) for name, y in clean.items()}
    if min(light.values()) <= 0:
        raise NoResult(
            f"There is no laser light between {laser[0]:.0f} and {laser[1]:.0f} nm in each spectrum."
        )
    # what the empty sphere sends into the band (stray light, its coating) goes with the laser light in it
    stray = glow["empty"] / light["empty"]
    p_b, p_c = (glow[name] - stray * light[name] for name in ("indirect", "direct"))
    noise = {name: _noise(x, y, inside, lit, level[name][1]) for name, y in photons.items()}
    counting = (
        noise["empty"][0], noise["indirect"][0], noise["direct"][0],
        float(np.hypot(noise["indirect"][1], noise["empty"][1])),
        float(np.hypot(noise["direct"][1], noise["empty"][1])),
    )  # fmt: skip
    return Integrals(
        light["empty"], light["indirect"], light["direct"], p_b, p_c, counting, laser, emission, x, clean
    )  # fmt: skip


def _spectra(reading: Reading) -> tuple[Floats, dict[str, Floats]]:
    channels = [reading.channel(name) for name in NAMES]
    if reading.x.unit != "nm":
        raise NoResult("The axis is not in nm: export the spectra over wavelength.")
    known = np.isfinite(reading.x.values)
    values: list[Floats] = []
    for channel in channels:
        if channel is None:
            raise NoResult("One of the three spectra is missing: a, b and c are needed.")
        known &= np.isfinite(channel.values)
        values.append(channel.values)
    if known.sum() < LEAST_POINTS or max(float(np.max(np.abs(v[known]))) for v in values) > 1e30:
        raise NoResult(
            f"Only {int(known.sum())} usable points: at least {LEAST_POINTS} are needed."
        )
    x = reading.x.values[known]
    return x, {name: v[known] for name, v in zip(NAMES, values, strict=True)}


def _photons(
    reading: Reading,
    x: Floats,
    raw: dict[str, Floats],
    settings: dict[str, Any],
    warnings: list[str],
) -> dict[str, Floats]:
    """Return the spectra in photons per nm, by what was exposed, the response and the unit."""
    exposures = [settings[f"exposure_{letter}"] for letter in "abc"]
    response = reading.channel("response")
    kind = settings["signal_is"] or _kind(reading.y)
    if not kind:
        raise NoResult(
            f"The spectra are in “{reading.y.unit or 'no unit'}”: photons or power make the yield differ by the ratio of the "
            "wavelengths. Say it by the setting “The spectra are in”."
        )
    factor = np.ones_like(x) if response is None else 1 / _checked(response, x, reading)
    if response is None:
        warnings.append(
            "The file holds no response: the spectra were taken as corrected for sphere and detector."
        )
    if kind == POWER:
        factor = factor * x / x.mean()  # photons go with the wavelength
    return {
        name: raw[name] * factor / exposure for name, exposure in zip(NAMES, exposures, strict=True)
    }


def _checked(response: Channel, x: Floats, reading: Reading) -> Floats:
    values = np.interp(x, reading.x.values, response.values)
    if not np.isfinite(values).all() or np.min(values) <= 0:
        raise NoResult(
            "The response is not above zero everywhere: leave out where the detector sees nothing."
        )
    return values


def _kind(channel: Channel) -> str:
    unit = channel.unit.lower()
    if "w" in unit.replace("raw", ""):
        return POWER
    return (
        PHOTONS
        if "count" in unit
        or "photon" in f"{unit} {channel.label}".lower()
        or "count" in channel.label.lower()
        else ""
    )


def _laser(x: Floats, empty: Floats, settings: dict[str, Any]) -> tuple[float, float]:
    """Return the range of the laser: around the highest point of the empty sphere, down to its foot."""
    top = int(np.argmax(empty))
    level = float(np.median(empty))
    above = empty - level > FOOT * (empty[top] - level)
    first, last = top, top
    while first > 0 and above[first - 1]:
        first -= 1
    while last < x.size - 1 and above[last + 1]:
        last += 1
    low = settings["excitation_from_nm"] or float(x[max(first - 1, 0)])
    high = settings["excitation_to_nm"] or float(x[min(last + 1, x.size - 1)])
    if not low < high or high - low > 120:
        raise NoResult(
            f"No laser line is told from the empty sphere ({low:.0f} to {high:.0f} nm). Say its range."
        )
    return low, high


def _emission(
    x: Floats, laser: tuple[float, float], settings: dict[str, Any]
) -> tuple[float, float]:
    width = (laser[1] - laser[0]) / 2
    low = settings["emission_from_nm"] or laser[1] + FROM_LASER * width
    high = settings["emission_to_nm"] or float(x[-1])
    if not laser[1] <= low < high <= x[-1] + 1e-9 or np.sum((x >= low) & (x <= high)) < 10:
        raise NoResult(
            f"No room for an emission behind the laser ({laser[1]:.0f} nm) in spectra up to {x[-1]:.0f} nm. Say its range."
        )
    return low, high


def _dark(
    x: Floats, y: Floats, laser: tuple[float, float], emission: tuple[float, float]
) -> tuple[float, int]:
    """Return the level without light, the lowest of both ends and of the part between laser and emission; and its points."""
    ends = [
        y[x < laser[0]],
        y[x > emission[1]],
        y[-max(5, x.size // 50) :],
        y[(x > laser[1]) & (x < emission[0])],
    ]
    return min((float(np.median(part)), part.size) for part in ends if part.size >= 3)


def _area(x: Floats, y: Floats, part: NDArray[np.bool_]) -> float:
    return float(np.trapezoid(y[part], x[part]))


def _noise(
    x: Floats, y: Floats, laser: NDArray[np.bool_], emission: NDArray[np.bool_], dark_points: int
) -> tuple[float, float]:
    """Return the noise of both integrals: the scatter of neighbours, and that of the dark level, which is off in all points alike."""
    rough = np.zeros_like(y)
    rough[1:-1] = np.abs(y[:-2] - 2 * y[1:-1] + y[2:]) / np.sqrt(6)
    quiet = float(1.4826 * np.median(rough[1:-1]))
    step = np.gradient(x)
    # under a laser line of a few points, neighbours differ by its shape: counting grows with the root of light
    scale = quiet / np.sqrt(max(float(np.median(np.abs(y))), 1e-300))
    of_laser = scale * np.sqrt(np.abs(y[laser])) * step[laser]
    of_level = OF_MEDIAN * quiet / np.sqrt(dark_points)
    return (
        float(np.hypot(np.sqrt(np.sum(of_laser**2)), of_level * np.sum(step[laser]))),
        float(np.hypot(np.sqrt(np.sum((quiet * step[emission]) ** 2)), of_level * np.sum(step[emission]))),
    )  # fmt: skip
