"""Gather what proves a signed record: its revisions, its signatures, and the checkpoints over them."""

from __future__ import annotations

from typing import Any

from labnotebook.records.models import ProjectRecord, Revision, StoredFile
from labnotebook.records.refusals import WrongState
from labnotebook.records.services.checkpoints import read_checkpoints
from labnotebook.records.services.signatures import RULE, signatures_of
from labnotebook.records.services.time_stamps import read_stamps

FORMAT = 1


def proof_of(record: ProjectRecord, name: str) -> dict[str, Any]:
    """Return the proof of a signed record, ready for JSON. Refuses one that nobody signed.

    Each signature stands there as the revision that its row made, with the revision of the person; so do all
    rows that it covers. The checkpoints begin with the one over the last signature and go on to the first with a time
    stamp; the first comes with the numbers and hashes of all revisions that it is over.
    """
    signatures = signatures_of(record).filter(rule=RULE)
    if not signatures:
        raise WrongState(
            f"{name} is not signed, or only by the rule of an early version. Sign it first: a proof is of what was signed."
        )
    kept: dict[int, Revision] = {}
    own = Revision.objects.of(*signatures)
    people = [
        Revision.objects.filter(table_name="auth_user", record_id=str(one.user_id)).last()
        for one in signatures
    ]
    for revision in (*_covered(signatures), *own, *filter(None, people)):
        kept[revision.seq] = revision
    return {
        "format": FORMAT,
        "record": name,
        "signed": [record._meta.db_table, str(record.pk)],
        "revisions": [_plain(kept[seq]) for seq in sorted(kept)],
        **_checkpoints(max(one.seq for one in own)),
    }


def files_of(record: ProjectRecord) -> list[StoredFile]:
    """Return the files that the signatures on a record cover."""
    signatures = signatures_of(record).filter(rule=RULE)
    keys = {
        int(key) for one in signatures for key in (one.covers or {}).get("records_storedfile", {})
    }
    return list(StoredFile.objects.filter(pk__in=keys).order_by("pk"))


def _covered(signatures: Any) -> list[Revision]:
    found = []
    for signature in signatures:
        for table, rows in (signature.covers or {}).items():
            hashes = [hashed for _, hashed in rows.values()]
            found += Revision.objects.filter(table_name=table, hash__in=hashes)
    return found


def _plain(revision: Revision) -> dict[str, Any]:
    return {
        "seq": revision.seq,
        "table": revision.table_name,
        "record": revision.record_id,
        "number": revision.number,
        "operation": revision.operation,
        "actor": revision.actor,
        "actor_id": revision.actor_id,
        "reason": revision.reason,
        "at": revision.at.isoformat(),
        "data": revision.data,
        "previous_hash": revision.previous_hash,
        "hash": revision.hash,
    }


def _checkpoints(last: int) -> dict[str, Any]:
    """Return the checkpoints from the one over revision ``last`` to the first with a time stamp, if any."""
    over = [one for one in read_checkpoints() if one["upto"] >= last]
    if not over:
        return {"checkpoints": [], "revisions_of_the_first": [], "time_stamps": []}
    first = over[0]
    stamps = [stamp for stamp in read_stamps() if stamp["number"] >= first["number"]]
    upto = stamps[0]["number"] if stamps else first["number"]
    rows = Revision.objects.filter(seq__gt=first["since"], seq__lte=first["upto"]).order_by("seq")
    return {
        "checkpoints": [one for one in over if one["number"] <= upto],
        "revisions_of_the_first": [list(row) for row in rows.values_list("seq", "hash")],
        "time_stamps": stamps[:1],
    }
