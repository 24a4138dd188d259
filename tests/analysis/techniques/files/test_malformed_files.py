"""Whatever is uploaded, a reader answers with a reading or with `UnreadableFile`, nothing else."""

import io
import json
import time
import zipfile

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.readers.sniffing import MAX_BYTES
from analysis.reading import UnreadableFile
from analysis.techniques.files import read
from analysis.techniques.registry import TECHNIQUES
from tests.analysis.readers.spectra import HEADS, spectrum, table, text_file
from tests.analysis.techniques.files import instrument_files as files


def zipped(*names):
    pack = io.BytesIO()
    with zipfile.ZipFile(pack, "w") as archive:
        for name in names:
            archive.writestr(name, "x" * 50)
    return pack.getvalue()


ROWS = table(spectrum("pl"))
# Forty files that are no PL spectrum: content and a word of the refusal.
SEEDS = {
    "empty": (b"", "empty"),
    "blanks only": (b" \r\n\t\n ", "empty"),
    "zeros only": (b"\0" * 5000, "empty"),
    "a lone byte order mark": (b"\xef\xbb\xbf", "empty"),
    "png": (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 9, "PNG picture"),
    "jpeg": (b"\xff\xd8\xff\xe0" + bytes(range(256)) * 9, "JPEG picture"),
    "gif": (b"GIF89a" + bytes(range(256)), "GIF picture"),
    "bmp": (b"BM" + bytes(range(256)), "BMP picture"),
    "tiff, little end": (b"II*\0" + bytes(range(256)), "TIFF picture"),
    "tiff, big end": (b"MM\0*" + bytes(range(256)), "TIFF picture"),
    "svg": (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "SVG picture"),
    "pdf": (b"%PDF-1.7\n1 0 obj\n<<>>\n", "PDF document"),
    "rtf": (b"{\\rtf1\\ansi 450 1}", "rich-text"),
    "html": (b"<!DOCTYPE html><html><body>450 1</body></html>", "web page"),
    "html, indented": (b"\n  <HTML><table><tr><td>450</td></tr></table>", "web page"),
    "json": (b'{"wavelength": [450, 451, 452, 453, 454]}', "JSON"),
    "other xml": (b'<?xml version="1.0"?><gama><line>1</line></gama>', "XML file of a kind"),
    "xrdml as pl": (files.xrdml(files.xrdml_scan("1 2 3 4 5 6")), "XRDML"),
    "xlsx": (zipped("[Content_Types].xml", "xl/workbook.xml"), "Excel workbook"),
    "docx": (zipped("[Content_Types].xml", "word/document.xml"), "Word document"),
    "pptx": (zipped("[Content_Types].xml", "ppt/slides/1.xml"), "PowerPoint"),
    "brml": (zipped("Experiment0/RawData0.xml", "Experiment0/DataContainer.xml"), "Bruker BRML"),
    "rasx": (zipped("Data0/Profile0.txt", "Data0/MesurementConditions0.xml"), "Rigaku .rasx"),
    "eln": (zipped("a/ro-crate-metadata.json"), ".eln archive"),
    "zip": (zipped("a.txt"), "zip archive"),
    "old office": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512), "old Office"),
    "gzip": (b"\x1f\x8b\x08" + bytes(range(256)), ".gz file is broken"),
    "hdf5": (b"\x89HDF\r\n\x1a\n" + bytes(200), "HDF5"),
    "program": (b"\x7fELF" + bytes(range(256)), "program"),
    "photon records": (b"PQTTTR\0\0" + bytes(range(256)), "PicoQuant file of photons"),
    "binary noise": (bytes(np.random.default_rng(1).integers(0, 256, 4000, dtype=np.uint8)), "binary file"),
    "half a utf-16 file": (b"\xff\xfe" + b"\x00\xd8" * 40, "damaged"),
    "prose": (b"Dear Anna,\nthe spectra are on the stick.\nYours, Otto\n", "No table"),
    "four rows": (b"Wavelength (nm)\tI\n450\t1\n451\t2\n452\t3\n453\t4\n", "No table"),
    "one column": (b"\n".join(b"%d" % i for i in range(50)), "No table"),
    "no numbers in the second column": (b"\n".join(b"%d,abc" % i for i in range(450, 480)), "No table"),
    "only nan ordinates": (b"Wavelength (nm),Intensity\n" + b"\n".join(b"%d,nan" % i for i in range(450, 480)), "0 points"),
    "constant axis": (b"Wavelength (nm)\tI\n" + b"500\t3\n" * 30, "500 in every row"),
    "shuffled axis": (
        b"Wavelength (nm)\tI\n" + b"\n".join(b"%d\t1" % (450 + i * 37 % 101) for i in range(100)), "goes up and down",
    ),
    "two abscissae only": (b"Wavelength (nm)\tI\n" + b"500\t3\n500\t3\n500\t3\n501\t4\n501\t4\n501\t5\n", "2 different"),
    "one endless line": (b"450 " * 400_000, "no table of rows"),
    "angles as a spectrum": (table(spectrum("xrd")).encode(), "neither a wavelength"),
}  # fmt: skip


def test_there_are_at_least_forty_seeds():
    assert len(SEEDS) >= 40


@pytest.mark.parametrize("name", SEEDS)
def test_a_malformed_file_is_refused_with_a_sentence_that_names_it(name):
    content, word = SEEDS[name]
    with pytest.raises(UnreadableFile) as refusal:
        read(content, "upload.txt", "pl")
    sentence = str(refusal.value)
    assert word in sentence
    assert sentence.endswith(".")
    assert len(sentence) < 500


@pytest.mark.parametrize("name", SEEDS)
@pytest.mark.parametrize("technique", TECHNIQUES)
def test_a_malformed_file_breaks_no_other_technique(name, technique):
    read_or_refuse(SEEDS[name][0], technique)


def test_the_refusal_says_how_to_mend_it():
    with pytest.raises(UnreadableFile) as refusal:
        read(SEEDS["png"][0], "pl.txt", "pl")
    assert str(refusal.value) == (
        "This is a PNG picture, not a PL spectrum. Export the spectrum as text (two columns) and upload that."
    )


def test_an_unknown_technique_is_refused_in_words():
    with pytest.raises(UnreadableFile, match="kept but not read"):
        read(ROWS.encode(), "a.txt", "nmr")


def test_a_file_beyond_the_limit_is_refused_at_once():
    began = time.monotonic()
    with pytest.raises(UnreadableFile, match="64 MiB"):
        read(b"1 2\n" * (MAX_BYTES // 4 + 1), "a.txt", "pl")
    assert time.monotonic() - began < 5


def test_too_many_rows_are_refused():
    with pytest.raises(UnreadableFile, match="2000000 rows"):
        read(b"1 2\n" * 2_200_000, "a.txt", "pl")


def read_or_refuse(content, technique):
    """Read, and check that a reading keeps the promises of every reading."""
    try:
        reading = read(content, "upload.bin", technique)
    except UnreadableFile:
        return
    assert len({len(channel.values) for channel in reading.channels}) == 1
    assert len(reading.x.values) >= (2 if technique == "eds" else 5)  # two elements are a ratio
    assert np.isfinite(reading.x.values).all()
    assert np.isfinite(reading.y.values).all()
    if technique != "jvl":
        assert (np.diff(reading.x.values) > 0).all()
    json.dumps(reading.metadata, allow_nan=False)


FUZZ = settings(max_examples=100)


@FUZZ
@given(content=st.binary(max_size=2000), technique=st.sampled_from(sorted(TECHNIQUES)))
def test_random_bytes_only_ever_raise_unreadable_file(content, technique):
    read_or_refuse(content, technique)


signs = st.text(alphabet="0123456789.,;:\t\n\r -+eENaInf/()[]_\"'#*=%<>ab", max_size=400)


@FUZZ
@given(text=signs, technique=st.sampled_from(sorted(TECHNIQUES)))
def test_random_text_that_looks_like_tables_only_ever_raises_unreadable_file(text, technique):
    read_or_refuse(text.encode(), technique)


mutations = st.lists(
    st.tuples(
        st.sampled_from(["cut", "swap", "drop", "double", "insert"]),
        st.floats(0, 1, exclude_max=True),
        st.floats(0, 1, exclude_max=True),
        st.one_of(st.binary(min_size=1, max_size=6), st.sampled_from([b"\n", b"\t", b"nan", b"1e999", b"-", b",", b"\0", b"<", b"\xff", b"1_0", b'"'])),
    ),
    min_size=1,
    max_size=6,
)  # fmt: skip


def mutate(content, steps):
    for kind, where, length, extra in steps:
        start = int(where * len(content))
        stop = min(len(content), start + 1 + int(length * 80))
        middle = {
            "cut": None,
            "swap": extra,
            "drop": b"",
            "double": content[start:stop] * 2,
            "insert": extra + content[start:stop],
        }[kind]
        content = content[:start] if middle is None else content[:start] + middle + content[stop:]
    return content


@pytest.mark.parametrize("name", files.one_of_each())
@FUZZ
@given(steps=mutations)
def test_a_mutated_file_is_read_or_refused(name, steps):
    technique, content = files.one_of_each()[name]
    read_or_refuse(mutate(content, steps), technique)


@pytest.mark.parametrize("technique", HEADS)
def test_a_cut_off_file_is_read_as_far_as_it_goes_or_refused(technique):
    content = text_file(technique)
    for length in range(0, len(content), 37):
        read_or_refuse(content[:length], technique)
