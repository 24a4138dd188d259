"""How many random histories are tried: some at every run, 500 with RANDOM_HISTORIES=500."""

import os

import pytest


@pytest.fixture
def random_histories() -> int:
    return int(os.environ.get("RANDOM_HISTORIES", "8"))
