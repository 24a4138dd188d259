"""Whether every stored file is still what its hash says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from labnotebook.records.blobs import blob_damage
from labnotebook.records.bucket import blobs_of_record
from labnotebook.records.models import StoredFile


@dataclass(frozen=True, slots=True)
class Damage:
    """One blob that is missing or altered, by one of the names it was uploaded under."""

    name: str
    sha256: str
    trouble: str

    def __str__(self) -> str:
        return f"{self.name} ({self.sha256}): {self.trouble}"


def damaged_files() -> Iterator[Damage]:
    """Read and hash every blob that a stored file points at; about one second per gigabyte, from a bucket as it sends.

    All of them each time: a sample would call a notebook intact in which a file was replaced.
    """
    rows = StoredFile.objects.order_by("sha256", "pk").distinct("sha256")
    with blobs_of_record() as kept_at:
        for sha256, name in rows.values_list("sha256", "name").iterator():
            if trouble := blob_damage(kept_at(sha256), sha256):
                yield Damage(name, sha256, trouble)
