"""The functions that may run in the child, by name: JSON-ready payload in, JSON-ready dict out."""

from __future__ import annotations

import hashlib
import os
import platform
import sys
from dataclasses import asdict, replace
from importlib import metadata
from typing import Any

from analysis.left_out import LEAVE_OUT, said, without
from analysis.readers.sniffing import MAX_BYTES
from analysis.reading import Calibrated, Reading, UnreadableFile, named_scans
from analysis.result import Method, NoResult
from analysis.techniques.files import read
from analysis.techniques.registry import METHODS, TECHNIQUES, default_method

_LIBRARIES = ("numpy", "scipy", "lmfit", "gemmi", "defusedxml")


def analyse(payload: dict[str, Any]) -> dict[str, Any]:
    """Read a file and run one method on it.

    ``payload``: ``path``, ``sha256`` (what its content must hash to), ``filename``, ``technique``,
    ``scan`` (a key, may be left out), ``method`` (a name, None for the technique's first), ``parameters``
    (dict, may be left out), ``named`` (by the name of a parameter: path, sha256, filename, technique and scan
    of the measurement that it names), ``calibration`` (by scale: u, by), ``mappings`` (heads of columns, by
    kind of file). Returns ``reading``, ``result``, ``method``, ``library_versions`` and ``named_columns`` (by
    parameter: the remembered heads that a named file was read by). A refusal of the method carries the reading along, so that the page can still draw the data.
    """
    reading = replace(read_payload(payload), calibrated=_calibrated(payload))
    try:
        method = _method(payload.get("method"), reading.technique)
        if reading.asks_for_a_scan:
            names = named_scans([(scan.key, scan.label) for scan in reading.scans])
            raise NoResult(
                f"This file holds {len(reading.scans)} scans: {names}. Choose which one is analysed, or"
                " analyse all of them."
            )
        told = _told(payload)
        named = _named(payload, method)
        given = {**(payload.get("parameters") or {}), **named}
        ranges = given.pop(LEAVE_OUT.name, None) or [] if method.leaves_out else []
        seen = without(reading, ranges)
        result = method.run(seen, {k: v for k, v in given.items() if k not in told})
    except NoResult as refusal:
        refusal.reading = reading_as_dict(reading)  # type: ignore[attr-defined]
        raise
    if ranges:
        result = replace(result, warnings=(said(reading, seen), *result.warnings))
    return {
        "reading": reading_as_dict(reading),
        "result": result.as_dict(),
        "named_columns": {name: one.columns for name, one in named.items() if one.columns},
        "method": {"name": method.name, "version": method.version},
        "library_versions": library_versions(),
    }


def read_only(payload: dict[str, Any]) -> dict[str, Any]:
    """Read a file without a method: as for `analyse`, to ``reading``."""
    return {
        "reading": reading_as_dict(read_payload(payload)),
        "library_versions": library_versions(),
    }


def read_payload(payload: dict[str, Any]) -> Reading:
    """Return the reading of the file that a payload names."""
    content, scan = _content(payload), payload.get("scan") or ""
    try:
        return read(
            content,
            payload["filename"],
            payload["technique"],
            _told(payload),
            scan,
            payload.get("mappings"),
        )
    except UnreadableFile as refusal:
        if refusal.preview is not None:
            refusal.reading = {"preview": asdict(refusal.preview)}  # type: ignore[attr-defined]
        raise


def _calibrated(payload: dict[str, Any]) -> dict[str, Calibrated]:
    """Return what the record of the instrument says of its scales."""
    said = payload.get("calibration") or {}
    return {scale: Calibrated(one["u"], one["by"]) for scale, one in said.items()}


def _named(payload: dict[str, Any], method: Method) -> dict[str, Reading]:
    """Return the readings of the measurements that settings name, by setting."""
    labels = {one.name: one.label for one in method.parameters}
    return {name: _other(labels[name], one) for name, one in (payload.get("named") or {}).items()}


def _other(label: str, payload: dict[str, Any]) -> Reading:
    """Read the file of a measurement that a setting names; raises `NoResult` in its name."""
    what = f"{label}, {payload['filename']}"
    try:
        reading = read_payload(payload)
    except UnreadableFile as refusal:
        raise NoResult(f"{what}: {refusal}") from refusal
    if reading.asks_for_a_scan:
        raise NoResult(
            f"{what}: this file holds {len(reading.scans)} scans. Choose on its own page which of them is"
            " meant, then run this again."
        )
    return reading


def _told(payload: dict[str, Any]) -> dict[str, str]:
    """Return those of the parameters that say what the file leaves out; they are the reader's."""
    technique = TECHNIQUES.get(payload["technique"])
    names = {one.name for one in technique.told} if technique else set()
    given = payload.get("parameters") or {}
    return {name: str(value) for name, value in given.items() if name in names}


def reading_as_dict(reading: Reading) -> dict[str, Any]:
    """Return a reading as plain dicts; the values stay arrays until the child writes them as JSON lists."""
    return {
        "technique": reading.technique,
        "reader": reading.reader,
        "metadata": reading.metadata,
        "warnings": list(reading.warnings),
        "scans": [
            {"key": scan.key, "label": scan.label, "points": scan.points} for scan in reading.scans
        ],
        "scan": reading.scan,
        **({"columns": reading.columns} if reading.columns else {}),
        "channels": [
            {"name": c.name, "unit": c.unit, "label": c.label, "values": c.values}
            for c in reading.channels
        ],
    }


def library_versions() -> dict[str, str]:
    """Return the versions of the libraries that were loaded to make the result."""
    loaded = {name.partition(".")[0] for name in sys.modules}
    versions = {"python": platform.python_version()}
    for name in _LIBRARIES:
        if name in loaded:
            versions[name] = metadata.version(name)
    return versions


def _content(payload: dict[str, Any]) -> bytes:
    """Return the very bytes that are analysed, once they are what was stored."""
    path = payload["path"]
    try:
        size = os.path.getsize(path)
        if size > MAX_BYTES:
            raise UnreadableFile(
                f"This file has {size / 2**20:.0f} MiB; the largest that is read is {MAX_BYTES // 2**20} MiB. "
                "Export a single scan, or fewer points, and upload that."
            )
        with open(path, "rb") as file:
            content = file.read()
    except OSError as missing:
        raise UnreadableFile(
            f"The stored file could not be opened ({missing.strerror}). Try again; if it stays so, tell "
            "who runs this server."
        ) from missing
    if hashlib.sha256(content).hexdigest() != payload["sha256"]:
        raise UnreadableFile(
            "The stored file is not what was uploaded: its content no longer has the SHA-256 under which it"
            " was kept, so nothing is computed from it. Tell who runs this server; the file comes back from a"
            " backup, or by uploading the original again."
        )
    return content


def _method(name: str | None, technique: str) -> Method:
    if name is None:
        return default_method(technique)
    method = METHODS.get(name)
    if method is None:
        raise NoResult(f'There is no method "{name}". Known are {", ".join(sorted(METHODS))}.')
    if method.technique != technique:
        raise NoResult(
            f'The method "{name}" analyses {method.technique}, not {technique}. Choose a method of {technique}.'
        )
    return method
