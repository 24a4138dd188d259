"""When the last backup was taken, as the notebook remembers it."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from django.conf import settings

from labnotebook.records.whole_files import write_whole


def note_backup(at: datetime) -> None:
    """Remember that a backup was taken; it is complete by now."""
    write_whole(_note(), at.isoformat(timespec="seconds").encode())


def last_backup() -> str | None:
    """Return when the last backup was taken from this data folder; None when none is known."""
    try:
        return datetime.fromisoformat(_note().read_text().strip()).isoformat()
    except (OSError, ValueError):
        return None


def _note() -> Path:
    return Path(settings.DATA_DIR) / "last_backup"
