"""The technique of an upload is guessed, so that a person rarely has to choose."""

import pytest

from analysis.techniques.guess import guess_technique
from tests.analysis.instruments import own_file, shared_file

NAMED = {
    "xrd/MAPI_3D_2theta.xy": "xrd",
    "xrd/HL1-2_5-90_60min.xrdml": "xrd",
    "xrd/BT86_.UXD": "xrd",
    "optical/MAPI_2PACz_EmScan_Fluoracle.csv": "pl",
    "optical/Fluoracle_emission.txt": "pl",
    "optical/Fluoracle_absorbance.txt": "absorbance",
    "optical/CuPCtS_H2O_vis.csv": "absorbance",
    "trpl/spcm_test_data.asc": "trpl",
    "trpl/F980_IRF.txt": "trpl",
    "device/OLED-004_A1-1_JVL.txt": "jvl",
    "device/OLED-004_A1-1_SPD.txt": "el_spectrum",
}


OWN = {
    "xrd/methylammonium.xy": "xrd",
    "xrd/quartz.xrdml": "xrd",
    "xrd/bruker.UXD": "xrd",
    "optical/fluoracle_emission.csv": "pl",
    "optical/fluoracle_absorbance.txt": "absorbance",
    "optical/cary50.csv": "absorbance",
    "trpl/spcm.asc": "trpl",
    "trpl/edinburgh_response.txt": "trpl",
    "device/oled_jvl.txt": "jvl",
}


@pytest.mark.parametrize(("name", "technique"), OWN.items())
def test_simulated_files_are_told_apart(name, technique):
    path = own_file(name)
    assert guess_technique(path.name, path.read_bytes()[:4096]) == technique


@pytest.mark.parametrize(("name", "technique"), NAMED.items())
def test_real_files_are_told_apart(name, technique):
    path = shared_file(name)
    assert guess_technique(path.name, path.read_bytes()[:4096]) == technique


def test_content_decides_when_the_name_says_nothing():
    assert guess_technique("a.txt", b"Voltage (V)\tCurrent (A)\tLuminance (cd/m2)\n") == "jvl"
    assert guess_technique("a.txt", b"2theta counts\n10 5\n") == "xrd"
    assert guess_technique("a.txt", b"\x00\xff\xfe") == "pl"
