"""A witness reads what its author signed, and signs it: another person, after, with the password."""

import json
import re

import pytest
from django.test import Client

from labnotebook.records.models import Revision, Role, Signature
from labnotebook.records.refusals import NotPermitted, Refusal, StaleWrite, WrongState
from labnotebook.records.services.signatures import broken_signatures, content_of, digest_of
from synthesis.models import Batch
from synthesis.services.batches import sign_batch
from synthesis.services.witnessing import witness_batch
from tests.factories import (
    PASSWORD,
    Api,
    join,
    make_made_batch,
    make_person,
    make_project,
    owner_of,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def signed(db):
    batch = make_made_batch(make_project())
    return sign_batch(by=owner_of(batch.project), batch=batch, password=PASSWORD)


@pytest.fixture
def wanda(signed):
    return join(signed.project, Role.WITNESS, make_person("wanda"))


def test_a_witness_signs_after_the_author_and_changes_nothing(signed, wanda):
    before = Batch.objects.values().get(pk=signed.pk)
    witness_batch(by=wanda, batch=signed, password=PASSWORD)
    assert Batch.objects.values().get(pk=signed.pk) == before
    author, witness = Signature.objects.order_by("pk")
    assert (author.meaning, witness.meaning, witness.user) == ("author", "witness", wanda)
    assert witness.covers["records_signature"].keys() == {str(author.pk)}
    assert list(broken_signatures()) == []
    last = Revision.objects.of(witness).last()
    assert (last.actor, last.reason) == ("wanda", "batch signed as witness")


def test_the_author_comes_first(wanda, signed):
    made = make_made_batch(signed.project)
    with pytest.raises(WrongState, match="not signed by its author"):
        witness_batch(by=wanda, batch=made, password=PASSWORD)


def test_a_witness_is_another_person_and_signs_once(signed, wanda):
    with pytest.raises(Refusal, match="somebody else"):
        witness_batch(by=owner_of(signed.project), batch=signed, password=PASSWORD)
    witness_batch(by=wanda, batch=signed, password=PASSWORD)
    with pytest.raises(Refusal, match="already"):
        witness_batch(by=wanda, batch=signed, password=PASSWORD)
    editor = join(signed.project, Role.EDITOR)
    witness_batch(by=editor, batch=signed, password=PASSWORD)
    assert Signature.objects.count() == 3


@pytest.mark.parametrize("role", [Role.VIEWER, Role.INSTRUMENT])
def test_other_roles_witness_nothing(signed, role):
    with pytest.raises(NotPermitted, match="role witness"):
        witness_batch(by=join(signed.project, role), batch=signed, password=PASSWORD)


def test_a_witness_is_no_author_and_no_editor(wanda, signed):
    made = make_made_batch(signed.project)
    with pytest.raises(NotPermitted, match="role editor"):
        sign_batch(by=wanda, batch=made, password=PASSWORD)
    api = Api(wanda)
    note = {"id": "7f8a2c1e-5b60-4c1e-9d0a-3f1b2c4d5e6f", "kind": "note", "value": "seen"}
    assert api.post(f"batches/{made.code}/events/", [note]).status_code == 403
    assert api.get(f"batches/{made.code}/").status_code == 200


def test_the_password_is_asked_and_what_was_seen_is_signed(signed, wanda):
    with pytest.raises(Refusal, match="password is not right"):
        witness_batch(by=wanda, batch=signed, password="wrong")
    with pytest.raises(StaleWrite):
        witness_batch(by=wanda, batch=signed, password=PASSWORD, content_sha256="0" * 64)
    seen = digest_of(content_of(signed))
    witness_batch(by=wanda, batch=signed, password=PASSWORD, content_sha256=seen)


def test_the_page_offers_it_to_who_may_and_says_who_did(signed, wanda):
    client, page = Client(), f"/b/{signed.code}/"
    client.force_login(owner_of(signed.project))
    assert "Sign as witness" not in client.get(page).content.decode()
    client.force_login(wanda)
    shown = client.get(page).content.decode()
    assert "I read and understood this record" in shown
    said = dict(re.findall(r'name="(version|content)" value="(\w+)"', shown))
    client.post(f"{page}state/", {"do": "witness", "password": PASSWORD, **said})
    after = client.get(page).content.decode()
    assert "Witnessed by wanda." in after
    assert "Sign as witness" not in after


def test_a_script_witnesses_by_saying_so(signed, wanda):
    api = Api(wanda)
    content = json.loads(api.get(f"batches/{signed.code}/content/").content)
    said = {"password": PASSWORD, "content_sha256": content["content_sha256"]}
    assert api.post(f"batches/{signed.code}/sign/", said).status_code == 403  # as author
    answer = api.post(f"batches/{signed.code}/sign/", said | {"meaning": "witness"})
    assert answer.status_code == 200
    assert Signature.objects.filter(meaning="witness", user=wanda).exists()
