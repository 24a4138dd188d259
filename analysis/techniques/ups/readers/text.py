"""UPS as text: counts against binding or kinetic energy, with what the header says of source and bias."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from analysis.readers.columns import read_columns
from analysis.readers.heads import Head
from analysis.reading import Reading
from analysis.technique import InstrumentFile, Reader, Technique
from analysis.techniques.shared.readers.two_columns import reading_of

_BINDING = re.compile(r"bind|b\.?e\.?\b|e[ _]?b\b", re.IGNORECASE)
_KINETIC = re.compile(r"kin|k\.?e\.?\b|e[ _]?k(in)?\b", re.IGNORECASE)
_FACTS = (
    ("bias_v", re.compile(r"bias", re.IGNORECASE)),
    ("photon_ev", re.compile(r"excitation energy|photon energy|source energy|h[vν]\b", re.IGNORECASE)),
)  # fmt: skip
_NUMBER = re.compile(r"[-+−]?\d+(?:[.,]\d+)?")


def read(file: InstrumentFile, technique: Technique) -> Reading:
    """Read a spectrum; raise `UnreadableFile` when there is no energy with counts."""
    columns = read_columns(file, technique)
    columns = replace(columns, heads=[_named(head) for head in columns.heads])
    _add_facts(columns.metadata)
    return reading_of(columns, technique)


def _named(head: Head) -> Head:
    """Return a head with its kind of energy; an energy of no kind is called so."""
    label = head.label.strip()
    if head.unit in ("", "eV"):
        for name, words in (("binding_energy", _BINDING), ("kinetic_energy", _KINETIC)):
            if words.match(label):
                return replace(head, quantity=name)
    return replace(head, quantity="energy") if head.quantity == "photon_energy" else head


def _add_facts(metadata: dict[str, Any]) -> None:
    for key, value in metadata.get("header", {}).items():
        for name, words in _FACTS:
            number = _NUMBER.search(value)
            if words.search(key) and number:
                metadata.setdefault(name, float(number[0].replace(",", ".").replace("−", "-")))


TEXT = Reader("a UPS spectrum as text", read)
