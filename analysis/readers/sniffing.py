"""Recognise what a file is by its first bytes when it is neither text nor XML."""

from __future__ import annotations

from analysis.reading import UnreadableFile

MAX_BYTES = 64 * 1024 * 1024

# First bytes -> what a chemist would call it. Longest, most telling ones first.
_SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (b"\x89PNG\r\n\x1a\n", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF87a", "a GIF picture"),
    (b"GIF89a", "a GIF picture"),
    (b"BM", "a BMP picture"),
    (b"II*\x00", "a TIFF picture"),
    (b"MM\x00*", "a TIFF picture"),
    (b"II+\x00", "a TIFF picture"),
    (b"%PDF", "a PDF document"),
    (b"{\\rtf", "a rich-text document"),
    (b"RAW1.01", "a Bruker RAW file (binary, version 3)"),
    (b"RAW4.00", "a Bruker RAW file (binary, version 4)"),
    (b"RAW2", "a Bruker RAW file (binary, version 2)"),
    (b"RAW ", "a Siemens RAW file (binary, version 1)"),
    (b"FI\x00\x00", "a Rigaku RAW file (binary)"),
    (b"HR-XRDScan", "a Philips XRD file (binary)"),
    (b"V3RD", "a Philips RD file (binary)"),
    (b"V5RD", "a Philips RD file (binary)"),
    (b"PQTTTR", "a PicoQuant PTU file (binary photon records)"),
    (b"PQHISTO", "a PicoQuant PHU file (binary histogram)"),
    (b"PQRESLT", "a PicoQuant result file (binary)"),
    (b"PQCHECK", "a PicoQuant file (binary)"),
    (b"PicoHarp 300\x00", "a PicoQuant PHD or PT3 file (binary)"),
    (b"HydraHarp\x00", "a PicoQuant HHD or HT3 file (binary)"),
    (b"TimeHarp 200\x00", "a PicoQuant THD file (binary histogram)"),
    (b"\x89HDF\r\n\x1a\n", "an HDF5 file"),
    (b"CDF\x01", "a NetCDF file"),
    (b"\xd0\xcf\x11\xe0", "an old Office document (.xls, .doc) or another OLE container"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"BZh", "a bzip2 archive"),
    (b"\xfd7zXZ\x00", "an xz archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    (b"Rar!", "a RAR archive"),
    (b"SQLite format 3\x00", "an SQLite database"),
    (b"\x7fELF", "a program"),
    (b"MZ", "a program"),
    (b"PAR1", "a Parquet table"),
    (b"\x93NUMPY", "a NumPy array file"),
    (b"\x00\x00\x00\x03", "a DigitalMicrograph file (.dm3, binary)"),
    (b"\x00\x00\x00\x04", "a DigitalMicrograph file (.dm4, binary)"),
)
_TEXT_CONTROL_BYTES = frozenset(b"\t\n\r\x0b\x0c\x1a\x1b")
_BINARY_SIGNATURES = frozenset({b"BM", b"MZ", b"RAW ", b"RAW2", b"BZh"})  # could begin a text too


def check_size(content: bytes) -> None:
    """Raise `UnreadableFile` for a file that is too large or empty."""
    if len(content) > MAX_BYTES:
        raise UnreadableFile(
            f"This file has {len(content) / 2**20:.0f} MiB; the largest that is read is "
            f"{MAX_BYTES // 2**20} MiB. Export a single scan, or fewer points, and upload that."
        )
    if not content.strip(b"\x00\t\r\n \x1a") or content in (b"\xff\xfe", b"\xef\xbb\xbf"):
        raise UnreadableFile(
            "This file is empty. Export the measurement again and check that the file has a size."
        )


def name_of_foreign_content(content: bytes, filename: str) -> str | None:
    """Return what the bytes are when they are neither text nor XML, None when they may be."""
    if content.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _name_of_zip(content, filename)
    looks_binary = is_binary(content)
    for signature, name in _SIGNATURES:
        if content.startswith(signature) and (looks_binary or signature not in _BINARY_SIGNATURES):
            return name
    start = content[:2048].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<!doctype html", b"<html", b"<head", b"<body")):
        return "a web page (HTML)"
    if start.startswith(b"<svg") or (start.startswith(b"<?xml") and b"<svg" in start):
        return "an SVG picture"
    return "a binary file of an unknown kind" if looks_binary else None


def is_binary(content: bytes) -> bool:
    """Return True when the bytes hold more control characters than any text would."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return False  # UTF-16 with a byte order mark; decoding judges it
    sample = content[:65536]
    if b"\x00" in sample:
        if looks_like_utf16(sample):
            return False
        sample = _without_filling(sample)
        if b"\x00" in sample:
            return True
    controls = sum(byte < 32 and byte not in _TEXT_CONTROL_BYTES for byte in sample[:8192])
    return controls > len(sample[:8192]) // 100


def _without_filling(sample: bytes) -> bytes:
    """Return a text without the NUL bytes that fill its fields, other bytes as they are.

    Instruments fill names in their headers up to a fixed length; a text has lines and few other
    signs that cannot be printed.
    """
    text = sample.replace(b"\x00", b"")
    printed = sum(32 <= byte < 127 or byte in b"\t\r\n" for byte in text)
    lines = text.count(b"\n") + text.count(b"\r")
    return text if printed >= 0.95 * len(text) and lines >= 5 else sample


def looks_like_utf16(sample: bytes) -> bool:
    """Tell whether every second byte is NUL."""
    even, odd = sample[0::2], sample[1::2]
    few, many = sorted((even.count(0) / max(len(even), 1), odd.count(0) / max(len(odd), 1)))
    return few < 0.02 and many > 0.8


def _name_of_zip(content: bytes, filename: str) -> str:
    """Name a zip by the members its first bytes list; nothing is unpacked."""
    listing = content[:65536] + content[-65536:]
    if b"xl/" in listing:
        return "an Excel workbook (.xlsx)"
    if b"word/" in listing:
        return "a Word document (.docx)"
    if b"ppt/" in listing:
        return "a PowerPoint file (.pptx)"
    if b"opendocument" in listing:
        return "an OpenDocument file"
    if b"RawData" in listing and b"Experiment" in listing:
        return "a Bruker BRML file (zip container)"
    if b"Profile0.txt" in listing or b"MesurementConditions" in listing:
        return "a Rigaku RASX file (zip container)"
    if b"ro-crate-metadata" in listing:
        return "an .eln archive"
    extension = filename.rpartition(".")[2].lower() if "." in filename else ""
    named = {
        "brml": "a Bruker BRML file (zip container)",
        "rasx": "a Rigaku RASX file (zip container)",
    }
    return named.get(extension, "a zip archive")
