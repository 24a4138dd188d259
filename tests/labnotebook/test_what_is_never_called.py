"""What lets others run code, read what they should not, or guess: the product calls none of it, nor excuses a line."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
NEVER = {
    "S102": "exec",
    "S301": "pickle",
    "S302": "marshal",
    "S307": "eval",
    "S308": "mark_safe",
    "S311": "random, which can be foretold",
    "S314": "an XML reader that follows entities",
    "S318": "the same, as a document",
    "S323": "a connection that asks for no certificate",
    "S324": "MD5 and SHA-1",
    "S501": "requests that ask for no certificate",
    "S602": "a shell",
    "S604": "a function with a shell",
    "S605": "os.system",
}
CALLS = """
import hashlib, marshal, os, pickle, random, ssl, subprocess, xml.dom.minidom, xml.etree.ElementTree
import requests
from django.utils.safestring import mark_safe
exec(typed)
pickle.loads(typed)
marshal.loads(typed)
eval(typed)
mark_safe(typed)
token = random.random()
xml.etree.ElementTree.fromstring(typed)
xml.dom.minidom.parseString(typed)
ssl._create_unverified_context()
hashlib.md5(typed)
requests.get(typed, verify=False, timeout=1)
subprocess.run(typed, shell=True)
run(typed, shell=True)
os.system(typed)
"""


def found_in(*paths: str, cwd: Path) -> set[str]:
    ruff = [sys.executable, "-m", "ruff", "check", "--isolated", "--ignore-noqa", "--no-cache"]
    done = subprocess.run(
        [*ruff, "--select", ",".join(NEVER), "--output-format", "concise", *paths],
        cwd=cwd,
        capture_output=True,
        text=True,
    )
    assert done.returncode in (0, 1), done.stderr
    return {word for line in done.stdout.splitlines() for word in line.split() if word in NEVER}


def test_the_product_calls_none_of_it():
    assert not found_in("labnotebook", "synthesis", "devices", "analysis", cwd=ROOT)


def test_each_of_them_would_be_found(tmp_path):
    (tmp_path / "calls.py").write_text(CALLS)
    assert found_in("calls.py", cwd=tmp_path) == set(NEVER)
