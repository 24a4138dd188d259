"""Sphere measurements as text: the spectra a (empty), b (indirect) and c (direct), or an instrument's own yield."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import numpy as np

from analysis.readers.columns import read_columns, scans_of
from analysis.readers.heads import Head
from analysis.readers.scans import make_reading
from analysis.reading import Channel, Reading, Scan, UnreadableFile
from analysis.technique import InstrumentFile, Reader, Technique

READER = "sphere text 1"
# de Mello's letters, and the words that instruments use
ROLES = (
    ("indirect", re.compile(r"(scan|exp\w*|spectrum|l|p)?[ _.]*\(?b\)?$|.*\b(indirect|off[ _-]?axis|out of (the )?beam)", re.IGNORECASE)),
    ("direct", re.compile(r"(scan|exp\w*|spectrum|l|p)?[ _.]*\(?c\)?$|.*\b(direct|on[ _-]?axis|in (the )?beam)", re.IGNORECASE)),
    ("empty", re.compile(r"(scan|exp\w*|spectrum|l|p)?[ _.]*\(?a\)?$|.*\b(empty|blank|no sample|without sample|laser( only)?)\b", re.IGNORECASE)),
)  # fmt: skip
_RESPONSE = re.compile(r".*\b(response|sensitivity)\b", re.IGNORECASE)
_OWN = re.compile(
    r"(luqy|plqy|quantum yield|plqe)\s*[([]?\s*(%|per ?cent)?\s*[)\]]?$", re.IGNORECASE
)
_NUMBER = re.compile(r"(\d+(?:[.,]\d+)?(?:e[+-]?\d+)?)\s*(%|per ?cent)?", re.IGNORECASE)


def read(file: InstrumentFile, technique: Technique) -> Reading:
    """Read the three spectra on one axis; raise `UnreadableFile` when there are neither three nor a yield."""
    columns = read_columns(file, technique)
    columns = replace(columns, heads=[_light(head) for head in columns.heads])
    warnings = list(columns.table.warnings)
    scans = scans_of(columns, technique, warnings)
    _add_yield(columns.metadata)
    spectra, response = _spectra(scans)
    if len(spectra) != 3:
        if not {"said_plqy_percent", "said_plqy"} & columns.metadata.keys():
            raise UnreadableFile(
                f"A quantum yield after de Mello needs three spectra on one axis, a (empty sphere), b (sample beside the "
                f"beam) and c (sample in the beam); this file has {len(spectra)}. Put them side by side in one table with "
                'heads such as "Wavelength (nm)", "a", "b", "c".'
            )
        return make_reading(technique, READER, scans[:1], columns.metadata, warnings)
    x, ys = _named(spectra, warnings)
    if response is not None:
        ys = (*ys, response)
    return make_reading(technique, READER, [Scan(x, ys, "a, b, c")], columns.metadata, warnings)


def _light(head: Head) -> Head:
    """Return the head of a single letter or word of de Mello's as light, a response as such."""
    label = head.label.strip()
    if _RESPONSE.match(label):
        return replace(head, quantity="response")
    if head.quantity in ("", "absorbance", "current", "reference") and _role(label):
        return replace(head, quantity="intensity")
    return head


def _role(label: str) -> str:
    words = re.sub(r"[([][^)\]]*[)\]]\s*$", "", label).strip() or label.strip()
    return next((name for name, pattern in ROLES if pattern.match(words)), "")


def _spectra(scans: list[Scan]) -> tuple[list[tuple[Channel, Channel, str]], Channel | None]:
    """Return axis, light and name of each spectrum, and the response where there is one."""
    found, response = [], None
    for scan in scans:
        for channel in scan.ys:
            if channel.name == "response":
                response = channel
            elif channel.name in ("intensity", "counts", "y"):
                found.append(
                    (
                        scan.x,
                        channel,
                        channel.label if len(scan.ys) > 1 else scan.label or channel.label,
                    )
                )
    return found, response


def _named(
    spectra: list[tuple[Channel, Channel, str]], warnings: list[str]
) -> tuple[Channel, tuple[Channel, ...]]:
    """Bring the spectra on the axis of the first and name them; by their light where no head says which is which."""
    x = spectra[0][0]
    ys = [
        channel
        if other is x or np.array_equal(other.values, x.values)
        else _moved(x, other, channel)
        for other, channel, _ in spectra
    ]
    roles = [_role(label) for _, _, label in spectra]
    if sorted(roles) != ["direct", "empty", "indirect"]:
        # The sample takes light from the laser, most of it in the beam.
        order = np.argsort([-float(np.nanmax(y.values)) for y in ys], kind="stable")
        roles = ["", "", ""]
        for place, name in zip(order, ("empty", "indirect", "direct"), strict=True):
            roles[int(place)] = name
        told = ", ".join(
            f"“{label}” {name}" for (_, _, label), name in zip(spectra, roles, strict=True)
        )
        warnings.append(f"The spectra do not say which is which; by their laser light: {told}.")
    by_role = {role: replace(y, name=role) for role, y in zip(roles, ys, strict=True)}
    return x, tuple(by_role[name] for name in ("empty", "indirect", "direct"))


def _moved(x: Channel, other: Channel, y: Channel) -> Channel:
    order = np.argsort(other.values, kind="stable")
    at, values = other.values[order], y.values[order]
    return replace(y, values=np.interp(x.values, at, values, left=np.nan, right=np.nan))


def _add_yield(metadata: dict[str, Any]) -> None:
    """Say the file's own yield: in per cent where it must be, else as it stands, to be asked about."""
    for key, value in metadata.get("header", {}).items():
        own, number = _OWN.match(key.strip()), _NUMBER.match(value.strip())
        if own and number:
            said = float(number[1].replace(",", "."))
            is_percent = own[2] or number[2] or said > 1
            metadata["said_plqy_percent" if is_percent else "said_plqy"] = said
            return


SPHERE = Reader("a sphere measurement as text", read)
