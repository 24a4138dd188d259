"""Build a device from an architecture and a batch, by the service."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from devices.models import Device, Layer
from devices.services.devices import build_device
from devices.services.pixels import set_pixel_state
from labnotebook.records.models import Revision
from labnotebook.records.refusals import NotPermitted, Refusal, WrongState
from tests.devices.factories import BARE, make_batch, make_device, make_project, publish


def test_the_papers_fret_led_is_built_from_a_batch_and_one_pixel_is_shorted(lab):
    batch = make_batch(lab.mira, lab.project)
    device = make_device(
        lab.mira,
        lab.project,
        "fret",
        emitter_batch_code=batch.code,
        pixels=[{"label": f"P{n}", "area_mm2": "4,0"} for n in (1, 2, 3, 4)],
    )
    assert device.code == "D-0001"
    layers = list(device.layers.all())
    assert [layer.material_name for layer in layers] == [
        "Glass", "ITO", "PEDOT:PSS", "poly-TPD", "CsPbI3 NCs", "TPBi", "LiF", "Al",
    ]  # fmt: skip
    assert [layer.index for layer in layers] == list(range(8))
    assert [layer.source_batch for layer in layers if layer.source_batch] == [batch]
    assert layers[4].source_batch == batch
    assert layers[3].process_text.startswith("spin-coat 8 mg/mL in chlorobenzene, 4000 rpm, 40 s")
    assert [layer.thickness_target_nm for layer in layers[5:]] == [40, 1, 100]
    assert layers[4].thickness_target_nm is None  # not printed for the LED

    fourth = device.pixels.get(label="P4")
    set_pixel_state(by=lab.mira, pixel=fourth, state="shorted", version=1)
    assert list(device.pixels.values_list("label", "state", "area_mm2")) == [
        ("P1", "", 4), ("P2", "", 4), ("P3", "", 4), ("P4", "shorted", 4),
    ]  # fmt: skip


def test_the_codes_of_devices_go_up(lab):
    assert [make_device(lab.mira, lab.project).code for _ in range(2)] == ["D-0001", "D-0002"]


def test_without_pixels_named_a_device_has_four_of_unknown_area(lab):
    device = make_device(lab.mira, lab.project)
    assert list(device.pixels.values_list("label", "area_mm2", "state")) == [
        (f"P{n}", None, "") for n in (1, 2, 3, 4)
    ]


def test_who_built_it_and_why_is_kept_for_every_row(lab):
    device = make_device(lab.mira, lab.project)
    rows = Revision.objects.of(device, *device.layers.all(), *device.pixels.all())
    assert rows.count() == 1 + 8 + 4
    assert {(row.actor, row.reason) for row in rows} == {("mira", "device built")}


@pytest.mark.parametrize(
    ("state", "word"), [("planned", "only planned"), ("abandoned", "flask broke")]
)
def test_a_batch_that_was_never_made_cannot_be_an_emitter(lab, state, word):
    batch = make_batch(lab.mira, lab.project, state=state)
    with pytest.raises(WrongState, match=word):
        make_device(lab.mira, lab.project, emitter_batch_code=batch.code)
    assert not Device.objects.exists()


def test_a_running_batch_can_be_an_emitter(lab):
    batch = make_batch(lab.mira, lab.project, state="running")
    device = make_device(lab.mira, lab.project, emitter_batch_code=batch.code)
    assert device.layers.get(role="emitter").source_batch == batch


def test_a_batch_of_another_project_is_refused_with_its_name(lab):
    other = make_project(lab.mira, name="Blue LEDs")
    batch = make_batch(lab.mira, other)
    with pytest.raises(Refusal, match="Build the device in Blue LEDs"):
        make_device(lab.mira, lab.project, emitter_batch_code=batch.code)


def test_a_batch_that_one_may_not_see_does_not_exist(lab):
    batch = make_batch(lab.stranger, make_project(lab.stranger, name="Secret"))
    with pytest.raises(Refusal) as hidden:
        make_device(lab.mira, lab.project, emitter_batch_code=batch.code)
    with pytest.raises(Refusal) as absent:
        make_device(lab.mira, lab.project, emitter_batch_code="NC-9999")
    assert hidden.value.sentence.replace(batch.code, "NC-9999") == absent.value.sentence


def test_a_stock_solution_is_no_emitter(lab):
    batch = make_batch(lab.mira, lab.project, recipe="cs-oleate")
    with pytest.raises(Refusal, match="stock solution"):
        make_device(lab.mira, lab.project, emitter_batch_code=batch.code)


def test_a_stack_without_emitter_takes_no_batch(lab):
    publish(lab.mira, lab.project, {**BARE, "slug": "bare"})
    batch = make_batch(lab.mira, lab.project)
    with pytest.raises(Refusal, match="no emitter layer"):
        make_device(lab.mira, lab.project, "bare", emitter_batch_code=batch.code)
    assert make_device(lab.mira, lab.project, "bare").layers.count() == 1


def test_a_viewer_builds_nothing(lab):
    with pytest.raises(NotPermitted):
        make_device(lab.viewer, lab.project)


def test_another_projects_architecture_does_not_exist(lab):
    theirs = make_project(lab.stranger, name="Secret")
    publish(lab.stranger, theirs, {**BARE, "slug": "theirs"})
    with pytest.raises(Refusal, match="no architecture called 'theirs'"):
        make_device(lab.mira, lab.project, "theirs")


@pytest.mark.parametrize(
    ("pixels", "sentence"),
    [
        ([], "1 to 200 pixels"),
        ([{"label": "P1"}, {"label": "p1"}], "Two pixels are called p1"),
        ([{"label": ""}], "no label"),
        ([{"label": "P/1"}], "no label"),
        ([{"label": "P1", "area_mm2": "0"}], "above 0"),
        ([{"label": "P1", "area_mm2": "-4"}], "negative"),
        ([{"label": "P1", "area_mm2": "four"}], "does not start with a number"),
        ([{"label": "P1", "area_mm2": float("nan")}], "not a number"),
        ([{"label": "P1", "area_mm2": "4 mm"}], "is a length, but this field takes an area in mm²"),
        ([{"label": "P1", "area_mm2": "4 %"}], "is a ratio, but .* Write one of mm², cm²"),
        ([{"label": "P1", "area_mm2": 1e9}], "at most"),
        ([{"label": "P1", "area_mm2": "0.00001"}], "decimals"),
    ],
)
def test_pixels_that_cannot_be_are_refused_in_words(lab, pixels, sentence):
    with pytest.raises(Refusal, match=sentence):
        make_device(lab.mira, lab.project, pixels=pixels)
    assert not Device.objects.exists()


@pytest.mark.parametrize(
    ("typed", "mm2"),
    [("4,5 mm²", "4.5"), ("0.04 cm2", "4"), (4, "4"), (0.25, "0.25"), ("  ", None)],
)
def test_an_area_is_understood_as_it_is_typed(lab, typed, mm2):
    device = make_device(lab.mira, lab.project, pixels=[{"label": "P1", "area_mm2": typed}])
    assert device.pixels.get().area_mm2 == (mm2 and Decimal(mm2))


def test_a_device_is_not_built_in_the_future(lab):
    with pytest.raises(Refusal, match="future"):
        make_device(lab.mira, lab.project, built_at=timezone.now() + timedelta(days=30))


def test_a_device_keeps_its_layers_when_the_architecture_changes(lab):
    recipe = publish(lab.mira, lab.project, {**BARE, "slug": "ours"})
    device = make_device(lab.mira, lab.project, "ours")
    on_glass = [{"key": "glass", "role": "substrate", "material": "Glass"}, *BARE["layers"]]
    publish(lab.mira, lab.project, {**BARE, "slug": "ours", "layers": on_glass}, recipe=recipe)
    assert Layer.objects.filter(device=device).count() == 1
    assert device.recipe_version.number == 1
    newer = build_device(by=lab.mira, project=lab.project, architecture_slug="ours")
    assert newer.layers.count() == 2
    assert newer.recipe_version.number == 2
