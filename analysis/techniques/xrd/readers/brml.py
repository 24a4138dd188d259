"""Bruker .brml containers: each ``RawData*.xml`` holds routes of ``Datum`` rows and says what their cells are."""

from __future__ import annotations

import re
from typing import Any
from xml.etree.ElementTree import Element, ParseError

import numpy as np
from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException
from numpy.typing import NDArray

from analysis.readers.scans import make_reading
from analysis.readers.text import MAX_ROWS
from analysis.readers.unpacking import member_names, members
from analysis.reading import Reading, Scan, UnreadableFile
from analysis.technique import InstrumentFile, Reader, Technique
from analysis.techniques.xrd.readers.angles import intensity, stepped, two_theta

READER = "bruker brml 1"
_RAW_DATA = re.compile(r"(?:^|[/\\])RawData(\d+)\.xml$", re.IGNORECASE)
_BLANK = -9999.0  # stands for "no value"


def knows(file: InstrumentFile) -> bool:
    """Return True for a zip container with raw data of an experiment."""
    return any(_RAW_DATA.search(name) for name in member_names(file))


def read(file: InstrumentFile, technique: Technique) -> Reading:
    """Read every measured route over 2theta."""
    names = [name for name in member_names(file) if _RAW_DATA.search(name)]
    names.sort(key=lambda name: int(_RAW_DATA.search(name)[1]))  # type: ignore[index]
    scans: list[Scan] = []
    warnings: list[str] = []
    facts: dict[str, Any] = {}
    for name, content in members(file, names).items():
        root = _parsed(content)
        label = name.replace("\\", "/").rpartition("/")[2].removesuffix(".xml")
        found = [scan for route in _routes(root) for scan in _scans(route, label, warnings)]
        scans.extend(found)
        facts = facts or (_facts(root) if found else {})
    if not scans:
        raise UnreadableFile(
            f"This BRML file holds no scan over 2theta. {' '.join(warnings)}".strip()
        )
    return make_reading(technique, READER, scans, facts, warnings)


def _parsed(content: bytes) -> Element:
    try:
        root: Element = ElementTree.fromstring(content.strip(b"\x00\r\n\t "))
    except (ParseError, DefusedXmlException, ValueError, LookupError) as broken:
        raise UnreadableFile(
            f"The raw data inside this BRML file are broken ({broken}). Copy or export it again."
        ) from broken
    return root


def _routes(root: Element) -> list[Element]:
    """Return the routes as measured; what was made of them by other programs is left."""
    routes = list(root.iter("DataRoute"))
    return [route for route in routes if route.get("RouteFlag", "Measured") == "Measured"] or routes


def _scans(route: Element, label: str, warnings: list[str]) -> list[Scan]:
    rows = [_numbers(datum.text or "") for datum in route.iter("Datum")]
    scan_name = next((info.get("VisibleName", "") for info in route.iter("ScanInformation")), "")
    if not rows:
        warnings.append(f"{label} holds no points.")
        return []
    width = min(map(len, rows))
    table = np.array([row[:width] for row in rows], dtype=np.float64)
    table[table == _BLANK] = np.nan
    views = _views(route, width)
    if "counts" not in views:
        warnings.append(
            f"{label} does not say which of its {width} numbers are counts; it was left out."
        )
        return []
    counts = views["counts"]
    factor = table[:, views["absorber"]][:, 0] if "absorber" in views else np.ones(len(table))
    if (factor != 1).any() and (factor > 0).all():
        warnings.append(
            f"{label}: counts were multiplied by the absorber factors of the file ({factor.min():g} to {factor.max():g})."
        )
        table[:, counts] *= factor[:, None]
    facts = _scan_facts(route, scan_name)
    channels = counts.stop - counts.start
    if channels > 1:
        return _of_position_detector(route, table[:, counts], label, facts, warnings)
    if "angle" not in views:
        warnings.append(
            f"{label} is over {scan_name or 'another axis'}, not over 2theta; it was left out."
        )
        return []
    x = two_theta(table[:, views["angle"]][:, 0], label)
    y = intensity(table[:, counts][:, 0], "counts", scan_name or "counts", label)
    return [Scan(x, (y,), label, facts)]


def _of_position_detector(
    route: Element,
    counts: NDArray[np.float64],
    label: str,
    facts: dict[str, Any],
    warnings: list[str],
) -> list[Scan]:
    """Read pictures of a position-sensitive detector that stood still: one scan over its channels each."""
    info = next((one for one in route.iter("ScanAxisInfo") if _is_two_theta(one)), None)
    start, step = (
        (_number(info, name) for name in ("Start", "Increment"))
        if info is not None
        else (None, None)
    )
    if start is None or step is None:
        warnings.append(f"{label} does not say the angles of its detector; it was left out.")
        return []
    x = stepped(start, step, counts.shape[1], label)
    several = len(counts) > 1
    return [
        Scan(
            x,
            (intensity(row, "counts", "detector", label),),
            f"{label} picture {number}" if several else label,
            facts,
        )
        for number, row in enumerate(counts, 1)
    ]


def _is_two_theta(info: Element) -> bool:
    return (info.get("AxisId") or info.get("AxisName") or "") == "TwoTheta"


def _views(route: Element, width: int) -> dict[str, slice]:
    """Return where in a row angle, counts and absorber factor stand."""
    found: dict[str, slice] = {}
    for view in route.iter("RawDataView"):
        start, length = int(view.get("Start", -1)), int(view.get("Length", 1))
        if start < 0 or length < 1 or start + length > width:
            continue
        fields = [
            field.get("AxisId") or field.get("FieldName") for field in view.iter("FieldDefinitions")
        ]
        if view.get("LogicName") == "AbsorptionFactor":
            found["absorber"] = slice(start, start + 1)
        elif "TwoTheta" in fields and fields.index("TwoTheta") < length:
            place = start + fields.index("TwoTheta")
            found["angle"] = slice(place, place + 1)
        elif any("Counter" in (one.get("LogicName") or "") for one in view.iter("Recording")):
            found.setdefault("counts", slice(start, start + length))
    axes = [_is_two_theta(info) for info in route.iter("ScanAxisInfo")]
    if (
        not found and any(axes) and width == len(axes) + 3
    ):  # older files: time, absorber, axes, counts
        place = 2 + axes.index(True)
        return {
            "absorber": slice(1, 2),
            "angle": slice(place, place + 1),
            "counts": slice(width - 1, width),
        }
    return found


def _numbers(text: str) -> list[float]:
    cells = text.split(",")
    if len(cells) > MAX_ROWS:
        raise UnreadableFile(
            f"A point of this BRML file holds {len(cells)} numbers; at most {MAX_ROWS} are read."
        )
    try:
        return [float(cell) for cell in cells]
    except ValueError as wrong:
        raise UnreadableFile(
            f'A point of this BRML file reads "{text[:40]}", which is no row of numbers. Export it again.'
        ) from wrong


def _number(parent: Element, name: str) -> float | None:
    try:
        return float(parent.findtext(name) or "")
    except ValueError:
        return None


def _scan_facts(route: Element, scan_name: str) -> dict[str, Any]:
    facts: dict[str, Any] = {"scan_axis": scan_name} if scan_name else {}
    for info in route.iter("SubScanInfo"):
        try:
            facts["counting_time_s"] = float(info.get("MeasuredTimePerStep", ""))
        except ValueError:
            continue
        break
    return facts


def _facts(root: Element) -> dict[str, Any]:
    facts: dict[str, Any] = {}
    for name, tag in (
        ("wavelength_angstrom", "WaveLengthAlpha1"),
        ("wavelength_kalpha2_angstrom", "WaveLengthAlpha2"),
        ("ratio_kalpha2_kalpha1", "WaveLengthRatio"),
    ):
        element = next(root.iter(tag), None)
        try:
            value = float(element.get("Value", "")) if element is not None else 0.0
        except ValueError:
            continue
        if value > 0:
            facts[name] = value
    anode = next((one.text for one in root.iter("TubeMaterial") if one.text), None)
    if anode:
        facts["anode"] = anode.strip()
    header = {
        word: text
        for word, tag in (("started", "TimeStampStarted"), ("finished", "TimeStampFinished"))
        if (text := (root.findtext(tag) or "").strip())
    }
    for item in root.iter("InfoItem"):
        if item.get("Name") in ("SampleName", "Comment", "User") and item.get("Value"):
            header.setdefault(str(item.get("Name")), str(item.get("Value"))[:500])
    return {**facts, "header": header} if header else facts


BRML = Reader("a Bruker BRML diffraction file", read, knows, binary=True)
