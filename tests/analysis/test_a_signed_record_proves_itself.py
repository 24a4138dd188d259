"""A signed batch goes out as one file, and whoever gets it can tell without the notebook whether it is what was signed."""

import io
import json
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from django.core.management import call_command

from analysis.services.measurements import add_measurement
from labnotebook.records.history import recorded
from labnotebook.records.services.checkpoints import read_checkpoints, write_checkpoint
from labnotebook.verify import main
from synthesis.services.batches import sign_batch
from tests.analysis.factories import upload
from tests.factories import PASSWORD, Api, make_made_batch
from tests.synthesis.factories import browser, make_lab

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def lab(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    settings.BLOB_ROOT = tmp_path / "blobs"
    return make_lab()


@pytest.fixture
def batch(lab):
    batch = make_made_batch(lab.project)
    add_measurement(by=lab.mira, subject=batch, technique="pl", upload=upload())
    sign_batch(by=lab.mira, batch=batch, password=PASSWORD)
    write_checkpoint()
    return batch


@pytest.fixture
def exported(lab, batch, tmp_path):
    answer = browser(lab.mira).get(f"/b/{batch.code}/record.eln")
    assert answer["Content-Type"] == "application/vnd.eln+zip"
    path = tmp_path / f"{batch.code}.eln"
    path.write_bytes(b"".join(answer.streaming_content))
    return path


def told(path, *arguments, capsys):
    code = main([str(path), *arguments])
    said = capsys.readouterr()
    return code, said.out + said.err


def changed(path, change, tmp_path):
    """Return a copy of an archive, of which ``change`` changed the content by name."""
    with zipfile.ZipFile(path) as archive:
        content = {name: archive.read(name) for name in archive.namelist()}
    change(content)
    copy = tmp_path / "changed.eln"
    with zipfile.ZipFile(copy, "w") as archive:
        for name, part in content.items():
            archive.writestr(name, part)
    return copy


def test_it_is_verified_where_no_notebook_is(exported, lab, tmp_path):
    """In another process, with another environment, of the pure modules alone."""
    code = "import labnotebook.verify as v, sys; c = v.main(sys.argv[1:]); assert 'django' not in sys.modules; sys.exit(c)"
    done = subprocess.run(
        [sys.executable, "-c", code, str(exported)],
        cwd=ROOT,
        env={},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert f"{lab.mira.username} signed" in done.stdout.replace("Mira", "mira")
    assert "1 files are what was signed" in done.stdout
    assert "Whose the key of the checkpoints is" in done.stdout


def test_the_notebook_s_own_command_says_the_same_and_knows_its_key(exported, capsys):
    key = read_checkpoints()[0]["public_key"]
    call_command("verify", str(exported), "--key", key)
    assert "is what was signed." in capsys.readouterr().out
    code, said = told(exported, "--key", "A" * 43 + "=", capsys=capsys)
    assert (code, "is signed with another key" in said) == (1, True)


def test_it_is_an_eln_file_with_the_report_and_every_signed_file(exported, batch):
    with zipfile.ZipFile(exported) as archive:
        crate = json.loads(archive.read(f"{batch.code}/ro-crate-metadata.json"))
        graph = {node["@id"]: node for node in crate["@graph"]}
        for part in graph["./"]["hasPart"]:
            node = graph[part["@id"]]
            content = archive.read(f"{batch.code}/{part['@id'][2:]}")
            assert len(content) == int(node["contentSize"])
        assert archive.read(f"{batch.code}/report.pdf").startswith(b"%PDF")
    assert graph["ro-crate-metadata.json"]["conformsTo"]["@id"].startswith("https://w3id.org/ro/")
    names = {node["name"] for node in graph.values() if node["@type"] == "File"}
    assert names == {"report.pdf", "proof.json", "pl.csv"}


def forged(how):
    """Return a change of the proof in an archive."""

    def change(content):
        (name,) = (one for one in content if one.endswith("proof.json"))
        proof = json.loads(content[name])
        how(proof)
        content[name] = json.dumps(proof).encode()

    return change


def other_weight(proof):
    row = next(one for one in proof["revisions"] if one["table"] == "synthesis_addition")
    row["data"] = row["data"].replace('"key": ', '"key":  ', 1)


def other_author(proof):
    next(one for one in proof["revisions"] if one["table"] == "synthesis_benchevent")["actor"] = "x"


def row_left_out(proof):
    rows = [one for one in proof["revisions"] if one["table"] == "synthesis_addition"]
    proof["revisions"].remove(rows[0])


def no_signature(proof):
    proof["revisions"] = [one for one in proof["revisions"] if one["table"] != "records_signature"]


def other_root(proof):
    proof["checkpoints"][0]["root"] = "0" * 64


def no_checkpoint(proof):
    proof["checkpoints"] = []


def revision_taken_out(proof):
    proof["revisions_of_the_first"].pop()


def other_time(proof):
    proof["checkpoints"][0]["at"] = "2020-01-01T00:00:00+00:00"


@pytest.mark.parametrize(
    ("how", "sentence"),
    [
        (other_weight, "was altered"),
        (other_author, "was altered"),
        (row_left_out, "is not there as it was signed"),
        (no_signature, "there is no signature in it"),
        (other_root, "is not over the revisions listed for it"),
        (revision_taken_out, "is not over the revisions listed for it"),
        (no_checkpoint, "no checkpoint covers the signature"),
        (other_time, "has no valid signature"),
        (lambda proof: proof.pop("revisions"), "cannot be read"),
        (lambda proof: proof.update(checkpoints=[1]), "cannot be read"),
    ],
)
def test_whatever_is_changed_in_the_proof_is_named(exported, how, sentence, tmp_path, capsys):
    code, said = told(changed(exported, forged(how), tmp_path), capsys=capsys)
    assert code == 1
    assert sentence in said
    assert "is what was signed." not in said


def test_one_byte_of_a_signed_file_is_named(exported, tmp_path, capsys):
    def change(content):
        (name,) = (one for one in content if "/files/" in one)
        content[name] = content[name].replace(b"6", b"7", 1)

    code, said = told(changed(exported, change, tmp_path), capsys=capsys)
    assert code == 1
    assert "the file pl.csv is missing or not what was signed" in said


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "it is no proof"),
        (b"[1]", "it is no proof"),
        (b"[" * 100_000, "it is no proof"),
        (b"PK\x03\x04 torn", "it is no proof"),
        (b"\xff\xfe\x00", "it is no proof"),
    ],
)
def test_what_is_no_proof_is_refused_in_words(content, why, tmp_path, capsys):
    path = tmp_path / "x.eln"
    path.write_bytes(content)
    code, said = told(path, capsys=capsys)
    assert (code, why in said) == (1, True)


def test_an_archive_without_a_proof_or_with_two_is_refused(tmp_path, capsys):
    path = tmp_path / "x.eln"
    for names, why in (
        (["a/b.txt"], "there is no proof.json"),
        (["a/proof.json", "b/proof.json"], "two proofs"),
    ):
        with zipfile.ZipFile(path, "w") as archive:
            for name in names:
                archive.writestr(name, "{}")
        code, said = told(path, capsys=capsys)
        assert (code, why in said) == (1, True)


def test_what_came_after_the_signature_changes_nothing_in_it(exported, batch, lab, capsys):
    with recorded(lab.mira, "later"):
        lab.project.set_fields(description="another")
    write_checkpoint()
    assert told(exported, capsys=capsys)[0] == 0


def test_scripts_get_the_same_and_who_asks_for_an_unsigned_one_is_told(lab, batch):
    api = Api(lab.mira)
    answer = api.get(f"batches/{batch.code}/record.eln/")
    assert answer.status_code == 200
    assert zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content))).testzip() is None
    other = make_made_batch(lab.project)
    refused = api.get(f"batches/{other.code}/record.eln/")
    assert refused.status_code == 409
    assert "is not signed" in refused.json()["detail"]
    page = browser(lab.mira).get(f"/b/{other.code}/record.eln", follow=True)
    assert "is not signed" in page.content.decode()


def test_a_signed_file_that_is_damaged_is_not_handed_out(lab, batch, settings):
    shutil.rmtree(settings.BLOB_ROOT / "sha256")
    page = browser(lab.mira).get(f"/b/{batch.code}/record.eln", follow=True)
    assert "is not handed out" in page.content.decode()
