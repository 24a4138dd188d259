"""Powder CIF (pdCIF): measured points of a loop, or intensities over a range in even steps."""

from __future__ import annotations

import re
from typing import Any

import gemmi
import numpy as np
from numpy.typing import NDArray

from analysis.readers.scans import make_reading
from analysis.reading import Channel, Reading, Scan, UnreadableFile
from analysis.technique import InstrumentFile, Reader, Technique
from analysis.techniques.xrd.readers.angles import intensity, stepped, two_theta

READER = "powder cif 1"
_DATA = re.compile(r"^\s*_pd_(meas|proc)_", re.IGNORECASE)
_ANGLES = ("_pd_meas_2theta_scan", "_pd_meas_2theta_corrected", "_pd_proc_2theta_corrected")
_RANGES = ("_pd_meas_2theta_range_", "_pd_proc_2theta_range_")
_INTENSITIES = (
    ("_pd_meas_counts_total", "counts"),
    ("_pd_meas_intensity_total", ""),
    ("_pd_proc_intensity_total", ""),
    ("_pd_meas_counts_net", "counts"),
    ("_pd_meas_intensity_net", ""),
    ("_pd_proc_intensity_net", ""),
)
_MODEL = "_pd_calc_intensity_total"


def knows(file: InstrumentFile) -> bool:
    """Return True for a CIF with points of a powder pattern."""
    return any(line.lower().startswith("data_") for line in file.lines[:2000]) and any(
        _DATA.match(line) for line in file.lines
    )


def read(file: InstrumentFile, technique: Technique) -> Reading:
    """Read the pattern of every block that has one."""
    try:
        document = gemmi.cif.read_string("\n".join(file.lines))
    except (ValueError, RuntimeError) as broken:
        raise UnreadableFile(f"This CIF is broken ({broken}). Export it again.") from broken
    scans = [scan for block in document if (scan := _scan(block)) is not None]
    if not scans:
        raise UnreadableFile(
            "This CIF holds no intensities over 2theta (such as _pd_meas_2theta_scan with _pd_meas_counts_total)."
        )
    facts = next((facts for block in document if (facts := _facts(block))), {})
    return make_reading(technique, READER, scans, facts, [])


def _scan(block: gemmi.cif.Block) -> Scan | None:
    tag, unit = next(
        ((tag, unit) for tag, unit in _INTENSITIES if len(block.find_values(tag)) > 1), ("", "")
    )
    if not tag:
        return None
    name = f"the block {block.name}"
    values = _numbers(block, tag)
    x = _angles(block, len(values), name)
    if x is None:
        return None
    ys = [intensity(values, unit, tag, name)]
    model = _numbers(block, _MODEL)
    if len(model) == len(values):
        ys.append(Channel("model", unit, model, _MODEL))
    return Scan(x, tuple(ys), block.name)


def _angles(block: gemmi.cif.Block, count: int, name: str) -> Channel | None:
    for tag in _ANGLES:
        listed = _numbers(block, tag)
        if len(listed) == count:
            return two_theta(listed, name)
    for start in _RANGES:
        ends = [_numbers(block, f"{start}{end}") for end in ("min", "max", "inc")]
        if all(len(end) == 1 for end in ends):
            low, high, step = (float(end[0]) for end in ends)
            if abs(low + step * (count - 1) - high) > abs(step):
                raise UnreadableFile(
                    f"In {name} of this CIF {count} intensities do not fit the range {low:g} to {high:g} in steps of "
                    f"{step:g}. Export it again."
                )
            return stepped(low, step, count, name)
    return None


def _numbers(block: gemmi.cif.Block, tag: str) -> NDArray[np.float64]:
    """Return the numbers of a tag, NaN for ``?`` and ``.``; an uncertainty in brackets is left."""
    return np.array(
        [gemmi.cif.as_number(text) for text in block.find_values(tag)], dtype=np.float64
    )


def _facts(block: gemmi.cif.Block) -> dict[str, Any]:
    facts: dict[str, Any] = {}
    wavelengths = _numbers(block, "_diffrn_radiation_wavelength")
    for name, wavelength in zip(
        ("wavelength_angstrom", "wavelength_kalpha2_angstrom"), wavelengths, strict=False
    ):
        if 0.2 <= wavelength <= 3.0:
            facts[name] = float(wavelength)
    header = {
        tag.lstrip("_"): text
        for tag in (
            "_pd_meas_datetime_initiated",
            "_pd_meas_info_author_name",
            "_pd_char_colour",
            "_chemical_name_common",
        )
        for text in [gemmi.cif.as_string(block.find_value(tag) or "").strip()[:500]]
        if text
    }
    return {**facts, "header": header} if header else facts


POWDER_CIF = Reader("a powder diffraction CIF", read, knows)
