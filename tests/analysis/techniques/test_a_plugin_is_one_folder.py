"""Raman as an example: a package of one folder brings a technique, and nothing else is touched."""

import subprocess
import sys
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest
from django.conf import settings

from analysis.technique import Technique
from analysis.techniques import registry
from analysis.techniques.registry import BrokenTechnique
from analysis.techniques.xrd.technique import XRD

PACKAGE = Path(__file__).with_name("raman_plugin")


@pytest.mark.slow
def test_a_package_brings_a_technique(outside_environment):
    """The notebook starts with the package on its path, as if it were installed, and is used."""
    ours = {name: v for name, v in outside_environment.items() if not name.startswith("PYTEST")}
    run = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-p",
            "no:cacheprovider",
            PACKAGE / "in_a_notebook.py",
        ],
        cwd=settings.BASE_DIR,
        env=ours | {"PYTHONPATH": str(PACKAGE)},
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stdout[-5000:] + run.stderr[-2000:]
    assert "5 passed" in run.stdout


def test_without_the_package_there_is_no_such_technique():
    assert "raman" not in registry.TECHNIQUES


def brought(value: str) -> Technique:
    return registry._brought(EntryPoint("raman", value, registry.GROUP))


def test_a_package_that_cannot_be_loaded_is_named():
    with pytest.raises(BrokenTechnique, match=r"raman = no_such_package:X.*cannot be loaded"):
        brought("no_such_package:X")
    with pytest.raises(BrokenTechnique, match=r"is no analysis.technique.Technique"):
        brought("math:pi")


@pytest.mark.parametrize("name", ["xrd", "Raman", "r", "guess", "a" * 41])
def test_a_name_that_is_taken_or_unfit_is_refused(name):
    other = Technique(name, "T", "a T", "", axes=XRD.axes, readers=XRD.readers)
    with pytest.raises(BrokenTechnique, match="cannot be called"):
        registry._checked([XRD, other])


def test_a_method_belongs_to_one_technique():
    other = Technique("other", "T", "a T", "", axes=XRD.axes, readers=(), methods=XRD.methods)
    with pytest.raises(BrokenTechnique, match=r"xrd-phase.*'xrd' already"):
        registry._checked([XRD, other])
