"""Turn the bytes of a text export into lines, whatever encoding and line ends it was saved with."""

from __future__ import annotations

import re

from analysis.readers.sniffing import looks_like_utf16
from analysis.reading import UnreadableFile
from analysis.technique import Technique

MAX_ROWS = 2_000_000
MAX_LINE_CHARACTERS = 1_000_000
# Blanks that no software puts between columns: between digits they part thousands.
_THIN_BLANKS = "\u00a0\u2009\u202f"
_PARTED = re.compile(rf"(?<![\d.])[1-9]\d{{0,2}}(?:[{_THIN_BLANKS}]\d{{3}})+(?!\d)")


def decode(content: bytes, technique: Technique) -> str:
    """Return the text. UTF-8 and UTF-16 are recognised, anything else is read as Windows-1252."""
    for mark, encoding in (
        (b"\xef\xbb\xbf", "utf-8-sig"),
        (b"\xff\xfe", "utf-16"),
        (b"\xfe\xff", "utf-16"),
    ):
        if content.startswith(mark):
            return _strict(content, encoding, technique)
    if b"\x00" in content[:65536] and not looks_like_utf16(content[:65536]):
        content = content.replace(b"\x00", b"")  # it only fills fields of the header
    elif b"\x00" in content[:65536]:
        little = content[1:65536:2].count(0) > content[0:65536:2].count(0)
        return _strict(content, "utf-16-le" if little else "utf-16-be", technique)
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        # Instrument software on Windows; the five undefined bytes must not lose a spectrum.
        return content.decode("cp1252", errors="replace")


def _strict(content: bytes, encoding: str, technique: Technique) -> str:
    even = content[: len(content) // 2 * 2] if encoding.startswith("utf-16") else content
    try:
        return even.decode(encoding)
    except UnicodeDecodeError as broken:
        raise technique.refusal("a damaged text file or a binary file") from broken


def name_of_markup(text: str) -> str | None:
    """Return what a text is when it is XML or JSON, None when it may be a table."""
    start = text[:400].lstrip("\ufeff \t\r\n")
    if start.startswith(("<?xml", "<!DOCTYPE")):
        return "an XML file of a kind that is not read here"
    if start.startswith(("{", "[{")):
        return "a JSON file"
    return None


def split_lines(text: str) -> list[str]:
    """Return the lines without their ends (CRLF, LF, CR, CR CR LF).

    Not `str.splitlines`: that also breaks at form feeds and other signs inside a header.
    """
    text = text.replace("\r\r\n", "\n").replace("\r\n", "\n").replace("\r", "\n")
    line_count = text.count("\n")
    if line_count > MAX_ROWS + 100_000:
        raise UnreadableFile(
            f"This file has {line_count} lines; at most {MAX_ROWS} rows are read. "
            "Export a single scan, or a coarser one, and upload that."
        )
    lines = text.replace("\x1a", "").replace("\x00", "").replace("\u2212", "-").split("\n")
    if any(blank in text for blank in _THIN_BLANKS):
        lines = [_PARTED.sub(_joined, line) for line in lines]
    longest = max(map(len, lines))
    if longest > MAX_LINE_CHARACTERS:
        raise UnreadableFile(
            f"A line of this file has {longest} characters, so it is no table of rows. "
            "Export the measurement as text with one point per line and upload that."
        )
    return lines


def _joined(number: re.Match[str]) -> str:
    return re.sub(rf"[{_THIN_BLANKS}]", "", number[0])
