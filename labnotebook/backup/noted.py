"""When backups were taken, and how the scheduled one went, as the notebook remembers it."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings

from labnotebook.records.whole_files import write_whole


@dataclass(frozen=True, slots=True)
class Attempt:
    """The last try of a scheduled backup. Times are in ISO format, '' where there is none."""

    folder: str = ""
    done_at: str = ""  # when the last one that is complete in this folder began
    begun_at: str = ""
    has_ended: bool = True
    trouble: str = ""  # a sentence


def note_backup(at: datetime) -> None:
    """Remember that a backup was taken; it is complete by now."""
    write_whole(_data() / "last_backup", at.isoformat(timespec="seconds").encode())


def last_backup() -> str | None:
    """Return when the last backup was taken from this data folder; None when none is known."""
    try:
        return datetime.fromisoformat((_data() / "last_backup").read_text().strip()).isoformat()
    except (OSError, ValueError):
        return None


def note_attempt(attempt: Attempt) -> None:
    """Remember how a scheduled backup goes."""
    write_whole(_data() / "scheduled_backup.json", json.dumps(asdict(attempt), indent=1).encode())


def last_attempt() -> Attempt:
    """Return the last try; an empty one where none is known, or it was of another folder."""
    try:
        attempt = Attempt(**json.loads((_data() / "scheduled_backup.json").read_text()))
    except (OSError, ValueError, TypeError):
        attempt = Attempt()
    same = attempt.folder == settings.BACKUP_FOLDER
    return attempt if same else Attempt(folder=settings.BACKUP_FOLDER)


def moment(text: str) -> datetime:
    """Return a noted time; one long ago for '' and for what is none."""
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return datetime.min.replace(tzinfo=UTC)


def _data() -> Path:
    return Path(settings.DATA_DIR)
