"""Mark pixels, correct areas and thicknesses; nobody's change is lost."""

from decimal import Decimal
from types import SimpleNamespace

import pytest

from devices.services.devices import edit_device
from devices.services.layers import edit_layer
from devices.services.pixels import add_pixel, edit_pixel, set_pixel_state
from labnotebook.records.models import Revision
from labnotebook.records.refusals import NotPermitted, Refusal, StaleWrite
from synthesis.services.materials import archive_material
from tests.devices.factories import make_batch, make_device, make_project
from tests.synthesis.factories import make_bottle


@pytest.fixture
def device(lab):
    return make_device(lab.mira, lab.project)


@pytest.fixture
def pixel(device):
    return device.pixels.get(label="P1")


def test_a_state_is_set_with_who_and_why(lab, pixel):
    changed = set_pixel_state(by=lab.mira, pixel=pixel, state="leaky", note="at 1 V", version=1)
    assert (changed.state, changed.note, changed.version) == ("leaky", "at 1 V", 2)
    last = Revision.objects.of(pixel).last()
    assert (last.actor, last.reason) == ("mira", "P1 leaky")


def test_marking_without_a_note_keeps_the_note(lab, pixel):
    set_pixel_state(by=lab.mira, pixel=pixel, state="leaky", note="at 1 V", version=1)
    changed = set_pixel_state(by=lab.mira, pixel=pixel, state="shorted", version=2)
    assert changed.note == "at 1 V"


def test_the_second_of_two_people_is_told_and_nothing_is_overwritten(lab, pixel):
    set_pixel_state(by=lab.mira, pixel=pixel, state="working", version=1)
    with pytest.raises(StaleWrite) as stale:
        set_pixel_state(by=lab.mira, pixel=pixel, state="shorted", version=1)
    assert stale.value.current.state == "working"
    pixel.refresh_from_db()
    assert pixel.state == "working"


def test_what_is_already_so_is_not_written_again(lab, pixel):
    set_pixel_state(by=lab.mira, pixel=pixel, state="working", version=1)
    set_pixel_state(by=lab.mira, pixel=pixel, state="working", version=2)
    pixel.refresh_from_db()
    assert pixel.version == 2


def test_an_unknown_state_is_refused_in_words(lab, pixel):
    with pytest.raises(Refusal, match="working, shorted, open, leaky"):
        set_pixel_state(by=lab.mira, pixel=pixel, state="burnt", version=1)


def test_a_viewer_marks_nothing(lab, device, pixel):
    with pytest.raises(NotPermitted):
        set_pixel_state(by=lab.viewer, pixel=pixel, state="working", version=1)
    with pytest.raises(NotPermitted):
        add_pixel(by=lab.viewer, device=device, label="P5")
    with pytest.raises(NotPermitted):
        edit_device(by=lab.viewer, device=device, version=1, name="mine")


def test_a_wrong_area_is_refused_and_the_old_one_stays(lab, pixel):
    edit_pixel(by=lab.mira, pixel=pixel, area_mm2="4", version=1)
    with pytest.raises(Refusal, match="above 0"):
        edit_pixel(by=lab.mira, pixel=pixel, area_mm2="0", version=2)
    pixel.refresh_from_db()
    assert pixel.area_mm2 == 4


def test_a_forgotten_pixel_is_added_once(lab, device):
    add_pixel(by=lab.mira, device=device, label="P5", area_mm2="9 mm2")
    with pytest.raises(Refusal, match="already has a pixel p5"):
        add_pixel(by=lab.mira, device=device, label="p5")
    assert device.pixels.count() == 5


@pytest.mark.parametrize(("typed", "nm"), [("31,5", "31.5"), ("0.7 mm", "700000"), ("120 Å", "12")])
def test_a_thickness_is_understood_as_it_is_typed(lab, device, typed, nm):
    layer = device.layers.get(role="emitter")
    changed = edit_layer(by=lab.mira, layer=layer, thickness_measured_nm=typed, version=1)
    assert changed.thickness_measured_nm == Decimal(nm)
    assert changed.thickness_target_nm is None  # a measured number never fills in the target


@pytest.mark.parametrize("typed", ["0", "-3", "thin", "30 V", "1e12", "0.00001"])
def test_a_thickness_that_cannot_be_is_refused(lab, device, typed):
    layer = device.layers.get(role="emitter")
    with pytest.raises(Refusal):
        edit_layer(by=lab.mira, layer=layer, thickness_measured_nm=typed, version=1)
    layer.refresh_from_db()
    assert layer.thickness_measured_nm is None


def test_a_thickness_can_be_taken_back_but_not_on_an_old_version(lab, device):
    layer = device.layers.get(role="emitter")
    edit_layer(by=lab.mira, layer=layer, thickness_measured_nm="30", version=1)
    with pytest.raises(StaleWrite):
        edit_layer(by=lab.mira, layer=layer, thickness_measured_nm="", version=1)
    changed = edit_layer(by=lab.mira, layer=layer, thickness_measured_nm="", version=2)
    assert changed.thickness_measured_nm is None


def test_the_batch_of_an_emitter_can_be_said_later_and_corrected(lab, device):
    layer = device.layers.get(role="emitter")
    first, second = make_batch(lab.mira, lab.project), make_batch(lab.mira, lab.project)
    for version, batch in enumerate((first, second), start=1):
        layer = edit_layer(by=lab.mira, layer=layer, source=batch.code, version=version)
    assert device.layers.get(role="emitter").source_batch == second
    told = [row.row["source_batch_id"] for row in Revision.objects.of(layer)]
    assert told == [None, first.pk, second.pk]


def test_any_layer_points_at_a_batch_or_at_a_bottle_never_at_both(lab, device):
    layer = device.layers.get(material_name="PEDOT:PSS")
    batch, bottle = make_batch(lab.mira, lab.project), make_bottle(lab, "pedot-pss")
    layer = edit_layer(by=lab.mira, layer=layer, source=batch.code, version=1)
    layer = edit_layer(by=lab.mira, layer=layer, source=bottle.code, version=2)
    assert (layer.source_batch, layer.source_material) == (None, bottle)
    layer = edit_layer(by=lab.mira, layer=layer, source="", version=3)
    assert (layer.source_batch, layer.source_material) == (None, None)


def test_a_bottle_that_cannot_be_it_is_refused_with_what_would_do(lab, device):
    layer = device.layers.get(material_name="PEDOT:PSS")
    bottle, other = make_bottle(lab, "pedot-pss"), make_project(lab.mira, "Green LEDs")
    elsewhere = make_bottle(SimpleNamespace(mira=lab.mira, project=other), "pedot-pss")
    archive_material(by=lab.mira, material=bottle, reason="turned brown")
    for code, words in (
        (bottle.code, "archived"),
        (elsewhere.code, "Build the device in Green LEDs"),
        ("L-9999", "no batch and no bottle"),
    ):
        with pytest.raises(Refusal, match=words) as refusal:
            edit_layer(by=lab.mira, layer=layer, source=code, version=1)
        assert refusal.value.field == "source"
    layer.refresh_from_db()
    assert layer.source_material is None


def test_a_batch_is_refused_later_for_the_same_reasons(lab, device):
    layer = device.layers.get(role="emitter")
    planned = make_batch(lab.mira, lab.project, state="planned")
    with pytest.raises(Refusal, match="only planned"):
        edit_layer(by=lab.mira, layer=layer, source=planned.code, version=1)
    made, stock = (
        make_batch(lab.mira, lab.project),
        make_batch(lab.mira, lab.project, recipe="cs-oleate"),
    )
    with pytest.raises(Refusal, match="stock solution"):
        edit_layer(by=lab.mira, layer=layer, source=stock.code, version=1)
    with pytest.raises(StaleWrite):
        edit_layer(by=lab.mira, layer=layer, source=made.code, version=9)
    layer.refresh_from_db()
    assert layer.source_batch is None
