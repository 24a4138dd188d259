"""What was measured on a run: a number of each substrate, against what was varied, and sweeps on common axes."""

import re

import pytest

from analysis.services.outcomes import type_outcome
from analysis.services.run_series import PixelSweep, in_turn
from devices.services.pixels import set_pixel_state
from devices.services.runs import make_run
from tests.analysis.factories import text
from tests.analysis.test_device_panel import measure, plain, sphere_sweep
from tests.devices.factories import api
from tests.factories import make_person, make_project

pytestmark = pytest.mark.django_db
SPEED = "ncs_spin_coat.speed_rpm"


@pytest.fixture
def mira(db):
    return make_person("mira")


@pytest.fixture
def run(mira):
    project = make_project(mira, "Red LEDs")
    return make_run(
        by=mira, project=project, architecture_slug="fret", substrates=3, layout="4x4",
        vary={SPEED: ["1000", "2000", "2000"]},
    )  # fmt: skip


@pytest.fixture
def page(client, mira, run):
    def ask(**said):
        client.force_login(mira)
        return text(client.get(f"/runs/{run.code}/measured/", said))

    return ask


def say(run, *values):
    """Accept these EQEs, one list a substrate."""
    for device, of in zip(run.substrates.order_by("pk"), values, strict=True):
        for pixel, value in zip(device.pixels.order_by("pk"), of, strict=False):
            type_outcome(by=run.planned_by, subject=pixel, quantity="eqe_percent", text=value)


def cells(page, name):
    """Return the words of the row of a table that begins with this."""
    rows = [plain(one) for one in re.findall(r"<tr>.*?</tr>", page, re.DOTALL)]
    return next(one for one in rows if one.startswith(name))


def test_every_substrate_has_its_number_and_says_how_many_pixels_it_is_of(run, mira, page):
    say(run, ["10", "12", "14"], ["20"], [])
    shorted = run.substrates.get(substrate="1").pixels.get(label="P3")
    set_pixel_state(by=mira, pixel=shorted, state="shorted", version=shorted.version)
    found = page()
    assert cells(found, "1 ").endswith(
        "1000 11 % 10.5 % to 11.5 % 12 % 2 of 4 out: 1 shorted, 1 without a number".replace(
            " %", ""
        )
    ) or "2 of 4" in cells(found, "1 ")
    assert "1 of 4" in cells(found, "2 ")
    assert cells(found, "3 ").count("—") == 3


def test_groups_of_one_value_are_told_together_with_their_n(run, page):
    say(run, ["10", "12"], ["20"], ["22", "24"])
    found = page()
    assert "3 of 8 pixels, substrates 2" in cells(found, "2000 rpm")
    drawing = re.search(
        r"<svg[^>]*aria-label=\"EQE of the pixels.*?</svg>.*?</figure>|External quantum.*?</figure>",
        found,
        re.DOTALL,
    )[0]
    assert drawing.count("<circle") == 5  # every pixel
    assert re.findall(r">(n \d)<", drawing) == ["n 2", "n 3"]


def test_sweeps_of_every_group_stand_on_the_same_axes(run, page):
    for device, top in zip(run.substrates.order_by("pk"), (10, 20, 22), strict=True):
        measure(device.pixels.first(), "jvl", sphere_sweep(top, 688), "a.csv", accept=False)
    found = page()
    figures = re.findall(r'<figure class="fig">.*?</figure>', found, re.DOTALL)
    heads = [
        plain(re.search(r"<figcaption>.*?</figcaption>", one, re.DOTALL)[0]) for one in figures
    ]
    assert heads == ["1000 rpm 1 pixel, 1 substrate", "2000 rpm 2 pixels, 2 substrates"] * 2
    ticks = [re.findall(r'<text class="xe" [^>]*>([^<]*)<', one) for one in figures]
    assert ticks[0] == ticks[1]
    assert ticks[2] == ticks[3]
    assert [one.count('class="ln thin"') for one in figures] == [1, 2, 1, 2]
    assert "no pixel of this run has an accepted number yet" in found


def test_sweeps_are_picked_in_turn_and_never_by_their_number():
    sweeps = {code: [PixelSweep(code, f"P{n}", n, n) for n in range(1, 4)] for code in ("A", "B")}
    picked = in_turn(["A", "B", "C"], sweeps, 4)
    assert [(one.device, one.pixel) for one in picked] == [
        ("A", "P1"),
        ("B", "P1"),
        ("A", "P2"),
        ("B", "P2"),
    ]


def test_another_number_and_a_wrong_one(run, client, mira, page):
    assert "Turn-on voltage: no pixel of this run" in plain(page(quantity="turn_on_v"))
    client.force_login(mira)
    assert client.get(f"/runs/{run.code}/measured/?quantity=luck").status_code == 422


def test_the_api_tells_the_numbers_of_a_run_by_what_was_varied(run, mira):
    say(run, ["10", "12"], ["20"], ["22", "24"])
    asked = f"/api/v1/device-statistics/?run={run.code}"
    groups = api(mira).get(f"{asked}&by=target:{SPEED}").json()["groups"]
    assert [(one["name"], one["median"], one["measured"], one["substrates"]) for one in groups] == [
        ("1000", 11, 2, 1), ("2000", 22, 3, 2),
    ]  # fmt: skip
    each = api(mira).get(f"{asked}&by=substrate").json()["groups"]
    assert [one["median"] for one in each] == [11, 20, 23]


def test_a_stranger_sees_nothing(run, client):
    client.force_login(make_person("stefan"))
    assert client.get(f"/runs/{run.code}/measured/").status_code == 404
