"""Check or refresh the third-party browser files that are committed under labnotebook/static/vendor.

`--check` compares every file with the SHA-256 in VENDOR.toml and runs without a network.
`--update` fetches the pinned versions with `npm pack` and rewrites files and hashes; for maintainers.
"""

from __future__ import annotations

import argparse
import hashlib
import re
import subprocess
import sys
import tarfile
import tempfile
import tomllib
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
MANIFEST = ROOT / "labnotebook" / "static" / "vendor" / "VENDOR.toml"
SOURCE_MAP = re.compile(r"\s*(//|/\*)# sourceMappingURL=[^\n]*(\*/)?\s*$")


def sha256(data: bytes) -> str:
    """Return the hexadecimal SHA-256 of data."""
    return hashlib.sha256(data).hexdigest()


def packages(manifest: Path = MANIFEST) -> list[dict[str, Any]]:
    """Return the entries of the manifest: name, version, licence, folder and files."""
    entries: list[dict[str, Any]] = tomllib.loads(manifest.read_text(encoding="utf-8"))["package"]
    return entries


def problems(root: Path = ROOT, manifest: Path = MANIFEST) -> list[str]:
    """Return one sentence for each file that is missing, changed, or not in the manifest."""
    found: list[str] = []
    for package in packages(manifest):
        folder = root / package["folder"]
        listed = {item["path"] for item in package["files"]}
        for item in package["files"]:
            path = folder / item["path"]
            if not path.is_file():
                found.append(
                    f"{path.relative_to(root)} is missing; run scripts/vendor.py --update."
                )
            elif sha256(path.read_bytes()) != item["sha256"]:
                found.append(
                    f"{path.relative_to(root)} differs from VENDOR.toml; restore it, "
                    "or run scripts/vendor.py --update and review the change."
                )
        extra = {path.name for path in folder.iterdir()} - listed if folder.is_dir() else set()
        found += [f"{package['folder']}/{name} is not in VENDOR.toml." for name in sorted(extra)]
    return found


def shipped(data: bytes, item: dict[str, Any]) -> bytes:
    """Return the file as we serve it: without its source map link, with what the manifest appends."""
    if not item.get("text", True):
        return data
    text = SOURCE_MAP.sub("", data.decode("utf-8")).rstrip("\n") + "\n"
    return (text + item.get("append", "")).encode("utf-8")


def update(root: Path = ROOT, manifest: Path = MANIFEST) -> None:
    """Fetch every pinned package with npm, write its files and put their hashes in the manifest."""
    text = manifest.read_text(encoding="utf-8")
    for package in packages(manifest):
        folder = root / package["folder"]
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory() as scratch:
            spec = f"{package['name']}@{package['version']}"
            subprocess.run(["npm", "pack", "--silent", spec], cwd=scratch, check=True)
            (archive,) = Path(scratch).glob("*.tgz")
            with tarfile.open(archive) as tar:
                for item in package["files"]:
                    member = tar.extractfile(f"package/{item['source']}")
                    if member is None:
                        raise SystemExit(f"{spec} has no file {item['source']}.")
                    data = shipped(member.read(), item)
                    (folder / item["path"]).write_bytes(data)
                    text = text.replace(item["sha256"], sha256(data))
    manifest.write_text(text, encoding="utf-8")


def main() -> int:
    """Run the command line; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    mode = parser.add_mutually_exclusive_group(required=True)
    mode.add_argument("--check", action="store_true", help="compare the files with VENDOR.toml")
    mode.add_argument("--update", action="store_true", help="fetch the pinned versions with npm")
    if parser.parse_args().update:
        update()
    found = problems()
    for sentence in found:
        print(sentence, file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
