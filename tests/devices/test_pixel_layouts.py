"""Which pixels a new device has: one by one, by a layout, as on another device, or as its architecture says."""

from decimal import Decimal

import pytest

from devices.services.runs import make_run
from labnotebook.records.refusals import Refusal
from synthesis.services.recipe_writing import create_recipe
from tests.devices.factories import BARE, api, make_device, publish
from tests.synthesis.recipe_editor.form import saved

NINE = [{"label": "A", "area_mm2": "9"}, {"label": "B", "area_mm2": "2.25"}]


def pixels(device):
    return [(one.label, one.area_mm2) for one in device.pixels.order_by("pk")]


@pytest.mark.parametrize(
    ("layout", "count", "area"), [("4x4", 4, "4"), ("6x4.5", 6, "4.5"), ("8x4.5", 8, "4.5")]
)
def test_a_layout_that_ships_gives_pixels_with_their_area(lab, layout, count, area):
    device = make_device(lab.mira, lab.project, layout=layout)
    assert pixels(device) == [(f"P{n}", Decimal(area)) for n in range(1, count + 1)]


def test_an_architecture_says_its_own_pixels_and_another_layout_stands_over_it(lab):
    own = publish(lab.mira, lab.project, BARE | {"pixels": NINE})
    device = make_device(lab.mira, lab.project, own.slug)
    assert pixels(device) == [("A", Decimal("9")), ("B", Decimal("2.25"))]
    assert len(pixels(make_device(lab.mira, lab.project, own.slug, layout="6x4.5"))) == 6
    run = make_run(
        by=lab.mira,
        project=lab.project,
        architecture_slug=own.slug,
        substrates=2,
        layout="architecture",
    )
    assert [pixels(one) for one in run.substrates.all()] == [pixels(device)] * 2


def test_pixels_are_laid_as_on_another_device_that_one_may_see(lab):
    first = make_device(lab.mira, lab.project, pixels=NINE)
    assert pixels(make_device(lab.mira, lab.project, layout=first.code.lower())) == pixels(first)
    with pytest.raises(Refusal, match=r"neither a layout \(4x4, 6x4.5, 8x4.5\) nor the code"):
        make_device(lab.mira, lab.project, layout="D-9999")


def test_pixels_are_said_in_one_way(lab):
    with pytest.raises(Refusal, match="not both"):
        make_device(lab.mira, lab.project, layout="4x4", pixels=NINE)


def test_the_api_offers_layouts_and_takes_them(lab):
    own = publish(lab.mira, lab.project, BARE | {"pixels": NINE})
    client = api(lab.mira)
    offered = client.get(f"/api/v1/architectures/{own.slug}/").json()["layouts"]
    assert [one["key"] for one in offered] == ["architecture", "4x4", "6x4.5", "8x4.5"]
    assert offered[0]["pixels"] == NINE
    said = {"project": lab.project.slug, "architecture": own.slug, "layout": "8x4.5"}
    made = client.post("/api/v1/devices/", said, format="json").json()
    assert [one["area_mm2"] for one in made["pixels"]] == [4.5] * 8
    refused = client.post("/api/v1/runs/", said | {"substrates": 2, "layout": "x"}, format="json")
    assert refused.status_code == 400
    assert refused.json()["errors"][0]["field"] == "layout"


@pytest.mark.parametrize(
    ("listed", "words"),
    [
        ([{"label": "A", "area_mm2": "0"}], "above 0"),
        ([{"label": "A"}, {"label": "a"}], "Two pixels are called a"),
        ([{"label": "a b"}], "letters and digits"),
        ([{"label": "A", "area_mm2": 4.5}], "as text"),
    ],
)
def test_an_architecture_with_pixels_that_cannot_be_is_refused_in_words(lab, listed, words):
    checked = api(lab.mira).post(
        "/api/v1/recipes/check/", {"definition": BARE | {"pixels": listed}}, format="json"
    )
    assert words in str(checked.json())


def test_only_a_device_has_pixels(lab):
    definition = {"name": "Ink", "kind": "experiment", "pixels": NINE}
    checked = api(lab.mira).post(
        "/api/v1/recipes/check/", {"definition": definition}, format="json"
    )
    assert "kind “device”" in str(checked.json())


def test_the_editor_takes_pixels_as_they_are_typed_and_shows_them(lab, client):
    recipe = create_recipe(by=lab.mira, project=lab.project, definition=BARE)
    client.force_login(lab.mira)
    draft, page = saved(client, recipe, {"pixels": "P1 4, P2: 0.09 cm², P3"})
    assert draft["pixels"] == [
        {"label": "P1", "area_mm2": "4"}, {"label": "P2", "area_mm2": "9"}, {"label": "P3"},
    ]  # fmt: skip
    assert 'value="P1 4, P2 9, P3"' in page


def test_the_form_asks_in_one_way(lab, client):
    client.force_login(lab.mira)
    said = {"architecture": "fret", "idempotency_key": "k1", "layout": "6x4.5"}
    twice = client.post("/d/new/", said | {"pixel_count": "3"})
    assert twice.status_code == 422
    assert "in one way" in twice.content.decode()
    made = client.post("/d/new/", said | {"idempotency_key": "k2"}, follow=True)
    assert made.content.decode().count("4.5") >= 6
