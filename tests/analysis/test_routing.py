"""Where a file belongs by its name."""

import pytest

from analysis.device_names import Place, spelt
from analysis.routing import bare_numbers_in, codes_in, names_in, route

PREFIXES = ("NC", "D", "L", "S", "A")
PLACES = [
    Place("batch", "NC-0042"),
    Place("batch", "NC-0043"),
    Place("lot", "L-0007"),
    Place("lot", "S-0002"),
    Place("device", "D-0011", "", ("P1", "P2"), ("NC-0042",)),
    Place("device", "D-0012", "", ("P1", "P2"), ("NC-0042",)),
    Place("device", "D-0013", "OLED-004", ("A1-1", "P2"), ("NC-0042",)),
    Place("device", "D-0002", "", ("P1",), ("NC-0043",)),
    Place("device", "D-0020", "OLED-005", ("P1",), ()),
    Place("device", "D-0021", "OLED-005", ("P1",), ()),
]


def places_for(name):
    """As the service asks: what is named, and the devices of the batches that are."""
    codes, names = codes_in(name), names_in(name)
    numbered = {f"D-{one:04d}" for one in bare_numbers_in(name)}
    named = [p for p in PLACES if p.code in {*codes, *numbered} or spelt(p.name) in names]
    batches = {p.code for p in named if p.kind == "batch"}
    return named + [p for p in PLACES if p not in named and batches & set(p.batches)]


def routed(name):
    return route(name, places_for(name), PREFIXES)


@pytest.mark.parametrize(
    ("name", "target"),
    [
        ("NC-0042_PL.csv", "NC-0042"),
        ("nc0042 xrd 2026-01-03.xy", "NC-0042"),
        ("2026-01-03_NC-0042_abs (2).txt", "NC-0042"),
        ("NC_0043_trpl.dat.gz", "NC-0043"),
        ("PL-2026_NC-0042.csv", "NC-0042"),  # no code of this lab begins with PL
        ("NC-0042_d3_p2_JVL.txt", "D-0013/P2"),  # the third that was made of it
        ("NC-0042_D-0012_p2_JVL.txt", "D-0012/P2"),
        ("NC-0042_d12_JVL.txt", "D-0012"),  # D-0012, as there is no twelfth
        ("NC-0043_d2_p1.txt", "D-0002/P1"),
        ("NC-0042_d2d_PL.txt", "NC-0042"),
        ("S-2026-01-03_NC-0042_PL.csv", "NC-0042"),  # a date is no stock
        ("NC-0042_d 5.1 nm.csv", "NC-0042"),
        ("NC-0042 device 1 pixel 02.txt", "D-0011/P2"),
        ("D-0011_JVL_all.txt", "D-0011"),
        ("d0012-P1-jv.csv", "D-0012/P1"),
        ("OLED-004_p2_JVL.txt", "D-0013/P2"),
        ("oled-004_A1-1_SPD.txt", "D-0013/A1-1"),
        ("OLED_004 A1-1.txt", "D-0013/A1-1"),  # as codes are: parted by anything
        ("NC-0042_oled004_p2.txt", "D-0013/P2"),
        ("L-0007_certificate.pdf", "L-0007"),
        ("S-0002 PL.csv", "S-0002"),
    ],
)
def test_a_name_leads_to_its_subject(name, target):
    found = routed(name)
    assert found.target is not None, found.why
    assert found.target.words == target


@pytest.mark.parametrize(
    ("name", "why", "might_be"),
    [
        ("scan 12.csv", "says no batch", []),
        ("PL-2026-01-03.csv", "says no batch", []),
        ("d11_p2_JVL.txt", "device 11, but not of which batch", ["D-0011/P2"]),
        ("d4_JVL.txt", "device 4, but not of which batch", []),
        ("d4_PL.csv", "says no batch", []),  # or the fourth day
        ("OLED-004x_p2.txt", "says no batch", []),
        ("IMG_20260103.jpg", "says no batch", []),
        ("NC-9999_PL.csv", "no NC-9999 that takes files of yours", []),
        ("NC-0042_NC-9999_PL.csv", "no NC-9999", ["NC-0042"]),
        ("NC-0042_NC-0043_PL.csv", "may be of NC-0042, NC-0043", ["NC-0042", "NC-0043"]),
        ("NC-0042_L-0007.csv", "may be of", ["NC-0042", "L-0007"]),
        ("NC-0043_D-0011.csv", "may be of", ["NC-0043", "D-0011"]),  # that was not made of it
        ("OLED-005_p1.txt", "may be of D-0020, D-0021", ["D-0020", "D-0021"]),
        ("NC-0042_p2_JVL.txt", "not of which device", ["D-0011/P2", "D-0012/P2", "D-0013/P2"]),
        ("NC-0042_P1-P2_JVL.txt", "the pixels P1, P2, but not of which device", ["D-0011"]),
        (
            "NC-0042_d3_PL.csv",
            "may be of D-0013, NC-0042",
            ["D-0013", "NC-0042"],
        ),  # or the third day
        ("NC-0042_d9_p2.txt", "device 9 of NC-0042, and there is none", ["D-0011"]),
        ("D-0011_p7_JVL.txt", "D-0011 has no pixel P7", ["D-0011"]),
    ],
)
def test_what_fits_nothing_or_two_things_goes_nowhere_and_says_what_it_might_be(
    name, why, might_be
):
    found = routed(name)
    assert found.target is None
    assert why in found.why
    assert [one.words for one in found.might_be][: len(might_be)] == might_be


def test_a_number_that_is_a_code_of_one_device_and_the_place_of_another_is_not_guessed():
    devices = [
        Place("device", f"D-000{n}", "", ("P1",), ("NC-0042",)) for n in (2, 1)
    ]  # D-0001 was made second
    found = route("NC-0042_d2_p1.txt", [PLACES[0], *devices], PREFIXES)
    assert found.target is None
    assert {one.words for one in found.might_be} == {"D-0001", "D-0002"}
