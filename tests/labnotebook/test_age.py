"""Encrypted files are those of age: any program of that standard opens them, and no damage goes unnoticed."""

import io
import os
import tracemalloc

import pytest

from labnotebook.backup import age
from labnotebook.backup.age import CHUNK, SEALED_CHUNK, CannotOpen, Identity, Passphrase, Sealing
from labnotebook.backup.bech32 import bech32, bytes_of_bech32
from tests.labnotebook.age_by_the_standard import open_age, secret_of

# From the standard, section "The X25519 recipient type": a key and its public half.
KEY = "AGE-SECRET-KEY-1GFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPQ4EGAEX"
PUBLIC = "age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj"
IDENTITY = Identity.from_text(KEY)


def sealed(content: bytes, reader: age.Reader = IDENTITY) -> bytes:
    out = io.BytesIO()
    sealing = Sealing(out, reader)
    sealing.write(content[:70_000])
    sealing.write(content[70_000:])
    sealing.close()
    return out.getvalue()


def opened(data: bytes, reader: age.Reader = IDENTITY) -> bytes:
    return b"".join(age.opened(io.BytesIO(data), reader))


def test_a_key_is_written_as_the_standard_writes_it():
    assert IDENTITY.secret == b"\x42" * 32 == secret_of(KEY)
    assert str(IDENTITY) == KEY
    assert bytes_of_bech32("age", PUBLIC) == IDENTITY._public
    assert bech32("age", IDENTITY._public) == PUBLIC
    assert Identity.from_text(f"# made in November\n{KEY}\n").secret == IDENTITY.secret


@pytest.mark.parametrize("place", [20, 50, len(KEY) - 1])
def test_a_wrong_letter_of_a_key_is_noticed(place):
    wrong = KEY[:place] + ("P" if KEY[place] != "P" else "Q") + KEY[place + 1 :]
    with pytest.raises(ValueError, match="a letter of it is wrong"):
        Identity.from_text(wrong)


@pytest.mark.parametrize("length", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 200_000])
def test_every_length_opens_here_and_by_the_letter_of_the_standard(length):
    content = os.urandom(length)
    data = sealed(content)
    assert opened(data) == content
    assert open_age(data, secret=IDENTITY.secret) == content


def test_what_a_passphrase_seals_opens_by_the_letter_of_the_standard_and_by_no_other(monkeypatch):
    monkeypatch.setattr(age, "WORK_FACTOR", 10)
    data = sealed(b"a key", Passphrase("six words of our lab"))
    assert open_age(data, passphrase="six words of our lab") == b"a key"
    assert opened(data, Passphrase("six words of our lab")) == b"a key"
    with pytest.raises(CannotOpen, match="another key or passphrase"):
        opened(data, Passphrase("six words of our Lab"))
    with pytest.raises(CannotOpen, match="not sealed for a key"):
        opened(data)
    with pytest.raises(CannotOpen, match=r"scrypt with 2\^21"):
        opened(data.replace(b" 10\n", b" 21\n", 1), Passphrase("six words of our lab"))


def test_a_guess_at_a_passphrase_costs_128_mb_of_memory():
    assert 128 * 8 * 2**age.WORK_FACTOR >= 128 * 1024**2  # RFC 7914: 128 * r * N bytes


def test_nothing_is_sealed_twice_in_the_same_way():
    assert sealed(b"the same") != sealed(b"the same")


def whole() -> tuple[bytes, list[bytes]]:
    """Return head and sealed chunks of a file of three and a half."""
    data = sealed(os.urandom(7 * CHUNK // 2))
    start = data.index(b"\n", data.index(b"\n---") + 1) + 1 + 16
    body = data[start:]
    return data[:start], [body[i : i + SEALED_CHUNK] for i in range(0, len(body), SEALED_CHUNK)]


@pytest.mark.parametrize(
    ("change", "where"),
    [
        (lambda c: c[:3], "chunk 3"),
        (lambda c: c[:1], "chunk 1"),
        (lambda c: [], "chunk 1"),
        (lambda c: [*c[:3], c[3][:-1]], "chunk 4"),
        (lambda c: [c[1], c[0], *c[2:]], "chunk 1"),
        (lambda c: [c[0], *c[2:]], "chunk 2"),
        (lambda c: [*c[:2], c[1], *c[2:]], "chunk 3"),
        (lambda c: [c[0], c[1][:-1] + bytes([c[1][-1] ^ 1]), *c[2:]], "chunk 2"),
        (lambda c: [*c, c[3]], "chunk 4"),
    ],
    ids=[
        "no_last",
        "only_first",
        "none",
        "cut",
        "moved",
        "left_out",
        "doubled",
        "altered",
        "appended",
    ],
)
def test_chunks_that_were_cut_altered_or_moved_do_not_open(change, where):
    head, chunks = whole()
    with pytest.raises(CannotOpen, match=where):
        opened(head + b"".join(change(chunks)))


@pytest.mark.parametrize("line", range(4))
def test_a_head_that_was_altered_does_not_open(line):
    lines = sealed(b"content").split(b"\n", 4)
    at = len(lines[line]) // 2
    lines[line] = lines[line][:at] + bytes([lines[line][at] ^ 1]) + lines[line][at + 1 :]
    with pytest.raises(CannotOpen):
        opened(b"\n".join(lines))


@pytest.mark.parametrize("nonsense", [b"", b"age", b"\x00" * 500, b"age-encryption.org/v1\n" * 9])
def test_what_is_no_encrypted_file_is_said_to_be_none(nonsense):
    with pytest.raises(CannotOpen):
        opened(nonsense)


def test_a_large_file_takes_no_memory():
    out = io.FileIO(os.open(os.devnull, os.O_WRONLY), "w")
    sealing, piece = Sealing(out, IDENTITY), bytes(1024**2)
    tracemalloc.start()
    for _ in range(32):
        sealing.write(piece)
    sealing.close()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 3 * 1024**2
