"""A file of several pixels, uploaded on the device: each scan becomes a measurement of its own pixel."""

import re

import numpy as np
import pytest

from analysis.models import Measurement, Outcome
from analysis.services.measurements import add_measurement
from analysis.services.outcomes import accept_analysis, reject_analysis
from analysis.services.scans_on_pixels import file_scans, scans_on_pixels
from devices.models import Device, Pixel
from devices.services.pixels import add_pixel
from labnotebook.records.history import recorded
from labnotebook.records.models import StoredFile
from labnotebook.records.refusals import NotPermitted, Refusal, WrongState
from tests.analysis.factories import make_pixel, run_jobs, text, upload
from tests.factories import Api, join, owner_of

pytestmark = pytest.mark.django_db

LUMINANCE = {"P1": 800.0, "P2": 1600.0, "P7": 3200.0}  # the highest of each, in cd/m²


def three_pixels(labels=tuple(LUMINANCE)) -> bytes:
    """A table with a column that names the pixel; L doubles from pixel to pixel, J is the same of all."""
    rows = ["Pixel,Voltage (V),Current density (mA/cm2),Luminance (cd/m2)"]
    for label, top in zip(labels, LUMINANCE.values(), strict=True):
        for volt in np.arange(0, 6.05, 0.1):
            light = top * np.exp((volt - 6) * 1.8)
            rows.append(f"{label},{volt:.2f},{np.exp((volt - 6) * 1.5) * 50:.5f},{light:.5f}")
    return "\n".join(rows).encode()


@pytest.fixture
def pixel() -> Pixel:
    return make_pixel()


@pytest.fixture
def owner(pixel):
    return owner_of(pixel.device.project)


def uploaded(owner, device: Device, labels=tuple(LUMINANCE)) -> Measurement:
    made = add_measurement(
        by=owner,
        subject=device,
        technique="jvl",
        upload=upload(three_pixels(labels), "three.csv"),
        conditions="in the glove box",
    )
    run_jobs("analyse")
    return made


@pytest.fixture
def whole(owner, pixel):
    return uploaded(owner, pixel.device)


def test_a_scan_that_calls_another_device_of_the_project_is_asked(owner, pixel):
    with recorded(owner, "test"):
        Device.objects.create(
            project=pixel.device.project, code="D-0099", name="OLED-009", built_by=owner
        )
    whole = uploaded(owner, pixel.device, ("oled 009 P1", f"{pixel.device.code} P2", "P7"))
    assert [one.pixel for one in scans_on_pixels(whole)] == ["", "P2", "P7"]


def test_each_scan_is_analysed_on_its_pixel_and_missing_pixels_are_made(whole, owner, pixel):
    made = file_scans(by=owner, measurement=whole)
    run_jobs("analyse")
    assert [one.pixel.label for one in made] == list(LUMINANCE)
    assert made[0].pixel == pixel
    assert set(pixel.device.pixels.values_list("label", flat=True)) == set(LUMINANCE)
    assert {one.conditions for one in made} == {"in the glove box"}
    for one in made:
        run = one.analyses.get()
        found = {f["quantity"]: f["value"] for f in run.result["figures"]}
        assert found["luminance_cd_m2"] == pytest.approx(LUMINANCE[one.pixel.label], rel=1e-3)
        accept_analysis(by=owner, analysis=run, version=run.version)
    numbers = Outcome.objects.filter(quantity="luminance_cd_m2", superseded_at=None)
    assert {n.pixel.label: round(n.value, -1) for n in numbers} == LUMINANCE


def test_the_file_is_kept_once_and_filing_twice_doubles_nothing(whole, owner):
    made = file_scans(by=owner, measurement=whole)
    assert file_scans(by=owner, measurement=whole) == made
    assert StoredFile.objects.count() == 1
    assert Measurement.objects.count() == 1 + 3
    assert all(one.analyses.count() == 1 for one in made)


def test_a_label_that_fits_no_naming_is_asked_and_nothing_is_filed(owner, pixel):
    whole = uploaded(owner, pixel.device, ("P1", "left", "P7"))
    assert [one.pixel for one in scans_on_pixels(whole)] == ["P1", "", "P7"]
    with pytest.raises(Refusal, match=r"not clear of which pixel these scans are: 2 \(left\)\."):
        file_scans(by=owner, measurement=whole)
    assert (Measurement.objects.count(), Pixel.objects.count()) == (1, 1)
    said = {"1": "p1", "2": "P4", "3": ""}
    made = file_scans(by=owner, measurement=whole, pixels=said)
    assert [one.pixel.label for one in made] == [
        "P1",
        "P4",
    ]  # as the device writes it; 3 is left out


def test_what_cannot_be_filed_is_refused_in_words(whole, owner, pixel):
    for pixels, words in (
        ({"9": "P1"}, "no scan '9'.*1 \\(P1\\)"),
        ({"1": "left half"}, "'left half' is no label for a pixel"),
        ({"1": ""}, "at least one scan"),
    ):
        with pytest.raises(Refusal, match=words):
            file_scans(by=owner, measurement=whole, pixels=pixels)
    with pytest.raises(NotPermitted):
        file_scans(by=join(whole.project, "viewer"), measurement=whole)
    of_pixel = add_measurement(by=owner, subject=pixel, technique="jvl", upload=upload())
    with pytest.raises(WrongState, match="Only a file of a whole device"):
        file_scans(by=owner, measurement=of_pixel)
    unread = add_measurement(by=owner, subject=pixel.device, technique="jvl", upload=upload())
    with pytest.raises(WrongState, match="Wait until it has been read"):
        file_scans(by=owner, measurement=unread)
    assert Pixel.objects.count() == 1


def test_settings_that_were_said_of_the_file_hold_for_its_pixels_but_each_has_its_own_area(
    whole, owner, pixel
):
    last = whole.analyses.get()
    with recorded(owner, "test"):
        last.set_fields(parameters={"luminance_floor_cd_m2": 50.0, "area_mm2": 9.0})
    first, second, _third = file_scans(by=owner, measurement=whole)
    assert first.analyses.get().parameters == {"luminance_floor_cd_m2": 50.0, "area_mm2": 4.0}
    assert second.analyses.get().parameters == last.parameters  # nobody said the area of a new one


def test_the_api_says_what_would_be_filed_and_files_it(whole, owner):
    api = Api(owner)
    said = api.get(f"measurements/{whole.pk}/pixels/").json()
    assert [(one["key"], one["pixel"], one["is_new"]) for one in said] == [
        ("1", "P1", False),
        ("2", "P2", True),
        ("3", "P7", True),
    ]
    one = api.post(f"measurements/{whole.pk}/pixels/", {"pixels": {"2": "P2"}})
    assert one.status_code == 201
    every = api.post(f"measurements/{whole.pk}/pixels/", {}).json()
    assert [m["pixel"].split("/")[1] for m in every] == list(LUMINANCE)
    assert every[1]["id"] == one.json()[0]["id"]
    assert len({m["file"]["id"] for m in every}) == 1
    said = api.get(f"measurements/{whole.pk}/pixels/").json()
    assert [one["measurements"] for one in said] == [[m["id"]] for m in every]


def test_the_page_offers_to_file_and_says_where_each_scan_went(whole, owner, client):
    client.force_login(owner)
    device = whole.device.code
    assert "3 scans: file each on its pixel" in text(client.get(f"/d/{device}/files/"))
    page = text(client.get(f"/m/{whole.pk}/"))
    fields = dict(re.findall(r'name="(pixel\.\d)"\s+value="(\w*)"', page))
    assert fields == {"pixel.1": "P1", "pixel.2": "P2", "pixel.3": "P7"}
    form = {"pixels": "1", **fields, "pixel.3": "bad label"}
    assert client.post(f"/m/{whole.pk}/analyse/", form).status_code == 422
    answer = client.post(f"/m/{whole.pk}/analyse/", {"pixels": "1", **fields}, follow=True)
    assert "3 scans are filed on their pixels." in text(answer)
    page = text(client.get(f"/m/{whole.pk}/"))
    assert "filed on its pixels" in page
    of_pixel = Measurement.objects.get(pixel__label="P7")
    assert f"kept with {device}" in text(client.get(f"/m/{of_pixel.pk}/"))


def filed_on(whole) -> list[tuple[str, str]]:
    """Return the pixel and the scan of each measurement that was filed."""
    rows = Measurement.objects.filter(file=whole.file_id).exclude(pixel=None).order_by("pk")
    return [(one.pixel.label, one.analyses.get().scan) for one in rows]


def test_what_a_person_filed_elsewhere_is_not_filed_by_its_label_as_well(whole, owner):
    api = Api(owner)
    said = api.post(f"measurements/{whole.pk}/pixels/", {"pixels": {"1": "P4"}}).json()
    rest = api.post(f"measurements/{whole.pk}/pixels/", {}).json()
    assert filed_on(whole) == [("P4", "1"), ("P2", "2"), ("P7", "3")]
    assert rest[0]["id"] == said[0]["id"]


def test_a_scan_that_was_rejected_on_the_wrong_pixel_is_filed_on_the_right_one_by_the_page(
    whole, owner, client
):
    client.force_login(owner)
    address = f"/m/{whole.pk}/"
    (wrong,) = file_scans(by=owner, measurement=whole, pixels={"1": "P2"})
    page = text(client.get(address))
    assert "which scan?" in page
    assert "filed on its pixels" not in page
    assert "1 scan of 3 is a measurement of its pixel" in page
    file_scans(by=owner, measurement=whole, pixels={"2": "P1", "3": "P7"})
    assert "filed on its pixels" in text(client.get(address))
    run_jobs("analyse")
    reject_analysis(by=owner, analysis=wrong.analyses.get(), reason="it is of P4")
    page = text(client.get(address))
    assert "filed on its pixels" not in page
    assert "2 scans of 3 are measurements" in page
    assert re.findall(r'name="(pixel\.\d)"', page) == ["pixel.1"]
    client.post(f"{address}analyse/", {"pixels": "1", "pixel.1": "P4"})
    assert filed_on(whole) == [("P2", "1"), ("P1", "2"), ("P7", "3"), ("P4", "1")]
    assert "filed on its pixels" in text(client.get(address))


def test_a_pixel_on_which_a_scan_was_rejected_is_not_offered_for_it_again(whole, owner):
    (there,) = file_scans(by=owner, measurement=whole, pixels={"1": "P1"})
    run_jobs("analyse")
    reject_analysis(by=owner, analysis=there.analyses.get(), reason="of another device")
    assert [one.offered for one in scans_on_pixels(whole)] == ["", "P2", "P7"]


def test_scans_with_the_code_of_another_device_are_asked(owner, pixel):
    code = pixel.device.code
    other = f"D-{int(code[2:]) + 1:04}"
    whole = uploaded(owner, pixel.device, (f"{other} P1", f"{other} P2", f"{other} P3"))
    with pytest.raises(Refusal, match="not clear of which pixel"):
        file_scans(by=owner, measurement=whole)
    assert filed_on(whole) == []


def test_pixels_that_are_called_by_their_number_get_no_twins(owner, pixel):
    for label in ("2", "7"):
        add_pixel(by=owner, device=pixel.device, label=label)
    whole = uploaded(owner, pixel.device, ("Pixel 1", "Pixel 2", "Pixel 7"))
    file_scans(by=owner, measurement=whole)
    assert filed_on(whole) == [("P1", "1"), ("2", "2"), ("7", "3")]


def test_a_bad_label_is_refused_under_the_scan_of_which_it_was_said(whole, owner):
    answer = Api(owner).post(f"measurements/{whole.pk}/pixels/", {"pixels": {"1": "left half"}})
    assert [one["field"] for one in answer.json()["errors"]] == ["pixels.1"]
