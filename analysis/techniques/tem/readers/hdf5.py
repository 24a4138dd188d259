"""The part of HDF5 that microscopes write: groups, attributes, arrays of numbers, plain or in packed chunks.

After the HDF Group's file format specification, version 3: superblocks 0 to 3, object headers 1 and 2, symbol tables
and link messages, contiguous, compact and chunked (B-tree 1) layouts, deflate and shuffle. The library itself is not
used: it loops for ever on some damaged files. Links, storage and types that lie outside the file are not followed;
what else is not read here (dense groups, newer chunk indexes) is left out or refused.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from functools import cached_property
from itertools import product
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.reading import UnreadableFile
from analysis.techniques.tem.readers.hdf5_pieces import (
    ATTRIBUTE,
    DATASPACE,
    FILTERS,
    LAYOUT,
    LINK,
    MOST_LEVELS,
    NOWHERE,
    OUTSIDE,
    TABLE,
    TYPE,
    Source,
    attribute,
    chunks,
    damaged,
    filters_of,
    hard_link,
    lengths,
    messages_of,
    number_type,
    padded,
    symbols,
    unpacked,
)

MARK = b"\x89HDF\r\n\x1a\n"
_MOST_CHUNKS = 100_000


@dataclass
class Node:
    """A group or an array of the file, by the address of its header."""

    source: Source
    address: int
    _messages: list[tuple[int, bytes]] | None = field(default=None, repr=False)

    @property
    def messages(self) -> list[tuple[int, bytes]]:
        """The kind and the bytes of each message of the header."""
        if self._messages is None:
            self._messages = list(messages_of(self.source, self.address))
        return self._messages

    def message(self, kind: int) -> bytes | None:
        """Return the first message of a kind."""
        return next((body for one, body in self.messages if one == kind), None)

    @cached_property
    def links(self) -> dict[str, Node]:
        """What is in a group, by name; only what lies in this file."""
        found: dict[str, Node] = {}
        table = self.message(TABLE)
        if table is not None:
            tree, heap = struct.unpack_from("<QQ", padded(table, 16))
            names = self.source.piece(heap, b"HEAP")
            names = self.source.number(names + 20)
            for name, address in symbols(self.source, tree, names, MOST_LEVELS):
                found.setdefault(name, Node(self.source, address))
        for kind, body in self.messages:
            if kind == LINK and (link := hard_link(body)):
                found.setdefault(link[0], Node(self.source, link[1]))
        return found

    @cached_property
    def attributes(self) -> dict[str, Any]:
        """Numbers and texts beside a group or an array, by name."""
        found: dict[str, Any] = {}
        for kind, body in self.messages:
            if kind == ATTRIBUTE:
                name, value = attribute(self.source, body)
                found[name] = value
        return found

    @property
    def is_array(self) -> bool:
        """Whether it holds numbers of a kind that is read, in this file."""
        needed = [self.message(kind) for kind in (DATASPACE, TYPE, LAYOUT)]
        if None in needed or self.message(OUTSIDE) is not None:
            return False
        return self.dtype is not None and padded(needed[2] or b"", 2)[1] in (0, 1, 2)

    @cached_property
    def shape(self) -> tuple[int, ...]:
        """The lengths of an array."""
        return lengths(self.message(DATASPACE) or b"")

    @cached_property
    def dtype(self) -> np.dtype[Any] | None:
        """The type of its numbers, None for texts and structures."""
        return number_type(self.message(TYPE) or b"")

    def values(self) -> NDArray[Any]:
        """Return the numbers, of the shape that the caller has looked at before."""
        kind, layout = self.dtype, self.message(LAYOUT)
        assert kind is not None
        assert layout is not None
        size = prod(self.shape) * kind.itemsize
        version, storage = padded(layout, 2)[:2]
        if storage == 0 and version in (3, 4):
            body = layout[4 : 4 + size]
        elif storage == 1 and version in (3, 4):
            place = int.from_bytes(layout[2:10], "little")
            body = bytes(size) if place == NOWHERE else self.source.take(place, size)
        elif storage == 2 and version == 3:
            return self._chunked(kind, layout)
        else:
            raise UnreadableFile(
                "The pixels of this HDF5 file are kept in a way that only newer programs write (HDF5 1.10 and later), which is"
                " not read. Save the image as .tif or .dm3 with its scale."
            )
        if len(body) != size:
            raise damaged(self.address)
        return np.frombuffer(body, kind).reshape(self.shape)

    def _chunked(self, kind: np.dtype[Any], layout: bytes) -> NDArray[Any]:
        rank = padded(layout, 11)[2] - 1
        tree = int.from_bytes(layout[3:11], "little")
        sides = struct.unpack_from(f"<{rank + 1}I", padded(layout, 15 + 4 * rank), 11)[:rank]
        if rank != len(self.shape) or not all(sides):
            raise damaged(self.address)
        count = prod(-(-n // side) for n, side in zip(self.shape, sides, strict=True))
        if count > _MOST_CHUNKS or prod(sides) > 4 * prod(self.shape) + 1_000_000:
            raise damaged(self.address)
        whole = np.zeros(self.shape, kind)
        if tree == NOWHERE:
            return whole
        expected = set(
            product(*(range(0, n, side) for n, side in zip(self.shape, sides, strict=True)))
        )
        filters = filters_of(self.message(FILTERS))
        for place, length, skipped, corner in chunks(self.source, tree, rank, MOST_LEVELS):
            if corner not in expected:
                raise damaged(place)
            expected.discard(corner)
            used = [one for n, one in enumerate(filters) if not skipped >> n & 1]
            body = unpacked(
                self.source.take(place, length), used, prod(sides) * kind.itemsize, place
            )
            part = np.frombuffer(body, kind).reshape(sides)
            inside = tuple(slice(0, n - at) for n, at in zip(self.shape, corner, strict=True))
            where = tuple(slice(at, at + side) for at, side in zip(corner, sides, strict=True))
            whole[where] = part[inside]
        return whole


def opened(content: bytes) -> Node:
    """Return the root group of a file; raise `UnreadableFile` where it cannot be."""
    source = Source(content)
    version = source.number(source.piece(0, MARK), 1)
    if version in (0, 1):
        sizes, root = source.take(13, 2), source.number(64 if version == 0 else 68)
    elif version in (2, 3):
        sizes, root = source.take(9, 2), source.number(36)
    else:
        raise damaged(8)
    if sizes != b"\x08\x08":
        raise damaged(9)
    return Node(source, root)
