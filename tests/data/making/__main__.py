"""Make the files in tests/data/instruments: simulated signals in the layouts of instruments.

    .venv/bin/python -m tests.data.making

What each file simulates stands in the SOURCES.md beside them. Seeds are fixed, so that the files come
out the same; the layouts were typed after files of those instruments, without any of their data.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

from tests.data.making import device, optical, trpl, xrd

FOLDER = Path(__file__).resolve().parents[1] / "instruments"


# Files of other kinds: their first bytes only, to be refused by name


def archive(*names: str) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as zipped:
        for name in names:
            zipped.writestr(zipfile.ZipInfo(name, (2026, 1, 1, 9, 0, 0)), "<simulated/>")
    return content.getvalue()


def begun(first: bytes) -> Callable[[], bytes]:
    return lambda: first + bytes(64)


FILES: dict[str, Callable[[], str | bytes]] = {
    "xrd/two_theta.xy": xrd.two_theta_xy,
    "xrd/three_columns.xye": xrd.three_columns_xye,
    "xrd/theta_header.xy": xrd.theta_header_xy,
    "xrd/methylammonium.xy": xrd.methylammonium_xy,
    "xrd/panalytical.csv": xrd.panalytical_csv,
    "xrd/quartz.xrdml": xrd.quartz_xrdml,
    "xrd/attenuated.xrdml": xrd.attenuated_xrdml,
    "xrd/bruker.UXD": xrd.bruker_uxd,
    "xrd/bruker_v4.raw": begun(b"RAW4.00\x00"),
    "xrd/bruker_v3.raw": begun(b"RAW1.01\x00"),
    "xrd/bruker.brml": lambda: archive("Experiment0/DataContainer.xml", "Experiment0/RawData0.xml"),
    "xrd/rigaku.rasx": lambda: archive("Data0/Profile0.txt", "root.xml"),
    "optical/fluoracle_emission.csv": optical.fluoracle_emission_csv,
    "optical/fluoracle_absorbance.txt": optical.fluoracle_absorbance_txt,
    "optical/fluoressence.txt": optical.fluoressence_txt,
    "optical/cary_eclipse.csv": optical.cary_eclipse_csv,
    "optical/luqy.abspl.txt": optical.abspl_txt,
    "optical/avantes.Raw8.TXT": optical.avantes_txt,
    "optical/spectrasuite.txt": optical.spectrasuite_txt,
    "optical/cary50.csv": optical.cary50_csv,
    "optical/jasco.txt": optical.jasco_txt,
    "optical/perkin_elmer.asc": optical.perkin_elmer_asc,
    "optical/uv_winlab.csv": optical.uv_winlab_csv,
    "trpl/timeharp.dat": trpl.timeharp_dat,
    "trpl/edinburgh_response.txt": trpl.edinburgh_response_txt,
    "trpl/spcm.asc": trpl.spcm_asc,
    "trpl/spcm_saturated.asc": lambda: trpl.spcm_asc(75_000.0),
    "trpl/picoquant_curve.dat": trpl.picoquant_curve_dat,
    "trpl/background_subtracted.csv": trpl.background_subtracted_csv,
    "trpl/picoquant.ptu": begun(b"PQTTTR\x00\x00"),
    "trpl/timeharp200.thd": begun(b"TimeHarp 200\x00"),
    "device/oled_jvl.txt": device.oled_jvl_txt,
    "device/mean_el_spectrum.csv": device.mean_el_spectrum_csv,
    "device/kit.jv.csv": device.kit_jv_csv,
    "device/keithley.jv.txt": device.keithley_jv_txt,
    "device/sbtps.IV": device.sbtps_iv,
    "device/sbtps.SEQ": device.sbtps_seq,
    "device/quantum_efficiency.eqe.txt": device.quantum_efficiency_txt,
    "device/power_point.mpp.csv": device.power_point_csv,
    "microscopy/sem.tif": begun(b"II*\x00"),
    "microscopy/stem.dm3": begun(b"\x00\x00\x00\x03"),
    "microscopy/haadf.dm4": begun(b"\x00\x00\x00\x04"),
    "microscopy/tem.jpg": begun(b"\xff\xd8\xff\xe0"),
    "eln/notebook.eln": lambda: archive("notebook/ro-crate-metadata.json"),
}


def main() -> None:
    """Write every file; say how many bytes."""
    total = 0
    for name, make in FILES.items():
        content = make()
        data = content if isinstance(content, bytes) else content.encode()
        path = FOLDER / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        total += len(data)
    print(f"{len(FILES)} files, {total} bytes")


if __name__ == "__main__":
    main()
