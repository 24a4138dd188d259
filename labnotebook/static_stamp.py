"""Know whether the collected static files are those of the present tree."""

import hashlib
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders

STAMP = ".collected-from"


def static_is_collected() -> bool:
    """Say whether the last collection was made from the files as they are now."""
    stamp = Path(settings.STATIC_ROOT) / STAMP
    return stamp.exists() and stamp.read_text() == _state_of_sources()


def stamp_static() -> None:
    """Note what the collection was made from."""
    (Path(settings.STATIC_ROOT) / STAMP).write_text(_state_of_sources())


def _state_of_sources() -> str:
    state = hashlib.sha256()
    for finder in get_finders():
        for path, storage in sorted(finder.list([]), key=lambda found: found[0]):
            found = Path(storage.path(path)).stat()
            state.update(f"{path}\0{found.st_size}\0{found.st_mtime_ns}\n".encode())
    return state.hexdigest()
