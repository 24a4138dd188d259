"""Images in .emd as Velox and the Berkeley form lay them out: pixels and scale come back, nothing outside is read."""

import io
import json

import h5py
import numpy as np
import pytest

from analysis.reading import UnreadableFile
from analysis.techniques.files import read
from tests.analysis.techniques.files.instrument_files import berkeley, velox

GREY = np.arange(40 * 50, dtype="u2").reshape(40, 50)


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("since", ["earliest", "v108"])
def test_velox_keeps_its_scale_in_metres(packed, since):
    reading = read(velox({"HAADF": GREY}, packed=packed, since=since), "a.emd", "tem")
    np.testing.assert_array_equal(reading.image.values, GREY)
    assert reading.image.nm_per_pixel == pytest.approx(0.0512)
    assert (reading.metadata["width_px"], reading.metadata["height_px"]) == (50, 40)
    assert reading.metadata["label"] == "HAADF"


@pytest.mark.parametrize(("units", "step"), [("[n_m]", 0.25), ("nm", 0.25), ("Å", 2.5), ("[u_m]", 2.5e-4)])  # fmt: skip
def test_the_berkeley_form_keeps_its_scale_in_its_axes(units, step):
    reading = read(berkeley(GREY, step, units), "a.emd", "tem")
    np.testing.assert_array_equal(reading.image.values, GREY)
    assert reading.image.nm_per_pixel == pytest.approx(0.25)


def test_each_detector_is_a_scan_with_its_image():
    content = velox({"HAADF": GREY, "BF": GREY[::-1] + 7})
    reading = read(content, "a.emd", "tem")
    assert reading.asks_for_a_scan
    assert [scan.label for scan in reading.scans] == ["HAADF", "BF"]
    np.testing.assert_array_equal(reading.of("2").image.values, GREY[::-1] + 7)
    assert reading.of("2").metadata["nm_per_pixel"] == pytest.approx(0.0512)


def test_a_series_is_named_and_left_out():
    content = velox({"HAADF": GREY, "Ceta": np.zeros((40, 50, 3))})
    reading = read(content, "a.emd", "tem")
    np.testing.assert_array_equal(reading.image.values, GREY)
    assert any("Ceta (40 × 50 × 3) is not a single image" in one for one in reading.warnings)
    with pytest.raises(UnreadableFile, match=r"Ceta .* left out"):
        read(velox({"Ceta": np.zeros((40, 50, 3))}), "a.emd", "tem")


@pytest.mark.parametrize(
    ("units", "step"), [("", 0.25), ("nm", [0.25, 0.5]), ("nm", 1e9), ("1/nm", 0.25)]
)
def test_a_scale_that_is_not_said_or_cannot_be_is_none(units, step):
    assert read(berkeley(GREY, step, units), "a.emd", "tem").image.nm_per_pixel is None


def elsewhere(link, other):
    """A file whose pixels lie in another one, which is there."""
    with h5py.File(other, "w") as opened:
        opened["Data"] = GREY
    made = io.BytesIO()
    with h5py.File(made, "w") as opened:
        group = opened.create_group("Data/Image/1")
        if link == "a link":
            group["Data"] = h5py.ExternalLink(str(other), "/Data")
        elif link == "raw bytes":
            group.create_dataset("Data", (40, 50), "u1", external=[(str(other), 0, 2000)])
        else:
            layout = h5py.VirtualLayout((40, 50), "u2")
            layout[:] = h5py.VirtualSource(str(other), "Data", (40, 50))
            group.create_virtual_dataset("Data", layout)
    return made.getvalue()


@pytest.mark.parametrize("link", ["a link", "raw bytes", "a virtual dataset"])
def test_what_lies_in_another_file_is_not_read(link, tmp_path):
    with pytest.raises(UnreadableFile, match="holds no image"):
        read(elsewhere(link, tmp_path / "other.h5"), "a.emd", "tem")


def huge():
    made = io.BytesIO()
    with h5py.File(made, "w") as opened:
        opened.create_dataset("Data/Image/1/Data", (10**6, 10**6), "f4", chunks=(100, 100))
    return made.getvalue()


BAD = {
    "cut": (velox({"HAADF": GREY})[:-900], r"damaged, .* at byte \d+"),
    "no image": (berkeley(GREY, 1, "nm", kind=2), "holds no image"),
    "its mark alone": (velox({"HAADF": GREY})[:60], r"damaged, .* at byte \d+"),
    "too large": (huge(), "at most 36 million"),
    "newer chunks": (velox({"HAADF": GREY}, packed=True, since="v110"), "HDF5 1.10 and later"),
    "text": (velox({"HAADF": GREY}).replace(b"Image", b"Imige"), "holds no image"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_file_without_an_image_is_refused_in_words(name):
    content, words = BAD[name]
    with pytest.raises(UnreadableFile, match=words) as refusal:
        read(content, "a.emd", "tem")
    assert str(refusal.value).endswith(".")


@pytest.mark.parametrize(("odd", "why"), [
    (np.zeros((40, 50), "u2"), "BF was left out. Every pixel of this image has the same grey"), (GREY[:8, :8], "BF was left out. This image has 8 × 8 pixels"),
])  # fmt: skip
def test_one_odd_detector_is_named_and_the_others_are_read(odd, why):
    reading = read(velox({"BF": odd, "HAADF": GREY}), "a.emd", "tem")
    np.testing.assert_array_equal(reading.image.values, GREY)
    assert reading.metadata["label"] == "HAADF"
    assert any(why in one for one in reading.warnings)
    several = read(velox({"DF2": GREY, "BF": odd, "HAADF": GREY[::-1]}), "a.emd", "tem")
    assert [scan.label for scan in several.scans] == ["DF2", "HAADF"]
    with pytest.raises(UnreadableFile, match=why):
        read(velox({"BF": odd}), "a.emd", "tem")


def metadata_of(values):
    made = io.BytesIO(velox({"HAADF": GREY}))
    with h5py.File(made, "r+") as opened:
        (name,) = opened["Data/Image"]
        del opened[f"Data/Image/{name}/Metadata"]
        opened[f"Data/Image/{name}/Metadata"] = values
    return made.getvalue()


@pytest.mark.parametrize("said", ["one number", "an integer of 400 digits"])
def test_metadata_that_cannot_be_leave_the_image_without_a_scale(said):
    digits = b'{"BinaryResult": {"PixelUnitX": "m", "PixelUnitY": "m", "PixelSize": {"width": %b, "height": 1}}}' % (b"9" * 400)  # fmt: skip
    values = np.uint8(123) if said == "one number" else np.frombuffer(digits, "u1")[:, None]
    reading = read(metadata_of(values), "a.emd", "tem")
    np.testing.assert_array_equal(reading.image.values, GREY)
    assert reading.image.nm_per_pixel is None


def test_it_is_named_when_it_is_taken_for_a_spectrum():
    with pytest.raises(UnreadableFile, match=r"HDF5 file \(\.emd\), not a PL spectrum"):
        read(velox({"HAADF": GREY}), "a.emd", "pl")


def test_metadata_that_are_no_json_leave_the_image_without_a_scale():
    made = io.BytesIO(velox({"HAADF": GREY}))
    with h5py.File(made, "r+") as opened:
        (name,) = opened["Data/Image"]
        opened[f"Data/Image/{name}/Metadata"][:] = ord("{")
    reading = read(made.getvalue(), "a.emd", "tem")
    assert reading.image.nm_per_pixel is None
    json.dumps(reading.metadata, allow_nan=False)
