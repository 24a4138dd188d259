"""Small files in the formats of instruments, made here: one of each reader."""

import io
import json
import struct

import h5py
import numpy as np
from PIL import Image as Pillow

from tests.analysis.readers.spectra import spectrum, table
from tests.analysis.techniques.files import older_photons

ANGLES = 10 + 0.02 * np.arange(500)
COUNTS = np.round(300 + 4000 * np.exp(-(((ANGLES - 14.2) / 0.2) ** 2)))

XRDML_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<xrdMeasurements xmlns="http://www.xrdml.com/XRDMeasurement/2.1" status="Completed">
<sample type="To be analyzed"><id>NC-0042</id><name></name></sample>
<xrdMeasurement measurementType="Scan" status="Completed">
<usedWavelength intended="K-Alpha"><kAlpha1 unit="Angstrom">0.7093000</kAlpha1>
<kAlpha2 unit="Angstrom">0.7135900</kAlpha2><ratioKAlpha2KAlpha1>0.5</ratioKAlpha2KAlpha1></usedWavelength>
<incidentBeamPath><xRayTube><anodeMaterial>Mo</anodeMaterial></xRayTube></incidentBeamPath>
"""


def xrdml_scan(values, name="counts", factors="", positions=None, axis="2Theta"):
    positions = positions or "<startPosition>10</startPosition><endPosition>20</endPosition>"
    factors = f"<beamAttenuationFactors>{factors}</beamAttenuationFactors>" if factors else ""
    return (
        f'<scan appendNumber="0" mode="Continuous" scanAxis="Gonio" status="Completed"><dataPoints>'
        f'<positions axis="{axis}" unit="deg">{positions}</positions>'
        f'<commonCountingTime unit="seconds">2.5</commonCountingTime>{factors}'
        f'<{name} unit="counts">{values}</{name}></dataPoints></scan>'
    )


def xrdml(*scans):
    return (XRDML_HEAD + "".join(scans) + "</xrdMeasurement></xrdMeasurements>").encode()


def picoquant(rows, widths="0.004", head="#PicoHarp 300  Histogram Data"):
    lines = [
        head,
        "#channels per curve",
        str(len(rows)),
        "#display curve no.",
        "0",
        "#memory block no.",
        "0",
    ]
    return "\r\n".join([*lines, "#ns/bin", widths, "#counts", *rows]).encode()


def becker_hickl(blocks=1, unit="ns"):
    text = "  Title : decay\n  Version : 1 975 M\n"
    for number in range(1, blocks + 1):
        rows = "\n".join(f"{0.05 * i:.6f} , {100 - i + number}" for i in range(20))
        text += f"*BLOCK {number}  ( Time[{unit}]  No_of_photons )\n{rows}\n*END\n"
    return text.encode()


def fluoracle(scans=2, kind="Emission Scan", x_axis="Wavelength", y_axis="Counts", sign="\t"):
    rows = [
        ["Labels", *[f"scan {n}" for n in range(1, scans + 1)]], ["Type", *[kind] * scans], ["Comment", *[""] * scans],
        ["Start", *["450.00"] * scans], ["Step", *["1.00"] * scans], ["Fixed/Offset", *["365.00"] * scans],
        ["Xaxis", *[x_axis] * scans], ["Yaxis", *[y_axis] * scans], [],
    ]  # fmt: skip
    rows += [
        [f"{450 + i}.00", *[f"{1000.0 * n - (i - 30) ** 2:.8E}" for n in range(1, scans + 1)]]
        for i in range(60)
    ]
    return "\n".join(sign.join(row) + sign for row in rows).encode()


def uxd(pairs=True):
    head = "; made here\n_FILEVERSION=2\n_WL_UNIT='A'\n_WL1=1.540600\n_ANODE='Cu'\n"
    rows = [(10 + 0.02 * i, 100 + i) for i in range(30)]
    if pairs:
        data = "".join(f"{x:.3f}\t{y}\n" for x, y in rows)
        return f"{head}_STEPSIZE=0.02\n_START=10.0\n_2THETACOUNTS\n{data}".encode()
    counts = " ".join(str(y) for _, y in rows)
    return f"{head}_STEPSIZE=0.02\n_START=10.0\n_2THETA=10.0\n_COUNTS\n{counts}\n".encode()


def raw2(ranges=1, extra=0, step=0.02, start=10.0, counts=COUNTS, count=None):
    """A RAW2 by offsets: 256 bytes, then for each range a header of 48 bytes or more, the counts; all singly precise."""
    head = bytearray(256)
    struct.pack_into("<4sH", head, 0, b"RAW2", ranges if count is None else count)
    struct.pack_into("<20s2sfff", head, 168, b"09-Mar-1998 14:22:07", b"Cu", 1.5406, 1.54439, 0.5)
    made = bytes(head)
    for _ in range(ranges):
        block = bytearray(48 + extra)
        struct.pack_into("<HH4xfff", block, 0, len(block), len(counts), 1.5, step, start)
        made += bytes(block) + counts.astype("<f4").tobytes()
    return made


def perkin_elmer_sp(
    values, first=800.0, last=400.0, x_label="nm", y_label="A", step=None, said=None
):
    """A .sp block by block: data set, its members, a member and a block that nobody knows."""

    def block(number, body):
        return struct.pack("<hi", number, len(body)) + body

    def text(number, words):
        return block(number, struct.pack("<hh", 29987, len(words)) + words.encode())

    step = (last - first) / (len(values) - 1) if step is None else step
    members = [
        block(-29839, struct.pack("<hH", 29996, 4)),
        block(-29838, struct.pack("<hdd", 29981, first, last)),
        block(-29837, struct.pack("<hdd", 29981, min(values), max(values))),
        block(-29836, struct.pack("<hd", 29979, step)),
        block(-29835, struct.pack("<hi", 29995, len(values) if said is None else said)),
        text(-29833, x_label),
        text(-29832, y_label),
        text(-29827, "C:\\uvwinlab\\data\\NC-0042.SP"),
        text(-29823, "NC-0042"),
        block(-29825, b"\x7a\x00" + bytes(31)),
        block(-29828, struct.pack("<hi", 29974, 8 * len(values)) + np.asarray(values, "<f8").tobytes()),
    ]  # fmt: skip
    head = b"PEPE" + b"2D constant interval DataSet file".ljust(40, b"\x00")
    return head + block(120, b"".join(members)) + block(125, bytes(17))


def panalytical_csv():
    head = "[Measurement conditions]\nAnode material,Co\nK-Alpha1 wavelength,1.789010\n[Scan points]\nAngle,Intensity\n"
    return (head + table(spectrum("xrd"), ",")).encode()


ELEMENTS = "Element\tLine\tNet counts\tBackground\tk factor\n" + "".join(
    f"{name}\t{line}\t{counts}\t{counts // 5}\t{k}\n"
    for name, line, counts, k in (
        ("C", "K", 900, 2.1), ("Si", "K", 300, 1), ("Ca", "K", 3000, 1.01), ("I", "L", 4000, 2.4), ("Cs", "L", 2000, 2.2),
        ("Pb", "L", 523, 3.9), ("Cu", "K", 5000, 1.5), ("O", "K", 700, 1.9),
    )
)  # fmt: skip


def digital_micrograph(values, nm=0.5, version=3, unit="nm", little=True):
    """A .dm3 or .dm4 file with one image of 16 bit, written tag by tag."""
    wide = ">i" if version == 3 else ">q"
    order = "<" if little else ">"
    rows, columns = values.shape

    def number(n):
        return struct.pack(wide, n)

    def tag(kind, name, body):
        inside = struct.pack(">q", len(body)) if version == 4 else b""
        return bytes([kind]) + struct.pack(">h", len(name)) + name.encode() + inside + body

    def data(name, info, body):
        head = b"%%%%" + number(len(info)) + b"".join(map(number, info))
        return tag(21, name, head + body)

    def group(name, *tags):
        return tag(20, name, b"\0\0" + number(len(tags)) + b"".join(tags))

    def one(name, code, kind, value):
        return data(name, [kind], struct.pack(order + code, value))

    text = unit.encode("utf-16-le" if little else "utf-16-be")
    axis = group("", one("Scale", "f", 6, nm), data("Units", [20, 4, len(unit)], text))
    pixels = values.astype(order + "u2").tobytes()
    image = group(
        "ImageData",
        group("Calibrations", group("Dimension", axis, axis)),
        data("Data", [20, 4, values.size], pixels),
        one("DataType", "I", 5, 10),
        group("Dimensions", one("", "I", 5, columns), one("", "I", 5, rows)),
    )
    bounds = data("Bounds", [15, 0, 2, 0, 3, 0, 3], struct.pack(order + "ii", 0, 7))
    tags = [bounds, group("ImageList", group("", image))]
    body = b"\0\0" + number(len(tags)) + b"".join(tags)
    return struct.pack(">i", version) + number(len(body)) + struct.pack(">i", little) + body


def velox(images, metres=5.12e-11, packed=False, since="earliest"):
    """An .emd of Velox: for each detector the pixels (rows, columns, frames) and JSON in a column of bytes."""
    made = io.BytesIO()
    with h5py.File(made, "w", libver=(since, "latest")) as opened:
        for number, (detector, values) in enumerate(images.items()):
            group = opened.create_group(f"Data/Image/{number:032x}")
            pixels = values.reshape(*values.shape[:2], -1)
            how = {"chunks": (16, 16, 1), "compression": "gzip", "shuffle": True} if packed else {}
            group.create_dataset("Data", data=pixels, **how)
            size = {"width": f"{metres}", "height": f"{metres}"}
            said = {
                "BinaryResult": {
                    "PixelSize": size,
                    "PixelUnitX": "m",
                    "PixelUnitY": "m",
                    "Detector": detector,
                }
            }
            text = np.frombuffer(json.dumps(said).encode().ljust(600, b"\0"), "u1")
            group.create_dataset("Metadata", data=np.repeat(text[:, None], pixels.shape[2], axis=1))
    return made.getvalue()


def berkeley(values, step, units, kind=1):
    """An .emd of the Berkeley form: a marked group, the pixels, two axes with their units."""
    made = io.BytesIO()
    steps = np.broadcast_to(step, 2)
    with h5py.File(made, "w") as opened:
        opened.attrs["version_major"] = 0
        group = opened.create_group("data/micrograph")
        group.attrs["emd_group_type"] = kind
        group.create_dataset("data", data=values)
        for number, (points, apart) in enumerate(zip(values.shape, steps, strict=True), 1):
            axis = group.create_dataset(f"dim{number}", data=apart * np.arange(points))
            axis.attrs["name"], axis.attrs["units"] = "yx"[number - 1], units
    return made.getvalue()


def tiff(values, **said):
    content = io.BytesIO()
    Pillow.fromarray(values.astype(np.uint16)).save(content, "TIFF", **said)
    return content.getvalue()


def vamas(*regions, photon=1486.69, comment="made here", mode="NORM", kind="XPS", bias=1e37):
    """A file after ISO 14976 of regions ``(species, transition, first kinetic energy, step, counts, seconds)``."""
    lines = [
        "VAMAS Surface Chemical Analysis Standard Data Transfer Format 1988 May 4",
        *("", "an instrument", "Otto", "NC-0042"),
        *("1", comment),
        *(mode, "REGULAR", str(len(regions))),
        *("1", "Exp Variable", "d"),
        *("0", "0", "0", "0"),
        str(len(regions)),
    ]
    for species, transition, first, step, counts, seconds in regions:
        lines += [
            f"{species}{transition}",
            "NC-0042",
            *["2026", "11", "26", "9", "30", "0", "0"],
            "2",
            "a",
            "b",
            kind,
        ]
        lines += ["0", "Al", f"{photon}", *["1E+37"] * 3, *["1E+37"] * 2, "FAT", "20"]
        lines += ["1E+37", "4.5", f"{bias:g}", *["1E+37"] * 4, species, transition, "-1"]
        lines += ["Kinetic Energy", "eV", f"{first:.4f}", f"{step}"]
        lines += [
            "2",
            "Intensity",
            "d",
            "Transmission",
            "d",
            "pulse counting",
            f"{seconds}",
            "1",
            "0",
        ]
        lines += [*["1E+37"] * 3, "1", "a parameter", "d", "7", str(2 * len(counts))]
        lines += [f"{min(counts):g}", f"{max(counts):g}", "1", "1"]
        lines += [cell for count in counts for cell in (f"{count:g}", "1")]
    return "\r\n".join([*lines, "end of experiment", ""]).encode()


def one_of_each():
    """Return ``{name: (technique, content)}`` for the fuzzing tests."""
    return {
        "xrdml": ("xrd", xrdml(xrdml_scan("1 2 3 4 5 6 7 8"))),
        "panalytical csv": ("xrd", panalytical_csv()),
        "uxd": ("xrd", uxd()),
        "uxd counts": ("xrd", uxd(pairs=False)),
        "phd": ("trpl", older_photons.phd(np.arange(40))),
        "ht3": ("trpl", older_photons.ht3(np.arange(40) << 10)),
        "sp": ("absorbance", perkin_elmer_sp(np.linspace(0.1, 0.9, 20))),
        "raw2": ("xrd", raw2(counts=COUNTS[:60])),
        "picoquant": ("trpl", picoquant([str(i) for i in range(40)])),
        "becker-hickl": ("trpl", becker_hickl(2)),
        "fluoracle": ("pl", fluoracle()),
        "text": ("pl", ("Wavelength (nm)\tIntensity\n" + table(spectrum("pl"))).encode()),
        "absorbance": ("absorbance", ("nm, A\n" + table(spectrum("absorbance"), ", ")).encode()),
        "jvl": ("jvl", ("Voltage (V);J (mA/cm2)\n" + table(spectrum("jvl"), ";", True)).encode()),
        "vamas": ("xps", vamas(("Pb", "4f", 1340.0, 0.1, range(100, 140), 0.1))),
        "xps text": ("xps", ("Binding Energy (eV)\tCounts\n" + table(spectrum("xps"))).encode()),
        "eds": ("eds", ELEMENTS.encode()),
        "dm3": ("tem", digital_micrograph(np.arange(32 * 40).reshape(32, 40))),
        "velox": ("tem", velox({"HAADF": np.arange(32 * 40).reshape(32, 40)})),
        "berkeley": ("tem", berkeley(np.arange(32 * 40).reshape(32, 40), 0.2, "nm")),
        "tiff": (
            "tem",
            tiff(np.arange(32 * 40).reshape(32, 40), description="ImageJ=1.5\nunit=nm"),
        ),
        "el spectrum": ("el_spectrum", table(spectrum("el_spectrum"), "  ").encode()),
    }
