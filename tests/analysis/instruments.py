"""Where instrument files are: our own simulated ones always, real ones where they are at hand."""

from __future__ import annotations

from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
OWN = ROOT / "tests" / "data" / "instruments"
SHARED = ROOT / ".." / "shared" / "data"
CASES = ROOT / ".." / "shared" / "cases" / "files"


def own_file(name: str) -> Path:
    """Return one of the simulated files that come with the tests (SOURCES.md says what is in them)."""
    return OWN / name


def shared_file(name: str) -> Path:
    """Return a real file that may not be passed on; a test that needs one is skipped without them."""
    path = SHARED / name
    if not path.exists():
        pytest.skip("needs the real instrument files in ../shared/data, which may not be passed on")
    return path


def every_file() -> list[Path]:
    """Return all files there are, own and real."""
    found = [*OWN.glob("*/*"), *(SHARED.glob("*/*") if SHARED.is_dir() else [])]
    return sorted(path for path in found if path.is_file())
