"""Which user the servers run as. PostgreSQL refuses to run as root."""

import os
import pwd
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from labnotebook.embedded.refusals import CannotStart


@dataclass(frozen=True, slots=True)
class Owner:
    """A user of this machine; ``drops_root`` when the servers must change to it."""

    uid: int
    gid: int
    drops_root: bool

    def popen_arguments(self) -> dict[str, Any]:
        """Return what ``subprocess`` needs to start a program as this user."""
        if not self.drops_root:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def owns(self, path: Path) -> Path:
        """Give a path to this user, and return it."""
        if self.drops_root:
            os.chown(path, self.uid, self.gid, follow_symlinks=False)
        return path

    def makes(self, folder: Path) -> Path:
        """Make a folder that only this user (and root) can enter, and return it."""
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.chmod(0o700)
        return self.owns(folder)

    def can_enter(self, folder: Path) -> bool:
        """Say whether this user gets as far as the folder."""
        if not self.drops_root:
            return True
        attempt = subprocess.run(
            ["/bin/sh", "-c", 'cd "$1"', "sh", str(folder)],
            stderr=subprocess.DEVNULL,
            cwd="/",
            **self.popen_arguments(),
        )
        return attempt.returncode == 0


def choose_owner(data: Path) -> Owner:
    """Return the present user; as root the data folder's owner, who called sudo, or nobody."""
    if os.geteuid() != 0:
        return Owner(os.geteuid(), os.getegid(), drops_root=False)
    found = data.stat()
    if found.st_uid != 0:
        return Owner(found.st_uid, found.st_gid, drops_root=True)
    uid = os.environ.get("SUDO_UID", "")
    if uid.isdecimal() and int(uid) != 0:
        return Owner(int(uid), int(os.environ.get("SUDO_GID", uid)), drops_root=True)
    try:
        nobody = pwd.getpwnam("nobody")
    except KeyError:
        raise CannotStart(
            "PostgreSQL must not run as root, and this machine has no user 'nobody' to run it as. "
            "Start the notebook as an ordinary user."
        ) from None
    return Owner(nobody.pw_uid, nobody.pw_gid, drops_root=True)
