"""A signature covers everything, is made on what was seen, and is not guessed."""

import io
import json
import shutil
from copy import deepcopy
from types import SimpleNamespace

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import override_settings

from analysis.services.measurements import add_measurement
from analysis.services.outcomes import type_outcome
from labnotebook.records.history import recorded
from labnotebook.records.models import Signature
from labnotebook.records.proofs.digests import digest_of
from labnotebook.records.refusals import Refusal, StaleWrite, TooManyTries
from labnotebook.records.services import guesses
from labnotebook.records.services.signatures import broken_signatures, content_of
from labnotebook.records.services.verification import verify_history
from synthesis.models import Batch, BenchEvent
from synthesis.services.batches import sign_batch
from synthesis.services.bench import record_events
from synthesis.services.signed_parts import _digest_of_rule_1
from tests.analysis.factories import run_jobs, upload
from tests.factories import PASSWORD, Api, entry, make_made_batch
from tests.synthesis.factories import browser, make_bottle, make_lab
from tests.synthesis.test_batch_states import post_state, seen, state_of


@pytest.fixture(scope="module")
def _made(made_once, tmp_path_factory):
    blobs = tmp_path_factory.mktemp("signed") / "blobs"
    with override_settings(BLOB_ROOT=blobs):
        lab = make_lab()
        batch = make_made_batch(lab.project)
        bottle = make_bottle(lab)
        more = [
            entry("deviation", "", "a bump", reason="the stirrer"),
            entry("lot", "cai2", bottle.code, reason="forgotten"),
        ]
        assert not record_events(by=lab.mira, batch=batch, events=more).refused
        add_measurement(by=lab.mira, subject=batch, technique="pl", upload=upload())
        run_jobs("analyse")
        type_outcome(by=lab.mira, subject=batch, quantity="plqy_percent", text="97")
    return SimpleNamespace(lab=lab, batch=batch, blobs=blobs)


@pytest.fixture
def lab(_made, db):
    return deepcopy(_made.lab)


@pytest.fixture
def batch(_made, db, settings, tmp_path):
    """A batch with a deviation, a bottle, a measurement and a typed number."""
    settings.BLOB_ROOT = shutil.copytree(_made.blobs, tmp_path / "blobs")
    settings.DATA_DIR = tmp_path
    return deepcopy(_made.batch)


@pytest.fixture
def signed(lab, batch):
    return sign_batch(by=lab.mira, batch=batch, password=PASSWORD)


def tamper(*statements: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        for statement in statements:
            cursor.execute(statement)
            assert cursor.rowcount, statement
        cursor.execute("SET session_replication_role = DEFAULT")


def rewritten(table: str, change: str, where: str = "true", key: str = "id") -> list[str]:
    """Return how somebody with all rights changes a row and writes its history anew, chain and all.

    The last revision gets the new content and the hash that belongs to it, so that no chain is broken.
    """
    return [
        f"UPDATE {table} SET {change} WHERE {where}",
        f"""UPDATE records_revision r SET data = to_jsonb(t)::text, hash = encode(sha256(convert_to(
            records_field(r.previous_hash) || records_field(r.table_name)
            || records_field(r.record_id) || records_field(r.number::text)
            || records_field(r.operation) || records_field(r.actor)
            || records_field(r.actor_id::text) || records_field(r.reason)
            || records_field(to_char(r.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'))
            || records_field(to_jsonb(t)::text), 'UTF8')), 'hex')
            FROM {table} t WHERE r.table_name = '{table}' AND {where}
            AND (r.data::jsonb ->> 'id') = t.id::text AND r.number = (SELECT max(number)
              FROM records_revision l WHERE l.table_name = r.table_name AND l.record_id = r.record_id
              AND (l.data::jsonb ->> 'id') = t.id::text)""",
    ]


def broken() -> str:
    return "; ".join(sentence for _, sentence in broken_signatures())


def test_what_was_signed_is_what_is_there(signed):
    assert broken() == ""
    signature = Signature.objects.get()
    assert signature.rule == 2
    assert signature.content_sha256 == digest_of(signature.covers)
    assert {t for t, rows in signature.covers.items() if rows} == {
        "synthesis_batch",
        "synthesis_addition",
        "synthesis_portion",
        "synthesis_steprun",
        "synthesis_steprunparameter",
        "synthesis_observation",
        "synthesis_deviation",
        "synthesis_benchevent",
        "synthesis_recipeversion",
        "synthesis_material",
        "analysis_measurement",
        "analysis_analysis",
        "analysis_outcome",
        "records_storedfile",
    }


LAST_EVENT = "value = '\"a bump\"'"


@pytest.mark.parametrize(
    ("table", "change", "where"),
    [
        ("synthesis_addition", "weighed_value = 1", "key = 'pbi2'"),
        ("synthesis_steprunparameter", "actual_value = 1", "actual_text LIKE '5.6%'"),
        ("synthesis_observation", "appearance = 'clear'", "true"),
        ("synthesis_deviation", "sentence = 'none'", "kind = 'other'"),
        ("synthesis_batch", "composition = '{}'", "true"),
        ("synthesis_steprun", "text = 'x'", "key = 'react'"),
        ("analysis_outcome", "value = 99", "quantity = 'plqy_percent'"),
        ("analysis_analysis", "result = '{}'", "true"),
        ("records_storedfile", "sha256 = repeat('0', 64)", "true"),
        ("synthesis_material", "assay_percent = 50", "true"),
    ],
)
def test_a_change_whose_chain_was_written_anew_breaks_the_signature(signed, table, change, where):
    tamper(*rewritten(table, change, where))
    assert not [f for f in verify_history().findings if f.table == table]  # no chain can tell
    assert f"{table} " in broken()
    with pytest.raises(CommandError):
        call_command("verify_history", stderr=(said := io.StringIO()))
    assert "signature of mira on synthesis_batch" in said.getvalue()


@pytest.mark.parametrize(
    ("statement", "sentence"),
    [
        ("DELETE FROM synthesis_deviation", "no longer belongs to it"),
        ("UPDATE records_signature SET covers = '{}'", "what it covers was altered"),
        ("UPDATE records_signature SET rule = 7", "nobody knows the rule 7"),
    ],
)
def test_other_tampering_is_named(signed, statement, sentence):
    tamper(statement)
    assert sentence in broken()


def test_a_later_number_and_a_corrected_bottle_do_not_break_it(lab, signed):
    type_outcome(
        by=lab.mira, subject=signed, quantity="plqy_percent", text="96", note="measured again"
    )
    add_measurement(by=lab.mira, subject=signed, technique="pl", upload=upload())
    with recorded(lab.mira, "certificate came"):
        signed.additions.get(key="cai2").material.set_fields(note="certificate came")
    assert broken() == ""


def test_a_column_that_is_added_later_does_not_break_it(signed):
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE synthesis_addition ADD COLUMN colour text DEFAULT 'red'")
    assert broken() == ""


def test_a_signature_of_before_is_verified_by_its_own_rule(lab, batch):
    with recorded(lab.mira, "signed as it was done before"):
        batch.set_fields(state="signed")
        Signature.objects.create(
            project=batch.project,
            table_name="synthesis_batch",
            record_id=str(batch.pk),
            user=lab.mira,
            meaning="author",
            content_sha256=_digest_of_rule_1(str(batch.pk)),
        )
    assert Signature.objects.get().rule == 1
    assert broken() == ""
    tamper("UPDATE synthesis_addition SET weighed_text = '1 mg' WHERE key = 'pbi2'")
    assert broken() == "its content is not what was signed"


def test_what_was_not_seen_is_not_signed(lab, batch):
    before = digest_of(content_of(Batch.objects.get(pk=batch.pk)))
    note = entry("note", "", "one more thing")
    record_events(by=lab.jonas, batch=batch, events=[note])
    assert BenchEvent.objects.filter(pk=note["id"]).exists()
    with pytest.raises(StaleWrite, match="since you opened this"):
        sign_batch(by=lab.mira, batch=batch, password=PASSWORD, content_sha256=before)
    assert state_of(batch) == "made"


def test_the_page_signs_what_it_shows(lab, batch):
    client = browser(lab.mira)
    shown = seen(client, batch)
    record_events(by=lab.jonas, batch=batch, events=[entry("note", "", "one more thing")])
    assert post_state(client, batch, do="sign", password=PASSWORD, **shown).status_code == 422
    assert post_state(client, batch, do="sign", password=PASSWORD).status_code == 422
    assert state_of(batch) == "made"
    post_state(client, batch, do="sign", password=PASSWORD, **seen(client, batch))
    assert state_of(batch) == "signed"


def test_a_script_signs_what_it_read(lab, batch):
    api = Api(lab.mira)
    old = api.get(f"batches/{batch.code}/").headers["ETag"]
    content = json.loads(api.get(f"batches/{batch.code}/content/").content)
    batch.refresh_from_db()
    with recorded(lab.mira, "corrected"):
        batch.set_fields(humidity_percent=40)
    path, said = f"batches/{batch.code}/sign/", {"password": PASSWORD}
    assert api.post(path, said, If_Match=old).status_code == 412
    refused = api.post(path, {**said, "content_sha256": content["content_sha256"]})
    assert refused.status_code == 412
    fresh = json.loads(api.get(f"batches/{batch.code}/content/").content)
    done = api.post(path, {**said, "content_sha256": fresh["content_sha256"]})
    assert done.status_code == 200
    assert json.loads(done.content)["state"] == "signed"


def test_wrong_passwords_are_limited_and_the_right_one_waits_too(lab, batch, monkeypatch):
    api, path = Api(lab.mira), f"batches/{batch.code}/sign/"
    answers = [api.post(path, {"password": f"wrong {n}"}) for n in range(7)]
    assert [a.status_code for a in answers] == [400] * 5 + [429] * 2
    assert 0 < int(answers[-1].headers["Retry-After"]) <= 300
    assert api.post(path, {"password": PASSWORD}).status_code == 429
    with pytest.raises(
        Refusal, match="password is not right"
    ):  # somebody else's tries are their own
        sign_batch(by=lab.jonas, batch=batch, password="wrong")
    now = guesses.time.time()
    monkeypatch.setattr(guesses.time, "time", lambda: now + 301)
    assert api.post(path, {"password": PASSWORD}).status_code == 200


def test_a_right_password_forgets_the_wrong_ones(lab):
    for round_ in range(3):
        for n in range(4):
            assert not guesses.check_password(lab.mira, f"wrong {round_} {n}", action="sign")
        assert guesses.check_password(lab.mira, PASSWORD, action="sign")
    for n in range(5):
        guesses.check_password(lab.mira, f"wrong {n}", action="sign")
    with pytest.raises(TooManyTries):
        guesses.check_password(lab.mira, PASSWORD, action="sign")
