"""What happens to the checkpoints' file, key and pin costs a finding, never the relay."""

import base64
import hashlib
import io
import json

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.core.management import CommandError, call_command

from labnotebook.records.services import checkpoint_keys as keys
from labnotebook.records.services.checkpoints import (
    checkpoint_file,
    forget_checkpoints,
    read_checkpoints,
    verify_checkpoints,
    write_checkpoint,
)
from tests.factories import make_project

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def three(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    settings.BLOB_ROOT = tmp_path / "blobs"
    for _ in range(3):
        make_project()
        write_checkpoint()


def problems(*only: str) -> str:
    return "; ".join(verify_checkpoints(only).problems)


def lines() -> list[str]:
    return checkpoint_file().read_text().splitlines()


def flat(body: dict) -> bytes:
    return json.dumps(body, sort_keys=True, separators=(",", ":")).encode()


def signed_anew(key: Ed25519PrivateKey) -> str:
    """Return the file as somebody signs it who has all of it but the key: a chain without a fault."""
    out, last = [], None
    for line in lines():
        body = {k: v for k, v in json.loads(line).items() if k not in ("signature", "public_key")}
        if last:
            body["previous"] = hashlib.sha256(flat(last)).hexdigest()
        last = body | {
            "signature": base64.b64encode(key.sign(flat(body))).decode(),
            "public_key": keys.public_key_of(key),
        }
        out.append(json.dumps(last) + "\n")
    return "".join(out)


def test_untouched_they_hold():
    assert problems() == ""
    assert problems(read_checkpoints()[0]["public_key"]) == ""


@pytest.mark.parametrize("left", [None, 0, 1, 2])
def test_a_file_removed_emptied_or_cut_is_found(left):
    if left is None:
        checkpoint_file().unlink()
    else:
        checkpoint_file().write_text("".join(line + "\n" for line in lines()[:left]))
    assert "checkpoint 3 was signed here" in problems()


def test_a_file_that_is_gone_is_found_also_without_its_pin():
    checkpoint_file().unlink()
    keys.pin_file().unlink()
    assert "there is none of them" in problems()


def test_a_file_signed_anew_with_another_key_is_found():
    own = read_checkpoints()[0]["public_key"]
    checkpoint_file().write_text(signed_anew(Ed25519PrivateKey.generate()))
    assert problems().count("signed with another key than was pinned") == 3
    assert problems(own).count("signed with another key") == 3


def test_signed_anew_with_its_own_key_it_is_found_by_the_pin():
    text = signed_anew(keys.read_key())
    assert text == checkpoint_file().read_text()  # Ed25519 signs the same the same way
    checkpoint_file().write_text(text.replace('"at": "20', '"at": "19'))
    checkpoint_file().write_text(signed_anew(keys.read_key()))
    assert "checkpoint 3 was signed here" in problems()


@pytest.mark.parametrize(
    "torn", ['{"number": 99, "at": "20', "\x00\x00\x00", "[]", '{"number": 4}', "null", "[" * 10**5]
)
def test_a_torn_line_is_a_finding_and_the_next_checkpoint_follows_the_last_whole_one(torn):
    with checkpoint_file().open("a") as file:
        file.write(torn)
    assert "line 4 of checkpoints.jsonl cannot be read" in problems()
    make_project()
    assert write_checkpoint()["number"] == 4
    assert [c["number"] for c in read_checkpoints()] == [1, 2, 3, 4]
    assert problems() == "line 4 of checkpoints.jsonl cannot be read as a checkpoint"


@pytest.mark.parametrize("damage", [None, b"", b"short"])
def test_a_lost_key_is_replaced_and_the_new_one_has_to_be_pinned(damage):
    keys.key_file().unlink() if damage is None else keys.key_file().write_bytes(damage)
    make_project()
    new = write_checkpoint()["public_key"]
    assert (
        f"checkpoint 4 of {read_checkpoints()[3]['at'][:16]} is signed with another key"
        in problems()
    )
    assert new in problems()
    call_command("verify_history", pin=new, stdout=io.StringIO())
    assert problems() == ""
    make_project()
    write_checkpoint()
    assert problems() == ""


@pytest.mark.parametrize("damage", ["", "{", "[]", '{"public_keys": 5}'])
def test_a_damaged_pin_is_a_finding_and_is_written_anew(damage):
    keys.pin_file().write_text(damage)
    assert "checkpoint_pin.json cannot be read" in problems()
    make_project()
    write_checkpoint()
    assert problems() == ""


def test_without_key_and_pin_nothing_vouches_for_them():
    own = read_checkpoints()[0]["public_key"]
    keys.pin_file().unlink()
    keys.key_file().unlink()
    assert "nothing vouches for them" in problems()
    assert problems(own) == ""


def test_a_notebook_of_before_without_a_pin_holds_by_its_key():
    keys.pin_file().unlink()
    assert problems() == ""
    make_project()
    write_checkpoint()
    assert keys.read_pin().number == 4


@pytest.mark.parametrize("name", ["signature", "public_key"])
def test_what_is_no_base64_is_no_signature(name):
    first = json.loads(lines()[0])
    checkpoint_file().write_text(json.dumps({**first, name: "ä"}) + "\n")
    assert "has no valid signature" in problems()


def test_the_command_takes_the_key_from_elsewhere():
    own = read_checkpoints()[0]["public_key"]
    said = io.StringIO()
    call_command("verify_history", key=[own], stdout=said)
    assert "3 signed checkpoints hold" in said.getvalue()
    with pytest.raises(CommandError):
        call_command("verify_history", key=[keys.public_key_of(Ed25519PrivateKey.generate())])
    with pytest.raises(CommandError, match="is no public key"):
        call_command("verify_history", key=["abc"])


def test_forgotten_they_begin_anew_under_the_same_key():
    own = read_checkpoints()[0]["public_key"]
    forget_checkpoints()
    assert problems() == ""
    make_project()
    assert write_checkpoint()["number"] == 1
    assert problems(own) == problems() == ""


def test_the_secrets_are_their_owners_alone():
    assert {p.stat().st_mode & 0o777 for p in (keys.key_file(), keys.pin_file())} == {0o600}
