"""Which pixel a label names; what fits no naming is asked."""

import pytest

from analysis.device_names import Place
from analysis.pixel_labels import pixels_named


@pytest.mark.parametrize(
    ("label", "pixel"),
    [
        ("P1", "P1"),
        ("Pixel 12", "P12"),
        ("pixel_03", "P3"),
        ("px7", "P7"),
        ("Pix #4", "P4"),
        ("Pixel no. 5", "P5"),
        ("p2 J (mA/cm2)", "P2"),
        ("J_P6 (mA/cm2)", "P6"),
        ("A1-3", "A1-3"),
    ],
)
def test_the_namings_of_real_files_are_understood(label, pixel):
    assert pixels_named([label], []) == [pixel]


NO_PIXEL = [
    "forward",
    "3",
    "b_rev",
    "P3HT",
    "PM6",
    "P1.5",
    "p 3 mbar",
    "",
    "P1 to P4",
    "A1",
    "scan 2",
    "P0",
    "2026-01-03",
    "P1000",
]


@pytest.mark.parametrize("label", NO_PIXEL)
def test_what_fits_no_naming_is_asked(label):
    assert pixels_named([label], ["P1", "P2"]) == [""]


def test_a_pixel_that_the_device_has_is_meant_however_it_is_spelt():
    known = ["px1", "Pixel2", "a1-3", "left", "7"]
    labels = ["P1", "pixel 02", "A1-3", "LEFT", "7"]
    assert pixels_named(labels, known) == known


def test_a_number_that_two_pixels_of_the_device_bear_is_not_guessed():
    assert pixels_named(["pixel 1", "P1"], ["P1", "px1"]) == ["", "P1"]


def test_scans_of_several_devices_or_twice_of_one_pixel_are_asked():
    assert pixels_named(["D1 Pixel 1", "D2 Pixel 2"], []) == ["", ""]
    assert pixels_named(["D1 Pixel 1", "D1 Pixel 2"], []) == ["P1", "P2"]
    assert pixels_named(["A1-1", "A1-2", "A2-1"], []) == ["", "", ""]
    assert pixels_named(["P1 forward", "P1 reverse", "P2 forward"], []) == ["", "", "P2"]


OWN = Place("device", "D-0011", "OLED-005", ("P1", "P2", "P3"), ("NC-0042",))
BESIDE = [
    Place("device", "D-0004", "OLED-004", (), ("NC-0042",)),
    OWN,  # the second that was made of it
    Place("device", "D-0012", "", (), ("NC-0042",)),
    Place("device", "D-0050", "ITO-7", ()),
]


@pytest.mark.parametrize(
    ("labels", "pixels"),
    [
        (["D-0099 P1", "d0099_P2", "D-0011 P3"], ["", "", "P3"]),
        (["OLED-004 P1", "OLED-005 P1", "oled_005 P2"], ["", "P1", "P2"]),
        (["d1_p1", "d2_p1", "D-0012 d2 p3"], ["", "P1", ""]),
        (["device 11 pixel 2", "ito 7 P1"], ["P2", ""]),
        (["OLED-004 OLED-005 P1"], [""]),  # two devices
        (["d9_p1"], [""]),  # there is no ninth
    ],
)
def test_a_label_that_calls_a_device_names_its_pixels_and_no_others(labels, pixels):
    assert pixels_named(labels, OWN.pixels, OWN, BESIDE) == pixels


def test_a_number_that_is_the_code_of_one_and_the_place_of_another_is_asked():
    two = Place("device", "D-0002", "", (), ("NC-0042",))
    one = Place("device", "D-0001", "", (), ("NC-0042",))  # made second
    assert pixels_named(["d2_p1", "D-0001 p2"], [], one, [two, one]) == ["", "P2"]
