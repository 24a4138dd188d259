"""Which walls around the readers of files this machine has."""

from __future__ import annotations

import json
import subprocess
import sys
from functools import cache
from pathlib import Path

_SCRIPT = Path(__file__).with_name("walls.py")
_MISSING = {
    "users": "no user namespace: a reader of files runs as the notebook's own user",
    "files": "no Landlock: a reader of files may open whatever the notebook's user may",
    "calls": "no seccomp: a reader of files is kept from network and processes by Python alone",
}


@cache
def standing_walls() -> dict[str, bool]:
    """Return for each wall whether it stands: they are raised once, in a process that ends at once."""
    done = subprocess.run([sys.executable, "-I", str(_SCRIPT)], capture_output=True, text=True)
    try:
        stands: dict[str, bool] = json.loads(done.stdout)
    except ValueError:
        stands = {}
    return {wall: bool(stands.get(wall)) for wall in _MISSING}


def missing_walls() -> list[str]:
    """Return a sentence for each wall that this machine cannot give."""
    return [_MISSING[wall] for wall, stands in standing_walls().items() if not stands]
