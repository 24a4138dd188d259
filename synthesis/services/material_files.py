"""Attach certificates and data sheets to a bottle."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import F, QuerySet
from django.utils import timezone

from labnotebook.records.files import HashedUpload, clean_name
from labnotebook.records.history import recorded
from labnotebook.records.permissions import require_editor
from labnotebook.records.refusals import Refusal, WrongState
from labnotebook.records.services.files import store_file
from synthesis.models import Material, MaterialFile

MOST_FILES = 100  # in force, of one bottle


def attach_files(
    *, by: Any, material: Material, uploads: Sequence[HashedUpload], kind: str
) -> list[MaterialFile]:
    """Keep these files with a bottle, all or none; those of an aliquot belong to its bottle."""
    require_editor(by, material.project)
    material = material.origin
    made = []
    with recorded(by, "file attached"):
        material = material.lock()
        there = material.files.filter(withdrawn_at=None)
        known = set(there.values_list("sha256", flat=True))
        if len(known) + len(uploads) > MOST_FILES:
            raise Refusal(f"A bottle holds at most {MOST_FILES} files.", field="file")
        for upload in uploads:
            digest = upload.writer.digest.hexdigest()
            if digest in known:
                raise Refusal(
                    f"{clean_name(upload.name)} is attached to {material.code} already: the same content, to"
                    " the last byte.",
                    field="file",
                )
            known.add(digest)
            stored = store_file(by=by, project=material.project, upload=upload)
            made.append(
                MaterialFile.objects.create(
                    material=material, file=stored, sha256=stored.sha256, kind=kind, added_by=by
                )
            )
    return made


def withdraw_file(*, by: Any, attached: MaterialFile, reason: str) -> MaterialFile:
    """Say that a file does not belong to this bottle; it stays in the history, and can be read."""
    require_editor(by, attached.material.project)
    if not reason.strip():
        raise Refusal("Say why: the next person will want to know.", field="reason")
    with recorded(by, reason):
        attached = attached.lock()
        if attached.withdrawn_at is not None:
            raise WrongState("This file was withdrawn already.")
        attached.set_fields(withdrawn_at=timezone.now(), withdrawn_reason=reason.strip()[:300])
    return attached


def files_of(material: Material) -> QuerySet[MaterialFile]:
    """Return the files of a bottle, withdrawn ones too; of an aliquot those of its bottle."""
    rows = material.origin.files.select_related("file", "added_by")
    return rows.order_by(F("withdrawn_at").asc(nulls_first=True), "kind", "pk")
