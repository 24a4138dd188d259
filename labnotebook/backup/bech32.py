"""Bech32 (BIP 173, of any length): how a key is written so that a wrong letter is noticed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

LETTERS = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
CHECK_LETTERS = 6
_GENERATORS = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)


def bech32(prefix: str, data: bytes) -> str:
    """Return bytes as text that begins with ``prefix`` and ends with letters that check it."""
    values = list(_regrouped(data, 8, 5))
    checked = _remainder([*_of_prefix(prefix), *values, *[0] * CHECK_LETTERS]) ^ 1
    values += [checked >> 5 * (CHECK_LETTERS - 1 - i) & 31 for i in range(CHECK_LETTERS)]
    return f"{prefix}1{''.join(LETTERS[value] for value in values)}"


def bytes_of_bech32(prefix: str, text: str) -> bytes:
    """Return the bytes of such a text in lower case; raises ValueError where it is none."""
    head, _, tail = text.rpartition("1")
    if head != prefix or len(tail) < CHECK_LETTERS or set(tail) - set(LETTERS):
        raise ValueError(f"it does not begin with {prefix}1, or has other letters")
    values = [LETTERS.index(letter) for letter in tail]
    if _remainder([*_of_prefix(prefix), *values]) != 1:
        raise ValueError("a letter of it is wrong")
    whole = len(values) - CHECK_LETTERS
    return bytes(_regrouped(values[:whole], 5, 8))[: whole * 5 // 8]


def _of_prefix(prefix: str) -> list[int]:
    return [*(ord(c) >> 5 for c in prefix), 0, *(ord(c) & 31 for c in prefix)]


def _remainder(values: Iterable[int]) -> int:
    rest = 1
    for value in values:
        top = rest >> 25
        rest = (rest & 0x1FFFFFF) << 5 ^ value
        for i, generator in enumerate(_GENERATORS):
            if top >> i & 1:
                rest ^= generator
    return rest


def _regrouped(values: Iterable[int], from_bits: int, to_bits: int) -> Iterator[int]:
    """Cut a row of numbers of so many bits into others; the last is filled with zeros."""
    held = bits = 0
    for value in values:
        held, bits = held << from_bits | value, bits + from_bits
        while bits >= to_bits:
            bits -= to_bits
            yield held >> bits
            held &= (1 << bits) - 1
    if bits:
        yield held << (to_bits - bits)
