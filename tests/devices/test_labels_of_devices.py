"""Labels of devices and pixels."""

import re

import pytest

from devices.models import Pixel
from labnotebook.records.history import recorded
from tests.devices.factories import make_batch, make_device


@pytest.fixture
def device(lab, client):
    client.force_login(lab.viewer)
    batch = make_batch(lab.mira, lab.project)
    device = make_device(lab.mira, lab.project, emitter_batch_code=batch.code, name="Pad 3")
    device.batch = batch
    return device


def words_of(page):
    return " ".join(re.sub(r"<[^>]+>", "", page.content.decode()).split())


def test_a_device_says_its_stack_its_batch_and_who_built_it(client, device):
    words = words_of(client.get(f"/d/{device.code}/label/"))
    for said in (device.code, "Pad 3", f"emitter from {device.batch.code}", "mira"):
        assert said in words
    for layer in device.layers.exclude(role="substrate"):
        assert layer.material_name in words


def test_its_label_leads_to_those_of_its_pixels(client, device):
    page = client.get(f"/d/{device.code}/label/").content.decode()
    assert f'href="/d/{device.code}/p/P1/label/"' in page


def test_a_pixel_says_its_device_its_label_and_its_area(client, device):
    with recorded("test", "measured under the microscope"):
        Pixel.objects.filter(device=device, label="P1").update(area_mm2="4.2")
    words = words_of(client.get(f"/d/{device.code}/p/P1/label/"))
    assert f"{device.code} P1" in words
    assert "4.2 mm²" in words
    assert client.get(f"/d/{device.code}/p/P99/label/").status_code == 404


def test_its_page_leads_to_its_label(client, device):
    page = client.get(f"/d/{device.code}/").content.decode()
    assert f'href="/d/{device.code}/label/"' in page
