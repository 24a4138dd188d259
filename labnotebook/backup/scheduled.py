"""The backup that the notebook takes by itself, once a day, and what is said of it.

The relay asks every few minutes whether it is due; it may read every row that is dumped, and has the folder. What
failed is tried again an hour later. A machine that was off at the time takes its backup when it is on again.
"""

from __future__ import annotations

import logging
import shutil
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection

from labnotebook.backup.noted import Attempt, last_attempt, moment, note_attempt
from labnotebook.backup.taking import alone, back_up, is_running
from labnotebook.records.files import RESERVE_BYTES
from labnotebook.records.refusals import Refusal, StorageFull, WrongState

log = logging.getLogger(__name__)
AGAIN_AFTER = timedelta(hours=1)
LATE_AFTER = timedelta(
    hours=26
)  # a day, the hour of a change to summer time, and an hour to take it


def back_up_when_due(now: datetime | None = None) -> None:
    """Take the backup of the settings when its time has come; whatever goes wrong is noted and logged."""
    now = now or datetime.now(UTC)
    if not settings.BACKUP_FOLDER or not _is_due(last_attempt(), now):
        return
    try:
        with alone():
            _try(now)
    except WrongState as refusal:
        log.info("the scheduled backup waits: %s", refusal)
    finally:
        connection.close()  # of this thread


def state(now: datetime | None = None) -> dict[str, Any] | None:
    """Return how the scheduled backup stands; None where none is scheduled."""
    if not settings.BACKUP_FOLDER:
        return None
    attempt, running = last_attempt(), is_running()
    trouble = attempt.trouble
    if not attempt.has_ended and not running:
        trouble = f"The backup that began at {attempt.begun_at} was interrupted. It is taken again by itself."
    age = (now or datetime.now(UTC)) - moment(attempt.done_at)
    return {
        "folder": settings.BACKUP_FOLDER,
        "at": attempt.done_at or None,
        "late": age > LATE_AFTER,
        "running": running,
        "trouble": trouble or None,
    }


def _is_due(attempt: Attempt, now: datetime) -> bool:
    """Say whether the time of day has come since the last one, and the last try is a while ago."""
    local = now.astimezone(ZoneInfo(settings.TIME_ZONE))
    due_at = datetime.combine(local.date(), settings.BACKUP_AT, local.tzinfo)
    if due_at > local:
        due_at -= timedelta(days=1)
    # One from the future was noted by a clock that was wrong.
    if due_at <= moment(attempt.done_at) <= now:
        return False
    return not due_at <= moment(attempt.begun_at) <= now or (
        now - moment(attempt.begun_at) >= AGAIN_AFTER
    )


def _try(now: datetime) -> None:
    before = last_attempt()
    if not before.has_ended:
        log.warning("the backup that began at %s was interrupted", before.begun_at)
    attempt = replace(
        before, begun_at=now.isoformat(timespec="seconds"), has_ended=False, trouble=""
    )
    note_attempt(attempt)
    try:
        attempt = replace(attempt, trouble=_take(), done_at=attempt.begun_at)
    except Refusal as refusal:
        attempt = replace(attempt, trouble=str(refusal))
    except OSError as failure:
        where = failure.filename or settings.BACKUP_FOLDER
        attempt = replace(attempt, trouble=f"{where}: {failure.strerror or failure}")
    except Exception as failure:
        log.exception("the scheduled backup met a fault")
        attempt = replace(attempt, trouble=f"A fault, which the log explains: {failure}")
    if attempt.trouble:
        log.error("the scheduled backup: %s", attempt.trouble)
    note_attempt(replace(attempt, has_ended=True))


def _take() -> str:
    """Take it; return what is wrong with files of the notebook itself, or ''."""
    folder = Path(settings.BACKUP_FOLDER)
    if not folder.is_dir():
        raise Refusal(f"The folder {folder} is not there. Mount its disk, or make it.")
    if shutil.disk_usage(folder).free < RESERVE_BYTES:
        raise StorageFull(
            f"The disk of {folder} is nearly full, so no backup is taken. Free some space."
        )
    damaged = back_up(folder, settings.BACKUP_PASSPHRASE, by="the notebook itself").damaged
    log.info("a backup was taken into %s", folder)
    if not damaged:
        return ""
    return f"{len(damaged)} files of the notebook itself are damaged: {damaged[0]}"
