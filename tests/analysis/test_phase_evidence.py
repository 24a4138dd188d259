"""A pattern that gives no phase is another answer than no pattern."""

import pytest

from analysis.services.measurements import add_measurement
from analysis.services.phase_evidence import evidence_of
from labnotebook.records.history import recorded
from tests.analysis.factories import address, text, upload
from tests.factories import owner_of

pytestmark = pytest.mark.django_db
XRD = b"2theta,counts\n" + b"\n".join(b"%d,%d" % (a, a) for a in range(10, 60))


def pattern(batch, **fields):
    """Add an XRD file whose analysis came out so."""
    by = owner_of(batch.project)
    measurement = add_measurement(by=by, subject=batch, technique="xrd", upload=upload(XRD, "x.xy"))
    with recorded(by, "as if by the worker"):
        measurement.analyses.get().set_fields(**fields)
    return measurement


def done(phase):
    return {"state": "done", "result": {"phase": phase, "figures": []}}


def test_without_a_pattern_it_is_not_measured(batch):
    assert evidence_of(batch) == ("not measured", None)
    by = owner_of(batch.project)
    add_measurement(by=by, subject=batch, technique="pl", upload=upload())
    assert evidence_of(batch).words == "not measured"


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({}, "measured, being read"),
        ({"state": "failed", "failure": "No counts."}, "measured, not readable"),
        (done("gamma"), "read, not yet accepted"),
        (done(None), "measured, undetermined"),
    ],
)
def test_what_a_pattern_says_is_told(batch, page, fields, words):
    measurement = pattern(batch, **fields)
    assert evidence_of(batch) == (words, measurement.pk)
    strip = text(page.get(address("batch-outcomes", batch.code)))
    assert words in strip.partition("Phase")[2].partition("</dd>")[0]


def test_a_phase_that_waits_comes_before_a_newer_pattern_without_one(batch):
    waiting = pattern(batch, **done("gamma"))
    pattern(batch, **done(None))
    assert evidence_of(batch) == ("read, not yet accepted", waiting.pk)
