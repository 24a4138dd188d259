"""PL spectra of one Gaussian band and absorbance of one direct edge, as seven programs write them."""

from __future__ import annotations

import numpy as np

from tests.data.making.signals import band, counted, edge, power, rows


def fluoracle_head(
    kind: str, x_axis: str, y_axis: str, sign: str, first: float, last: float
) -> str:
    lines = [
        ("Labels", "simulated"), ("Type", kind), ("Comment", ""), ("Start", f"{first:.2f}"),
        ("Stop", f"{last:.2f}"), ("Step", "1.00"), ("Fixed/Offset", "367.00"), ("Xaxis", x_axis),
        ("Yaxis", y_axis), ("Scan Corr. by File", "True"), ("Corr. by Ref. Det.", "True"),
        ("Fixed/Offset Corr. by File", "False"), ("Repeats", "1"), ("Dwell Time", "0.50"),
        ("Lamp", "Xe"), ("Temp", "295.8600"), ("Scan Polariser", "None"), ("Scan Slit", "4.002750"),
        ("Fixed/Offset Polariser", "None"), ("Fixed/Offset Slit", "4.00050"), ("Detector", "PMT"),
    ]  # fmt: skip
    return "".join(f"{name}{sign}{value}{sign}\n" for name, value in lines) + "\n"


def fluoracle_emission_csv() -> str:
    x = np.arange(560.0, 801.0)
    y = counted(60 + 9000 * band(x), 11) - 55.0
    return fluoracle_head("Emission Scan", "Wavelength", "Counts", ",", 560, 800) + "".join(
        f"{a:.2f},{power(b)},\n" for a, b in zip(x, y, strict=True)
    )


def fluoracle_absorbance_txt() -> str:
    x = np.arange(450.0, 761.0)
    y = edge(x) + np.random.default_rng(12).normal(0, 0.001, x.size)
    head = fluoracle_head("Synchronous Scan", "Wavelength", "Absorbance", "\t", 450, 760)
    return head + "".join(f"{a:.2f}\t{power(b)}\t\n" for a, b in zip(x, y, strict=True))


def fluoressence_txt() -> str:
    x = np.arange(600, 781)
    seen, lamp = counted(500 + 60_000 * band(x.astype(float)), 13), 33.6
    head = "A\tS1cR1c\tB\tS1\tC\tR1\nWavelength\tS1c / R1c\tWavelength\tS1\tWavelength\tR1\n"
    head += "nm\tCPS / MicroAmps\tnm\tCPS\tnm\tMicroAmps\n"
    return head + rows("{0}\t{1}\t{0}\t{2}\t{0}\t{3}", x, seen / lamp, seen, np.full(x.size, lamp))


def cary_eclipse_csv() -> str:
    x = np.arange(600.0, 781.0, 2.0)
    scans = [(365, 1.0), (400, 0.8), (450, 0.5)]
    names = [f"nano_EX_{excitation}.00" for excitation, _ in scans]
    noise = np.random.default_rng(14)
    columns = [
        c for _, share in scans for c in (x, 200 * share * band(x) + noise.normal(0, 0.1, x.size))
    ]
    text = ",,".join(names) + ",,\n" + ",".join(["Wavelength (nm),Intensity (a.u.)"] * 3) + ",\n"
    text += rows(",".join(["{:.7g},{:.10g}"] * 3) + ",", *columns)
    for name, (excitation, _) in zip(names, scans, strict=True):
        text += (
            f"\r\n{name},\r\n{name}\r\nCollection Time: 1/1/26 9:00:00 AM\r\nOperator Name  :\r\n"
        )
        text += "Parameter List :\r\nInstrument                        Cary Eclipse\r\n"
        text += "Data mode                         Fluorescence\r\nScan mode                         Emission\r\n"
        text += (
            f"Ex. Wavelength (nm)               {excitation}.00\r\nMethod Modifications: None\r\n"
        )
        text += f"[Excitation (nm)] , {excitation}.0000\r\n"
    return text


def abspl_txt() -> str:
    x = np.linspace(395.975, 1000.0, 765)
    flux = 1.2e11 * np.where(band(x) > 1e-4, band(x), 0.0)
    raw = counted(1510 + 20_000 * band(x), 15)
    head = "01.01.2026 09:00:00\r\nLuQY (%)\t0.0400\r\niVoc (V)\t1.172\r\nIntegration Time (ms)\t10\r\n"
    head += "Bandgap (eV)\t1.80\r\nLaser spot size (cm²)\t0.14\r\n----------------------------\r\n"
    head += (
        "Wavelength (nm)\tLuminescence flux density (photons/(s cm² nm))\tRaw spectrum (counts)\r\n"
    )
    cells = zip(x, flux, raw, strict=True)
    return head + "".join(f"{power(a, 6)}\t{power(b, 6)}\t{power(c, 6)}\r\n" for a, b, c in cells)


def avantes_txt() -> str:
    x = np.arange(500.0, 900.0, 0.553)
    dark = np.random.default_rng(16).normal(0, 4, x.size)
    sample = counted(480 + 30_000 * band(x), 16).astype(float)
    head = "\r\nIntegration time [ms]:   1.500\r\nAveraging Nr. [scans]: 100\r\nSmoothing Nr. [pixels]: 3\r\n"
    head += "Data measured with spectrometer [name]: 0000000U1\r\n"
    head += "Wave   ;Sample   ;Dark     ;Reference;Scope\r\n[nm]   ;[counts] ;[counts] ;[counts] \r\n\r\n"
    lines = "{:.3f};{:9.3f};{:9.3f};{:9.3f};{:9.3f}"
    return head + rows(lines, x, sample, dark, sample / 6, sample / 9, end="\r\n") + "\r\n"


def spectrasuite_txt() -> str:
    x = np.arange(520.0, 860.0, 0.37)
    head = """SpectraSuite Data File
++++++++++++++++++++++++++++++++++++
Date: Thu Jan 01 09:00:00 GMT 2026
User: nobody
Dark Spectrum Present: No
Reference Spectrum Present: No
Number of Sampled Component Spectra: 1
Spectrometers: USB2+H00000
Integration Time (usec): 100000 (USB2+H00000)
Spectra Averaged: 20 (USB2+H00000)
Boxcar Smoothing: 0 (USB2+H00000)
"""
    head += f"Number of Pixels in Processed Spectrum: {x.size}\n>>>>>Begin Processed Spectral Data<<<<<\n"
    seen = counted(800 + 3000 * band(x), 17)
    return head + rows("{:.2f}\t{:.2f}", x, seen) + ">>>>>End Processed Spectral Data<<<<<\n"


def cary50_csv() -> str:
    x = np.arange(800.0, 349.0, -1.0)
    y = edge(x) + np.random.default_rng(18).normal(0, 0.0005, x.size)
    text = "sample1,,\nWavelength (nm),Abs,\n" + rows("{:.7f},{:.10g},", x, y)
    return text + (
        "\nsample1,\nsample1\nCollection Time: 1/1/2026 9:00:00 AM\nOperator Name  :\n"
        "Scan Software Version: 3.00(182)\nParameter List :\n"
        "Instrument                        Cary 50\nStart (nm)                        800.0\n"
        "Stop (nm)                         350.0\nX Mode                            Nanometers\n"
        "Y Mode                            Abs\nMethod Modifications:\n<Current Wavelength> , 350.0\n"
    )


def jasco_txt() -> str:
    x = np.arange(800.0, 399.0, -1.0)
    y = edge(x) + np.random.default_rng(19).normal(0, 0.0005, x.size)
    head = [
        "TITLE\t", "DATA TYPE\t", "ORIGIN\tJASCO", "OWNER\t", "DATE\t26/01/01", "TIME\t09:00:00",
        "SPECTROMETER/DATA SYSTEM\tJASCO Corp., V-570, Rev. 1.00", "RESOLUTION\t", "DELTAX\t-1",
        "XUNITS\tNANOMETERS", "YUNITS\tABSORBANCE", "FIRSTX\t800.0000", "LASTX\t400.0000",
        f"NPOINTS\t{x.size}", f"FIRSTY\t{y[0]:.5f}", f"MAXY\t{y.max():.5f}", f"MINY\t{y.min():.5f}", "XYDATA",
    ]  # fmt: skip
    return "\r\n".join(head) + "\r\n" + rows("{:.4f}\t{:.5f}", x, y, end="\r\n")


def perkin_elmer_asc() -> str:
    x = np.arange(800.0, 399.0, -1.0)
    y = edge(x) + np.random.default_rng(20).normal(0, 0.0005, x.size)
    head = [
        "PE UV       SUBTECH     SPECTRUM    ASCII       PEDS        4.00        ", "   -1",
        "simulated.Probe.Raw.asc", "26/01/01", "09:00:00.00", "26/01/01", "09:00:00.00", "Analyst",
        "Simulated, not measured", "400.000000", "1", "Lambda 950", "000N0000000",
        "PerkinElmer UV WinLab 6.3.2.0749 / 1.61.00 Lambda 900", "", "0", "0", "3350/servo 860.8/2",
        "#HDR", "-1", "-1", "#GR", "nm", "A", "1.0", "0.0", "800.000000", "-1.000000", str(x.size), "8",
        f"{y.max():.6f}", f"{y.min():.6f}", "#DATA",
    ]  # fmt: skip
    return "\r\n".join(head) + "\r\n" + rows("{:.6f}\t{:.6f}", x, y, end="\r\n")


def uv_winlab_csv() -> str:
    x = np.arange(800.0, 399.0, -1.0)
    y = edge(x) + np.random.default_rng(21).normal(0, 0.0005, x.size)
    return "nm, A\n" + rows("{:.6f}, {:.6f}", x, y)
