"""What happened to a device is told in sentences: built from what, measured, its pixels marked."""

import pytest

from devices.services.devices import edit_device
from devices.services.layers import edit_layer
from devices.services.pixels import add_pixel, edit_pixel
from tests.devices.factories import make_batch, make_device
from tests.synthesis.factories import browser
from tests.told import columns_in, sentences, spelt_columns_in

pytestmark = pytest.mark.django_db
PIXELS = [{"label": "P1", "area_mm2": "4"}, {"label": "P2", "area_mm2": "4"}]


def told(lab, device):
    return sentences(browser(lab.mira).get(f"/d/{device.code}/history/").content.decode())


def emitter(device):
    return device.layers.get(role="emitter")


def test_a_device_says_what_it_was_built_of(lab):
    batch = make_batch(lab.mira, lab.project)
    device = make_device(
        lab.mira, lab.project, emitter_batch_code=batch.code, pixels=PIXELS, name="first"
    )
    built, layers, pixels = told(lab, device)
    assert built == f"built {device.code}, {device.architecture.name}: name first"
    assert layers.startswith("with the layers Glass, ITO, PEDOT:PSS")
    assert f"(from {batch.code})" in layers
    assert pixels == "with the pixels P1, P2: area 4 mm²"


def test_pixels_are_marked_measured_and_added(lab):
    device = make_device(lab.mira, lab.project, pixels=PIXELS)
    first, second = device.pixels.order_by("label")
    edit_pixel(by=lab.mira, pixel=second, version=None, state="shorted")
    edit_pixel(by=lab.mira, pixel=second, version=None, state="working", note="burnt free")
    edit_pixel(by=lab.mira, pixel=first, version=None, area_mm2="4.5 mm2")
    edit_pixel(by=lab.mira, pixel=second, version=None, state="")
    add_pixel(by=lab.mira, device=device, label="P9", area_mm2="3")
    assert told(lab, device)[3:] == [
        "marked pixel P2 shorted",
        "marked pixel P2 working, which was shorted",
        "wrote down the note of pixel P2 (burnt free)",
        "corrected the area of pixel P1 from 4 mm² to 4.5 mm²",
        "took back that pixel P2 is working",
        "added the pixel P9: area 3 mm²",
    ]


def test_layers_are_measured_and_traced(lab):
    one, other = (make_batch(lab.mira, lab.project) for _ in range(2))
    device = make_device(lab.mira, lab.project)
    name = emitter(device).material_name
    for code in (one.code, other.code, ""):
        layer = emitter(device)
        edit_layer(by=lab.mira, layer=layer, source=code, version=layer.version)
    for thickness in ("41", "42.5"):
        layer = emitter(device)
        edit_layer(by=lab.mira, layer=layer, version=layer.version, thickness_measured_nm=thickness)
    assert [plain(one) for one in told(lab, device)[3:]] == [
        plain(f"said that {name} was made from {one.code}"),
        plain(f"said that {name} was made from {other.code} instead of {one.code}"),
        plain(f"took back that {name} was made from {other.code}"),
        plain(f"wrote down the measured thickness of {name} (41 nm)"),
        plain(f"corrected the measured thickness of {name} from 41 nm to 42.5 nm"),
    ]


def plain(sentence):
    """Return a sentence without the digits that a page sets low."""
    return sentence.translate(str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789"))


def test_a_new_name_is_told_and_no_column_named(lab):
    device = make_device(lab.mira, lab.project, name="first")
    edit_device(by=lab.mira, device=device, version=None, name="best", note="kept dark")
    said = told(lab, device)
    assert said[-2:] == ["corrected the name from first to best", "wrote down the note (kept dark)"]
    assert columns_in(" ".join(said)) == spelt_columns_in(" ".join(said)) == []
    assert "P4 edited" not in " ".join(said)
