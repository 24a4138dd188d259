"""What files may say of the structure of their batch, and what they say; a person names it (`services.structures`)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from analysis.confirmation import PARTS, Witness
from analysis.models import Analysis, Measurement, PhaseAssignment
from analysis.services.lists import counting
from analysis.techniques.registry import TECHNIQUES


class Offer(NamedTuple):
    """A run that says something of a part, and that nobody has named for it yet."""

    measurement: Measurement
    run: Analysis  # read by `light_analyses`
    part: str
    verdict: str
    witness: Witness


def offers(assignment: PhaseAssignment | None, measurements: Iterable[Measurement]) -> list[Offer]:
    """Return what the runs of these files (`with_analyses`) say of the parts and nobody has named yet."""
    if assignment is None:
        return []
    parts = PARTS.get(assignment.structure, ())
    named = {(e.measurement_id, e.part, e.verdict) for e in assignment.standing_evidence}
    found = []
    for measurement in measurements:
        witness = witness_in(measurement)
        if witness is None or not parts:
            continue
        for run in _speaking(measurement.runs):
            verdict = verdict_of(witness, run)
            found += [
                Offer(measurement, run, part, verdict, witness)
                for part in parts
                if verdict
                and part in witness.parts
                and (measurement.pk, part, verdict) not in named
            ]
    return found


def micrographs(measurements: Iterable[Measurement]) -> list[Measurement]:
    """Return the files that a person may name after looking at them, in the order given."""
    return [one for one in measurements if is_looked_at(one)]


def may_say(measurement: Measurement) -> bool:
    """Return whether a file may be evidence of a part of a structure at all."""
    return witness_in(measurement) is not None or is_looked_at(measurement)


def witness_of(measurement: Measurement) -> Witness:
    """Return what may be said by a file that was named: a picture that was only kept counts as a micrograph."""
    return witness_in(measurement) or _MICROGRAPH


def witness_in(measurement: Measurement) -> Witness | None:
    """Return what files of its technique may say of a structure, None where they say nothing."""
    technique = TECHNIQUES.get(measurement.technique)
    return technique.witness if technique else None


_MICROGRAPH = next(
    one.witness for one in TECHNIQUES.values() if one.witness is not None and not one.witness.key
)


def _speaking(runs: Sequence[Analysis]) -> list[Analysis]:
    """Return, of each scan of a file, the run that counts, when it is finished and not rejected."""
    scans: dict[str, list[Analysis]] = {}
    for run in runs:
        scans.setdefault(run.scan, []).append(run)
    counted = (counting(of_scan) for of_scan in scans.values())
    return [run for run in counted if run is not None and is_sound(run)]


def is_sound(run: Analysis) -> bool:
    """Return whether a run ended well and nobody rejected it."""
    return run.state == Analysis.State.DONE and run.rejected_at is None


def verdict_of(witness: Witness, run: Analysis) -> str:
    """Return what a run (`light_analyses`) says; "" where it says nothing."""
    return witness.verdict(run.light["detail"])


def is_looked_at(measurement: Measurement) -> bool:
    """Return whether a file is a picture that a person may name after looking at it."""
    technique = TECHNIQUES.get(measurement.technique)
    if technique is None or technique.witness is None:
        # A picture that is only kept may be anything; one filed as XRD or PL is of that.
        return technique is not None and not technique.is_read and measurement.file.is_picture
    return not technique.witness.key and not measurement.file.media_type.startswith("text/")
