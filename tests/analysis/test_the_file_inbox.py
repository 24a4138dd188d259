"""Many files at once: each goes where its name says; the rest waits and is assigned by hand."""

import re
from contextlib import suppress
from threading import Barrier, BrokenBarrierError

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from analysis.models import InboxFile, Measurement
from analysis.services import inbox
from analysis.services.inbox import assign, put_aside, take_in, waiting_for
from devices.models import Device, Layer, Pixel
from labnotebook.records.history import recorded
from labnotebook.records.models import CodeCounter, StoredFile
from labnotebook.records.refusals import Asked, NotPermitted, Refusal, WrongState
from tests.analysis.factories import make_batch, pl_file, text, upload
from tests.factories import Api, join, make_project, owner_of
from tests.synthesis.test_two_people_at_one_bench import in_threads

pytestmark = pytest.mark.django_db


@pytest.fixture
def batch():
    return make_batch()


@pytest.fixture
def owner(batch):
    return owner_of(batch.project)


@pytest.fixture
def device(batch, owner):
    """A device named OLED-004 of the batch, with a pixel P2."""
    CodeCounter.objects.create(prefix="D", last=7)
    with recorded(owner, "test"):
        made = Device.objects.create(
            project=batch.project, code="D-0007", name="OLED-004", built_by=owner
        )
        Layer.objects.create(
            device=made,
            index=1,
            role=Layer.Role.EMITTER,
            material_name="CsPbI3",
            source_batch=batch,
        )
        Pixel.objects.create(device=made, label="P2", area_mm2=4)
    return made


def drop(owner, project, *names, **said):
    files = [upload(pl_file(670 + n), name) for n, name in enumerate(names)]
    return take_in(by=owner, project=project, uploads=files, **said)


def test_each_file_goes_where_its_name_says_and_is_analysed(batch, owner, device):
    taken = drop(
        owner,
        batch.project,
        f"{batch.code}_PL.csv",
        f"{batch.code}_d1_p2_JVL.txt",
        "oled_004 el.csv",
        "day 3.csv",
    )
    assert [one.state for one in taken] == ["filed", "filed", "filed", "waiting"]
    filed = [one.measurement for one in taken[:3]]
    assert [str(one.subject) for one in filed] == [batch.code, "D-0007 P2", "D-0007"]
    assert [one.technique for one in filed] == ["pl", "jvl", "el_spectrum"]
    assert all(one.analyses.get().state == "waiting" for one in filed)
    assert taken[3].why == "Its name says no batch, device or bottle."
    assert InboxFile.objects.get().file.name == "day 3.csv"


def test_one_bad_file_of_many_is_named_and_the_others_are_kept(batch, owner):
    files = [upload(pl_file(), f"{batch.code}_PL.csv"), upload(b"", f"{batch.code}_abs.csv")]
    good, bad = take_in(by=owner, project=batch.project, uploads=files)
    assert (good.state, bad.state) == ("filed", "refused")
    assert f"{batch.code}_abs.csv is empty" in bad.why
    with pytest.raises(Refusal, match="is empty"):
        take_in(by=owner, project=batch.project, uploads=[upload(b"", "a.csv")])
    assert StoredFile.objects.count() == 1


def test_the_same_files_again_double_nothing_however_they_were_filed(batch, owner):
    names = (f"{batch.code}_PL.csv", "a.csv", "b.csv")
    first = drop(owner, batch.project, *names)
    assign(by=owner, waiting=first[1].waiting, subject=batch)
    again = drop(owner, batch.project, *names)
    assert {one.state for one in again} == {"known"}
    assert [one.measurement for one in again[:2]] == list(Measurement.objects.order_by("pk"))
    assert again[2].waiting == first[2].waiting
    assert f"is kept with {batch.code} already, to the last byte" in again[1].why
    assert "waits in the inbox already" in again[2].why
    assert StoredFile.objects.count() == 3
    assert [one.state for one in drop(owner, batch.project, *names, sure=True)] == [
        "filed",
        "waiting",
        "waiting",
    ]


def test_a_file_of_which_nothing_tells_the_technique_waits_where_it_would_go(batch, owner):
    unclear = upload(b"1 2\n3 4\n", f"{batch.code}.dat")
    (one,) = take_in(by=owner, project=batch.project, uploads=[unclear])
    assert one.state == "waiting"
    assert "by which technique" in one.why
    with pytest.raises(Refusal, match="say by which technique"):
        assign(by=owner, waiting=one.waiting, subject=batch)
    assert assign(by=owner, waiting=one.waiting, subject=batch, technique="pl").technique == "pl"


def test_a_code_of_another_project_is_told_as_one_that_is_nowhere(batch, owner):
    foreign, looked_at = make_batch(), make_batch()
    join(looked_at.project, "viewer", owner)
    codes = [foreign.code, looked_at.code, "NC-9999"]
    taken = drop(owner, batch.project, *(f"{code}_PL.csv" for code in codes))
    assert {one.state for one in taken} == {"waiting"}
    assert [one.why for one in taken] == [
        f"There is no {code} that takes files of yours." for code in codes
    ]


def test_who_may_not_measure_takes_nothing_in_and_assigns_nothing(batch, owner):
    (one,) = drop(owner, batch.project, "a.csv")
    viewer = join(batch.project, "viewer")
    with pytest.raises(NotPermitted):
        drop(viewer, batch.project, "b.csv")
    assert len(Api(viewer).get("inbox/").json()["results"]) == 1  # looks, and offers nothing
    assert Api(owner_of(make_project())).get("inbox/").json()["results"] == []
    with pytest.raises(NotPermitted):
        assign(by=viewer, waiting=one.waiting, subject=batch)
    assert not Measurement.objects.exists()


def test_a_file_is_assigned_once_also_into_another_project_of_the_person(batch, owner):
    there = make_batch(make_project(owner))
    (one,) = drop(owner, batch.project, "a.csv")
    made = assign(by=owner, waiting=one.waiting, subject=there)
    assert (made.project, made.file.project) == (there.project, there.project)
    assert made.file.sha256 == one.waiting.file.sha256
    with pytest.raises(WrongState, match=f"was filed with {there.code} meanwhile"):
        assign(by=owner, waiting=one.waiting, subject=batch)
    (twin,) = drop(owner, batch.project, "a.csv", sure=True)
    with pytest.raises(Asked, match="kept with"):
        assign(by=owner, waiting=twin.waiting, subject=there)


def test_the_api_takes_many_lists_what_waits_and_assigns_it(batch, owner, device):
    api = Api(owner)

    def post(*names):
        files = [SimpleUploadedFile(name, pl_file(660 + n)) for n, name in enumerate(names)]
        return api.client.post("/api/v1/inbox/", {"file": files, "project": batch.project.slug})

    answer = post(f"{batch.code}_PL.csv", f"{batch.code}_p2_JVL.csv", "notes.csv")
    assert answer.status_code == 201
    filed, open_, _nothing = answer.json()
    assert (filed["state"], filed["of"], filed["inbox"]) == ("filed", batch.code, None)
    assert (open_["state"], open_["measurement"]) == ("waiting", None)
    rows = {row["id"]: row for row in api.get("inbox/").json()["results"]}
    assert len(rows) == 2
    assert rows[open_["inbox"]]["might_be"] == ["D-0007/P2", batch.code]
    assert rows[open_["inbox"]]["technique"] == "jvl"
    made = api.post(f"inbox/{open_['inbox']}/assign/", {"pixel": "D-0007/P2"})
    assert (made.status_code, made.json()["pixel"]) == (201, "D-0007/P2")
    assert len(api.get("inbox/").json()["results"]) == 1
    assert api.post(f"inbox/{open_['inbox']}/assign/", {"batch": batch.code}).status_code == 409


def test_the_page_takes_a_plain_form_and_offers_in_one_tap_what_a_name_may_mean(
    batch, owner, device, client, django_assert_max_num_queries
):
    client.force_login(owner)
    names = [f"{batch.code}_PL.csv", f"{batch.code}_p2_JVL.csv", *(f"n{n}.csv" for n in range(12))]
    files = [SimpleUploadedFile(name, pl_file(650 + n)) for n, name in enumerate(names)]
    form = {"files": files, "project": batch.project.slug}
    page = text(client.post("/files/", form, follow=True))
    assert f"Filed: {batch.code}_PL.csv: {batch.code}." in page
    assert "13 files wait below." in page
    with django_assert_max_num_queries(14):
        page = text(client.get("/files/"))
    assert re.findall(r'name="to"\s+value="([^"]+)"', page) == ["D-0007/P2", batch.code]
    waiting = InboxFile.objects.get(file__name=names[1])
    nowhere = client.post(f"/inbox/{waiting.pk}/", {"of": "NC-8888", "technique": "jvl"})
    assert nowhere.status_code == 422
    assert "NC-8888" in text(nowhere)
    page = text(client.post(f"/inbox/{waiting.pk}/", {"to": "D-0007/P2"}, follow=True))
    assert f"{names[1]} is filed with D-0007 P2, as J-V-L." in page
    again = client.post("/files/", {**form, "files": [SimpleUploadedFile("n.csv", pl_file(650))]})
    assert again.status_code == 302
    assert "already, to the last byte" in text(client.get("/files/"))


def test_a_file_that_nobody_wants_is_put_aside_by_the_page_and_stays_in_the_record(
    batch, owner, client
):
    (one,) = drop(owner, batch.project, "a.csv")
    client.force_login(owner)
    address = f"/inbox/{one.waiting.pk}/aside/"
    assert client.post(address, {"reason": "."}).status_code == 422
    said = {"reason": "a test of the lamp"}
    assert "a.csv is put aside" in text(client.post(address, said, follow=True))
    assert f'id="w{one.waiting.pk}"' not in text(client.get("/files/"))
    assert "a test of the lamp" in text(client.get("/files/?aside=1"))
    (again,) = drop(owner, batch.project, "a.csv")
    assert (again.state, again.waiting) == ("known", one.waiting)
    assert "was put aside in the inbox, to the last byte" in again.why
    client.post(address, {"reason": "it is of use", "do": "bring_back"})
    assert f'id="w{one.waiting.pk}"' in text(client.get("/files/"))


def test_the_api_puts_aside_once_however_often_it_is_said_and_lists_it_on_demand(batch, owner):
    api = Api(owner)
    (one,) = drop(owner, batch.project, "a.csv")
    address = f"inbox/{one.waiting.pk}/put-aside/"
    first = api.post(address, {"reason": "a test of the lamp"}).json()
    second = api.post(address, {"reason": "once more"})
    assert (second.status_code, second.json()) == (200, first)
    listed = {
        query: [row["id"] for row in api.get(f"inbox/{query}").json()["results"]]
        for query in ("", "?put_aside=false", "?put_aside=true")
    }
    assert listed == {"": [], "?put_aside=false": [], "?put_aside=true": [one.waiting.pk]}
    made = assign(by=owner, waiting=one.waiting, subject=batch)  # found out after all
    assert InboxFile.objects.get(measurement=made).put_aside_at is None
    assert api.post(address, {"reason": "a test of the lamp"}).status_code == 409


def test_who_may_not_measure_puts_nothing_aside(batch, owner):
    (one,) = drop(owner, batch.project, "a.csv")
    with pytest.raises(NotPermitted):
        put_aside(by=join(batch.project, "viewer"), waiting=one.waiting, reason="a test of it")
    assert waiting_for(owner).get() == one.waiting


@pytest.mark.django_db(transaction=True)
def test_the_same_bytes_sent_twice_at_the_same_moment_are_kept_once(monkeypatch):
    project = make_project()
    owner = owner_of(project)
    both_here, keep = Barrier(2), inbox.store_file

    def keep_when_both_are_here(**said):
        with suppress(BrokenBarrierError):  # the other one waits outside
            both_here.wait(timeout=0.5)
        return keep(**said)

    monkeypatch.setattr(inbox, "store_file", keep_when_both_are_here)
    states = in_threads(*[lambda: drop(owner, project, "a.csv")[0].state] * 2)
    assert sorted(states) == ["known", "waiting"]
    assert InboxFile.objects.count() == 1
