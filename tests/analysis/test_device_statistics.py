"""Statistics of pixels over pages and API: who counts, in which groups, and whether they differ."""

import re
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.utils import timezone

from analysis.services.device_statistics.question import Question
from analysis.services.device_statistics.statistics import statistics_of
from analysis.services.outcomes import type_outcome
from devices.models import Pixel
from devices.services.devices import archive_device
from devices.services.layers import edit_layer
from devices.services.pixels import set_pixel_state
from labnotebook.records.refusals import Refusal
from tests.analysis.factories import text
from tests.devices.factories import api, make_batch, make_device
from tests.factories import make_person, make_project
from tests.synthesis.factories import make_bottle

pytestmark = pytest.mark.django_db
PAGE = "/devices/statistics/"
API = "/api/v1/device-statistics/"


@pytest.fixture
def mira(db):
    return make_person("mira")


@pytest.fixture
def project(mira):
    return make_project(mira, "Red LEDs")


def build(by, project, *values, states=(), architecture="fret", **more):
    """Build a device whose pixels have these EQEs; None: nothing accepted."""
    pixels = [{"label": f"P{n}"} for n in range(1, len(values) + 1)]
    device = make_device(by, project, architecture, pixels=pixels, **more)
    for n, (pixel, value) in enumerate(zip(device.pixels.order_by("pk"), values, strict=True)):
        if value is not None:
            type_outcome(by=by, subject=pixel, quantity="eqe_percent", text=str(value))
        if n < len(states) and states[n]:
            set_pixel_state(by=by, pixel=pixel, state=states[n], version=pixel.version)
    return device


def ask(user, **said):
    return statistics_of(user, Question(**said))


def test_champion_and_median_stand_beside_who_is_out(mira, project, client):
    build(mira, project, 20, 24, 2, None, states=("working", "working", "shorted", "open"))
    build(mira, project, 22, None, states=("working", "working"))
    client.force_login(mira)
    page = " ".join(re.sub(r"<[^>]+>", " ", text(client.get(PAGE))).split())
    assert "3 of 6 pixels on 2 substrates count; out: 1 open, 1 shorted, 1 without a number" in page
    assert "an interval takes 4 substrates" in page
    assert "Pixels of one substrate are not independent" in page
    body = api(mira).get(API).json()
    whole = body["whole"]
    assert (whole["champion"], whole["median"], whole["q1"], whole["q3"]) == (24, 22, 21, 23)
    assert (whole["working"], whole["seen"], whole["share"]) == (4, 6, pytest.approx(4 / 6))
    assert whole["out"] == {"open": 1, "shorted": 1, "unmeasured": 1}


def test_groups_by_what_was_made_how_when_and_by_whom(mira, project):
    batch = make_batch(mira, project)
    first = build(mira, project, 20, emitter_batch_code=batch.code, built_at=timezone.now())
    build(mira, project, 10, architecture="p-i-n", built_at=timezone.now() - timedelta(days=30))
    bottle = make_bottle(SimpleNamespace(mira=mira, project=project))
    layer = first.layers.get(index=1)
    edit_layer(by=mira, layer=layer, source=bottle.code, version=layer.version)

    def groups(by):
        return {one.name: one.statistics.median for one in ask(mira, by=by).groups}

    names = {row.name for row in (first.architecture,)}
    assert names <= groups("architecture").keys()
    assert groups("batch") == {batch.code: 20, "not known": 10}
    assert groups("lot")[bottle.code] == 20
    assert groups("person") == {"mira": 15}
    assert groups("project") == {"Red LEDs": 15}
    assert len(groups("week")) == 2
    assert groups("target:ratio_ca_pb") == {"0.5": 20, "not known": 10}
    assert {"lead_mmol", "ratio_ca_pb"} <= set(ask(mira, by="batch").targets)
    since = (timezone.now() - timedelta(days=2)).date()
    assert ask(mira, since=since).whole.pixels == 1


def test_only_what_a_person_may_see_counts_and_nothing_archived_or_made_up(mira, project):
    build(mira, project, 20)
    gone = build(mira, project, 30)
    archive_device(by=mira, device=gone, version=gone.version, reason="broken")
    stefan = make_person("stefan")
    build(stefan, make_project(stefan, "Other"), 40)
    made_up = make_project(mira, "Demo")
    type(made_up).objects.filter(pk=made_up.pk).update(is_simulated=True)
    build(mira, made_up, 50)
    assert ask(mira).whole.champion == 20
    assert ask(mira, project=made_up.slug).whole.champion == 50
    with pytest.raises(Refusal, match="You have no project"):
        ask(mira, project="other")


def test_who_has_only_made_up_devices_is_led_to_them(mira, client):
    made_up = make_project(mira, "Demo")
    type(made_up).objects.filter(pk=made_up.pk).update(is_simulated=True)
    build(mira, made_up, 50)
    client.force_login(mira)
    page = text(client.get(PAGE))
    assert "No pixel matches" in page
    assert f'<a href="?project={made_up.slug}">Demo</a>' in page
    assert "No pixel matches" not in text(client.get(PAGE, {"project": made_up.slug}))


def test_two_groups_are_held_against_one_another_by_substrate(mira, project, client):
    for n in range(6):
        build(mira, project, 20 + n / 4, 20.1 + n / 4)
        build(mira, project, 25 + n / 4, 25.1 + n / 4, architecture="p-i-n")
    body = api(mira).get(API).json()
    found = body["difference"]
    assert (found["n_a"], found["n_b"]) == (6, 6)
    assert abs(found["shift"]) == pytest.approx(5)
    assert found["p_value"] < 0.01
    assert abs(found["delta"]) == 1
    assert found["needed"] >= 2
    client.force_login(mira)
    page = text(client.get(PAGE, {"wanted": "0.2"}))
    assert "The difference is real" in page
    assert re.search(r"To see a difference of 0.2.{0,60}takes \d+ substrates", page)


def test_a_reference_device_has_a_control_chart(mira, project, client):
    start = timezone.now() - timedelta(days=40)
    for n, value in enumerate([20, 20.4, 19.8, 20.2, 20.1, 19.9, 20.3, 20, 30, 20.1]):
        build(mira, project, value, built_at=start + timedelta(days=n))
    body = api(mira).get(API).json()
    odd = body["series"][8]["device"]
    assert body["series"][8]["median"] == 30
    assert body["control"]["beyond"] == [odd]
    client.force_login(mira)
    page = text(client.get(PAGE))
    assert f"{odd}: above the upper limit." in page
    assert f'href="/d/{odd}/"' in page


@pytest.mark.parametrize(
    ("asked", "field", "words"),
    [
        ({"quantity": "mass"}, "quantity", "no number of a pixel"),
        ({"by": "colour"}, "by", "Pixels are grouped by"),
        ({"since": "yesterday"}, "since", "is no date"),
        ({"wanted": "-"}, "wanted", "is no difference"),
        ({"a": "nothing"}, "a", "There is no group"),
    ],
)
def test_a_wrong_question_is_answered_in_a_sentence(mira, project, client, asked, field, words):
    build(mira, project, 20)
    client.force_login(mira)
    page = client.get(PAGE, asked)
    assert page.status_code == 422
    assert words in text(page)
    answer = api(mira).get(API, asked)
    assert answer.status_code == 400
    assert words in str(answer.json())


def test_an_empty_lab_has_a_page(mira, client):
    client.force_login(mira)
    assert "No pixel matches" in text(client.get(PAGE))
    assert api(mira).get(API).json()["whole"]["pixels"] == 0


def test_it_takes_few_statements_however_many_pixels(mira, project, django_assert_max_num_queries):
    for _ in range(6):
        build(mira, project, *range(10, 20))
    with django_assert_max_num_queries(5):
        assert ask(mira).whole.pixels == 60


def test_the_history_has_median_number_and_yield_of_the_pixels_of_a_batch(mira, project):
    batch, other = make_batch(mira, project), make_batch(mira, project)
    for values, states in (
        ((20, 24, 2), ("working", "working", "shorted")),
        ((25, None), ("", "working")),
    ):
        build(mira, project, *values, states=states, emitter_batch_code=batch.code)
    build(mira, project, 3, emitter_batch_code=other.code)
    asked = {
        "columns": "code,eqe_percent,eqe_median_percent,eqe_pixels,pixel_yield_percent",
        "eqe_median_percent__gte": "10",
    }
    (row,) = api(mira).get("/api/v1/history/", asked).json()["results"]
    assert row == {
        "code": batch.code,
        "eqe_percent": 25,
        "eqe_median_percent": 24,
        "eqe_pixels": 3,
        "pixel_yield_percent": 75,
    }
    pixel = Pixel.objects.get(outcomes__value=20)
    set_pixel_state(by=mira, pixel=pixel, state="leaky", version=pixel.version)
    (row,) = api(mira).get("/api/v1/history/", asked).json()["results"]
    assert (row["eqe_median_percent"], row["eqe_pixels"]) == (24.5, 2)
