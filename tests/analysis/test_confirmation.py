"""A structure is expected until every one of its parts is confirmed; what speaks against a part wins."""

import re

import pytest

from analysis.confirmation import CONFIRMS, CONTRADICTS, PARTS, level_of
from analysis.forecast import Conditions
from analysis.forecast.structure import structure_of
from analysis.techniques.files import read
from analysis.techniques.registry import TECHNIQUES
from tests.analysis.techniques.files.instrument_files import ELEMENTS
from tests.analysis.techniques.xps.regions import calcium_2p
from tests.analysis.techniques.xps.test_metallic_lead_and_calcium import REFERENCED, reading_of

# From science.md, section 4, row by row: phase, R, washes, seed -> what it is made of, and its unseen parts.
RULE = [
    ("alpha", 0.0, 1, "CaIx", "α-CsPbI3", ()),
    ("alpha", 0.25, 1, "CaIx", "α-CsPb(y)Ca(1−y)I3", ()),
    ("gamma", 0.5, 1, "CaIx", "CaIx/γ-CsPbI3/CaI2", ("seed", "shell")),
    ("gamma", 0.5, 2, "CaIx", "CaIx/γ-CsPbI3", ("seed",)),
    ("gamma", 1.0, 3, "CaIx", "CaIx/γ-CsPbI3", ("seed",)),
    ("alpha", 0.5, 1, "PbS", "", ()),
    ("mixed", 0.375, 1, "CaIx", "", ()),
    ("delta", 0.5, 1, "CaIx", "", ()),
]


@pytest.mark.parametrize(("phase", "ratio", "washes", "seed", "written", "parts"), RULE)
def test_phase_and_recipe_give_the_structure(phase, ratio, washes, seed, written, parts):
    found = structure_of(
        phase, Conditions(ratio_ca_pb=ratio, purification_cycles=washes, seed=seed)
    )
    assert (found.written, found.parts) == (written, parts)


@pytest.mark.parametrize(
    ("structure", "seed", "shell", "level"),
    [
        ("", [], [], ""),
        ("alloy", [], [], "expected"),
        ("core_only", [], [CONFIRMS], "expected"),
        ("seed_core_shell", [], [], "expected"),
        ("seed_core_shell", [], [CONFIRMS], "partly_confirmed"),
        ("seed_core_shell", [CONFIRMS], [CONFIRMS, CONFIRMS], "confirmed"),
        ("seed_core_shell", [CONFIRMS], [CONFIRMS, CONTRADICTS], "contradicted"),
        ("seed_core_shell", [CONTRADICTS], [], "contradicted"),
        ("seed_core", [CONFIRMS], [], "confirmed"),
    ],
)
def test_a_structure_is_as_sure_as_its_parts(structure, seed, shell, level):
    assert level_of(structure, {"seed": seed, "shell": shell}) == level


def test_what_the_methods_find_is_what_the_witness_reads():
    """On regions and tables made elsewhere: calcium that is there confirms, none speaks against."""
    xps, eds = TECHNIQUES["xps"], TECHNIQUES["eds"]
    for area, verdict in ((4000, CONFIRMS), (0, CONTRADICTS)):
        found = xps.methods[0].run(reading_of(*calcium_2p(0, area)), REFERENCED)
        assert xps.witness.verdict(found.detail) == verdict
    table = ELEMENTS.encode()
    for content, verdict in (
        (table, CONFIRMS),
        (table.replace(b"\t3000\t", b"\t0\t"), CONTRADICTS),
    ):
        found = eds.methods[0].run(read(content, "edx.txt", "eds"), {})
        assert eds.witness.verdict(found.detail) == verdict


def test_what_says_nothing_of_calcium_is_no_witness_and_what_does_says_its_limits():
    assert TECHNIQUES["xrd"].witness is None
    xps, eds, tem = (TECHNIQUES[name].witness for name in ("xps", "eds", "tem"))
    assert xps.verdict({"calcium": True}) == CONFIRMS
    assert xps.verdict({"calcium": False}) == CONTRADICTS
    assert xps.verdict({"metallic_lead": True}) == ""  # a region of lead
    assert eds.verdict({"calcium_found": True}) == CONFIRMS
    assert tem.verdict({"calcium": True}) == ""  # a person has to look
    for witness in (xps, eds):
        assert re.search("not where it sits", witness.proves)
    assert "seed" in PARTS["seed_core_shell"]
    assert "seed" not in xps.parts  # too deep for photoelectrons
