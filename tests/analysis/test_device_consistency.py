"""The paper's own device as a set: what follows from its numbers, and where they cannot all be true."""

import re

import pytest

from analysis.device_consistency import findings, peak_for
from analysis.services.outcomes import type_outcome
from labnotebook.records.refusals import Refusal
from tests.analysis.factories import address, text
from tests.devices.factories import make_device
from tests.factories import make_person, make_project

PAPER = {  # Guo et al., ACS Nano 2023, 17, 9290: the FRET device
    "eqe_percent": 25.3,
    "current_efficiency_cd_a": 2.1,
    "power_efficiency_lm_w": 1.7,
    "luminance_cd_m2": 13_626,
    "turn_on_v": 2.9,
    "el_peak_nm": 688,
    "el_fwhm_nm": 31,
    "peak_luminance_v": 7,
}


def said(**known):
    return " ".join(f"[{one.kind}] {one.sentence}" for one in findings(known))


def test_the_paper_needs_an_el_peak_at_681_8_nm():
    words = said(**PAPER)
    assert "[warn] EQE 25.3 % at an EL peak of 688 nm stands for 1.39 cd/A" in words
    assert "2.1 cd/A needs an EL peak at 681.8 nm" in words


@pytest.mark.parametrize(
    ("nm", "cd_a"), [(682, 2.07), (684, 1.82), (686, 1.59), (688, 1.39), (692, 1.06)]
)
def test_the_peak_that_two_efficiencies_take_is_that_of_the_science_notes(nm, cd_a):
    assert peak_for(25.3, cd_a, 31.0, 690) == pytest.approx(nm, abs=0.1)


def test_the_paper_gives_its_voltage_its_current_and_its_heat():
    words = said(**PAPER)
    assert "1.7 lm/W and 2.1 cd/A go together at π·CE/PE = 3.9 V" in words
    assert "takes at least 649 mA/cm²: 4.5 W/cm² at 7 V" in words
    assert "heats itself" in words


def test_numbers_that_go_together_are_said_to():
    words = said(eqe_percent=25.3, current_efficiency_cd_a=1.6, el_peak_nm=686, el_fwhm_nm=31)
    assert words.startswith("[ok]")
    assert "within 15%" in words


@pytest.mark.parametrize(
    ("known", "words"),
    [
        ({"eqe_percent": 1.0, "current_efficiency_cd_a": 60}, "whatever the colour"),
        ({"eqe_percent": 55.0}, "more than a planar LED lets out"),
        (
            {"current_efficiency_cd_a": 2.0, "power_efficiency_lm_w": 5.0, "turn_on_v": 2.9},
            "below the turn-on",
        ),
        (
            {"luminance_cd_m2": 5000, "current_efficiency_cd_a": 2, "current_density_ma_cm2": 50},
            "cd/cm² would be 10 000 times",
        ),
    ],
)
def test_what_cannot_be_is_a_caution(known, words):
    found = [one for one in findings(known) if one.kind == "warn"]
    assert any(words in one.sentence for one in found)


@pytest.mark.parametrize(
    "known", [{}, {"eqe_percent": 12.0}, {"eqe_percent": 0.0, "current_efficiency_cd_a": 0.0}]
)
def test_little_says_nothing(known):
    assert findings(known) == []


@pytest.mark.django_db
def test_the_page_of_the_papers_device_says_where_its_numbers_disagree(client):
    mira = make_person("mira")
    device = make_device(mira, make_project(mira, "Paper"), name="Guo 2023, FRET")
    pixel = device.pixels.first()
    for quantity, value in PAPER.items():
        type_outcome(by=mira, subject=pixel, quantity=quantity, text=str(value))
    client.force_login(mira)
    page = text(client.get(address("device-measurements", device.code)))
    page = " ".join(re.sub(r"<[^>]+>", "", page).split())
    assert "P1: EQE 25.3 % at an EL peak of 688 nm stands for 1.39 cd/A" in page
    assert "4.5 W/cm" in page


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("quantity", "typed", "words"),
    [
        ("power_efficiency_lm_w", "1.7 %", "wall-plug efficiency"),
        ("luminance_cd_m2", "13626 cd/cm2", "it means cd/m²"),
    ],
)
def test_a_misprinted_unit_is_asked_about_and_not_converted(quantity, typed, words):
    mira = make_person("mira")
    pixel = make_device(mira, make_project(mira, "Paper")).pixels.first()
    with pytest.raises(Refusal, match=words):
        type_outcome(by=mira, subject=pixel, quantity=quantity, text=typed)
