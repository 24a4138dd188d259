"""Guess the technique of a file from its name and its first lines, for a person to correct."""

from __future__ import annotations

import re

BY_NAME = (
    ("xrd", r"xrd|2theta|\.(xy|xye|xrdml|uxd|ras|rasx|raw|brml|chi)$"),
    ("trpl", r"trpl|tcspc|decay|lifetime|\.(phd|phu|ptu|thd)(\.|$)"),
    ("jvl", r"jvl|j-v|iv[_. ]|_jv"),
    ("el_spectrum", r"(^|[_\W])el([_\W]|$)|spd|elspec"),
    ("absorbance", r"abs(?!ence)|uv-?(vis|winlab)"),
    ("pl", r"(^|[_\W])pl([_\W]|$)|emscan|emission|fluor|photolum"),
)
BY_CONTENT = (
    ("xrd", r"2\s?-?theta|two theta|xrdmeasurement|_2thetacounts|k-?alpha"),
    ("trpl", r"fifo_|sdt setup|time ?\[?\(?ns|ns/bin|decay"),
    ("jvl", r"luminance|cd/m|voltage.{0,60}current|\[v\]|\(v\)"),
    ("absorbance", r"absorbance|\babs\b|yunits\s*abs"),
    ("el_spectrum", r"electrolum|radiance|w/sr|spectral power"),
    ("pl", r"emission|wavelength|fluoresc|excitation|intensity|nm"),
)


def guess_technique(name: str, head: bytes) -> str:
    """Return the likeliest technique; PL when nothing tells."""
    text = head[:4000].replace(b"\x00", b"").decode("utf-8", "replace").lower()
    for technique, pattern in BY_NAME:
        if re.search(pattern, name.lower()):
            return technique
    for technique, pattern in BY_CONTENT:
        if re.search(pattern, text):
            return technique
    return "pl"
