"""Relative amounts of atoms from the columns of an EDS table, with what the counting leaves uncertain."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.reading import Channel, Reading
from analysis.result import NoResult
from synthesis.chemistry.atomic_weights import ATOMIC_WEIGHTS

Floats = NDArray[np.float64]

ONE_SIDED = 1.645
NO_COUNT_LIMIT = 2.996  # -ln 0.05: expected counts of which none is seen in 5 % of the cases
AGREE = 0.05  # relative, between two columns that say the same


@dataclass(frozen=True, slots=True)
class Amounts:
    """Atoms of each element in any common unit, and the relative u of its counting (infinite where nothing was counted).

    ``atoms_limit`` is the 95 % upper limit of calcium by its counts, NaN where nothing says it.
    """

    elements: list[str]
    shells: list[str]
    atoms: Floats
    u_counting: Floats
    basis: str
    knows_counting: bool
    knows_background: bool
    atoms_limit: float
    warnings: list[str]


def amounts_of(reading: Reading, settings: dict[str, Any]) -> Amounts:
    """Return the amounts by counts and k factors, else by atomic, else by weight per cent."""
    elements, shells = list(reading.metadata["elements"]), list(reading.metadata["shells"])
    warnings: list[str] = []
    columns = {channel.name: channel for channel in reading.channels[1:]}
    _one_line_each(elements, shells, columns)
    weights = np.array([float(ATOMIC_WEIGHTS[one]) for one in elements])
    atoms, basis, per_unit = _atoms(columns, elements, weights, settings)
    if not np.isfinite(atoms).all():
        atoms = np.nan_to_num(atoms)
    u, knows = _u_counting(columns, settings)
    if not knows:
        warnings.append(
            "The table says neither counts nor errors, so the uncertainty holds the k factors alone. Export the net counts, or "
            "the errors."
        )
    if basis.startswith("counts") and "atomic_percent" in columns:
        _compare(atoms, columns["atomic_percent"].values, elements, warnings)
    ca = elements.index("Ca") if "Ca" in elements else -1
    return Amounts(
        elements, shells, atoms, u, basis, knows, "background" in columns or "u_counts" in columns,
        _limit(columns, ca, atoms, per_unit, settings), warnings,
    )  # fmt: skip


def _one_line_each(elements: list[str], shells: list[str], columns: dict[str, Channel]) -> None:
    for name in ("Ca", "Pb"):
        if elements.count(name) > 1:
            lines = ", ".join(s or "?" for e, s in zip(elements, shells, strict=True) if e == name)
            raise NoResult(
                f"This table has {name} {elements.count(name)} times (lines {lines}). Export it with the one line that counts."
            )


def _atoms(
    columns: dict[str, Channel], elements: list[str], weights: Floats, settings: dict[str, Any]
) -> tuple[Floats, str, Floats]:
    """Return atoms, what they are from, and the atoms of one count of each element (NaN where counts do not lead)."""
    counts, k = columns.get("counts"), columns.get("k_factor")
    told = settings["k_ca_pb"]
    if counts is not None and k is not None and _known(k, elements):
        return (
            counts.values * k.values / weights,
            "counts and the k factors of the table",
            k.values / weights,
        )
    if counts is not None and told is not None:
        factors = np.array([{"Ca": told, "Pb": 1.0}.get(one, np.nan) for one in elements])
        return counts.values * factors / weights, "counts and the k factors told", factors / weights
    percent = columns.get("percent")
    of_atoms, of_weight = columns.get("atomic_percent"), columns.get("weight_percent")
    if percent is not None:
        if not settings["percent_of"]:
            raise NoResult(
                "The table does not say whether its per cents are of atoms or of weight. Say it by the setting “Per cent of”."
            )
        of_atoms, of_weight = (
            (percent, None) if settings["percent_of"] == "atoms" else (None, percent)
        )
    if of_atoms is not None:
        values, basis = of_atoms.values, "the atomic per cents of the table"
    elif of_weight is not None:
        values, basis = of_weight.values / weights, "the weight per cents of the table"
    else:
        raise NoResult(
            "This table has counts and no k factors, atomic or weight per cents. Say the k factor of Ca over that of Pb for the "
            "lines used, or export the k factors."
        )
    with np.errstate(divide="ignore", invalid="ignore"):
        per_count = values / counts.values if counts is not None else np.full(values.size, np.nan)
    return values, basis, np.where(np.isfinite(per_count), per_count, np.nan)


def _known(k: Channel, elements: list[str]) -> bool:
    needed = [place for place, one in enumerate(elements) if one in ("Ca", "Pb")]
    return bool(np.isfinite(k.values[needed]).all() and (k.values[needed] > 0).all())


def _counted(columns: dict[str, Channel], settings: dict[str, Any]) -> tuple[Floats, Floats] | None:
    """Return net counts and their variance, None where only a rate without its time is known."""
    counts, background, error = (columns.get(name) for name in ("counts", "background", "u_counts"))
    if counts is None:
        return None
    time = 1.0
    if counts.unit == "counts/s":
        if settings["live_time_s"] is None:
            return None
        time = float(settings["live_time_s"])
    net = counts.values * time
    if error is not None:
        return net, (error.values * time / _sigmas(error)) ** 2
    under = np.zeros(net.size) if background is None else np.nan_to_num(background.values) * time
    return net, net.clip(0) + 2 * under.clip(0)  # the background is subtracted with its own noise


def _sigmas(error: Channel) -> float:
    found = re.search(r"([1-3])\s*(sigma|σ)", error.label, re.IGNORECASE)
    return float(found[1]) if found else 1.0


def _u_counting(columns: dict[str, Channel], settings: dict[str, Any]) -> tuple[Floats, bool]:
    """Return the relative u of each element and whether the table says it at all; the largest of what it says."""
    said = []
    counted = _counted(columns, settings)
    with np.errstate(divide="ignore", invalid="ignore"):
        if counted is not None:
            net, variance = counted
            said.append(np.where(net > 0, np.sqrt(variance) / net, np.inf))
        for error, of in (
            ("u_atomic_percent", "atomic_percent"),
            ("u_weight_percent", "weight_percent"),
        ):
            if error in columns and of in columns:
                relative = columns[error].values / _sigmas(columns[error]) / columns[of].values
                said.append(np.where(columns[of].values > 0, relative, np.inf))
        if "u_percent" in columns:
            said.append(columns["u_percent"].values / _sigmas(columns["u_percent"]) / 100)
    if not said:
        first = next(iter(columns.values())).values
        return np.where(first > 0, 0.0, np.inf), False
    return np.nan_to_num(np.fmax.reduce(said), nan=0.0, posinf=np.inf), True


def _limit(
    columns: dict[str, Channel], ca: int, atoms: Floats, per_count: Floats, settings: dict[str, Any]
) -> float:
    """Return the 95 % upper limit of the atoms of calcium."""
    if ca < 0:
        return np.nan
    counted = _counted(columns, settings)
    if counted is not None:
        net, variance = counted
        counts = columns["counts"].values
        scale = net[ca] / counts[ca] if counts[ca] else settings["live_time_s"] or 1.0
        most = max(net[ca], 0.0) + ONE_SIDED * float(np.sqrt(max(variance[ca], 0.0)))
        limit = max(most, NO_COUNT_LIMIT) / scale * per_count[ca]
        if np.isfinite(limit):
            return float(limit)
    for error in ("u_atomic_percent", "u_weight_percent"):
        if error in columns and np.isfinite(columns[error].values[ca]):
            u = columns[error].values[ca] / _sigmas(columns[error])
            if error == "u_weight_percent" and "atomic_percent" in columns:
                u *= atoms.sum() / columns["weight_percent"].values.sum()
            elif error == "u_weight_percent":
                u /= float(ATOMIC_WEIGHTS["Ca"])
            return float(max(atoms[ca], 0.0) + ONE_SIDED * u)
    return np.nan


def _compare(atoms: Floats, percent: Floats, elements: list[str], warnings: list[str]) -> None:
    ca, pb = (elements.index(one) if one in elements else -1 for one in ("Ca", "Pb"))
    if min(ca, pb) < 0 or min(percent[ca], percent[pb], atoms[ca], atoms[pb]) <= 0:
        return
    ours, theirs = atoms[ca] / atoms[pb], percent[ca] / percent[pb]
    if abs(ours / theirs - 1) > AGREE:
        warnings.append(
            f"Counts and k factors give Ca:Pb {ours:.3g}, the atomic per cents of the table {theirs:.3g}: the program corrected for "
            "more (absorption, fluorescence), or a column is another one."
        )
