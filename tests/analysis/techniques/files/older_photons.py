"""PicoHarp 300 and HydraHarp 400 files field by field, as their maker's descriptions list them (4-byte alignment)."""

from __future__ import annotations

import numpy as np

CURVES = [("MapTo", "<i4"), ("Show", "<i4")]
STEPS = [("Start", "<f4"), ("Step", "<f4"), ("End", "<f4")]
WORDS = [("Ident", "S16"), ("Version", "S6"), ("Creator", "S18"), ("CreatorVersion", "S12"), ("Time", "S18"),
         ("CRLF", "S2"), ("Comment", "S256")]  # fmt: skip
DISPLAY = [*[(f"Display{n}", "<i4") for n in range(5)], ("Curves8", CURVES, 8), ("Params", STEPS, 3),
           *[(f"Repeat{n}", "<i4") for n in range(4)], ("Script", "S20")]  # fmt: skip
PICOHARP = np.dtype([
    *WORDS,
    *[(name, "<i4") for name in ("Curves", "Bits", "Routing", "Boards", "Active", "Mode", "SubMode", "Range", "Offset",
                                 "Tacq", "StopAt", "StopOnOvfl", "Restart")],
    *DISPLAY,
    ("HardwareIdent", "S16"), ("HardwareVersion", "S8"), *[(f"Board{n}", "<i4") for n in range(6)],
    ("Resolution", "<f4"), ("Router", "<i4", 26),
])  # fmt: skip
CURVE_P = np.dtype([
    ("Index", "<i4"), ("Time", "<u4"), ("HardwareIdent", "S16"), ("HardwareVersion", "S8"),
    *[(f"Board{n}", "<i4") for n in range(6)],
    *[(name, "<i4") for name in ("Offset", "Routing", "ExtDevices", "Mode", "SubMode")],
    ("P", "<f4", 3), ("Range", "<i4"), ("Resolution", "<f4"), ("Channels", "<i4"), ("Tacq", "<i4"),
    ("StopAfter", "<i4"), ("StopReason", "<i4"), ("Rate0", "<i4"), ("Rate1", "<i4"), ("HistRate", "<i4"),
    ("Integral", "<i8"), ("Reserved", "<i4"), ("DataOffset", "<i4"), ("Router", "<i4", 8),
])  # fmt: skip
PHOTONS_P = np.dtype([(name, "<i4") for name in ("Ext", "R1", "R2", "Rate0", "Rate1", "StopAfter", "StopReason",
                                                 "Records", "ImgHdrSize")])  # fmt: skip
MODULE = [("Model", "<i4"), ("Version", "<i4")]
HYDRAHARP = np.dtype([
    *WORDS,
    *[(name, "<i4") for name in ("Curves", "Bits", "Active", "Mode", "SubMode", "Binning")],
    ("Resolution", "<f8"), *[(name, "<i4") for name in ("Offset", "Tacq", "StopAt", "StopOnOvfl", "Restart")],
    *DISPLAY,
    ("HardwareIdent", "S16"), ("PartNo", "S8"), ("Serial", "<i4"), ("Modules", "<i4"), ("Module", MODULE, 10),
    ("BaseResolution", "<f8"), ("InputsEnabled", "<i8"), ("Inputs", "<i4"),
    *[(name, "<i4") for name in ("RefClock", "Ext", "Marker", "SyncDivider", "SyncLevel", "SyncZero", "SyncOffset")],
])  # fmt: skip
CURVE_H = np.dtype([
    ("Index", "<i4"), ("Time", "<i4"), ("HardwareIdent", "S16"), ("PartNo", "S8"), ("Serial", "<i4"),
    ("Modules", "<i4"), ("Module", MODULE, 10), ("BaseResolution", "<f8"), ("InputsEnabled", "<i8"),
    *[(f"Input{n}", "<i4") for n in range(13)], ("Mode", "<i4"), ("SubMode", "<i4"), ("Binning", "<i4"),
    ("Resolution", "<f8"), *[(name, "<i4") for name in ("Offset", "Tacq", "StopAfter", "StopReason")],
    ("P", "<f4", 3), ("SyncRate", "<i4"), ("InputRate", "<i4"), ("HistRate", "<i4"), ("Integral", "<i8"),
    ("Bins", "<i4"), ("DataOffset", "<i4"),
])  # fmt: skip
PHOTONS_H = np.dtype([("SyncRate", "<i4"), ("StopAfter", "<i4"), ("StopReason", "<i4"), ("ImgHdrSize", "<i4"),
                      ("Records", "<i8")])  # fmt: skip


def filled(form: np.dtype, **values: object) -> np.ndarray:
    made = np.zeros((), form)
    for name, value in values.items():
        made[name] = value
    return made


def picoharp_head(mode: int, width_ns: float, curves: int, **more: object) -> bytes:
    said: dict[str, object] = {
        "Ident": b"PicoHarp 300", "Version": b"2.0", "Time": b"14/05/26 13:05:22", "CRLF": b"\r\n", "Comment": b"NC-0042", "Curves": curves,
        "Bits": 32, "Boards": 1, "Mode": mode, "Resolution": width_ns,
    }  # fmt: skip
    return filled(PICOHARP, **{**said, **more}).tobytes()


def phd(*counts: np.ndarray, width_ns: float = 0.016, **more: object) -> bytes:
    """Histograms of a PicoHarp 300."""
    heads, place = b"", PICOHARP.itemsize + CURVE_P.itemsize * len(counts)
    for number, curve in enumerate(counts):
        heads += filled(
            CURVE_P, Index=number, Resolution=width_ns, Channels=len(curve), Rate0=10_000_000, Integral=int(curve.sum()),
            DataOffset=place,
        ).tobytes()  # fmt: skip
        place += 4 * len(curve)
    data = b"".join(curve.astype("<u4").tobytes() for curve in counts)
    return picoharp_head(0, width_ns, len(counts), **more) + heads + data


def pt3(words: np.ndarray, width_ns: float = 0.016, images: int = 0) -> bytes:
    """Photon records of a PicoHarp 300."""
    records = filled(PHOTONS_P, Rate0=10_000_000, Records=len(words), ImgHdrSize=images).tobytes()
    return (
        picoharp_head(3, width_ns, 0) + records + bytes(4 * images) + words.astype("<u4").tobytes()
    )


def hydraharp_head(
    mode: int, width_ps: float, curves: int, version: str, inputs: int, board_ps: float = 1.0
) -> bytes:
    head = filled(
        HYDRAHARP, Ident=b"HydraHarp", Version=version.encode(), Time=b"14/05/26 13:05:22", CRLF=b"\r\n", Curves=curves,
        Bits=32, Mode=mode, Resolution=width_ps, BaseResolution=board_ps, Inputs=inputs,
    )  # fmt: skip
    return head.tobytes() + bytes((16 if mode == 0 else 20) * inputs)


def hhd(
    *counts: np.ndarray, width_ps: float = 16.0, inputs: int = 2, board_ps: float = 1.0
) -> bytes:
    """Histograms of a HydraHarp 400."""
    head = hydraharp_head(0, width_ps, len(counts), "2.0", inputs, board_ps)
    heads, place = b"", len(head) + CURVE_H.itemsize * len(counts)
    for number, curve in enumerate(counts):
        heads += filled(
            CURVE_H, Index=number, Resolution=width_ps, BaseResolution=1.0, SyncRate=10_000_000, Bins=len(curve),
            Integral=int(curve.sum()), DataOffset=place,
        ).tobytes()  # fmt: skip
        place += 4 * len(curve)
    return head + heads + b"".join(curve.astype("<u4").tobytes() for curve in counts)


def ht3(
    words: np.ndarray, width_ps: float = 16.0, version: str = "2.0", inputs: int = 4, mode: int = 3
) -> bytes:
    """Photon records of a HydraHarp 400."""
    records = filled(PHOTONS_H, SyncRate=10_000_000, Records=len(words)).tobytes()
    head = hydraharp_head(mode, width_ps, 0, version, inputs)
    return head + records + words.astype("<u4").tobytes()
