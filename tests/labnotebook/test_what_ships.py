"""What the notebook ships with is held by its hashes, and an audit that learned nothing says so."""

import importlib.util
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PIN = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[a-z,_]+\])?==(\S+)(.*)")


def plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def pins(path: Path) -> dict[str, str]:
    found = {}
    for line in path.read_text().replace("\\\n", " ").splitlines():
        if pinned := PIN.match(line):
            found[plain(pinned[1])] = pinned[2]
    return found


def test_every_package_that_ships_is_locked_at_its_version_by_hashes():
    asked = pins(ROOT / "requirements.txt")
    assert len(asked) > 80
    holds(asked, ROOT / "requirements.lock", known=asked)


def test_what_a_bucket_needs_is_locked_too_beside_the_same_versions():
    asked, product = pins(ROOT / "requirements-s3.txt"), pins(ROOT / "requirements.txt")
    assert {"boto3", "django-storages"} <= set(asked)
    assert not set(asked) & set(product)
    holds(asked, ROOT / "requirements-s3.lock", known=product | asked)


def holds(asked: dict[str, str], lock: Path, known: dict[str, str]) -> None:
    locked = pins(lock)
    assert {name: locked.get(name) for name in asked} == asked
    assert {name: known.get(name, version) for name, version in locked.items()} == locked
    for line in lock.read_text().replace("\\\n", " ").splitlines():
        name, _, rest = line.partition("==")
        assert re.findall(r"--hash=sha256:[0-9a-f]{64}\b", rest), name
        assert plain(name.split("[")[0]) in known or "; " in rest, f"{name} is for this system only"


def audit():
    spec = importlib.util.spec_from_file_location("audit", ROOT / "scripts" / "audit.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_an_audit_that_could_not_look_up_a_package_is_not_a_clean_one():
    """As pip-audit 2.10 writes it, which ends well and says "No known vulnerabilities found" of such packages."""
    skipped = {"name": "kombu", "skip_reason": "Dependency not found on PyPI"}
    fine = {"name": "vine", "version": "5.1.0", "vulns": []}
    said, code = audit().verdict({"dependencies": [skipped, fine], "fixes": []})
    assert code == 2
    assert said == ["1 of 2 packages were looked up.", "Not looked up, so nothing is known of them: kombu."]  # fmt: skip


def test_a_known_vulnerability_is_named_with_the_version_that_mends_it():
    hole = {"id": "PYSEC-2024-48", "fix_versions": ["2.31.0"], "aliases": [], "description": ""}
    found = {"name": "requests", "version": "2.30.0", "vulns": [hole]}
    said, code = audit().verdict({"dependencies": [found], "fixes": []})
    assert code == 1
    assert said[0] == "requests 2.30.0: PYSEC-2024-48, mended in 2.31.0"


def test_an_audit_whose_tool_fails_says_that_nothing_was_checked(tmp_path, capsys):
    tool = tmp_path / "pip-audit"
    tool.write_text("#!/bin/sh\necho 'ConnectionError: no route to host' >&2\nexit 1\n")
    tool.chmod(0o755)
    assert audit().main(str(tool)) == 2
    assert "nothing was checked: ConnectionError: no route to host" in capsys.readouterr().out
