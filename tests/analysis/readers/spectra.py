"""Generated instrument files for the tests of the readers."""

import numpy as np

DELIMITERS = {"tab": "\t", "semicolon": ";", "comma": ",", "blanks": "   "}
HEADS = {
    "xrd": ("2theta (deg)", "Intensity (counts)"),
    "pl": ("Wavelength (nm)", "PL intensity (a.u.)"),
    "absorbance": ("Wavelength (nm)", "Absorbance"),
    "trpl": ("Time (ns)", "Counts"),
    "jvl": ("Voltage (V)", "Current (A)"),
    "el_spectrum": ("Wavelength (nm)", "Intensity (counts)"),
    "xps": ("Binding Energy (eV)", "Counts"),
    "tem": ("No.", "Diameter (nm)"),
    "lifetime": ("Time (h)", "Luminance (cd/m2)"),
    "sclc": ("Voltage (V)", "Current (A)"),
    "ups": ("Binding energy (eV)", "Counts"),
}
RANGES = {"xrd": (5, 60), "pl": (450, 900), "absorbance": (300, 800), "trpl": (0, 200), "jvl": (-1, 8), "el_spectrum": (400, 800), "xps": (130, 150), "tem": (1, 60), "lifetime": (0, 60), "sclc": (-1, 8), "ups": (-1, 20)}  # fmt: skip


def spectrum(technique, points=60):
    x = np.round(np.linspace(*RANGES[technique], points), 4)
    middle = x[points // 3]
    y = np.round(1000 * np.exp(-(((x - middle) / (0.08 * np.ptp(x))) ** 2)) + 3.25, 3)
    return x, y


def table(columns, delimiter="\t", comma=False, form="{:.4f}", end="\n"):
    rows = []
    for row in zip(*columns, strict=True):
        cells = [form.format(value) for value in row]
        if comma:
            cells = [cell.replace(".", ",") for cell in cells]
        rows.append(delimiter.join(cells))
    return end.join(rows) + end


def text_file(technique, points=60, **how):
    return (
        how.pop("above", "")
        + "\t".join(HEADS[technique])
        + "\n"
        + table(spectrum(technique, points), **how)
    ).encode()
