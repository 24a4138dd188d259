"""The state of a pixel: by the rule from its newest sweep, or by a person, who stands over the rule."""

import numpy as np
import pytest
from django.utils import timezone

from analysis.services.measurements import add_measurement
from analysis.services.outcomes import accept_analysis, reject_analysis, type_outcome
from devices.models import Pixel, standing
from devices.services.pixels import set_pixel_state
from labnotebook.records.refusals import Refusal
from tests.analysis.factories import address, make_batch, run_jobs, text, upload
from tests.devices.factories import api, make_device
from tests.factories import make_person, make_project

pytestmark = pytest.mark.django_db


@pytest.fixture
def mira(db):
    return make_person("mira")


@pytest.fixture
def device(mira):
    return make_device(mira, make_project(mira, "Red LEDs"))


@pytest.fixture
def pixel(device):
    return device.pixels.get(label="P1")


def sweep(at_one_volt_ma_cm2=1e-4, light=True):
    """Return a diode with an ohmic path beside it: J = V·g + injection above 2 V (mA/cm²)."""
    volts = np.arange(0.0, 5.05, 0.1)
    injected = 3.0 * np.clip(volts - 2.0, 0, None) ** 2
    density = at_one_volt_ma_cm2 * volts + injected
    luminance = (80.0 * injected if light else 0 * volts) + 0.01
    rows = zip(volts, density, luminance, strict=True)
    lines = "\n".join(",".join(f"{x:.6g}" for x in row) for row in rows)
    return f"Voltage (V),Current density (mA/cm2),Luminance (cd/m2)\n{lines}\n".encode()


def measure(by, pixel, content, **more):
    measurement = add_measurement(
        by=by, subject=pixel, technique="jvl", upload=upload(content, "jvl.csv"), **more
    )
    run_jobs("analyse")
    return measurement.analyses.get()


def again(pixel):
    return Pixel.objects.get(pk=pixel.pk)


@pytest.mark.parametrize(
    ("leak", "state", "threshold"),
    [(1e-4, "working", "0.1 mA/cm²"), (0.5, "leaky", "0.1 mA/cm²"), (40.0, "shorted", "10 mA/cm²")],
)
def test_a_sweep_says_the_state_with_its_threshold(mira, pixel, leak, state, threshold):
    measure(mira, pixel, sweep(leak, light=state != "shorted"))
    pixel = again(pixel)
    assert (pixel.state, pixel.ruled_state, pixel.standing_state) == ("", state, state)
    assert threshold in pixel.ruled_because


def test_a_page_that_was_open_while_the_sweep_was_read_is_not_stale(mira, pixel):
    measure(mira, pixel, sweep())
    assert set_pixel_state(by=mira, pixel=pixel, state="working", version=pixel.version)


def test_a_person_stands_over_the_rule_with_a_reason_and_both_are_shown(mira, pixel, client):
    measure(mira, pixel, sweep(0.5))
    with pytest.raises(Refusal, match=r"says leaky: 0.5 mA/cm².*Say in the note why") as refused:
        set_pixel_state(by=mira, pixel=again(pixel), state="working", version=pixel.version)
    assert refused.value.field == "note"
    why = "probe touched the edge"
    set_pixel_state(by=mira, pixel=pixel, state="working", note=why, version=pixel.version)
    pixel = again(pixel)
    assert (pixel.state, pixel.ruled_state, pixel.standing_state) == ("working", "leaky", "working")
    client.force_login(mira)
    page = " ".join(text(client.get(address("device-measurements", pixel.device.code))).split())
    assert "by hand; the sweep says leaky" in page
    assert why in page
    body = api(mira).get(f"/api/v1/pixels/{pixel.pk}/").json()
    assert (body["state"], body["ruled_state"], body["standing_state"]) == (
        "working",
        "leaky",
        "working",
    )


def test_a_button_pressed_against_the_sweep_asks_for_the_reason_and_keeps_the_area(
    mira, pixel, client
):
    measure(mira, pixel, sweep())
    client.force_login(mira)
    url = f"/d/{pixel.device.code}/p/P1/state/"
    page = client.post(url, {"state": "shorted", "version": pixel.version})
    assert page.status_code == 422
    assert "Say in the note why" in text(page)
    form = page.context["form"]
    assert form["area_mm2"].value() == "" if pixel.area_mm2 is None else pixel.area_mm2


def test_the_sweep_measured_last_counts_and_a_rejected_one_never(mira, pixel):
    late = timezone.now()
    shorted = measure(mira, pixel, sweep(40.0, light=False), performed_at=late)
    measure(mira, pixel, sweep(), performed_at=late - timezone.timedelta(days=1))
    assert again(pixel).ruled_state == "shorted"
    reject_analysis(by=mira, analysis=shorted, reason="probe short")
    assert again(pixel).ruled_state == "working"
    accept_analysis(by=mira, analysis=shorted, version=shorted.lock().version)
    assert again(pixel).ruled_state == "shorted"


def test_the_statement_and_the_property_say_the_same(mira, device):
    for pixel, hand, leak in zip(
        device.pixels.order_by("pk"),
        ("", "shorted", "", "open"),
        (1e-4, None, 0.5, None),
        strict=True,
    ):
        if leak:
            measure(mira, pixel, sweep(leak))
        if hand:
            set_pixel_state(by=mira, pixel=pixel, state=hand, version=pixel.version)
    rows = Pixel.objects.annotate(stands=standing()).order_by("pk")
    assert [row.stands for row in rows] == ["working", "shorted", "leaky", "open"]
    assert [row.standing_state for row in rows] == [row.stands for row in rows]


def test_a_pixel_that_the_rule_calls_shorted_leaves_the_history_of_its_batch(mira):
    batch = make_batch(make_project(mira, "Blue"))
    device = make_device(mira, batch.project, emitter_batch_code=batch.code)
    pixel = device.pixels.get(label="P1")
    type_outcome(by=mira, subject=pixel, quantity="eqe_percent", text="12")
    batch.history_row.refresh_from_db()
    assert batch.history_row.eqe_percent == 12
    measure(mira, pixel, sweep(40.0, light=False))
    batch.history_row.refresh_from_db()
    assert batch.history_row.eqe_percent is None


def test_the_statistic_says_how_many_and_which_are_out(mira, device, client):
    leaks = (1e-4, 0.5, 40.0)
    for pixel, leak in zip(device.pixels.order_by("pk"), leaks, strict=False):
        measure(mira, pixel, sweep(leak, light=leak < 10))
        type_outcome(by=mira, subject=pixel, quantity="eqe_percent", text="12")
    client.force_login(mira)
    page = " ".join(text(client.get(address("device-measurements", device.code))).split())
    assert "in no median and no mean: 1 leaky, 1 shorted, 1 without an EQE" in page


def test_the_history_of_the_device_tells_what_the_sweep_said(mira, pixel, client):
    measure(mira, pixel, sweep(0.5))
    client.force_login(mira)
    page = text(client.get(f"/d/{pixel.device.code}/history/"))
    assert "by its sweep: leaky" in page
