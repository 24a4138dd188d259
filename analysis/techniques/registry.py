"""Which techniques there are: those of the house, and those that installed packages bring.

A package brings a technique by an entry point of the group ``labnotebook.techniques`` whose value is a
`analysis.technique.Technique`.
"""

from __future__ import annotations

import re
from importlib.metadata import EntryPoint, entry_points

from analysis.drawing import Drawing
from analysis.result import Method, NoResult
from analysis.technique import Technique
from analysis.techniques.absorbance.technique import ABSORBANCE
from analysis.techniques.angular.technique import ANGULAR
from analysis.techniques.deposition.technique import DEPOSITION
from analysis.techniques.eds.technique import EDS
from analysis.techniques.emission.technique import EL_SPECTRUM, PL
from analysis.techniques.jvl.technique import JVL
from analysis.techniques.lifetime.technique import LIFETIME
from analysis.techniques.other.technique import OTHER
from analysis.techniques.photovoltaic.technique import PHOTOVOLTAIC_EQE
from analysis.techniques.plqy.technique import PLQY
from analysis.techniques.sclc.technique import SCLC
from analysis.techniques.ta.technique import TA
from analysis.techniques.tem.technique import TEM
from analysis.techniques.trpl.technique import TRPL
from analysis.techniques.ups.technique import UPS
from analysis.techniques.xps.technique import XPS
from analysis.techniques.xrd.technique import XRD

GROUP = "labnotebook.techniques"
OF_THE_HOUSE = (
    XRD,
    PL,
    ABSORBANCE,
    TRPL,
    JVL,
    EL_SPECTRUM,
    TEM,
    EDS,
    XPS,
    LIFETIME,
    DEPOSITION,
    ANGULAR,
    SCLC,
    UPS,
    PLQY,
    TA,
    PHOTOVOLTAIC_EQE,
    OTHER,
)
NAME = re.compile(r"[a-z][a-z0-9_]{1,39}")
GUESS = "guess"  # what an upload calls a technique that is to be told from the file


class BrokenTechnique(RuntimeError):
    """An installed package brings a technique that cannot be used; the message says which and why."""


def _brought(entry: EntryPoint) -> Technique:
    """Return what an entry point brings."""
    source = f"The entry point “{entry.name} = {entry.value}” of the group {GROUP}"
    try:
        technique = entry.load()
    except Exception as fault:
        raise BrokenTechnique(f"{source} cannot be loaded: {fault}") from fault
    if not isinstance(technique, Technique):
        raise BrokenTechnique(f"{source} is no analysis.technique.Technique.")
    return technique


def _checked(techniques: list[Technique]) -> dict[str, Technique]:
    """Return the techniques by name; raise `BrokenTechnique` where two of them get in each other's way."""
    by_name: dict[str, Technique] = {}
    methods: dict[str, str] = {}
    for one in techniques:
        if (
            not NAME.fullmatch(one.name)
            or one.name == GUESS
            or by_name.setdefault(one.name, one) is not one
        ):
            raise BrokenTechnique(
                f"A technique cannot be called {one.name!r}: the name is taken, or is not of 2 to 40 small"
                " letters, digits and underscores."
            )
        for method in one.methods:
            owner = methods.setdefault(method.name, one.name)
            if owner != one.name or method.technique != one.name:
                raise BrokenTechnique(
                    f"The method {method.name!r} of the technique {one.name!r} is one of"
                    f" {owner if owner != one.name else method.technique!r} already."
                )
    return by_name


TECHNIQUES = _checked([*OF_THE_HOUSE, *map(_brought, sorted(entry_points(group=GROUP), key=str))])
METHODS: dict[str, Method] = {
    method.name: method for technique in TECHNIQUES.values() for method in technique.methods
}


def choices() -> list[tuple[str, str]]:
    """Return name and title of each technique, in the order in which they are offered."""
    return [(technique.name, technique.title) for technique in TECHNIQUES.values()]


def title_of(name: str) -> str:
    """Return what a technique is called; its name when it is not installed any more."""
    known = TECHNIQUES.get(name)
    return known.title if known else name


def missing(name: str) -> str:
    """Return what is said of a file whose technique is not installed any more."""
    return (
        f"The technique “{name}” is not installed here any more. The file is kept as it came and can be"
        " downloaded. To read it, install the package that brings the technique, or say that the file is of"
        " another one."
    )


def drawing_of(name: str) -> Drawing:
    """Return how a technique is drawn; as a plain spectrum when it is not installed any more."""
    known = TECHNIQUES.get(name)
    return known.drawing if known else Drawing()


def default_method(technique: str) -> Method:
    """The method that is run first on a measurement of ``technique``; raises `NoResult`."""
    known = TECHNIQUES.get(technique)
    if known is not None and known.methods:
        return known.methods[0]
    able = ", ".join(sorted(one.name for one in TECHNIQUES.values() if one.methods))
    raise NoResult(f"No method analyses “{technique}”. Techniques with a method: {able}.")
