"""Photoelectron spectra as text: energy and counts in columns, further columns are models of a program."""

from __future__ import annotations

import re

from analysis.readers.cells import Style, cells_of
from analysis.readers.heads import printed_names
from analysis.readers.scans import make_reading
from analysis.readers.tables import Block, find_tables
from analysis.reading import Channel, Reading, Scan, UnreadableFile
from analysis.technique import InstrumentFile, Reader, Technique
from analysis.techniques.xps.readers.energies import as_binding, photon_ev

READER = "xps text 2"
_BINDING = re.compile(r"\b(binding|b\.?\s?e\.?)\b", re.IGNORECASE)
_KINETIC = re.compile(r"\b(kinetic|k\.?\s?e\.?)\b", re.IGNORECASE)
_ENERGY = re.compile(r"energy|\bev\b", re.IGNORECASE)
_COUNTS = re.compile(r"count|cps|\bc/s|int|raw|signal|data|^y\b", re.IGNORECASE)
_MODEL = re.compile(r"back|bgd|envelope|fit|residual|component|peak|sum", re.IGNORECASE)
_BARE = re.compile(
    r"[(\[]?(raw|measured|corrected)?\s*(counts?|cps|c/s|intens\w*|int\.?|data|signal|y)\b[^\d]*",
    re.IGNORECASE,
)
_RATE = re.compile(r"cps|c/s|/\s*s\b|per second", re.IGNORECASE)


def read(file: InstrumentFile, technique: Technique) -> Reading:
    """Read each table of a text as a region; raise `UnreadableFile` when its axis is no energy."""
    table = find_tables(file.lines)
    warnings = list(table.warnings)
    scans = [scan for block in table.blocks for scan in _scans(block, table.style, warnings)]
    return make_reading(technique, READER, scans, {}, warnings)


def _scans(block: Block, style: Style, warnings: list[str]) -> list[Scan]:
    width = block.columns.shape[0]
    heads = _heads(block, style, width)
    above = "\n".join(block.above)
    energies = [
        k
        for k, head in enumerate(heads)
        if _ENERGY.search(head) or _BINDING.search(head) or _KINETIC.search(head)
    ]
    # CasaXPS writes both energies; the binding energy needs nothing else to be known.
    energy = next((k for k in energies if _BINDING.search(heads[k])), next(iter(energies), None))
    if energy is None:
        if any(heads):
            printed = printed_names(heads)
            raise UnreadableFile(
                f"This table has the columns {printed}; a photoelectron spectrum needs an energy in eV and counts. Choose the "
                "technique that fits the file, or name the columns."
            )
        energy = 0
    others = [k for k in range(width) if k != energy and k not in block.text_columns]
    others = [k for k in others if not _KINETIC.search(heads[k]) and not _MODEL.search(heads[k])]
    measured = _measured(others, heads)
    if not measured:
        raise UnreadableFile(
            "Beside the energy this table has no column of counts. Export the measured counts."
        )
    head = heads[energy]
    kinetic = bool(_KINETIC.search(head)) and not _BINDING.search(head)
    if not (kinetic or _BINDING.search(head)):
        warnings.append(
            "The file does not say which energy it gives; it was taken as binding energy in eV."
        )
    scans: list[Scan] = []
    for y in measured:
        unit = "counts/s" if _RATE.search(heads[y]) else "counts"
        scan = Scan(
            Channel("binding_energy", "eV", block.columns[energy], head),
            (Channel("counts", unit, block.columns[y], heads[y] or "Counts"),),
            " ".join(filter(None, (_name(above), heads[y] if len(measured) > 1 else ""))),
        )
        scans.append(as_binding(scan, kinetic, photon_ev(above)))
    return scans


def _measured(others: list[int], heads: list[str]) -> list[int]:
    """Return the columns of counts: one, or one a sample where each is called by a name of its own.

    A bare ``Counts`` is the spectrum itself; what stands beside it are the lines that a program fitted to it.
    """
    named = [k for k in others if _COUNTS.search(heads[k])]
    if named and _BARE.fullmatch(heads[named[0]]):
        return named[:1]
    found = named or others
    return found if all(heads[k] for k in found) else found[:1]


def _heads(block: Block, style: Style, width: int) -> list[str]:
    for line in reversed(block.above[-6:]):
        ways = [
            cells_of(line.lstrip("#;% "), style),
            re.split(r"\t|\s{2,}|[,;]", line.strip("#;% \t")),
        ]
        for cells in ways:
            if len(cells) == width and any(re.search(r"[A-Za-z]", cell) for cell in cells):
                return [cell.strip().strip('"') for cell in cells]
    return [""] * width


def _name(above: str) -> str:
    found = re.search(r"\b([A-Z][a-z]?\s?[1-5][spdf])\b", above)
    return found[1] if found else ""


TEXT = Reader("a photoelectron spectrum as text", read)
