"""Forty archives that nobody should trust: what is inside lies, is endless, leads away, or is not there.

Made byte by byte here, so that nothing hostile lies in the repository. Each looks at first like a file that is opened: a
diffractogram in a container, a packed text, a workbook, an exported record.
"""

from __future__ import annotations

import bz2
import gzip
import io
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable

TABLE = b"2theta\tcounts\n" + b"".join(
    b"%.2f\t%d\n" % (10 + k / 50, 100 + k % 7) for k in range(400)
)
RASX = "Data0/Profile0.txt"
MEASURED = "Data0/MesurementConditions0.xml"
BOOK = "xl/workbook.xml"
PROOF = "NC-0001/proof.json"
# What each door looks for, so that none turns away at the first name.
INSIDE = {RASX: TABLE, MEASURED: b"<RASDataConditions/>", BOOK: b"<workbook/>", "[Content_Types].xml": b"<Types/>",
          "Experiment0/RawData0.xml": b"<RawData/>", PROOF: b"{}"}  # fmt: skip
LAUGHS = (
    b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha">'
    + b"".join(b'<!ENTITY %c "%s">' % (98 + k, b"&%c;" % (97 + k) * 10) for k in range(9))
    + b"]><l>&j;</l>"
)
OUTSIDE = b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a SYSTEM "file:///etc/passwd">]><l>&a;</l>'


def packed(
    change: Callable[[zipfile.ZipFile], None] | None = None, how: int = zipfile.ZIP_DEFLATED, **said
) -> bytes:
    """Return a zip with what every door looks for, other content under some names, and a change."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", how) as archive:
        for name, content in {**INSIDE, **said}.items():
            archive.writestr(name, content)
        if change:
            change(archive)
    return file.getvalue()


def also(name: str, content: bytes = b"x", mode: int = 0) -> Callable[[zipfile.ZipFile], None]:
    """Add a member under a name that `ZipInfo` may not change on the way."""

    def add(archive: zipfile.ZipFile) -> None:
        member = zipfile.ZipInfo("placeholder")
        member.filename = name
        member.external_attr = mode << 16
        archive.writestr(member, content)

    return add


def twice(archive: zipfile.ZipFile) -> None:
    """Hold two contents under one name; which counts is anybody's guess."""
    for name in (RASX, PROOF):
        archive.NameToInfo.pop(name)  # or Python warns of it
        archive.writestr(name, b"other")


def many(archive: zipfile.ZipFile) -> None:
    """More members than anybody looks through."""
    for number in range(20_000):
        archive.writestr(f"n/{number}", b"")


def edited(content: bytes, signature: bytes, at: int, value: bytes, every: bool = True) -> bytes:
    """Overwrite bytes ``at`` a distance from each header with this signature."""
    found, place = bytearray(content), content.find(signature)
    while place >= 0:
        found[place + at : place + at + len(value)] = value
        place = content.find(signature, place + 1) if every else -1
    return bytes(found)


LOCAL, CENTRAL, END = b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06"
ZEROS = bytes(2**20)
ENDLESS = ZEROS * 70  # more than any door reads, of a few kB


def overlapping() -> bytes:
    """Hundreds of members that share one compressed body (Fifield 2019): small on the disk, endless unpacked."""
    body = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed_body = body.compress(ZEROS * 8) + body.flush()
    crc = zlib.crc32(ZEROS * 8)
    fixed = struct.pack("<HHHHHLLL", 20, 0, 8, 0, 33, crc, len(packed_body), len(ZEROS) * 8)
    local = LOCAL + fixed + struct.pack("<HH", len(RASX), 0) + RASX.encode() + packed_body
    names = [*INSIDE, *(f"Data{k}/Profile{k}.txt" for k in range(1, 400))]
    central = b"".join(
        CENTRAL + struct.pack("<H", 20) + fixed
        + struct.pack("<HHHHHLL", len(name), 0, 0, 0, 0, 0, 0) + name.encode()
        for name in names
    )  # fmt: skip
    return (
        local
        + central
        + END
        + struct.pack("<HHHHLLH", 0, 0, len(names), len(names), len(central), len(local), 0)
    )


def nested(depth: int) -> bytes:
    """A container in a container in a container."""
    content = TABLE
    for _ in range(depth):
        content = packed(**{RASX: content, "Experiment0/RawData0.xml": content})
    return content


def archives() -> dict[str, Callable[[], bytes]]:
    """Return how each of the forty is made, by what it tries."""
    whole = packed()
    text = gzip.compress(TABLE)
    half = bz2.compress(TABLE)
    return {
        # where it leads
        "a way up": lambda: packed(also("../../../../tmp/way-up.txt")),
        "an absolute way": lambda: packed(also("/etc/cron.d/absolute")),
        "a way of Windows": lambda: packed(also("..\\..\\tmp\\windows.txt")),
        "a drive": lambda: packed(also("C:\\autoexec.bat")),
        "a way in per cent": lambda: packed(also("%2e%2e%2fpercent.txt")),
        "a name with nothing in it": lambda: packed(also("")),
        "a name with NUL": lambda: edited(packed(also("Data0/nul_here.txt")), b"nul_here", 3, b"\0"),
        "a name of 60,000 letters": lambda: packed(also("n" * 60_000)),
        "a name that is no text": lambda: edited(packed(also("Data0/bad_name.txt")), b"bad_name", 0, b"\xff\xfe\xed\xa0"),
        "a symbolic link": lambda: packed(also("link", b"/etc/passwd", stat.S_IFLNK | 0o777)),
        "a link in the place of the data": lambda: packed(**{RASX: b"/etc/passwd"}),
        "a device": lambda: packed(also("null", b"", stat.S_IFCHR | 0o666)),
        "a folder in the place of the data": lambda: packed(also(f"{RASX}/")),
        "one name twice": lambda: packed(twice),
        "names that differ in case alone": lambda: packed(also(RASX.upper())),
        # how much it is
        "zeros without end": lambda: packed(**{RASX: ENDLESS, PROOF: ENDLESS}),
        "members that share one body": lambda: overlapping(),
        "twenty thousand members": lambda: packed(many),
        "a zip in a zip in a zip": lambda: nested(5),
        "packed text without end": lambda: gzip.compress(ENDLESS),
        "packed text without end, bz2": lambda: bz2.compress(ENDLESS),
        "a packed file in a packed file": lambda: gzip.compress(gzip.compress(ENDLESS, 1)),
        "a billion laughs": lambda: packed(**{MEASURED: LAUGHS, BOOK: LAUGHS, "[Content_Types].xml": LAUGHS}),
        "an entity from outside": lambda: packed(**{MEASURED: OUTSIDE, BOOK: OUTSIDE, "[Content_Types].xml": OUTSIDE}),
        # what it says of itself
        "a size that lies low": lambda: edited(whole, CENTRAL, 24, struct.pack("<L", 3)),
        "a size that lies high": lambda: edited(whole, CENTRAL, 24, struct.pack("<L", 2**32 - 2)),
        "a checksum that is wrong": lambda: edited(edited(whole, CENTRAL, 16, b"\1\2\3\4"), LOCAL, 14, b"\1\2\3\4"),
        "a way of packing that nobody knows": lambda: edited(edited(whole, CENTRAL, 10, b"\x63\0"), LOCAL, 8, b"\x63\0"),
        "a lock": lambda: edited(edited(whole, CENTRAL, 8, b"\1\0"), LOCAL, 6, b"\1\0"),
        "a place outside the file": lambda: edited(whole, CENTRAL, 42, b"\xff\xff\xff\x7f"),
        "a directory outside the file": lambda: edited(whole, END, 16, b"\xff\xff\xff\x7f"),
        "more members than there are": lambda: edited(whole, END, 8, b"\xff\x7f\xff\x7f"),
        "a version from the future": lambda: edited(whole, CENTRAL, 6, b"\xff\0"),
        # what is missing, or too much
        "cut in the middle": lambda: whole[: len(whole) // 2],
        "without its end": lambda: whole[:-22],
        "a program before it": lambda: b"MZ" + bytes(500) + whole,
        "a packed text that is cut": lambda: text[: len(text) // 2],
        "a packed text with a wrong checksum": lambda: text[:-8] + b"\1\2\3\4" + text[-4:],
        "a packed text with garbage behind": lambda: text + b"garbage" * 50,
        "half of a packed text, bz2": lambda: half[: len(half) // 2],
    }  # fmt: skip
