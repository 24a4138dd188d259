"""How long the pages that are opened most take, beside a big history."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import NoReverseMatch, reverse

from tests.benchmarks.measuring import Line, side_by_side

REPEATS = 20
PLANNED = {"recipe": "cspbi3-seed-core-shell", "ratio_ca_pb": "0.5", "lead_mmol": "0.376"}


@pytest.mark.parametrize(
    ("what", "name", "query", "headers"),
    [
        ("planner, as its fields change", "synthesis:plan", PLANNED, {"HX-Request": "true", "HX-Target": "plan"}),
        ("planner, the whole page", "synthesis:plan", PLANNED, {}),
        ("batch page", "synthesis:batch-detail", {}, {}),
        ("history page", "analysis:history", {"ordering": "-eqe_percent"}, {}),
        ("history page, 4 filters", "analysis:history", {"phase": "gamma", "eqe_percent__gte": "15", "ratio_ca_pb_weighed__gte": "0.45", "q": "colloidal"}, {}),
    ],
)  # fmt: skip
def test_how_long_a_page_takes(lab, table, what, name, query, headers):
    try:
        address = reverse(name, args=[lab.batch.code] if "batch" in name else [])
    except NoReverseMatch:
        table.add(Line(f"{what}: not measured", 0, note=f"there is no page called {name}"))
        pytest.skip(f"there is no page called {name}")
    browser = Client()
    browser.force_login(lab.user)

    def ours(turn: int) -> object:
        response = browser.get(address, query, headers=headers)
        assert response.status_code == 200
        return response

    ours(0)
    (own,) = side_by_side(ours, repeats=REPEATS, rounds=3)
    table.add_times(what, own)
