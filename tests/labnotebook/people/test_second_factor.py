"""A second factor: an app's codes by RFC 6238, recovery codes, and who has to have one."""

import base64
import hashlib
import hmac
import json
import re
import struct
import time
import uuid

import pytest
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from django.core.management import call_command
from django.test import Client

from labnotebook.people.second_factor import SealedSecrets
from labnotebook.records.models import Revision, Role
from labnotebook.records.refusals import NotPermitted, Refusal
from labnotebook.records.services import last_use, second_factors
from labnotebook.records.services.people import set_administrator
from tests.factories import PASSWORD, Api, join, make_batch, make_person, make_project, owner_of

pytestmark = pytest.mark.django_db


def code_at(secret: str, moment: float) -> str:
    """Return the code of RFC 6238: SHA-1, 30 s, six digits."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    digest = hmac.new(key, struct.pack(">Q", int(moment // 30)), hashlib.sha1).digest()
    start = digest[-1] & 15
    number = struct.unpack(">I", digest[start : start + 4])[0] & 0x7FFFFFFF
    return f"{number % 10**6:06d}"


def test_our_codes_are_those_of_the_rfc():
    # RFC 6238, appendix B, the last six digits for SHA-1
    secret = base64.b32encode(b"12345678901234567890").decode()
    moments = (59, 1111111109, 1111111111, 1234567890, 2000000000, 20000000000)
    codes = ["287082", "081804", "050471", "005924", "279037", "353130"]
    assert [code_at(secret, moment) for moment in moments] == codes


def begin(name: str = "nina") -> Client:
    cache.clear()  # limits of tries are by address, which is one in all tests
    client = Client()
    answer = client.post("/accounts/login/", {"login": name, "password": PASSWORD})
    client.after_password = answer
    return client


def confirm(client: Client) -> None:
    """Confirm who one is, as is asked before second factors change."""
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})


def enrol(client: Client) -> str:
    """Set up an app by the pages; return its secret."""
    confirm(client)
    page = client.get("/accounts/2fa/totp/activate/").content.decode()
    secret = re.search(r"<code>\s*([A-Z2-7]{32,})\s*</code>", page).group(1)
    said = {"code": code_at(secret, time.time())}
    answer = client.post("/accounts/2fa/totp/activate/", said)
    assert answer["Location"] == "/accounts/2fa/recovery-codes/"
    return secret


@pytest.fixture
def nina(db):
    return make_person("nina")


def test_an_app_is_set_up_on_the_page_and_its_code_asked_at_sign_in(nina):
    secret = enrol(begin())
    client = begin()
    assert client.after_password["Location"] == "/accounts/2fa/authenticate/"
    assert "/accounts/login/" in client.get("/")["Location"]  # the password alone opens nothing
    wrong = client.post("/accounts/2fa/authenticate/", {"code": "000000"})
    assert "Incorrect code" in wrong.content.decode()
    later = code_at(secret, time.time() + 30)  # a clock half a minute ahead; the first is used up
    assert client.post("/accounts/2fa/authenticate/", {"code": later})["Location"] == "/"
    assert client.get("/me/").status_code == 200


def test_the_secret_is_kept_sealed_and_the_history_says_who_set_it_up(nina, settings):
    secret = enrol(begin())
    row = Authenticator.objects.get(type="totp")
    assert secret not in str(row.data)
    assert SealedSecrets().decrypt(row.data["secret"]) == secret
    (revision,) = Revision.objects.filter(table_name="mfa_authenticator", record_id=str(row.pk))
    assert (revision.actor, revision.reason) == ("nina", "second factors changed")
    assert row.data["secret"] not in revision.data


def test_a_recovery_code_signs_in_once(nina):
    client = begin()
    enrol(client)
    page = client.get("/accounts/2fa/recovery-codes/").content.decode()
    codes = re.findall(r"<code>(\d{8})</code>", page)
    assert len(codes) == 10
    for status in (302, 200):
        door = begin()
        assert door.post("/accounts/2fa/authenticate/", {"code": codes[3]}).status_code == status


@pytest.mark.parametrize("page", ["totp/activate/", "keys/add/", "recovery-codes/generate/"])
def test_to_change_second_factors_one_confirms_who_one_is(page, nina, monkeypatch):
    client = begin()
    assert client.get(f"/accounts/2fa/{page}")["Location"].startswith("/accounts/reauthenticate/")
    confirm(client)
    assert client.get(f"/accounts/2fa/{page}").status_code == 200
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 3600)
    assert client.get(f"/accounts/2fa/{page}").status_code == 302


def test_it_is_removed_again_and_the_password_is_enough(nina):
    client = begin()
    enrol(client)
    assert client.post("/accounts/2fa/totp/deactivate/").status_code == 302
    assert begin().after_password["Location"] == "/"


@pytest.mark.parametrize(("wanted", "led"), [("optional", False), ("everybody", True)])
def test_who_has_to_have_one_is_led_there_and_goes_on_once_it_is_set_up(
    wanted, led, nina, settings
):
    settings.SECOND_FACTOR = wanted
    client = begin()
    assert (client.get("/b/").status_code == 302) is led
    assert (client.get("/api/v1/batches/").status_code == 403) is led
    if led:
        assert client.get("/b/")["Location"] == "/me/"
        assert "It is needed here" in client.get("/me/").content.decode()
        enrol(client)
    assert client.get("/b/").status_code == 200
    assert client.get("/api/v1/batches/").status_code == 200


def test_what_is_sent_without_it_is_refused_and_never_led_on_as_if_it_were_taken(nina, settings):
    batch = make_batch(make_project(nina))
    client = begin()
    settings.SECOND_FACTOR = "everybody"
    last_use._noted.clear()  # as a minute later
    note = [{"id": str(uuid.uuid4()), "kind": "note", "value": "seen"}]
    there = f"/b/{batch.code}/events/"
    answer = client.post(there, json.dumps(note), content_type="application/json")
    assert answer.status_code == 403
    assert "second factor" in answer.json()["detail"]
    assert client.post(f"/b/{batch.code}/state/", {"do": "start"}).status_code == 403
    batch.refresh_from_db()
    assert (batch.state, batch.events.count()) == ("planned", 0)


def test_administrators_alone_may_have_to(nina, settings):
    settings.SECOND_FACTOR = "administrators"
    chief = make_person("chief")
    chief.is_superuser = True
    chief.save()
    assert begin("nina").get("/b/").status_code == 200
    assert begin("chief").get("/b/").status_code == 302
    set_administrator(by=chief, person=nina, to=True)
    assert begin("nina").get("/b/").status_code == 302


def test_a_project_demands_it_of_its_members_and_who_must_have_it_keeps_it(nina):
    project = make_project(nina)
    with pytest.raises(Refusal, match="yourself first"):
        second_factors.demand(by=nina, project=project, to=True)
    hers = begin()
    enrol(hers)
    hers.post(f"/projects/{project.slug}/", {"second-factor": "needed"})
    otto = join(project, Role.VIEWER, make_person("otto"))
    assert begin("otto").get("/b/").status_code == 302
    assert Api(otto).get("batches/").status_code == 200  # tokens are made by who got in
    refused = hers.post("/accounts/2fa/totp/deactivate/")
    assert "You cannot deactivate" in refused.content.decode()
    second_factors.demand(by=nina, project=project, to=False)
    assert begin("otto").get("/b/").status_code == 200
    with pytest.raises(NotPermitted):
        second_factors.demand(by=otto, project=project, to=False)


def test_a_lost_one_is_removed_by_who_looks_after_the_person():
    project = make_project()
    nina = join(project, Role.EDITOR, make_person("nina"))
    enrol(begin())
    with pytest.raises(NotPermitted):
        second_factors.remove_all(by=join(project, Role.EDITOR), person=nina)
    owner = Client()
    owner.force_login(owner_of(project))
    assert "TOTP" in owner.get("/people/nina/").content.decode()
    owner.post("/people/nina/", {"do": "no-second-factor"})
    assert begin().after_password["Location"] == "/"
    last = Revision.objects.filter(table_name="mfa_authenticator", operation="delete").last()
    assert last.reason == "second factors of nina removed"


def test_the_last_administrator_gets_in_again_by_a_command(nina, capsys):
    enrol(begin())
    call_command("remove_second_factor", "nina")
    assert begin().after_password["Location"] == "/"
