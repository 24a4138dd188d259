"""The pages of devices, as a browser without scripts and as htmx ask for them."""

import pytest

from devices.models import Device
from tests.devices.factories import make_batch, make_device, make_project
from tests.factories import make_person
from tests.synthesis.factories import browser

NEW = {"architecture": "fret", "pixel_count": "4", "idempotency_key": "k1"}
HTMX = {"HX-Request": "true"}


def page(response) -> str:
    return response.content.decode()


def test_the_empty_lab_invites_to_build_a_device(lab):
    text = page(browser(lab.mira).get("/d/"))
    assert "No devices yet" in text
    assert 'href="/d/new/"' in text


def test_a_notebook_without_architectures_says_how_to_get_them(without_reference_data):
    assert "load_reference" in page(browser(make_person("mira")).get("/d/new/"))


def test_a_device_is_built_from_the_page_of_its_batch(lab):
    batch = make_batch(lab.mira, lab.project)
    client = browser(lab.mira)
    form = page(client.get("/d/new/", {"batch": batch.code, "architecture": "fret"}))
    assert f'value="{batch.code}"' in form
    assert "poly-TPD" in form
    built = client.post("/d/new/", {**NEW, "batch": batch.code, "pixel_area_mm2": "4,0"})
    assert built.status_code == 302
    assert built.url == "/d/D-0001/"
    device = Device.objects.get()
    assert device.layers.get(role="emitter").source_batch == batch
    assert set(device.pixels.values_list("area_mm2", flat=True)) == {4}


def test_a_form_sent_twice_builds_one_device(lab):
    client = browser(lab.mira)
    first, second = client.post("/d/new/", NEW), client.post("/d/new/", NEW)
    assert first.url == second.url
    assert Device.objects.count() == 1


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"batch": "NC-9999"}, "There is no batch"),
        ({"pixel_area_mm2": "four"}, "does not start with a number"),
        ({"pixel_count": "0"}, "greater than or equal to 1"),
        ({"architecture": ""}, "This field is required"),
        ({"architecture": "nonsense"}, "not one of the available choices"),
    ],
)
def test_a_refused_form_comes_back_with_what_was_typed_and_why(lab, said, sentence):
    answer = browser(lab.mira).post("/d/new/", {**NEW, "name": "my name", **said})
    assert answer.status_code == 422
    assert sentence in page(answer)
    assert 'value="my name"' in page(answer)
    assert not Device.objects.exists()


def test_picking_a_stack_draws_it_without_the_rest_of_the_page(lab):
    text = page(browser(lab.mira).get("/d/new/", {"architecture": "p-i-n"}, headers=HTMX))
    assert "TCTA" in text
    assert "<html" not in text


def test_the_device_page_shows_stack_layers_and_pixels(lab):
    batch = make_batch(lab.mira, lab.project)
    device = make_device(lab.mira, lab.project, emitter_batch_code=batch.code, note="dim edges")
    text = page(browser(lab.mira).get(f"/d/{device.code}/"))
    assert "ITO / PEDOT:PSS / poly-TPD / CsPbI<sub>3</sub> NCs / TPBi / LiF / Al" in text
    assert text.count(f'href="/b/{batch.code}/"') >= 3  # heading, layer, drawing
    assert "spin-coat 8 mg/mL in chlorobenzene" in text
    assert "caption of Fig. 3" in text  # why the thickness of the emitter stays open
    assert f'hx-get="/d/{device.code}/measurements/"' in text
    assert "dim edges" in text
    assert text.count("not looked at") == 4
    assert text.count("<h1") == 1
    assert " style=" not in text


def test_an_approximate_thickness_is_marked_as_such(lab):
    device = make_device(lab.mira, lab.project, "hole-only")
    assert "caption, approximate" in page(browser(lab.mira).get(f"/d/{device.code}/"))


def test_the_stack_can_be_drawn_to_scale(lab):
    device = make_device(lab.mira, lab.project)
    client = browser(lab.mira)
    assert page(client.get(f"/d/{device.code}/")) != page(client.get(f"/d/{device.code}/?scale=1"))


def test_a_pixel_is_marked_with_one_button(lab):
    device = make_device(lab.mira, lab.project)
    client, there = browser(lab.mira), f"/d/{device.code}/p/P4/state/"
    marked = client.post(there, {"state": "shorted", "version": "1"})
    assert marked.url == f"/d/{device.code}/#pixels"
    assert device.pixels.get(label="P4").state == "shorted"
    history = page(client.get(f"/d/{device.code}/history/"))
    assert "P4 shorted" in history
    assert "mira" in history


def test_a_button_changes_nothing_but_the_state(lab):
    device = make_device(lab.mira, lab.project, pixels=[{"label": "A", "area_mm2": "4"}])
    client, there = browser(lab.mira), f"/d/{device.code}/p/A/state/"
    client.post(there, {"state": "leaky", "area_mm2": "5", "note": "n", "version": "1"})
    client.post(there, {"state": "open", "version": "2"})
    pixel = device.pixels.get()
    assert (pixel.state, pixel.area_mm2, pixel.note) == ("open", 5, "n")


@pytest.mark.parametrize("version", ["1", "", "x"])
def test_a_stale_form_shows_both_values_and_stores_none(lab, version):
    device = make_device(lab.mira, lab.project)
    client, there = browser(lab.mira), f"/d/{device.code}/p/P1/state/"
    client.post(there, {"state": "working", "version": "1"})
    stale = client.post(there, {"state": "shorted", "version": version})
    assert stale.status_code == 412
    assert "It now says:</strong> Working" in page(stale)
    assert 'name="version" value="2"' in page(stale)
    assert 'value="shorted"' in page(stale)
    assert device.pixels.get(label="P1").state == "working"


def test_an_area_that_cannot_be_comes_back_with_the_reason(lab):
    device = make_device(lab.mira, lab.project)
    answer = browser(lab.mira).post(
        f"/d/{device.code}/p/P1/state/", {"area_mm2": "-4", "version": "1"}
    )
    assert answer.status_code == 422
    assert "is negative" in page(answer)


def test_a_pixel_is_added_and_a_thickness_recorded(lab):
    device = make_device(lab.mira, lab.project)
    client = browser(lab.mira)
    for _ in range(2):
        added = client.post(
            f"/d/{device.code}/p/new/", {"label": "P5", "area_mm2": "9", "idempotency_key": "k"}
        )
        assert added.status_code == 302
    assert device.pixels.count() == 5
    there = f"/d/{device.code}/layers/4/"
    assert client.get(there).status_code == 200
    recorded = client.post(there, {"thickness_measured_nm": "31,5 nm", "version": "1"})
    assert recorded.url == f"/d/{device.code}/#layers"
    shown = page(client.get(f"/d/{device.code}/"))
    assert "31.5" in shown
    assert f'href="/d/{device.code}/layers/4/files/"' in shown
    assert f'href="/d/{device.code}/layers/4/files/"' in page(client.get(there))
    stale = client.post(there, {"thickness_measured_nm": "40", "version": "1"})
    assert (stale.status_code, "measured 31.5 nm, made from —" in page(stale)) == (412, True)


def test_source_and_thickness_of_a_layer_are_stored_together_or_not_at_all(lab):
    device, batch = make_device(lab.mira, lab.project), make_batch(lab.mira, lab.project)
    client, there = browser(lab.mira), f"/d/{device.code}/layers/4/"
    said = {"source": batch.code, "thickness_measured_nm": "thin", "version": "1"}
    refused = client.post(there, said)
    assert refused.status_code == 422
    assert device.layers.get(index=4).source_batch is None
    assert client.post(there, {**said, "thickness_measured_nm": "30"}).status_code == 302
    layer = device.layers.get(index=4)
    assert (layer.source_batch, layer.thickness_measured_nm) == (batch, 30)
    assert batch.code in page(client.get(f"/d/{device.code}/layers/5/"))  # offered


def test_name_and_note_are_edited_and_a_stale_edit_shows_both(lab):
    device = make_device(lab.mira, lab.project)
    client, there = browser(lab.mira), f"/d/{device.code}/edit/"
    assert client.post(there, {"name": "Best", "note": "", "version": "1"}).status_code == 302
    stale = client.post(there, {"name": "Worst", "note": "", "version": "1"})
    assert stale.status_code == 412
    assert "name Best" in page(stale)
    assert 'value="Worst"' in page(stale)


def test_a_viewer_sees_no_buttons_and_is_refused_with_403(lab):
    device = make_device(lab.mira, lab.project)
    client = browser(lab.viewer)
    text = page(client.get(f"/d/{device.code}/"))
    assert "Mark as" not in text
    for there in ("p/P1/state/", "p/new/", "layers/4/", "edit/"):
        assert client.get(f"/d/{device.code}/{there}").status_code == 403
        assert client.post(f"/d/{device.code}/{there}", {}).status_code == 403
    asked = {**NEW, "project": ""}
    assert client.post("/d/new/", asked).status_code == 403


def test_a_stranger_finds_no_page(lab):
    device = make_device(lab.mira, lab.project)
    batch = make_batch(lab.mira, lab.project)
    client = browser(lab.stranger)
    for there in ("", "history/", "edit/", "p/P1/state/", "p/new/", "layers/4/"):
        assert client.get(f"/d/{device.code}/{there}").status_code == 404
    assert client.get(f"/b/{batch.code}/devices/").status_code == 404
    assert device.code not in page(client.get("/d/"))


def test_what_is_not_there_is_404(lab):
    device = make_device(lab.mira, lab.project)
    client = browser(lab.mira)
    for there in ("p/P9/state/", "layers/99/", "layers/99999999999999999999/"):
        assert client.get(f"/d/{device.code}/{there}").status_code == 404
    assert client.get("/d/D-9999/").status_code == 404


def test_the_panel_of_a_batch_lists_what_was_built_from_it(lab):
    batch, other = make_batch(lab.mira, lab.project), make_batch(lab.mira, lab.project)
    device = make_device(lab.mira, lab.project, emitter_batch_code=batch.code)
    client = browser(lab.mira)
    panel = page(client.get(f"/b/{batch.code}/devices/", headers=HTMX))
    assert device.code in panel
    assert f'href="/d/new/?batch={batch.code}"' in panel
    assert "<html" not in panel
    empty = page(client.get(f"/b/{other.code}/devices/"))
    assert "No device was made" in empty
    assert "<h1" in empty


def test_the_list_is_filtered_by_stack_and_paged(lab):
    for _ in range(51):
        make_device(lab.mira, lab.project, "capacitor")
    make_device(lab.mira, lab.project, "fret")
    client = browser(lab.mira)
    assert "D-0052" in page(client.get("/d/"))
    assert "D-0052" not in page(client.get("/d/", {"architecture": "capacitor"}))
    second = page(client.get("/d/", {"page": "2"}))
    assert "D-0001" in second
    assert "D-0052" not in second
    assert client.get("/d/", {"page": "x", "architecture": "nothing"}).status_code == 200
    assert client.get("/d/", {"page": "\x00"}).status_code == 400  # no text holds a NUL


def test_only_batches_that_can_be_used_are_offered(lab):
    made = make_batch(lab.mira, lab.project)
    planned = make_batch(lab.mira, lab.project, state="planned")
    hidden = make_batch(lab.stranger, make_project(lab.stranger, name="Secret"))
    text = page(browser(lab.mira).get("/d/new/"))
    assert f'<option value="{made.code}">' in text
    assert planned.code not in text
    assert hidden.code not in text


def test_pages_take_few_queries_with_many_rows(lab, django_assert_max_num_queries):
    batch = make_batch(lab.mira, lab.project)
    pixels = [{"label": f"P{n}"} for n in range(40)]
    for _ in range(20):
        device = make_device(lab.mira, lab.project, emitter_batch_code=batch.code, pixels=pixels)
    client = browser(lab.mira)
    client.get("/help/")  # notes the session, which the next minute does not
    for there in ("/d/", "/d/new/", f"/d/{device.code}/", f"/d/{device.code}/history/",
                  f"/d/{device.code}/edit/", f"/d/{device.code}/p/P1/state/",
                  f"/b/{batch.code}/devices/"):  # fmt: skip
        with django_assert_max_num_queries(8):
            assert client.get(there).status_code == 200


@pytest.mark.parametrize("there", ["/d/", "/d/new/", "/d/D-0001/", "/b/NC-0001/devices/"])
def test_who_is_not_signed_in_is_asked_to(client, db, there):
    answer = client.get(there)
    assert answer.status_code == 302
    assert answer.url.startswith("/accounts/login/")
