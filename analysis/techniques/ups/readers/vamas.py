"""UPS of a VAMAS file: the spectra of ultraviolet light, over the energies that they were written with."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from analysis.reading import Reading, Scan
from analysis.technique import InstrumentFile, Reader, Technique
from analysis.techniques.shared.readers import vamas

MOST_PHOTON_EV = 150.0


def read(file: InstrumentFile, technique: Technique) -> Reading:
    """Read every block that is UPS; those of X-rays are left out, with a warning."""
    return vamas.read(file, technique, _of_ultraviolet)


def _of_ultraviolet(scan: Scan, kinetic: bool, photon: float) -> Scan | None:
    if scan.metadata.get("kind") != "UPS" and not 0 < photon <= MOST_PHOTON_EV:
        return None
    metadata: dict[str, Any] = dict(scan.metadata)
    bias = metadata.pop("target_bias_v", None)
    if bias:  # a file of 0 or of none does not say whether the axis was corrected
        metadata["bias_v"] = bias
    name = "kinetic_energy" if kinetic else "binding_energy"
    ys = tuple(replace(y, name="intensity") for y in scan.ys)
    return replace(scan, x=replace(scan.x, name=name), ys=ys, metadata=metadata)


VAMAS = Reader(vamas.WHAT, read, vamas.knows)
