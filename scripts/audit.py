"""Ask whether a package that ships has a known vulnerability, and say of how many nothing could be learned.

``make audit`` runs it. pip-audit alone says "No known vulnerabilities found" also where its source knows none
of the packages, or is away. Exit code 0: all were looked up and none is known to be vulnerable; 1: some are;
2: some or all could not be looked up.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
LOCKS = ("requirements.lock", "requirements-s3.lock")


def look_up(pip_audit: str) -> tuple[dict[str, Any] | None, str]:
    """Return what pip-audit found, None with its last words where it found nothing out."""
    command = [pip_audit, "--require-hashes", "--disable-pip", "--progress-spinner", "off"]
    command += ["--format", "json"]
    for lock in LOCKS:
        command += ["--requirement", str(ROOT / lock)]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    try:
        return json.loads(ended.stdout), ""
    except ValueError:
        return None, (ended.stderr.strip().splitlines() or ["it said nothing"])[-1]


def verdict(found: dict[str, Any]) -> tuple[list[str], int]:
    """Return the sentences and the exit code of what pip-audit found."""
    packages = found["dependencies"]
    unknown = [one["name"] for one in packages if "skip_reason" in one]
    said = [
        f"{one['name']} {one['version']}: {hole['id']}, mended in {', '.join(hole['fix_versions']) or 'no version yet'}"
        for one in packages
        for hole in one.get("vulns", ())
    ]
    code = 1 if said else 2 if unknown else 0
    said.append(f"{len(packages) - len(unknown)} of {len(packages)} packages were looked up.")
    if unknown:
        said.append(f"Not looked up, so nothing is known of them: {', '.join(unknown)}.")
    return said, code


def main(pip_audit: str) -> int:
    """Print what is known of the packages of the locks."""
    found, words = look_up(pip_audit)
    if found is None:
        print(f"The source of vulnerabilities could not be asked; nothing was checked: {words}")
        return 2
    said, code = verdict(found)
    print(*said, sep="\n")
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
