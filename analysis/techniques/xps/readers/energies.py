"""What every reader of photoelectron spectra ends in: binding energies, also where kinetic ones were written."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np

from analysis.reading import Channel, Scan, UnreadableFile

AL_KALPHA_EV, MG_KALPHA_EV = 1486.6, 1253.6
MOST_EV = 3000.0
_SOURCES = ((r"\bal\b|alum", AL_KALPHA_EV), (r"\bmg\b|magnes", MG_KALPHA_EV))


def photon_ev(text: str) -> float | None:
    """Return the photon energy that a text names: a number before eV, or the anode; None where it names none."""
    number = re.search(r"(\d{3,4}(?:[.,]\d+)?)\s*ev", text, re.IGNORECASE)
    if number:
        return float(number[1].replace(",", "."))
    return next((ev for pattern, ev in _SOURCES if re.search(pattern, text, re.IGNORECASE)), None)


def as_binding(scan: Scan, kinetic: bool, photon: float | None) -> Scan:
    """Return a scan over binding energy, ascending; raise `UnreadableFile` where the photon energy is not known."""
    energies = scan.x.values
    metadata = dict(scan.metadata)
    if kinetic:
        if photon is None or not 20 < photon < 20_000:
            raise UnreadableFile(
                "The energies of this file are kinetic, and it does not say the photon energy. Export it with binding energies."
            )
        energies = photon - energies
        metadata["photon_ev"] = photon
    if not (
        np.isfinite(energies).all() and np.ptp(energies) > 0 and np.abs(energies).max() < MOST_EV
    ):
        raise UnreadableFile(
            "The energies of this file are no binding energies in eV. Check the columns and their unit."
        )
    order = np.argsort(energies, kind="stable")
    x = Channel("binding_energy", "eV", energies[order], "Binding energy")
    return replace(scan.at(order), x=x, metadata=metadata)
