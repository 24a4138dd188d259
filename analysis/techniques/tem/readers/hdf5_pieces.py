"""The pieces of an HDF5 file: messages of headers, nodes of trees, heaps, types, filters (`hdf5` puts them together)."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from math import prod
from typing import Any

import numpy as np

from analysis.reading import UnreadableFile

NOWHERE = 0xFFFFFFFFFFFFFFFF
MOST_LEVELS = 16
_MOST_TIMES = 8  # that a byte is looked at, on average
_MOST_PIECES = 200_000  # headers, nodes and messages of a file
# Kinds of messages.
DATASPACE, TYPE, LINK, OUTSIDE, LAYOUT, FILTERS, ATTRIBUTE, TABLE = (
    0x01, 0x03, 0x06, 0x07, 0x08, 0x0B, 0x0C, 0x11,
)  # fmt: skip
_MORE = 0x10
_DEFLATE, _SHUFFLE, _CHECKSUM = 1, 2, 3


class Source:
    """The content of a file, with the numbers in it; counts what is looked at, so that no loop lasts."""

    def __init__(self, content: bytes) -> None:
        self.content = content
        self.pieces = 0
        self.left = _MOST_TIMES * len(content) + 1_000_000

    def take(self, place: int, length: int) -> bytes:
        """Return bytes at a place; refuse where the file has them not."""
        self.left -= length
        if place < 0 or length < 0 or place + length > len(self.content) or self.left < 0:
            raise damaged(place)
        return self.content[place : place + length]

    def number(self, place: int, size: int = 8) -> int:
        """Return a whole number without a sign."""
        return int.from_bytes(self.take(place, size), "little")

    def piece(self, place: int, mark: bytes = b"") -> int:
        """Count one more piece and compare its mark; return the place after it."""
        self.pieces += 1
        if self.pieces > _MOST_PIECES or self.take(place, len(mark)) != mark:
            raise damaged(place)
        return place + len(mark)


def damaged(place: int) -> UnreadableFile:
    """Return the refusal of a file that makes no sense at a place."""
    return UnreadableFile(
        f"This HDF5 file is damaged, or of a kind that is not read, at byte {place}. Save the image as .tif or .dm3 with"
        " its scale."
    )


def padded(body: bytes, length: int) -> bytes:
    """Return a body that has a length at least; refuse a shorter one."""
    if len(body) < length:
        raise UnreadableFile(
            "This HDF5 file is damaged: one of its headers is too short. Copy it again, or save the image as .tif."
        )
    return body


def messages_of(source: Source, address: int) -> Iterator[tuple[int, bytes]]:
    """Yield kind and bytes of each message of a header, of either version."""
    new = source.take(address, 4) == b"OHDR"
    if new:
        flags = source.number(source.piece(address, b"OHDR") + 1, 1)
        place = address + 6 + (16 if flags & 0x20 else 0) + (4 if flags & 0x10 else 0)
        size = 1 << (flags & 3)
        blocks = [(place + size, source.number(place, size))]
        head = 6 if flags & 4 else 4
    else:
        source.piece(address, b"\x01")
        blocks, head = [(address + 16, source.number(address + 8, 4))], 8
    for place, length in blocks:  # grows while it is walked along
        at, end = place, place + length
        while at + head <= end:
            source.piece(at)
            kind, size = (
                source.number(at, 1 if new else 2),
                source.number(at + (1 if new else 2), 2),
            )
            shared = source.number(at + (3 if new else 4), 1) & 2
            body = source.take(at + head, size)
            at += head + size
            if at > end:
                raise damaged(at - size)
            if kind == _MORE:
                more, long = struct.unpack_from("<QQ", padded(body, 16))
                blocks.append((source.piece(more, b"OCHK"), long - 8) if new else (more, long))
            elif not shared:  # what is shared lies elsewhere
                yield kind, body


def symbols(source: Source, tree: int, names: int, levels: int) -> Iterator[tuple[str, int]]:
    """Yield name and address of each entry of an older group."""
    at = source.piece(tree, b"TREE")
    kind, level, used = source.number(at, 1), source.number(at + 1, 1), source.number(at + 2, 2)
    if kind != 0 or levels < 1:
        raise damaged(tree)
    for n in range(used):
        child = source.number(at + 20 + 8 + 16 * n)
        if level:
            yield from symbols(source, child, names, levels - 1)
            continue
        place = source.piece(child, b"SNOD")
        for m in range(source.number(place + 2, 2)):
            entry = source.piece(place + 4 + 40 * m)
            name, address, cached = (
                source.number(entry + offset, size) for offset, size in ((0, 8), (8, 8), (16, 4))
            )
            if cached != 2:  # a link by name, perhaps into another file
                yield _text(source.content[names + name : names + name + 256]), address


def _text(field: bytes) -> str:
    return field.partition(b"\x00")[0].decode("utf-8", "replace")


def hard_link(body: bytes) -> tuple[str, int] | None:
    """Return name and address of a link message, None for one that leads elsewhere."""
    flags, at = padded(body, 4)[1], 2
    kind = body[at] if flags & 8 else 0
    at += (1 if flags & 8 else 0) + (8 if flags & 4 else 0) + (1 if flags & 0x10 else 0)
    size = 1 << (flags & 3)
    length = int.from_bytes(body[at : at + size], "little")
    at += size
    padded(body, at + length)
    address = int.from_bytes(body[at + length : at + length + 8], "little")
    return None if kind else (body[at : at + length].decode("utf-8", "replace"), address)


def lengths(body: bytes) -> tuple[int, ...]:
    """Return the lengths that a dataspace message says."""
    version, rank = padded(body, 4)[:2]
    at = {1: 8, 2: 4}.get(version)
    if at is None or rank > 32:
        return ()
    return struct.unpack_from(f"<{rank}Q", padded(body, at + 8 * rank), at)


def number_type(body: bytes) -> np.dtype[Any] | None:
    """Return the type of numbers that a datatype message says, None for other types."""
    kind, bits, size = padded(body, 8)[0] & 0xF, body[1], int.from_bytes(body[4:8], "little")
    order = ">" if bits & 1 else "<"
    if kind == 0 and size in (1, 2, 4, 8):
        return np.dtype(f"{order}{'i' if bits & 8 else 'u'}{size}")
    if kind == 1 and size in (4, 8):
        return np.dtype(f"{order}f{size}")
    return None


def attribute(source: Source, body: bytes) -> tuple[str, Any]:
    """Return name and value: a number, a text, or None for what else there is."""
    version, *sizes = struct.unpack_from("<BxHHH", padded(body, 9))
    at, step = (9 if version == 3 else 8), (8 if version == 1 else 1)
    parts = []
    for size in sizes:
        parts.append(body[at : at + size])
        at += -(-size // step) * step
    name, kind, data = _text(parts[0]), padded(parts[1], 8), body[at:]
    if version > 1 and body[1] & 3:  # its type lies elsewhere
        return name, None
    number = number_type(kind)
    if number is not None and len(data) >= number.itemsize and prod(lengths(parts[2])) == 1:
        return name, np.frombuffer(data, number, 1)[0].item()
    if kind[0] & 0xF == 3:
        return name, _text(data[: int.from_bytes(kind[4:8], "little")])
    if kind[0] & 0xF == 9 and kind[1] & 0xF == 1 and len(data) >= 16:
        return name, _global_text(source, *struct.unpack_from("<IQI", data))
    return name, None


def _global_text(source: Source, length: int, heap: int, wanted: int) -> str:
    if heap in (0, NOWHERE):
        return ""
    at = source.piece(heap, b"GCOL") + 12
    end = heap + source.number(heap + 8)
    while at + 16 <= end:
        source.piece(at)
        index, size = source.number(at, 2), source.number(at + 8)
        if index == wanted:
            return _text(source.take(at + 16, min(size, length)))
        if not index:
            break
        at += 16 + -(-size // 8) * 8
    return ""


def filters_of(body: bytes | None) -> list[tuple[int, int]]:
    """Return number and first value of each filter of a pipeline, in the order they were applied."""
    if body is None:
        return []
    version, count = padded(body, 2)[:2]
    at = 8 if version == 1 else 2
    found = []
    for _ in range(count):
        number = int.from_bytes(padded(body, at + 2)[at : at + 2], "little")
        named = version == 1 or number >= 256
        length = int.from_bytes(body[at + 2 : at + 4], "little") if named else 0
        at += 4 if named else 2
        values = int.from_bytes(body[at + 2 : at + 4], "little")
        at += 4 + (-(-length // 8) * 8 if version == 1 else length)
        found.append((number, int.from_bytes(body[at : at + 4], "little") if values else 0))
        at += 4 * values + (4 if version == 1 and values % 2 else 0)
    return found


def chunks(
    source: Source, tree: int, rank: int, levels: int
) -> Iterator[tuple[int, int, int, tuple[int, ...]]]:
    """Yield place, length, filters left out and first corner of each chunk."""
    at = source.piece(tree, b"TREE")
    kind, level, used = source.number(at, 1), source.number(at + 1, 1), source.number(at + 2, 2)
    if kind != 1 or levels < 1:
        raise damaged(tree)
    key = 8 + 8 * (rank + 1)
    for n in range(used):
        entry = source.piece(at + 20 + n * (key + 8))
        child = source.number(entry + key)
        if level:
            yield from chunks(source, child, rank, levels - 1)
            continue
        corner = tuple(source.number(entry + 8 + 8 * axis) for axis in range(rank))
        yield child, source.number(entry, 4), source.number(entry + 4, 4), corner


def unpacked(body: bytes, filters: list[tuple[int, int]], size: int, place: int) -> bytes:
    """Undo the filters of a chunk; never more than its size."""
    for number, value in reversed(filters):
        if number == _DEFLATE:
            try:
                body = zlib.decompressobj().decompress(body, size)
            except zlib.error as broken:
                raise damaged(place) from broken
        elif number == _SHUFFLE and value > 0 and len(body) % value == 0:
            body = np.frombuffer(body, "u1").reshape(value, -1).T.tobytes()
        elif number == _CHECKSUM:
            body = body[:-4]
        else:
            raise UnreadableFile(
                f"An array of this HDF5 file is packed by the filter {number}, which is not read. Save the image as .tif or"
                " .dm3 with its scale."
            )
    if len(body) != size:
        raise damaged(place)
    return body
