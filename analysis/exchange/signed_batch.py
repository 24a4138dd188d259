"""A signed batch as an ELN file: an RO-Crate in a ZIP, with the report, every signed file and the proof.

The ELN Consortium's file format (https://github.com/TheELNConsortium/TheELNFileFormat), RO-Crate 1.1. The proof is
checked by `manage.py verify`, or `python -m labnotebook.verify` where no notebook is.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import zipfile
from typing import IO, Any

from django.utils import timezone

from labnotebook.records.files import open_blob
from labnotebook.records.proofs.making import files_of, proof_of
from synthesis.models import Batch

CONTEXT = "https://w3id.org/ro/crate/1.1/context"
VERSION = "https://w3id.org/ro/crate/1.1"
PROOF, REPORT, FILES = "proof.json", "report.pdf", "files"
PIECE = 1 << 20


def write_signed_batch(target: IO[bytes], batch: Batch, report: bytes) -> None:
    """Write the archive of a signed batch; refuses one that nobody signed, raises `FileDamaged`."""
    proof = proof_of(batch, batch.code)
    root = batch.code
    parts: list[dict[str, Any]] = []
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, kind, content in (
            (REPORT, "application/pdf", report),
            (PROOF, "application/json", json.dumps(proof, indent=1).encode()),
        ):
            archive.writestr(f"{root}/{name}", content)
            sha256 = hashlib.sha256(content).hexdigest()
            parts.append(_file(f"./{name}", name, kind, len(content), sha256))
        for file in files_of(batch):
            # By its hash: two files may have one name, and a name is only data.
            place = f"{FILES}/{file.sha256}"
            if any(part["@id"] == f"./{place}" for part in parts):
                continue
            with (
                open_blob(file.sha256, file.name) as blob,
                archive.open(f"{root}/{place}", "w", force_zip64=True) as entry,
            ):
                shutil.copyfileobj(blob, entry, PIECE)
            parts.append(
                _file(f"./{place}", file.name, file.media_type, file.size_bytes, file.sha256)
            )
        crate = json.dumps(_crate(batch, proof, parts), indent=1)
        archive.writestr(f"{root}/ro-crate-metadata.json", crate)


def _crate(batch: Batch, proof: dict[str, Any], parts: list[dict[str, Any]]) -> dict[str, Any]:
    made_at = timezone.now().isoformat()
    ids = [{"@id": part["@id"]} for part in parts]
    author = {
        "@id": "#author",
        "@type": "Person",
        "name": batch.planned_by.get_full_name() or batch.planned_by.get_username(),
    }
    return {
        "@context": CONTEXT,
        "@graph": [
            {
                "@id": "ro-crate-metadata.json",
                "@type": "CreativeWork",
                "about": {"@id": "./"},
                "conformsTo": {"@id": VERSION},
                "dateCreated": made_at,
                "sdPublisher": {"@id": "#notebook"},
                "version": "1.0",
            },
            {"@id": "#notebook", "@type": "Organization", "name": "Laboratory notebook"},
            author,
            {
                "@id": "./",
                "@type": "Dataset",
                "name": f"Batch {batch.code}: {batch.recipe_version.title}",
                "identifier": batch.code,
                "genre": "experiment",
                "creativeWorkStatus": batch.state,
                "dateCreated": batch.planned_at.isoformat(),
                "datePublished": made_at,
                "license": "Not stated",
                "author": {"@id": "#author"},
                "description": f"Signed record of batch {proof['record']} with its proof.",
                "hasPart": ids,
            },
            *parts,
        ],
    }


def _file(place: str, name: str, media_type: str, size: int, sha256: str) -> dict[str, Any]:
    return {
        "@id": place,
        "@type": "File",
        "name": name,
        "encodingFormat": media_type,
        "contentSize": str(size),
        "sha256": sha256,
    }
