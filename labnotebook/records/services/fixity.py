"""Whether every stored file is still what its hash says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from labnotebook.records.files import blob_damage, blob_path
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
    """Read and hash every blob that a stored file points at; about one second per gigabyte.

    All of them each time: a sample would call a notebook intact in which a file was replaced.
    """
    rows = StoredFile.objects.order_by("sha256", "pk").distinct("sha256")
    for sha256, name in rows.values_list("sha256", "name").iterator():
        if trouble := blob_damage(blob_path(sha256), sha256):
            yield Damage(name, sha256, trouble)
