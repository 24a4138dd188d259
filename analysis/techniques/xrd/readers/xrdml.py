"""PANalytical / Malvern XRDML (schemas 1.0 to 2.x), parsed without entities or external references.

``<intensities>`` already hold the beam attenuation; ``<counts>`` do not and are multiplied by
``<beamAttenuationFactors>`` (XRDML schema; confirmed by the authors of GenX, aglavic/genx issue 20).
"""

from __future__ import annotations

from typing import Any
from xml.etree.ElementTree import Element, ParseError

import numpy as np
from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException
from numpy.typing import NDArray

from analysis.readers.scans import make_reading
from analysis.readers.sniffing import name_of_foreign_content
from analysis.readers.text import MAX_ROWS
from analysis.reading import Channel, Reading, Scan, UnreadableFile
from analysis.technique import InstrumentFile, Reader, Technique

READER = "xrdml 1"


def knows(file: InstrumentFile) -> bool:
    """Return True for XML whose root is ``xrdMeasurements``, in UTF-8 or UTF-16."""
    if b"<xrdMeasurement" not in file.content[:8192].replace(b"\x00", b""):
        return False
    return name_of_foreign_content(file.content, file.name) is None


def read(file: InstrumentFile, technique: Technique) -> Reading:
    """Read every scan; raise `UnreadableFile` when the XML is broken or holds no 2theta scan."""
    try:
        root = ElementTree.fromstring(file.content.strip(b"\x00\r\n\t "))
    except (ParseError, ValueError, LookupError) as broken:
        if isinstance(broken, DefusedXmlException):
            raise UnreadableFile(
                "This XRDML file declares entities, which no diffractometer writes; it was not opened. "
                "Export the scan again."
            ) from broken
        raise UnreadableFile(
            f"This XRDML file is broken ({broken}), probably cut off. Export or copy it again."
        ) from broken
    warnings: list[str] = []
    scans = [
        scan
        for number, element in enumerate(_all(root, "scan"), 1)
        for scan in _scan(element, number, warnings)
    ]
    if not scans:
        why = " ".join(warnings)
        raise UnreadableFile(f"This XRDML file holds no scan over 2theta. {why}".strip())
    return make_reading(technique, READER, scans, _metadata(root), warnings)


def _local(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _all(element: Element, name: str) -> list[Element]:
    return [child for child in element.iter() if _local(child) == name]


def _first_text(element: Element, name: str) -> str:
    return next(((child.text or "").strip() for child in _all(element, name) if child.text), "")


def _scan(element: Element, number: int, warnings: list[str]) -> list[Scan]:
    axis = element.get("scanAxis", "")
    status = element.get("status", "Completed")
    if status != "Completed":
        warnings.append(
            f'Scan {number} has the status "{status}"; what was measured of it was read.'
        )
    found: list[Scan] = []
    for points in _all(element, "dataPoints"):
        intensity = _intensity(points, number, warnings)
        if intensity is None:
            continue
        angles = _angles(points, len(intensity.values))
        if angles is None:
            warnings.append(
                f"Scan {number} is over {axis or 'another axis'}, not over 2theta; it was left out."
            )
            continue
        if len(angles) != len(intensity.values):
            raise UnreadableFile(
                f"Scan {number} lists {len(angles)} angles but {len(intensity.values)} intensities. "
                "The file is damaged; export it again."
            )
        facts: dict[str, Any] = {"scan_axis": axis} if axis else {}
        seconds = _first_text(points, "commonCountingTime")
        if seconds:
            facts["counting_time_s"] = _float(seconds, "commonCountingTime")
        x = Channel("two_theta", "deg", angles, "2Theta")
        found.append(Scan(x, (intensity,), f"scan {number}", facts))
    return found


def _intensity(points: Element, number: int, warnings: list[str]) -> Channel | None:
    for name in ("intensities", "counts"):
        element = next(iter(_all(points, name)), None)
        if element is None or not (element.text or "").strip():
            continue
        values = _floats(element.text or "", name)
        factors = next(iter(_all(points, "beamAttenuationFactors")), None)
        if name == "counts" and factors is not None and (factors.text or "").strip():
            values = _attenuated(
                values, _floats(factors.text or "", "beamAttenuationFactors"), number
            )
            warnings.append(
                f"Scan {number}: counts were multiplied by the beam attenuation factors of the file."
            )
        return Channel("intensity", element.get("unit", "counts"), values, name)
    warnings.append(f"Scan {number} holds no intensities.")
    return None


def _attenuated(
    values: NDArray[np.float64], factors: NDArray[np.float64], number: int
) -> NDArray[np.float64]:
    if len(factors) not in (1, len(values)):
        raise UnreadableFile(
            f"Scan {number} has {len(values)} counts but {len(factors)} attenuation factors. "
            "The file is damaged; export it again."
        )
    return values * factors


def _angles(points: Element, count: int) -> NDArray[np.float64] | None:
    for positions in _all(points, "positions"):
        if positions.get("axis", "").lower().replace(" ", "") != "2theta":
            continue
        listed = _first_text(positions, "listPositions")
        if listed:
            return _floats(listed, "listPositions")
        start, end = _first_text(positions, "startPosition"), _first_text(positions, "endPosition")
        if start and end:
            return np.linspace(_float(start, "startPosition"), _float(end, "endPosition"), count)
    return None


def _floats(text: str, name: str) -> NDArray[np.float64]:
    cells = text.split()
    if len(cells) > MAX_ROWS:
        raise UnreadableFile(f"<{name}> holds {len(cells)} numbers; at most {MAX_ROWS} are read.")
    return np.array([_float(cell, name) for cell in cells], dtype=np.float64)


def _float(text: str, name: str) -> float:
    try:
        return float(text)
    except ValueError as wrong:
        raise UnreadableFile(
            f'In <{name}> stands "{text[:30]}", which is no number. The file is damaged; export it again.'
        ) from wrong


def _metadata(root: Element) -> dict[str, Any]:
    """Return wavelengths in angstrom, anode, generator and times as far as the file says them."""
    facts: dict[str, Any] = {}
    used = next(iter(_all(root, "usedWavelength")), None)
    if used is not None:
        intended = used.get("intended", "")
        if intended:
            facts["wavelength_intended"] = intended
        beta = "beta" in intended.lower()
        for key, name in (
            ("wavelength_angstrom", "kBeta" if beta else "kAlpha1"),
            ("wavelength_kalpha2_angstrom", "kAlpha2"),
            ("ratio_kalpha2_kalpha1", "ratioKAlpha2KAlpha1"),
        ):
            text = _first_text(used, name)
            if text:
                facts[key] = _float(text, name)
    header = {
        name: text
        for name in ("tension", "current", "startTimeStamp", "endTimeStamp", "instrumentID", "instrumentControlSoftware")
        if (text := _first_text(root, name))
    }  # fmt: skip
    anode = _first_text(root, "anodeMaterial")
    if anode:
        facts["anode"] = anode
    sample = next(iter(_all(root, "sample")), None)
    if sample is not None and (name := _first_text(sample, "name") or _first_text(sample, "id")):
        header["sample"] = name
    comments = [(entry.text or "").strip()[:500] for entry in _all(root, "entry")][:20]
    return {**facts, "header": header, "notes": [comment for comment in comments if comment]}


# Asked of the bytes: its lines are longer than those of any table.
XRDML = Reader("a PANalytical XRDML diffraction file", read, knows, binary=True)
