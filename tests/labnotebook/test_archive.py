"""What should not show any more is put away with a reason, is found all the same, and comes back."""

import csv
import io

import pytest
from django.db import IntegrityError, transaction
from django.utils.html import strip_tags

from labnotebook.records.models import Revision
from labnotebook.records.proofs.digests import digest_of
from labnotebook.records.services.signatures import broken_signatures, content_of
from synthesis.models import Batch, BatchArchive
from synthesis.services.batches import archive_batch, sign_batch, start_batch
from tests.api.lab import make_lab
from tests.factories import (
    PASSWORD,
    Api,
    join,
    make_batch,
    make_made_batch,
    make_person,
    make_project,
)

pytestmark = pytest.mark.django_db

WHY = "made before the balance was calibrated"


@pytest.fixture
def mira(client):
    person = make_person("mira")
    client.force_login(person)
    return person


@pytest.fixture
def project(mira):
    return make_project(mira, "Perovskites")


@pytest.fixture
def lab(mira, project):
    return make_lab(mira, project)


def listed(client, address):
    return client.get(address).content.decode().partition("<main")[2].partition("</main>")[0]


def act(client, batch, do, reason=WHY, **more):
    said = {"do": do, "reason": reason, "version": batch.version, **more}
    return client.post(f"/b/{batch.code}/state/", said)


@pytest.mark.parametrize("state", ["planned", "made", "abandoned", "signed"])
def test_a_batch_in_any_state_but_running_is_put_away_and_comes_back(client, project, mira, state):
    batch = make_batch(project) if state in ("planned", "abandoned") else make_made_batch(project)
    if state == "abandoned":
        act(client, batch, "abandon", "spilled")
    if state == "signed":
        sign_batch(by=mira, batch=batch, password=PASSWORD)
    batch.refresh_from_db()
    assert act(client, batch, "archive").status_code == 302
    assert batch.code not in listed(client, "/b/")
    assert batch.code not in listed(client, f"/b/?state={state}")
    assert batch.code not in listed(client, "/")
    assert batch.code in listed(client, "/b/?state=archived")
    assert WHY in listed(client, f"/b/{batch.code}/")
    assert act(client, batch, "bring_back", "needed again").status_code == 302
    assert batch.code in listed(client, "/b/")
    assert batch.code not in listed(client, "/b/?state=archived")


def test_a_running_batch_is_not_put_away(client, project, mira):
    batch = start_batch(by=mira, batch=make_batch(project))
    answer = act(client, batch, "archive")
    assert answer.status_code == 422
    assert "is running. Finish or abandon it" in answer.content.decode()
    assert batch.code in listed(client, "/b/")


def test_an_archived_plan_that_is_made_nevertheless_shows_while_it_runs(client, project, mira):
    batch = archive_batch(by=mira, batch=make_batch(project), reason=WHY)
    start_batch(by=mira, batch=batch)
    assert batch.code in listed(client, "/")
    assert batch.code in listed(client, "/b/")


@pytest.mark.parametrize("reason", ["", " ", ".", "n/a"])
def test_it_takes_a_reason_and_what_was_typed_stays(client, project, reason):
    batch = make_batch(project)
    answer = act(client, batch, "archive", reason)
    assert answer.status_code == 422
    assert "the next person will want to know" in answer.content.decode()
    assert f">{reason}</textarea>" in answer.content.decode()
    assert not BatchArchive.objects.exists()


def test_a_second_person_is_told_that_it_was_done(client, project):
    batch = make_batch(project)
    act(client, batch, "archive")
    assert "is archived already" in act(client, batch, "archive").content.decode()
    act(client, batch, "bring_back")
    assert "is not archived" in act(client, batch, "bring_back").content.decode()


def test_an_act_on_an_old_version_is_refused(client, project, mira):
    batch = make_batch(project)
    start_batch(by=mira, batch=batch)
    answer = act(client, batch, "archive", version=batch.version)
    assert answer.status_code == 422
    assert "Somebody changed this" in answer.content.decode()


def test_viewers_read_and_do_not_archive(client, project):
    batch = make_batch(project)
    client.force_login(join(project, "viewer"))
    assert act(client, batch, "archive").status_code == 403
    assert not BatchArchive.objects.exists()


def test_a_signature_holds_when_its_batch_is_put_away(project, mira):
    batch = sign_batch(by=mira, batch=make_made_batch(project), password=PASSWORD)
    before = digest_of(content_of(batch))
    archive_batch(by=mira, batch=batch, reason=WHY)
    assert digest_of(content_of(batch)) == before
    assert list(broken_signatures()) == []


def test_who_did_it_and_why_stays_in_the_history_of_the_batch(client, project, mira):
    batch = archive_batch(by=mira, batch=make_batch(project), reason=WHY)
    archive_batch(by=mira, batch=batch, reason="needed again", back=True)
    told = " ".join(strip_tags(listed(client, f"/b/{batch.code}/history/")).split())
    assert f"archived {batch.code}: {WHY}" in told
    assert f"took out of the archive: {batch.code}: needed again" in told
    reasons = Revision.objects.filter(table_name="synthesis_batcharchive").order_by("seq")
    assert {one.reason for one in reasons} == {WHY, "needed again"}
    assert {one.actor for one in reasons} == {"mira"}


def test_the_database_keeps_a_reason_with_it(project):
    batch = make_batch(project)
    with pytest.raises(IntegrityError), transaction.atomic():
        BatchArchive.objects.create(batch=batch, archived_at=batch.planned_at)


def test_search_history_and_exports_have_it_marked(client, project, mira):
    batch = archive_batch(by=mira, batch=make_made_batch(project), reason=WHY)
    for address in (f"/search/?q={batch.code[:4]}", "/search/?q=calibrated", "/history/"):
        shown = listed(client, address)
        assert batch.code in shown, address
        assert "archived" in strip_tags(shown), address
    assert batch.code not in listed(client, "/history/?archived=no")
    table = b"".join(client.get("/history.csv").streaming_content).decode()
    (row,) = csv.DictReader(io.StringIO(table))
    assert row["archived"] == "yes"
    archive_batch(by=mira, batch=batch, reason="needed again", back=True)
    table = b"".join(client.get("/history.csv").streaming_content).decode()
    assert next(csv.DictReader(io.StringIO(table)))["archived"] == "no"


def test_a_script_archives_batches_and_devices_and_lists_them(mira, lab):
    api = Api(mira)
    for noun, code in (("batches", lab["batch"]), ("devices", lab["device"])):
        seen = api.get(f"{noun}/{code}/")
        for one in api.get(f"{noun}/").json()["results"]:
            assert (one["archived_at"], one["archived_reason"]) == (None, "")
        assert (seen.json()["archived_at"], seen.json()["archived_reason"]) == (None, "")
        assert api.post(f"{noun}/{code}/archive/", {}).status_code == 400
        done = api.post(f"{noun}/{code}/archive/", {"reason": WHY}, if_match=seen["ETag"])
        assert done.status_code == 200, done.content
        assert done.json()["archived_reason"] == WHY
        assert api.get(f"{noun}/{code}/").json()["archived_at"]
        codes = {
            asked: {one["code"] for one in api.get(f"{noun}/{query}").json()["results"]}
            for asked, query in (("all", ""), ("yes", "?archived=true"), ("no", "?archived=false"))
        }
        assert codes["yes"] == {code}
        assert code in codes["all"]
        assert code not in codes["no"]
        stale = api.post(f"{noun}/{code}/archive/", {"reason": WHY}, if_match='"nothing-1"')
        assert stale.status_code == 412
        back = api.post(f"{noun}/{code}/archive/", {"reason": "needed again", "back": True})
        assert back.json()["archived_at"] is None


def test_a_device_is_put_away_on_its_page(client, lab):
    address, code = f"/d/{lab['device']}/archive/", lab["device"]
    page = client.get(address).content.decode()
    version = page.partition('name="version" value="')[2].partition('"')[0]
    assert client.post(address, {"do": "archive", "version": version}).status_code == 422
    assert (
        client.post(address, {"do": "archive", "reason": ".", "version": version}).status_code
        == 422
    )
    done = client.post(address, {"do": "archive", "reason": "electrode torn", "version": version})
    assert done["Location"] == f"/d/{code}/"
    assert code not in listed(client, "/d/")
    assert code in listed(client, "/d/?archived=1")
    assert "electrode torn" in listed(client, f"/d/{code}/")
    stale = client.post(address, {"do": "bring_back", "reason": "mended", "version": version})
    assert "Somebody changed this" in stale.content.decode()
    version = int(version) + 1
    client.post(address, {"do": "bring_back", "reason": "mended", "version": version})
    assert code in listed(client, "/d/")


def test_lists_read_as_often_with_an_archive_as_without(
    client, project, mira, django_assert_max_num_queries
):
    for _ in range(4):
        make_batch(project)
    archive_batch(by=mira, batch=make_batch(project), reason=WHY)
    for address in ("/b/", "/b/?state=archived"):
        with django_assert_max_num_queries(8):
            client.get(address)
    assert Batch.objects.archived().count() == 1
