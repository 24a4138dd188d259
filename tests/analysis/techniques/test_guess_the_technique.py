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
    "device/OLED-004_avgspectra_250cdm2.csv": "el_spectrum",
    "device/25.57.eqe.txt": "photovoltaic_eqe",
    "device/SID1.eqe.txt": "photovoltaic_eqe",
    "optical/100_40-1.abspl.txt": "plqy",
    "optical/F4-P3HT_1-10_0,5mgml.Probe.Raw.asc": "absorbance",
    "optical/SpectraSuite_Header.txt": "pl",
    "structures/CsI.cif": "other",
    "eln/PASTA.eln": "other",
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


TOLD = {
    "quartz.xrdml.gz": (b"\x1f\x8b", "xrd"), "scan.dat": (b"*RAS_DATA_START\r\n", "xrd"), "a.bin": (b"RAW4.00\0", "xrd"),
    "film.cif": (b"data_a\nloop_\n_pd_meas_2theta_scan\n", "xrd"), "b.txt": (b"frame twotheta intensity\n", "xrd"),
    "a.ht3": (b"", "trpl"), "f.bin": (b"PicoHarp 300\0\0\0\x002.0", "trpl"), "g.bin": (b"HydraHarp\0", "trpl"),
    "a.sdt": (b"", "trpl"), "b.bin": (b"PQTTTR\0\0", "trpl"), "c.asc": (b"  #SP [SP_0,I,0]\n", "trpl"),
    "d.asc": (b"*BLOCK 1 ( Time[us] No_of_photons )", "trpl"), "film.jdx": (b"##TITLE=a\n##YUNITS=ABSORBANCE", "absorbance"),
    "SEM_1.tif": (b"II*\0\x08", "tem"), "e.dm4": (b"\0\0\0\4", "tem"), "f.emd": (b"\x89HDF", "tem"), "NC-0042_TEM_01.jpg": (b"\xff\xd8\xff", "tem"), "film.jpg": (b"\xff\xd8\xff", "other"),
    "Results.csv": (b" ,Area,Mean,Min,Max,Circ.,Feret\n", "tem"),
    "scope.txt": (b"Integration Time (usec): 100000\n400 12\n", "pl"), "a.asc": (b"PE UV       SUBTECH     SPECTRUM    ASCII\n", "absorbance"),
    "e.txt": ("Time (μs)\tCounts\n".encode(), "trpl"), "NC-0042.abspl.txt": (b"Wavelength (nm)\n", "plqy"), "luqy.dat": (b"PLQY (%)\t12\n", "plqy"),
    "galena.cif": (b"data_PbS\n_cell_length_a 5.9362\n", "other"), "LED-12_mean_spectrum.csv": (b"Wavelength (nm)", "el_spectrum"),
    "cell.txt": (b"Lambda(nm)\tEQE (%)\n300\t4\n", "photovoltaic_eqe"), "batch.eln": (b"PK\x03\x04", "other"),
    "c.txt": (b"nm\t%T\n400\t7\n", "absorbance"), "d.txt": (b"Wavelength (nm)\tCounts", "pl"),
}  # fmt: skip


@pytest.mark.parametrize("name", TOLD)
def test_formats_are_told_by_their_marks(name):
    head, technique = TOLD[name]
    assert guess_technique(name, head) == technique
