"""The page of a device: six figures, every pixel, the devices built alike, and whether its numbers agree."""

import re

import numpy as np
import pytest

from analysis.services.measurements import add_measurement
from analysis.services.outcomes import accept_analysis, type_outcome
from analysis.views.device_charts import above_its_scatter
from devices.models import Device
from devices.services.pixels import set_pixel_state
from labnotebook.demo import files
from labnotebook.records.codes import next_code
from labnotebook.records.history import recorded
from labnotebook.records.models import Project
from synthesis.services.batches import start_batch
from tests.analysis.factories import address, make_pixel, run_jobs, text, upload
from tests.devices.factories import make_batch, make_device
from tests.factories import join, make_person, make_project, owner_of
from tests.factories import make_batch as plan_batch

pytestmark = pytest.mark.django_db


@pytest.fixture
def mira(db):
    return make_person("mira")


@pytest.fixture
def project(mira):
    return make_project(mira, "Red LEDs")


@pytest.fixture
def panel(client, mira):
    def ask(device, **headers):
        client.force_login(mira)
        return text(client.get(address("device-measurements", device.code), **headers))

    return ask


def mark(device, *states):
    by = device.built_by
    for pixel, state in zip(device.pixels.order_by("pk"), states, strict=False):
        if state:
            set_pixel_state(by=by, pixel=pixel, state=state, version=pixel.version)


def say_eqe(device, *values):
    for pixel, value in zip(device.pixels.order_by("pk"), values, strict=False):
        if value:
            type_outcome(by=device.built_by, subject=pixel, quantity="eqe_percent", text=value)


def plain(page):
    """Return the words of a page."""
    page = re.sub(r"<(svg|script)\b.*?</\1>", " ", page, flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def strip_of(page):
    return plain(re.search(r'<dl class="strip".*?</dl>', page, re.DOTALL)[0])


def measure(subject, technique, content, name, *, accept=True, **more):
    by = owner_of(subject.device.project)
    measurement = add_measurement(
        by=by, subject=subject, technique=technique, upload=upload(content, name), **more
    )
    run_jobs("analyse")
    analysis = measurement.analyses.get()
    assert analysis.state == "done", analysis.failure
    if accept:
        accept_analysis(by=by, analysis=analysis)
    return measurement


def sphere_sweep(eqe_percent, el_peak_nm, brighter=1.0):
    """Return a sweep whose file brings an EQE of its own beside the luminance."""
    volts = np.arange(0.0, 6.05, 0.1)
    density = 1e-5 + 1.5 * np.clip(volts - 1.9, 0, None) ** 3
    eqe = eqe_percent * np.exp(-(((volts - 4.2) / 2.4) ** 2)) * (volts > 2.0)
    per = files.gaussian_spectrum(el_peak_nm, 31.0).eqe_percent_per_cd_a
    light = brighter * eqe / per * 10 * density
    rows = zip(volts, density, light, eqe, strict=True)
    head = "Voltage (V),Current density (mA/cm2),Luminance (cd/m2),EQE (%)"
    lines = "\n".join(",".join(f"{x:.6g}" for x in row) for row in rows)
    return f"{head}\n{lines}\n".encode()


def spectrum(peak_nm, fwhm_nm=31.0):
    x = np.arange(400.0, 780.0, 0.5)
    y = 1000 * np.exp(-4 * np.log(2) * ((x - peak_nm) / fwhm_nm) ** 2)
    rows = "\n".join(f"{a:.1f},{b:.3f}" for a, b in zip(x, y, strict=True))
    return f"Wavelength (nm),Intensity (a.u.)\n{rows}\n".encode()


def test_a_device_without_pixels_says_so_six_times_over(project, panel):
    with recorded("test", "test"):
        device = Device.objects.create(
            project=project, code=next_code("D"), built_by=owner_of(project)
        )
    page = panel(device)
    assert strip_of(page).count("—") == 6
    assert strip_of(page).count("not measured") == 5
    assert "no pixels" in strip_of(page)
    assert "This device has no pixels yet." in page
    assert "All pixels, not only the best" not in page


def test_every_figure_names_its_pixel_and_a_missing_one_is_a_dash(project, panel, mira):
    device = make_device(mira, project)
    mark(device, "working", "working", "working", "shorted")
    say_eqe(device, "22.4", "24.6", "20.7")
    page = panel(device)
    words = strip_of(page)
    assert "Best EQE 24.6 % P2" in words.replace("\u202f", " ")
    assert "Median of working 22.4 % 3 of 4 pixels work" in words.replace("\u202f", " ")
    assert "T50 — not measured" in words
    assert "an interval takes 4 pixels" in page
    assert 'class="best"' in page
    assert re.search(r'class="dead"\s*>\s*<b>shorted</b>', page)


def test_a_pixel_that_does_not_work_is_never_the_best(project, panel, mira):
    device = make_device(mira, project)
    mark(device, "working", "leaky")
    say_eqe(device, "12", "30")
    assert "Best EQE 12 % P1" in strip_of(panel(device)).replace("\u202f", " ")


def test_all_shorted_is_a_yield_and_no_efficiency(project, panel, mira):
    device = make_device(mira, project)
    mark(device, *["shorted"] * 4)
    page = panel(device)
    assert "0 of 4 pixels work" in strip_of(page)
    assert page.count('href="#m-failed" x=') == 4
    assert re.search(r"Yield 0(\.00)? \(0(\.00)?–0\.29\)", plain(page))  # Wilson at 80 %, of 0 in 4


def test_what_was_read_and_not_yet_accepted_is_no_missing_result(project, panel, mira):
    device = make_device(mira, project)
    pixel = device.pixels.get(label="P1")
    measurement = measure(pixel, "jvl", sphere_sweep(21.0, 687), "p1.csv", accept=False)
    page = panel(device)
    assert "Best EQE — read, not yet accepted" in strip_of(page)
    assert address("measurement-detail", measurement.pk) in page
    assert "P1 heavy" not in page  # it is alone
    assert "Current density / mA cm⁻²" in page


def test_devices_from_the_batch_and_its_repeats_stand_beside(project, panel, mira):
    batch, repeat = (make_batch(mira, project) for _ in range(2))
    other = start_batch(by=mira, batch=plan_batch(project, ratio="0.25"))
    device, twin, of_repeat = (
        make_device(mira, project, emitter_batch_code=one.code) for one in (batch, batch, repeat)
    )
    of_other = make_device(mira, project, emitter_batch_code=other.code)
    another_stack = make_device(mira, project, "p-i-n", emitter_batch_code=batch.code)
    for one, value in (
        (device, "20"),
        (twin, "21"),
        (of_repeat, "22"),
        (of_other, "2"),
        (another_stack, "3"),
    ):
        say_eqe(one, value)
    page = panel(device)
    for code in (twin.code, of_repeat.code):
        assert f'href="/d/{code}/"' in page
    for code in (of_other.code, another_stack.code):
        assert code not in page
    assert "12 , 0 working, 3 with an EQE" in plain(page)
    assert "21 %" in plain(page).replace("\u202f", " ")


def test_devices_of_others_and_simulated_ones_stay_out(project, panel, mira):
    batch = make_batch(mira, project)
    device = make_device(mira, project, emitter_batch_code=batch.code)
    say_eqe(device, "20")
    jonas = make_person("jonas")
    secret, made_up = make_project(jonas, "Secret"), make_project(mira, "Made up")
    repeats = [make_batch(jonas, secret), make_batch(mira, made_up)]
    hidden = make_device(jonas, secret, emitter_batch_code=repeats[0].code)
    simulated = make_device(mira, made_up, emitter_batch_code=repeats[1].code)
    Project.objects.filter(pk=made_up.pk).update(is_simulated=True)
    for one in (hidden, simulated):
        say_eqe(one, "30")
    page = panel(device)
    assert hidden.code not in page
    assert simulated.code not in page
    assert "of this device alone" in page


def test_simulated_data_say_so_on_every_figure(project, panel, mira):
    device = make_device(mira, project)
    say_eqe(device, "20")
    Project.objects.filter(pk=project.pk).update(is_simulated=True)
    assert "Simulated, not measured" in panel(device)


def test_efficiency_is_checked_against_a_sphere_and_the_spectrum(project, panel, mira):
    device = make_device(mira, project)
    pixel = device.pixels.get(label="P1")
    mark(device, "working")
    measure(pixel, "jvl", sphere_sweep(25.3, 686, brighter=1.05), "p1.csv")
    assert "An EL spectrum in nm is missing" in panel(device)
    measure(pixel, "el_spectrum", spectrum(686), "el.csv")
    words = plain(panel(device)).replace("\u202f", " ")
    assert "1.59 (" in words  # of the science notes: 25.3 % at 686 nm, 31 nm wide
    assert "measured 1.67" in words
    assert (
        "Deep red is fragile: 1 nm in the EL peak changes the current efficiency by 6.7 %." in words
    )
    assert "Best EQE 25.3 ± 1.5 % P1, at 4.2 V" in words


def test_numbers_that_do_not_agree_are_told(project, panel, mira):
    device = make_device(mira, project)
    pixel = device.pixels.get(label="P1")
    mark(device, "working")
    measure(pixel, "jvl", sphere_sweep(25.3, 686, brighter=1.6), "p1.csv")
    measure(pixel, "el_spectrum", spectrum(686), "el.csv")
    assert "check area, spectrum, angular pattern" in panel(device)


def test_an_eqe_from_the_luminance_is_no_check_of_it(project, panel, mira):
    device = make_device(mira, project)
    pixel = device.pixels.get(label="P1")
    mark(device, "working")
    band = {"el_peak_nm": 687.0, "el_fwhm_nm": 31.0}
    measure(pixel, "jvl", files.sweep("working", 20.0, 687.0, 1), "p1.csv", parameters=band)
    measure(pixel, "el_spectrum", spectrum(687), "el.csv")
    page = panel(device)
    assert "P1, at" in strip_of(page)  # it has an accepted EQE, and a current efficiency
    assert "P1 cannot be checked" in page
    assert "apart" not in page


def test_a_typed_eqe_is_no_check_of_a_typed_efficiency(project, panel, mira):
    device = make_device(mira, project)
    pixel = device.pixels.get(label="P1")
    mark(device, "working")
    say_eqe(device, "20")
    type_outcome(by=mira, subject=pixel, quantity="current_efficiency_cd_a", text="1.5")
    page = panel(device)
    assert "P1 cannot be checked" in page
    assert "apart" not in page


def test_htmx_gets_strip_and_rail_for_their_places(project, panel, mira):
    device = make_device(mira, project)
    part = panel(device, headers={"HX-Request": "true"})
    assert part.count("hx-swap-oob") == 2
    assert 'id="device-strip"' in part
    assert "hx-swap-oob" not in panel(device)


def test_a_viewer_marks_nothing(project, client, mira):
    device = make_device(mira, project)
    vera = make_person("vera")
    join(project, "viewer", vera)
    client.force_login(vera)
    page = text(client.get(address("device-measurements", device.code)))
    assert "/state/" not in page
    assert "not looked at" in page


def test_forty_pixels_and_ten_devices_ask_the_database_few_questions(
    project, client, mira, django_assert_max_num_queries
):
    batch = make_batch(mira, project)
    for _ in range(10):
        twin = make_device(mira, project, emitter_batch_code=batch.code)
        say_eqe(twin, "20", "21")
    pixels = [{"label": f"P{n}", "area_mm2": "4"} for n in range(1, 41)]
    device = make_device(mira, project, emitter_batch_code=batch.code, pixels=pixels)
    for pixel in device.pixels.order_by("pk")[:8]:
        by = {"by": mira, "subject": pixel, "technique": "jvl"}
        add_measurement(**by, upload=upload(sphere_sweep(20, 687), f"{pixel.label}.csv"))
    client.force_login(mira)
    with django_assert_max_num_queries(10):
        page = text(client.get(address("device-measurements", device.code)))
    assert page.count('<tr id="pixel-') == 40
    assert page.count("<li>") >= 40


def test_a_pixel_made_alone_still_has_its_page(client):
    pixel = make_pixel()
    client.force_login(owner_of(pixel.device.project))
    assert client.get(address("device-measurements", pixel.device.code)).status_code == 200


def test_the_map_is_the_table_and_a_pressed_pixel_is_drawn_alone(project, panel, mira, client):
    device = make_device(mira, project)
    for n, eqe in ((1, 18.0), (2, 21.0)):
        pixel = device.pixels.get(label=f"P{n}")
        measure(pixel, "jvl", sphere_sweep(eqe, 687), f"p{n}.csv")
    page = panel(device)
    assert page.count('<ul class="px">') == 1
    assert "Current density and luminance against voltage of P2, P1" in page
    client.force_login(mira)
    alone = text(client.get(address("device-measurements", device.code), {"show": "P1"}))
    assert "Current density and luminance against voltage of P1, P1 strong" in alone
    assert "show=P1%2CP2" in alone  # pressing the other one draws both
    whole = text(client.get(f"/d/{device.code}/", {"show": "P1"}))
    assert "/measurements/?show=P1" in whole.replace("&amp;", "&")


def test_what_was_read_and_not_accepted_stands_in_the_row_and_says_so(project, panel, mira):
    device = make_device(mira, project)
    pixel = device.pixels.get(label="P1")
    measure(pixel, "jvl", sphere_sweep(21.0, 687), "p1.csv", accept=False)
    row = re.search(rf'<tr id="pixel-{pixel.pk}">.*?</tr>', panel(device), re.DOTALL)[0]
    assert re.search(r"\b2[01](\.\d)? ± ", plain(row).replace("\u202f", " "))
    assert "not accepted" in plain(row)


def test_the_spectrum_and_the_lifetime_are_drawn_beside_the_sweep(project, panel, mira):
    device = make_device(mira, project)
    pixel = device.pixels.get(label="P1")
    measure(pixel, "jvl", sphere_sweep(21.0, 687), "p1.csv")
    measure(pixel, "el_spectrum", spectrum(687), "el.csv")
    page = panel(device)
    assert "EL spectrum, P1" in page


def test_a_current_that_is_noise_about_zero_is_not_drawn_on_a_logarithm():
    rng = np.random.default_rng(1)
    volts = np.arange(0.0, 6.05, 0.1)
    injected = 2.0 * np.clip(volts - 2.0, 0, None) ** 2
    noisy = injected + rng.normal(0, 1e-5, volts.size)
    drawn = above_its_scatter(volts, noisy)
    dark = volts < 1.9
    assert np.isnan(drawn[dark]).mean() > 0.9
    assert np.isfinite(drawn[volts > 2.1]).all()
    turned = above_its_scatter(volts, -noisy)
    assert (np.isnan(turned) == np.isnan(drawn)).all()
    leak = 1e-4 * volts + 1e-6 + injected
    assert (above_its_scatter(volts, leak) == leak).all()
