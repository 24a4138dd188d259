"""What becomes of every real instrument file: ``make files`` writes docs/reference/every-file.md.

Each file is read as an upload whose technique is to be guessed, and analysed with default settings. Of several scans
the table has the first one; the notebook asks for one or analyses all.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from analysis.reading import Reading, UnreadableFile
from analysis.result import NoResult, Result
from analysis.techniques.files import read
from analysis.techniques.guess import guess_technique
from analysis.techniques.registry import TECHNIQUES, default_method
from tests.analysis.instruments import CASES, SHARED

TABLE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "every-file.md"
HEAD = """# Every file at hand

What the notebook makes of {count} files of instruments and of cases that once went wrong, none of which may be passed on: technique
as guessed from name and first lines, default settings, ± one standard uncertainty. Made by `make files`; a file that
is only kept has no reading. *Stated* is what the file's authors, its own head or a program that is none of ours say.

| file | read as | scans × points | axes | found | stated |
| --- | --- | --- | --- | --- | --- |
"""
NOT_OF_INSTRUMENTS = (".md", ".jsonld")

# What the files' authors, their heads, or programs that are none of ours say (SOURCES.md beside the files).
STATED = {
    "25.57.eqe.txt": "highest EQE 99.876 %",
    "SID1.eqe.txt": "highest 0.0948 at 620 nm",
    "Keithley2400_Batch-Test_jv.txt": "six sweeps; first: Voc 1.2128 V, Jsc 21.99 mA/cm², FF 79.95 %, 21.32 mW/cm² (head)",
    "KIT_px7_mid.jv.csv": "two sweeps and their mean; first: Voc 1.0212 V, Jsc 20.12 mA/cm², FF 67.98 %, 13.97 % (head)",
    "KIT_MPP.mpp.csv": "watched for 300 s",
    "PERS_loc2.mpp.txt": "watched for 204 s",
    "OLED-004_A1-1_JVL.txt": "first voltage with 1 cd/m² 3.4 V after steps of 0.2 V; highest 1600.96 cd/m²",
    "OLED-004_avgspectra_250cdm2.csv": "532.0 nm the highest of its points",
    "SBTPS_IV1.IV": "Voc 0.598 V, Jsc 14.58 mA/cm², FF 30.32 %, 2.645 % (head); 0.1 cm²",
    "SBTPS_SEQ1.SEQ": "two sweeps; first: Voc 0.1999 V, Jsc 14.46 mA/cm², FF 29.07 %, 0.840 % (head)",
    "HZB_SEM.tif": "5.5825 nm/px; a polycrystalline film",
    "JEOL_HAADF_Image.dm4": "1.2490 nm/px; touching particles of 10.7 to 16.5 nm",
    "imagej_calibrated.tif": "168.675 nm/px",
    "test_STEM_image.dm3": "0.248538 nm/px",
    "40nmAuNP_002.jpg": "scale bar burnt in, 50 nm = 327 px; 39.7 and 43.6 nm, the rest seeds of 6 to 11 nm",
    "MAPI_2PACz_EmScan_Fluoracle.csv": "773 nm the highest of its (noisy) points, 49.2 nm wide",
    "Fluoracle_emission.txt": "435 nm the highest of its points, 436.4 nm smoothed; a second top at 416 nm",
    "FluorEssence.txt": "566 nm the highest of its points",
    "CaryEclipse_nano_EEM.csv": "47 scans of 186 points",
    "100_40-1.abspl.txt": "LuQY 0.0400 % (head); 741.1 nm the highest of its points",
    "1908047U1_0000.Raw8.TXT": "295.0 nm the highest of its points",
    "SpectraSuite_Header.txt": "763.0 nm the highest of its points",
    "CuPCtS_H2O_vis.csv": "second derivative least at 2.015 to 2.031 eV",
    "PbSe_batch1_JASCO.txt": "second derivative least at 0.853 to 0.856 eV",
    "Fluoracle_absorbance.txt": "second derivative least at 2.325 to 2.337 eV",
    "TimeHarp260_Si6505.trpl.dat": "∫I dt / I(0) 89 to 106 ns",
    "grapa_003.dat": "∫I dt / I(0) 4.7 to 6.0 ns",
    "MetroTRPL_G600_N0.csv": "∫I dt / I(0) 0.54 ns",
    "F980_IRF.txt": "∫I dt / I(0) 60 to 66 ns; called a response by its head",
    "spcm_test_data.asc": "a counter of 16 bits at its limit: no lifetime",
    "v50.thd": "262376 counts",
    "v30_t2.ptu": "T2",
    "MAPI_3D_2theta.xy": "MAPbI3: (200) at 28.46°, so 6.27 Å",
    "5pctCs_dark_2-Theta_Omega.xy": "PbI2 dominates",
    "FAPbI3_2-Theta_Omega.xy": "mostly the yellow phase (11.76°)",
    "Cs3Bi2Br9_2-Theta_Omega.xy": "Cs3Bi2Br9",
    "TiO2.raw": "rutile, strongest line 27.46°",
    "XRD-918-16_10.xrdml": "strongest line 26.62° (quartz)",
    "TiOF.brml": "strongest line 27.06°",
    "TwoTheta_scan_powder.rasx": "strongest line 32.68°",
    "Diffrac_PSD.brml": "one snapshot of a detector",
}


def files(folder: Path) -> Iterator[Path]:
    """Every file of a folder of folders, or of a folder."""
    inside = (path for path in folder.rglob("*") if path.is_file())
    yield from sorted(path for path in inside if path.suffix not in NOT_OF_INSTRUMENTS)


def of_cases(folder: Path) -> dict[str, str]:
    """Return what is right for each file of a folder of cases, as the list beside the folder says it."""
    listed = folder.with_suffix(".json")
    cases = json.loads(listed.read_text()) if listed.exists() else []
    return {case["file"]: _right(case["right"]) for case in cases}


def _right(right: dict[str, Any]) -> str:
    numbers = [
        f"{name} {value[0]:g}"
        for name, value in right.items()
        if isinstance(value, list) and all(isinstance(one, int | float) for one in value)
    ]
    must = [
        f"{word.replace('_', ' ')}: {right[word]}" for word in ("must", "must_not") if word in right
    ]
    return "; ".join([*numbers, *must])


def row(path: Path, name: str, stated: str) -> str:
    """Return the line of the table of one file."""
    content = path.read_bytes()
    technique = TECHNIQUES[guess_technique(path.name, content[:4096])]
    if not technique.is_read:
        return _cells(name, technique.title, "", "", "kept", stated)
    try:
        reading = read(content, path.name, technique.name)
    except UnreadableFile as refusal:
        return _cells(name, technique.title, "", "", f"*refused*: {refusal}", stated)
    scans = reading.scans or ()
    points = str(len(reading.x.values))
    if len(scans) > 1:
        lengths = sorted({scan.points for scan in scans})
        points = " to ".join(str(n) for n in dict.fromkeys((lengths[0], lengths[-1])))
    return _cells(
        name,
        f"{technique.title} ({reading.reader.rpartition(' ')[0]})",
        f"{max(len(scans), 1)} × {points}",
        _axes(reading),
        _found(reading) if technique.methods else "drawn; nothing is computed of it",
        stated,
    )


def _axes(reading: Reading) -> str:
    if reading.image is not None:
        scale = reading.image.nm_per_pixel
        rows, columns = reading.image.values.shape
        return f"{columns} × {rows} px, " + (f"{scale:.5g} nm/px" if scale else "no scale")
    first = reading.scans[0] if reading.scans else None
    channels = (first.x, *first.ys) if first else reading.channels
    shown = [f"{one.name} ({one.unit})" if one.unit else one.name for one in channels[:4]]
    more = f", {len(channels) - 4} more" if len(channels) > 4 else ""
    return " / ".join(shown) + more


def _found(reading: Reading) -> str:
    try:
        if reading.asks_for_a_scan:
            first = reading.scans[0]
            begun = f"asks which; {first.label or first.key}: "
            return begun + _analysed(reading.of(first.key)).summary
        return _analysed(reading).summary
    except NoResult as refusal:
        return f"*no figure*: {refusal}"


def _analysed(reading: Reading) -> Result:
    return default_method(reading.technique).run(reading, {})


def _cells(name: str, *cells: str) -> str:
    plain = (" ".join(cell.split()).replace("|", r"\|") for cell in cells)
    return "| " + " | ".join([f"`{name}`", *plain]) + " |"


def main(folders: list[Path]) -> None:
    lines = []
    for folder in folders:
        stated = STATED | of_cases(folder)
        for path in files(folder):
            name = str(path.relative_to(folder.parent))
            lines.append(row(path, name, stated.get(path.name, "")))
            print(lines[-1], flush=True)
    TABLE.write_text(HEAD.format(count=len(lines)) + "\n".join(lines) + "\n")


if __name__ == "__main__":
    main([Path(given).resolve() for given in sys.argv[1:]] or [SHARED.resolve(), CASES.resolve()])
