"""Copies of the checkpoints away from the notebook, and what they say of it.

Settings name the places: folders (on another machine or disk), addresses that take each checkpoint by POST, people
who get it by mail. How far each place has been told is noted in `checkpoints_sent.json`; a place that did not answer is
told next time. Who changes database, file and secrets of the notebook has not changed these.
"""

from __future__ import annotations

import json
import logging
import urllib.request
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.mail import send_mail

from labnotebook.records.services.checkpoints import (
    FILE_NAME,
    SENT_NAME,
    Copy,
    append_lines,
    read_lines,
)
from labnotebook.records.whole_files import write_whole

log = logging.getLogger(__name__)
WAIT_S = 20.0
MOST_BYTES = 64 * 1024**2

Line = tuple[int, str]  # number of a checkpoint, and its line in the file


def send_copies() -> list[str]:
    """Tell every place the checkpoints that it has not been told yet; return what went wrong, in sentences."""
    lines = _own_lines()
    told, troubles = sent(), []
    for place, send in _places():
        due = [line for line in lines if line[0] > told.get(place, 0)]
        if not due:
            continue
        try:
            send(due)
        except (OSError, ValueError) as failure:  # of disk, network and mail alike
            troubles.append(f"The checkpoints did not reach {place}: {failure}")
            log.warning("%s", troubles[-1])
        else:
            told[place] = due[-1][0]
            write_whole(_notes(), json.dumps(told, indent=1).encode())
    return troubles


def sent() -> dict[str, int]:
    """Return the number of the last checkpoint that each place was told."""
    try:
        noted = json.loads(_notes().read_text())
    except (OSError, ValueError):
        return {}  # then all places are told all again
    return {place: n for place, n in noted.items() if isinstance(n, int)}


def places() -> list[str]:
    """Return the names of all places that are told."""
    return [place for place, _ in _places()]


def fetch(where: str) -> str:
    """Return the text of a copy, from a file or an address; raises OSError or ValueError in words."""
    if not where.startswith(("http://", "https://")):
        return Path(where).read_text(errors="replace")
    with opener().open(where, timeout=WAIT_S) as answer:
        content = answer.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise ValueError(f"{where} is larger than {MOST_BYTES // 1024**2} MB")
    return str(content.decode(errors="replace"))


def copies_in_folders() -> list[Copy]:
    """Return what the folders hold that were ever told a checkpoint."""
    told, found = sent(), []
    for folder in settings.CHECKPOINT_FOLDERS:
        file = Path(folder) / FILE_NAME
        text = fetch(str(file)) if file.exists() else ""
        if text or told.get(folder):
            found.append(Copy(str(file), text, told.get(folder, 0)))
    return found


def _places() -> list[tuple[str, Callable[[Sequence[Line]], None]]]:
    return [
        *((folder, _into(Path(folder))) for folder in settings.CHECKPOINT_FOLDERS),
        *((address, _by_post(address)) for address in settings.CHECKPOINT_ADDRESSES),
        *((person, _by_mail(person)) for person in settings.CHECKPOINT_MAIL),
    ]


def _into(folder: Path) -> Callable[[Sequence[Line]], None]:
    def send(_lines: Sequence[Line]) -> None:
        if not folder.is_dir():
            raise FileNotFoundError("the folder is not there; is the disk mounted?")
        file = folder / FILE_NAME
        there = set(file.read_text(errors="replace").splitlines()) if file.exists() else set()
        append_lines(file, [line for _, line in _own_lines() if line not in there])

    return send


def _by_post(address: str) -> Callable[[Sequence[Line]], None]:
    def send(lines: Sequence[Line]) -> None:
        for _, line in lines:
            request = urllib.request.Request(  # noqa: S310  (an address from the settings)
                address, line.encode(), {"Content-Type": "application/json"}, method="POST"
            )
            with opener().open(request, timeout=WAIT_S):
                pass

    return send


def _by_mail(person: str) -> Callable[[Sequence[Line]], None]:
    def send(lines: Sequence[Line]) -> None:
        first, last = lines[0][0], lines[-1][0]
        span = f"{first}" if first == last else f"{first} to {last}"
        send_mail(
            f"Laboratory notebook: checkpoint {span}",
            "Keep this: it says what the notebook's record was today. 'manage.py verify_history --against FILE'"
            " holds the lines below, saved as a file, against the record.\n\n"
            + "\n".join(line for _, line in lines)
            + "\n",
            None,
            [person],
        )

    return send


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        """Go nowhere else: the settings said where."""


def opener() -> urllib.request.OpenerDirector:
    """Return what opens an address of the settings, and no other."""
    return urllib.request.build_opener(_NoRedirects)


def _own_lines() -> list[Line]:
    return [(said["number"], text) for _, text, said in read_lines() if said is not None]


def _notes() -> Path:
    return Path(settings.DATA_DIR) / SENT_NAME
