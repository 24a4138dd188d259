"""Read a column head such as ``Voltage / V`` as a quantity of the house's vocabulary and a unit."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from analysis.technique import Technique

# Spelling in files (lower case, blanks removed) -> unit as `analysis.reading.Channel` writes it.
_UNITS = {
    "nm": "nm", "nanometer": "nm", "nanometers": "nm", "nanometre": "nm", "nanometres": "nm", "nm.": "nm",
    "um": "um", "µm": "um", "μm": "um", "micron": "um", "microns": "um", "å": "angstrom",
    "angstrom": "angstrom", "ev": "eV", "mev": "meV", "cm-1": "1/cm", "1/cm": "1/cm", "cm^-1": "1/cm",
    "cm⁻¹": "1/cm", "s": "s", "sec": "s", "seconds": "s", "second": "s", "ms": "ms", "us": "us",
    "µs": "us", "μs": "us", "ns": "ns", "nsec": "ns", "nanoseconds": "ns", "ps": "ps", "psec": "ps",
    "deg": "deg", "degree": "deg", "degrees": "deg", "°": "deg", "2theta": "deg", "°2th": "deg",
    "°2theta": "deg", "deg.": "deg", "degr": "deg", "v": "V", "volt": "V", "volts": "V", "mv": "mV",
    "a": "A", "amp": "A", "amps": "A", "ampere": "A", "ma": "mA", "ua": "uA", "µa": "uA",
    "μa": "uA", "na": "nA", "microamps": "uA", "%": "%", "percent": "%", "pct": "%", "pct.": "%",
    "lm/w": "lm/W", "cd/a": "cd/A", "nit": "cd/m2", "nits": "cd/m2", "w": "W", "mw": "mW",
    "counts": "counts", "count": "counts", "cts": "counts", "cnts": "counts", "cnts.": "counts",
    "cps": "counts/s", "counts/s": "counts/s", "cts/s": "counts/s", "a.u.": "a.u.", "au": "a.u.",
    "a.u": "a.u.", "arb.u.": "a.u.", "arb.units": "a.u.", "1/å": "1/angstrom", "å-1": "1/angstrom",
    "å⁻¹": "1/angstrom", "1/nm": "1/nm", "lm": "lm", "w/sr/m2": "W/sr/m2", "w/(srm2)": "W/sr/m2",
    "micrometer": "um", "micrometers": "um", "micrometre": "um", "micrometres": "um", "ångström": "angstrom",
    "ångstrom": "angstrom", "angström": "angstrom", "angstroms": "angstrom", "ang": "angstrom", "ang.": "angstrom",
    "angstroem": "angstrom", "aa": "angstrom", "m": "m", "meter": "m",
    "meters": "m", "metre": "m", "metres": "m", "min": "min", "mins": "min", "minute": "min",
    "minutes": "min", "h": "h", "hr": "h", "hrs": "h", "hour": "h", "hours": "h", "day": "d", "days": "d", "microseconds": "us",
    "milliseconds": "ms", "picoseconds": "ps", "electronvolt": "eV", "electronvolts": "eV",
    "wavenumbers": "1/cm", "cps/microamps": "counts/s/uA", "cps/ua": "counts/s/uA", "cps/µa": "counts/s/uA",
}  # fmt: skip
_PER_AREA = re.compile(r"^(ma|µa|μa|ua|a|na|cd|mw|kcd)[/·.*]?(cm|m)[-−⁻^*]*[2²≤\ufffd]$")
_PER_AREA_NAMES = {
    "macm": "mA/cm2", "uacm": "uA/cm2", "µacm": "uA/cm2", "μacm": "uA/cm2", "acm": "A/cm2",
    "am": "A/m2", "mam": "mA/m2", "cdm": "cd/m2", "cdcm": "cd/cm2", "mwcm": "mW/cm2", "nacm": "nA/cm2",
    "kcdm": "kcd/m2",
}  # fmt: skip

# Words of a column head (lower case, without the unit) -> quantity. The first that fits counts.
_LABELS: tuple[tuple[str, str], ...] = tuple(
    (quantity, pattern)
    for quantity, pattern in (
        ("irf", r"irf\b|prompt\b|instrument(al)? resp"),
        ("clock", r"date|datum\b|time ?stamp|clock|time of day|uhrzeit"),
        ("reference", r"r1c$"),
        ("uncertainty", r"sigma|σ|err(or)?\b|std|standard dev|esd|uncert|dy$|±"),
        ("two_theta", r"(°|deg\.?\s*)?2\s*[-_ *]?\s*(theta|th\b|θ|ϑ|q$)|two[ _-]?theta|tth$|angle|pos(ition)?\b|gonio"),
        ("theta", r"theta|θ|omega|ω"),
        ("q", r"q$|scattering vector"),
        ("d_spacing", r"d[ -]?spacing|d$"),
        ("wavelength", r"(emission |excitation |em\.? ?|peak )?wave[ _-]?length|wave$|wl$|lambda|λ"),
        ("wavenumber", r"wave[ _-]?number|raman"),
        ("photon_energy", r"(photon[ _-]?)?energy|hv$|hν$|ev$"),
        ("time", r"(decay |delay |elapsed |acq\w* )?time|delay|t$|zeit|temps\b|tiempo|tempo\b|时间|時間"),
        ("index", r"index|no\.?$|nr\.?$|#|point|pixel|channel$|bin$|n$|row"),
        ("current_density", r"(average |mean )?(current[ _-]?density|current dens)|j$|j[ _-]|j_?dens|jv?$|stromdichte"),
        ("voltage", r"(applied |drive |driving |bias |source |device |forward )?(voltage|bias|potential|spannung)\b"
                    r"|v$|u$|v[ _-]?(source|bias|app|dev|meas|drive)\w*\b"),
        ("current_efficiency", r"ce$|current[ _-]?eff|luminous eff|cd/a"),
        ("power_efficiency", r"pe$|lpe$|power[ _-]?eff|luminous power eff|lm/w"),
        ("eqe", r"eqe|external[ _]quantum|ext\.? quantum|qe$"),
        ("current", r"current|i$|i[ _-]?(measure|meas|dev|drive)\w*|strom"),
        ("luminance", r"luminance|lum\.?$|brightness|leuchtdichte|luminan[cz][ei]?a|亮度|輝度|l$"),
        ("radiance", r"radiance"),
        ("absorbance", r"abs(orbance)?\.?$|absorbance|optical density|od$|extinktion"),
        ("absorptance", r"absorptance"),
        ("transmittance", r"%\s*t(rans\.?|ransm?\.?)?$|(percent |per ?cent )?transmi|透过率|透過率|透射率"),
        ("reflectance", r"%\s*r(efl?\.?)?$|reflect"),
        ("dark", r"dark|background"),
        ("reference", r"reference|ref\b"),
        ("counts", r"counts?\b|cnts|cts|no_of_photons|photons?$|events|decay"),
        ("intensity", r"(rel\w*\.? |norm\w*\.? |raw |average |mean |pl |el )*(intens|signal|spectrum|scope)|"
                      r"pl\b|el\b|luminescence|photolum|electrolum|sample$|flux|spectral|s1|int\.?$|power dens"),
    )
)  # fmt: skip
_MODEL = re.compile(
    r"(.*[\s_.(-])?(expected|fit|fitted|fits|model|modell?ed|calc|calc\.|calculated|sim|simulated|simulation"
    r"|theory|theoretical|predicted|residuals?|resid\.?|reconvolution|reconvolved|regression|anpassung|angepasst|ajuste|ajustement"
    r"|modelo|modèle|拟合|擬合|フィット)([\s_.)-].*|\d*)?$"
    r"|[iy][\s_-]?(calc?|fit|mod|sim)\d*$|diff(\.|erence|erenz)?$|[iy][\s_-]?obs\s*[-−]\s*[iy][\s_-]?calc?$"
)
_DETECTED = re.compile(
    r"(pmt|photo-?multiplier|detector|lock[- ]?in|apd|photo-?(diode|current|voltage)|(pl|el|photoluminescence) (signal|intensity))\b(?!.*\bbias)"
)
_COMPILED = tuple((quantity, re.compile(pattern)) for quantity, pattern in _LABELS)
_FIGURES_NOT_COLUMNS = re.compile(r"\b(turn[ -]?on|max|min|peak|avg|@|at \d|onset|threshold)")
_BY_UNIT = {
    "nm": "wavelength", "um": "wavelength", "angstrom": "wavelength", "eV": "photon_energy", "meV": "photon_energy",
    "1/cm": "wavenumber", "deg": "two_theta", "ns": "time", "ps": "time", "us": "time", "ms": "time",
    "s": "time", "V": "voltage", "mV": "voltage", "A": "current", "mA": "current", "uA": "current",
    "nA": "current", "mA/cm2": "current_density", "A/cm2": "current_density", "A/m2": "current_density",
    "mA/m2": "current_density", "uA/cm2": "current_density", "nA/cm2": "current_density",
    "cd/m2": "luminance", "kcd/m2": "luminance", "lm/W": "power_efficiency", "cd/A": "current_efficiency",
    "counts": "counts", "counts/s": "intensity", "counts/s/uA": "intensity", "1/angstrom": "q",
}  # fmt: skip


_LOGARITHM = re.compile(r"(log_?10|log|lg|ln)(?=[\s_(\[|])[\s_]*(.+)", re.IGNORECASE)
_LOGARITHM_AFTER = re.compile(
    r"(.+?)[\s,_]*[(\[,\s_](log_?10|log|lg|ln)(?: scale)?[)\]]?", re.IGNORECASE
)
_VALUE = re.compile(r"(^|.*[\s_=@:~(-])[-+]?\d+(?:[.,]\d+)?$")
_MEASURED = frozenset(
    [
        "absorbance",
        "transmittance",
        "reflectance",
        "intensity",
        "counts",
        "current",
        "current_density",
        "luminance",
        "uncertainty",
        "model",
        "dark",
        "reference",
    ]
)
_SAID_IN_BRACKETS = frozenset(("absorbance", "transmittance", "intensity", "counts", "luminance"))
_ELECTRIC = frozenset(("current", "current_density", "luminance"))


@dataclass(frozen=True, slots=True)
class Head:
    """A column head: the quantity ("" when not recognised), the unit ("" when not said), the print.

    ``logarithm`` is ``log10``, ``ln``, ``log`` (of a base that is not said) or "" for plain numbers.
    """

    quantity: str
    unit: str
    label: str
    logarithm: str = ""


def printed_names(labels: Iterable[str], most: int = 8) -> str:
    """Return the names of columns in quotation marks, "" where none has one.

    >>> printed_names(["V", "", "I"], most=1)
    '"V" and 1 more'
    """
    said = [f'"{label[:40]}"' for label in labels if label]
    more = f" and {len(said) - most} more" if len(said) > most else ""
    return ", ".join(said[:most]) + more


def unit_of(text: str) -> str | None:
    """Return the unit as the house writes it, None when ``text`` is no unit that is known here."""
    plain = re.sub(r"\s+", "", text.strip().strip("[]()")).lower().replace("−", "-")
    if plain in _UNITS:
        return _UNITS[plain]
    area = _PER_AREA.match(plain)
    return _PER_AREA_NAMES.get(area[1] + area[2]) if area else None


def identify(label: str, technique: Technique, unit_below: str = "") -> Head:
    """Return what a head means. ``unit_below`` is the cell under it in a row of units."""
    logarithm, inner = _logarithm(label.strip().strip('"').strip())
    words, raw_unit = split_unit(inner)
    raw_unit = unit_below.strip().strip("[]()") or raw_unit
    unit = unit_of(raw_unit)
    named = unit is None or (bool(words) and _is_bare(inner))  # "cm-1" is a unit, "20 s" a name
    if not unit_below and named and _VALUE.match(words or inner):
        return _value(words or inner, label, technique)
    quantity = _quantity(words, unit or "", technique)
    if logarithm and quantity == "index":
        quantity = ""  # lg(N) is of a number of counts, not of a row
    if quantity == "wavelength" and unit == "A":
        unit = "angstrom"
    letter = len(raw_unit) == 1 and re.search(r"[\s_]\w$", inner) is not None and not unit_below
    if letter and (quantity in _MEASURED - _ELECTRIC or not _quantity(words, "", technique)):
        # "Batch A" is a name, "Current A" has a unit.
        return Head(_quantity(words, "", technique), "", label.strip(), logarithm)
    if not quantity and unit is None and inner[-1:] in ")]":
        said = _quantity(raw_unit, "", technique)  # "5 s (Abs)"
        if said in _SAID_IN_BRACKETS and raw_unit.lower() != "sample":
            return Head(said, "%" if "%" in raw_unit else "", label.strip(), logarithm)
    shown = "" if raw_unit[:1].isdigit() and unit is None else raw_unit.strip()
    return Head(quantity, shown if unit is None else unit, label.strip(), logarithm)


def _logarithm(text: str) -> tuple[str, str]:
    """Return which logarithm a head says and what it is of: ``log10(counts)``, ``Counts (log)``."""
    found = _LOGARITHM.fullmatch(text)
    base, inner = (found[1], found[2]) if found else ("", text)
    if not found:
        after = _LOGARITHM_AFTER.fullmatch(text)
        if after is None:
            return "", text
        inner, base = after[1], after[2]
    inner = inner.strip().strip("|")
    if inner[:1] in "([" and _opening(inner) == 0:
        inner = inner[1:-1].strip().strip("|")
    plain = base.lower().replace("_", "")
    return {"lg": "log10"}.get(plain, plain), inner


def _is_bare(text: str) -> bool:
    """Tell whether a unit follows a number itself: ``20 s``, not ``Current 2 (A)``."""
    return text[-1:] not in ")]" or re.match(r"[-+]?\d", text) is not None


def _value(words: str, label: str, technique: Technique) -> Head:
    """Return the head of a column that is named by a value, such as the time of an aliquot: ``20 s``."""
    name = re.sub(r"[-+]?\d+(?:[.,]\d+)?$", "", words).strip(" _=@:~(-")
    quantity = _quantity(name, "", technique) if len(name) > 1 else ""
    named = quantity in _MEASURED and name.lower() != "sample"  # "Sample 1" does not say of what
    return Head(quantity if named else "", "", label.strip())


def split_unit(label: str) -> tuple[str, str]:
    """Split ``Wavelength (nm)``, ``Time[ns]``, ``Voltage / V``, ``Energy, eV``, ``time_ns``."""
    text = label.strip().strip('"').strip()
    if "/" in text and unit_of(text) is not None:
        return "", text
    if text and text[-1] in ")]":
        start = _opening(text)
        if start is not None:
            return text[:start].strip(), text[start + 1 : -1].strip()
    for separator in ("/", ",", "_", " in ", " "):
        words, found, unit = text.rpartition(separator)
        if found and words.strip() and unit_of(unit) is not None:
            # "PE lm/W" ends in the unit lm/W, not in watts
            last = text.rpartition(" ")[2]
            if separator == "/" in last and unit_of(last) is not None:
                continue
            return words.strip(), unit.strip()
    return ("", text) if unit_of(text) is not None and len(text) > 1 else (text, "")


def _opening(text: str) -> int | None:
    closing, depth = text[-1], 0
    opening = "(" if closing == ")" else "["
    for position in range(len(text) - 1, -1, -1):
        depth += (text[position] == closing) - (text[position] == opening)
        if depth == 0:
            return position
    return None


def _quantity(words: str, unit: str, technique: Technique) -> str:
    percent = unit == "%" or words.lstrip("\"'*#").startswith("%")
    plain = words.lower().strip().strip("\"'*:;#%").replace("_", " ").strip()
    if percent and plain in ("t", "r"):
        return "transmittance" if plain == "t" else "reflectance"
    if plain in technique.letters:
        return technique.letters[plain]
    if _MODEL.match(plain):
        return "model"
    if _FIGURES_NOT_COLUMNS.search(plain):
        return ""
    if technique.ordinate in ("intensity", "counts") and _DETECTED.match(plain):
        return "intensity"  # in volts or amperes of a detector
    for quantity, pattern in _COMPILED:
        if pattern.match(plain):
            return _settle(quantity, unit, technique)
    return _BY_UNIT.get(unit, "")


def _settle(quantity: str, unit: str, technique: Technique) -> str:
    """Let the unit overrule a word that means several things (``J`` and ``I`` under mA/cm2)."""
    by_unit = _BY_UNIT.get(unit, "")
    if quantity == "current" and by_unit == "current_density":
        return by_unit
    if quantity == "current" and unit in ("counts", "counts/s", "a.u."):
        return "intensity"
    if quantity == "index" and by_unit in ("luminance", "current", "current_density", "counts"):
        return by_unit  # "Pixel 1 L (cd/m2)"
    if quantity == "two_theta" and (technique.axis(quantity) is None or unit not in ("", "deg")):
        return by_unit
    if quantity == "wavelength" and by_unit in ("photon_energy", "wavenumber"):
        return by_unit
    return quantity
