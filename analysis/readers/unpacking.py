"""Unpack compressed files and the members of zip containers, never beyond what is read at all."""

from __future__ import annotations

import bz2
import io
import zipfile
import zlib
from dataclasses import replace
from functools import lru_cache

from analysis.readers.sniffing import MAX_BYTES, is_binary
from analysis.reading import UnreadableFile
from analysis.technique import InstrumentFile
from labnotebook.records.broken_zips import BROKEN_ZIP

_MAX_MEMBERS = 5000
_GZIP, _BZIP2, _ZIP = b"\x1f\x8b", b"BZh", b"PK\x03\x04"


def unpacked(file: InstrumentFile) -> InstrumentFile:
    """Return the file inside a .gz or .bz2, other files as they are.

    Raises
    ------
    UnreadableFile
        when the packed file is broken, or unpacks to more than is read.
    """
    if file.content.startswith(_GZIP):
        kind, magic = ".gz", _GZIP
    elif file.content.startswith(_BZIP2) and is_binary(file.content):
        kind, magic = ".bz2", _BZIP2
    else:
        return file
    content, rest = b"", file.content
    while rest:
        if not rest.startswith(magic):
            raise UnreadableFile(
                f"Behind the end of what this {kind} file holds there is something else. Copy it again, or unpack it and"
                " upload what is inside."
            )
        # several packed one behind the other are one file, as gzip and bzip2 have it
        one = zlib.decompressobj(wbits=31) if kind == ".gz" else bz2.BZ2Decompressor()
        try:
            content += one.decompress(rest, MAX_BYTES + 1 - len(content))
        except (zlib.error, OSError, EOFError) as broken:
            raise UnreadableFile(
                f"This {kind} file is broken ({broken}). Copy it again, or unpack it and upload what is inside."
            ) from broken
        if len(content) > MAX_BYTES:
            raise UnreadableFile(
                f"This {kind} file unpacks to more than {MAX_BYTES // 2**20} MiB, which is more than is read. Unpack it, "
                "export a single scan, and upload that."
            )
        if not one.eof:
            raise UnreadableFile(
                f"This {kind} file ends before its content does: it was cut off. Copy it again."
            )
        rest = one.unused_data.lstrip(b"\0")  # padding of a block
    return replace(file, content=content, name=file.name.removesuffix(kind))


def member_names(file: InstrumentFile) -> list[str]:
    """Return the names of what a zip container holds, [] when the file is none."""
    return list(_names(file.content)) if file.content.startswith(_ZIP) else []


@lru_cache(maxsize=1)  # every reader asks it of one file
def _names(content: bytes) -> tuple[str, ...]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as container:
            return tuple(container.namelist()[:_MAX_MEMBERS])
    except BROKEN_ZIP:
        return ()


def members(file: InstrumentFile, names: list[str]) -> dict[str, bytes]:
    """Return the content of the named members; together they are at most as large as any file read.

    Raises
    ------
    UnreadableFile
        when the container is broken, locked, or unpacks to more than is read.
    """
    found: dict[str, bytes] = {}
    left = MAX_BYTES
    try:
        with zipfile.ZipFile(io.BytesIO(file.content)) as container:
            for name in names:
                with container.open(name) as member:
                    found[name] = member.read(left + 1)
                left -= len(found[name])
                if left < 0:
                    break
    except BROKEN_ZIP as broken:
        raise UnreadableFile(
            f"What this file holds could not be unpacked ({broken}); it is damaged or locked. Copy or export it again."
        ) from broken
    if left < 0:
        raise UnreadableFile(
            f"This file unpacks to more than {MAX_BYTES // 2**20} MiB, which is more than is read. Export a single "
            "scan as text and upload that."
        )
    return found
