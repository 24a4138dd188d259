"""Switch people off and on, end what acts in their name; one administrator is always left."""

import threading
from functools import partial

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client

from labnotebook.records.models import Revision, Role
from labnotebook.records.refusals import NotPermitted, Refusal
from labnotebook.records.services.one_time_links import choose_password, find_link, offer_password
from labnotebook.records.services.people import set_administrator, switch_off, switch_on
from labnotebook.records.services.projects import set_member
from tests.factories import PASSWORD, Api, join, make_person, make_project

User = get_user_model()


def make_chief(name: str = "chief"):
    person = make_person(name)
    person.is_superuser = person.is_staff = True
    person.save()
    return person


def signed_in(person) -> Client:
    client = Client(headers={"user-agent": "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0"})
    assert client.login(username=person.username, password=PASSWORD)
    return client


@pytest.mark.django_db
def test_who_is_switched_off_is_out_at_once_and_what_was_recorded_stays():
    chief, nina = make_chief(), make_person("nina")
    project = make_project(nina)
    join(project, Role.OWNER)
    browser, script = signed_in(nina), Api(nina)
    assert browser.get("/").status_code == 200
    switch_off(by=chief, person=nina)
    assert "/accounts/login/" in browser.get("/")["Location"]
    assert script.get("me/").status_code == 401
    assert not Client().login(username="nina", password=PASSWORD)
    assert project.memberships.filter(user=nina).exists()
    last = Revision.objects.filter(table_name="auth_user", record_id=str(nina.pk)).last()
    assert (last.actor, last.reason) == ("chief", "nina switched off")
    assert '"is_active": false' in last.data


@pytest.mark.django_db
def test_who_is_switched_on_again_signs_in_anew():
    chief, nina = make_chief(), make_person("nina")
    browser, script = signed_in(nina), Api(nina)
    switch_off(by=chief, person=nina)
    switch_on(by=chief, person=nina)
    assert "/accounts/login/" in browser.get("/")["Location"]  # the old session is not back
    assert script.get("me/").status_code == 200
    assert Client().login(username="nina", password=PASSWORD)


@pytest.mark.django_db
def test_an_owner_manages_who_belongs_to_her_own_projects_alone():
    olga, elsewhere = make_person("olga"), make_project(make_person("stefan"))
    project = make_project(olga)
    hers, shared, chief = join(project), join(project), make_chief()
    join(elsewhere, Role.VIEWER, shared)
    join(project, Role.VIEWER, chief)
    switch_off(by=olga, person=hers)
    for person in (shared, chief, make_person("nobody's")):
        for act in (switch_off, offer_password):
            with pytest.raises(NotPermitted):
                act(by=olga, person=person)
    assert not User.objects.get(pk=hers.pk).is_active


@pytest.mark.django_db
def test_an_editor_manages_nobody():
    project = make_project()
    editor, viewer = join(project, Role.EDITOR), join(project, Role.VIEWER)
    with pytest.raises(NotPermitted):
        switch_off(by=editor, person=viewer)
    assert signed_in(editor).get(f"/people/{viewer.username}/").status_code == 404


@pytest.mark.django_db
def test_the_last_administrator_stays_one():
    chief = make_chief()
    with pytest.raises(Refusal, match="only administrator"):
        set_administrator(by=chief, person=chief, to=False)
    with pytest.raises(Refusal, match="yourself"):
        switch_off(by=chief, person=chief)
    deputy = make_person("deputy")
    set_administrator(by=chief, person=deputy, to=True)
    deputy.refresh_from_db()
    switch_off(by=deputy, person=chief)
    with pytest.raises(Refusal, match="only administrator"):  # the one switched off does not count
        set_administrator(by=deputy, person=deputy, to=False)


@pytest.mark.django_db
def test_what_somebody_owns_alone_is_owned_by_another_before_she_is_switched_off():
    chief, nina = make_chief(), make_person("nina")
    alone, shared = make_project(nina, "Alone"), make_project(nina, "Shared")
    join(shared, Role.OWNER)
    gone = join(alone, Role.OWNER)
    switch_off(by=chief, person=gone)  # who is switched off owns nothing any more
    with pytest.raises(Refusal, match="only owner of Alone"):
        switch_off(by=chief, person=nina)
    script, browser = Api(chief), signed_in(chief)
    assert "only owner" in script.post("people/nina/switch-off/").json()["detail"]
    for name in ("nobody", "nina", gone.username):
        said = {"do": "switch-off", "new_owner": name}
        page = browser.post("/people/nina/", said).content.decode()
        assert f"{name}&#x27; cannot own Alone" in page
    olga = join(alone, Role.VIEWER, make_person("olga"))
    script.post("people/nina/switch-off/", {"new_owner": "olga"})
    assert not User.objects.get(pk=nina.pk).is_active
    assert alone.memberships.get(user=olga).role == Role.OWNER
    assert not shared.memberships.filter(user=olga).exists()


def at_once(*acts) -> list[Exception]:
    """Do all of it at the same time; return what was refused."""
    refused: list[Exception] = []
    start = threading.Barrier(len(acts))

    def run(act):
        start.wait()
        try:
            act()
        except (Refusal, NotPermitted) as refusal:
            refused.append(refusal)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[act]) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return refused


@pytest.mark.django_db(transaction=True)
def test_two_who_take_the_right_from_one_another_leave_one():
    one, two = make_chief("one"), make_chief("two")
    project = make_project(one)
    join(project, Role.OWNER, two)
    demote = partial(set_member, project=project, role="viewer")
    (_,) = at_once(partial(demote, by=one, username="two"), partial(demote, by=two, username="one"))
    assert project.memberships.filter(role=Role.OWNER).count() == 1
    left = project.memberships.get(role=Role.OWNER).user
    other = two if left == one else one
    set_member(by=left, project=project, username=other.username, role="owner")
    at_once(
        partial(demote, by=other, username=left.username),
        partial(switch_off, by=left, person=other),
    )
    owners = project.memberships.filter(role=Role.OWNER, user__is_active=True)
    assert owners.count() == 1
    switch_on(by=left, person=other)
    (refused,) = at_once(
        partial(set_administrator, by=one, person=two, to=False),
        partial(set_administrator, by=two, person=one, to=False),
    )
    assert isinstance(refused, NotPermitted)
    assert User.objects.filter(is_superuser=True, is_active=True).count() == 1


@pytest.mark.django_db
def test_a_new_password_by_link_ends_the_sessions_and_the_link():
    chief, nina = make_chief(), make_person("nina")
    browser = signed_in(nina)
    _link, text = offer_password(by=chief, person=nina)
    assert browser.get("/").status_code == 200  # nothing happened yet
    choose_password(text=text, password="another long phrase")
    assert "/accounts/login/" in browser.get("/")["Location"]
    assert find_link(text) is None
    assert not Client().login(username="nina", password=PASSWORD)
    assert Client().login(username="nina", password="another long phrase")


@pytest.mark.django_db
def test_an_offer_dies_when_its_maker_may_not_make_it_any_more():
    olga = make_person("olga")
    nina = join(make_project(olga))
    _link, text = offer_password(by=olga, person=nina)
    set_administrator(by=make_chief(), person=nina, to=True)
    assert find_link(text) is None


@pytest.mark.django_db
def test_a_script_sees_and_switches_off_whom_its_person_looks_after():
    olga = make_person("olga")
    nina = join(make_project(olga, "Perovskites"), Role.VIEWER, make_person("nina"))
    make_person("stranger")
    api = Api(olga)
    rows = {row["username"]: row for row in api.get("people/").json()["results"]}
    assert rows.keys() == {"olga", "nina"}
    assert rows["olga"]["last_seen_at"]
    assert rows["nina"]["projects"] == [{"slug": "perovskites", "role": "viewer"}]
    assert api.post("people/nina/switch-off/").json()["is_active"] is False
    assert api.post("people/stranger/switch-off/").status_code == 404
    assert Api(nina).get("me/").status_code == 401
    assert {r["username"] for r in Api(make_chief()).get("people/").json()["results"]} == {
        "chief",
        "nina",
        "olga",
        "stranger",
    }
