"""Invite by a link that works once: shown once, kept as a digest, gone with the right to make it."""

import re
from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.utils import timezone

from labnotebook.records.models import Membership, OneTimeLink, Revision, Role
from labnotebook.records.refusals import NotPermitted, Refusal, WrongState
from labnotebook.records.services.one_time_links import find_link, invite, join, offer_password
from labnotebook.records.services.projects import remove_member
from tests.factories import PASSWORD, Api, make_person, make_project, owner_of
from tests.factories import join as be_member

pytestmark = pytest.mark.django_db
User = get_user_model()
FORM = {"username": "nina", "password": PASSWORD, "again": PASSWORD}


@pytest.fixture
def olga(db):
    return make_person("olga")


@pytest.fixture
def project(olga):
    return make_project(olga, "Perovskites")


def signed_in(person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def shown(page) -> str:
    """Return the path of the link that a page shows."""
    return re.search(r"http://testserver(/join/[\w-]{43}/)", page.content.decode()).group(1)


def test_an_owner_invites_and_the_invited_joins_her_project_and_signs_in(olga, project, client):
    said = {"project": project.slug, "role": "editor"}
    page = signed_in(olga).post("/people/", said)
    path = shown(page)
    assert path not in signed_in(olga).get("/people/").content.decode()
    assert "olga invites you into the project Perovskites" in client.get(path).content.decode()
    assert client.post(path, FORM).status_code == 302
    nina = User.objects.get(username="nina")
    assert Membership.objects.get(user=nina).role == Role.EDITOR
    answer = client.post("/accounts/login/", {"login": "nina", "password": PASSWORD})
    assert (answer.status_code, answer["Location"]) == (302, "/")


def test_only_the_digest_of_a_link_is_kept_and_its_history_is(olga, project):
    link, text = invite(by=olga, project=project, role="viewer", email="nina@example.org")
    assert len(text) == 43
    revisions = Revision.objects.of(link)
    assert [(r.actor, r.reason) for r in revisions] == [("olga", "invited nina@example.org")]
    kept = str(OneTimeLink.objects.values().get()) + "".join(r.data for r in revisions)
    assert text not in kept


def test_a_link_works_once(olga, project, client):
    _link, text = invite(by=olga, project=project, role="viewer")
    join(text=text, username="nina", password=PASSWORD)
    with pytest.raises(WrongState, match="used already"):
        join(text=text, username="otto", password=PASSWORD)
    assert client.get(f"/join/{text}/").status_code == 404
    assert not User.objects.filter(username="otto").exists()


@pytest.mark.parametrize("fate", ["expired", "withdrawn", "its maker owns no more", "made up"])
def test_a_link_that_is_over_lets_nobody_in(fate, olga, project, client):
    link, text = invite(by=olga, project=project, role="owner")
    if fate == "expired":
        OneTimeLink.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    if fate == "withdrawn":
        signed_in(olga).post("/people/", {"withdraw": link.pk})
    if fate == "its maker owns no more":
        other = be_member(project, Role.OWNER)
        remove_member(by=other, project=project, membership=olga.memberships.get())
    if fate == "made up":
        text = "x" * 43
    assert find_link(text) is None
    assert client.post(f"/join/{text}/", FORM).status_code == 404
    assert not User.objects.filter(username="nina").exists()


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"password": "short", "again": "short"}, "too short"),
        ({"again": "something else"}, "not the same"),
        ({"username": "olga"}, "already somebody called olga"),
        ({"username": "Olga"}, "already somebody called Olga"),
        ({"username": "two words"}, "valid username"),
    ],
)
def test_what_cannot_be_is_said_and_the_link_is_not_used_up(said, words, olga, project, client):
    _link, text = invite(by=olga, project=project, role="viewer")
    answer = client.post(f"/join/{text}/", FORM | said)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert find_link(text)


def test_somebody_with_an_account_joins_as_herself(olga, project):
    nina = make_person("nina")
    _link, text = invite(by=olga, project=project, role="editor")
    answer = signed_in(nina).post(f"/join/{text}/")
    assert answer["Location"] == f"/projects/{project.slug}/"
    assert nina.memberships.get().role == Role.EDITOR
    _link, text = invite(by=olga, project=project, role="viewer")
    assert (
        signed_in(nina).post(f"/join/{text}/").status_code == 409
    )  # nobody is made less by a link
    assert nina.memberships.get().role == Role.EDITOR


def test_a_person_made_by_name_has_no_password_until_she_chooses_one(olga, project, client):
    link, text = invite(by=olga, project=project, role="viewer", username="nina")
    assert link.person.memberships.get().project == project
    door = {"login": "nina", "password": ""}
    assert client.post("/accounts/login/", door).status_code == 200
    client.post(f"/join/{text}/", {"password": PASSWORD, "again": PASSWORD})
    assert client.post("/accounts/login/", door | {"password": PASSWORD}).status_code == 302


def test_only_an_owner_invites_and_only_into_her_own_project(olga, project):
    editor = be_member(project, Role.EDITOR)
    with pytest.raises(NotPermitted):
        invite(by=editor, project=project, role="viewer")
    elsewhere = make_project()
    with pytest.raises(NotPermitted):
        invite(by=olga, project=elsewhere, role="viewer")
    with pytest.raises(Refusal, match="which of your projects"):
        invite(by=olga)
    assert not OneTimeLink.objects.exists()


def test_an_administrator_invites_without_a_project(client):
    chief = make_person("chief")
    chief.is_superuser = True
    chief.save()
    _link, text = invite(by=chief)
    client.post(f"/join/{text}/", FORM)
    assert not User.objects.get(username="nina").memberships.exists()


def test_a_script_invites_and_is_told_the_link_once(olga, project, client):
    api = Api(olga)
    said = api.post("people/invite/", {"project": project.slug, "role": "viewer"}).json()
    assert (said["purpose"], said["role"], said["sent"]) == ("join", "viewer", False)
    assert client.get(said["address"]).status_code == 200
    assert api.post("people/invite/", {"project": make_project().slug}).status_code == 400


def test_the_link_is_mailed_where_a_server_for_mail_is_set(olga, project, settings, mailoutbox):
    said = {"project": project.slug, "role": "viewer", "email": "nina@example.org"}
    assert "sends no mail" in signed_in(olga).post("/people/", said).content.decode()
    assert not mailoutbox
    settings.EMAIL_HOST = "mail.example.org"
    page = signed_in(olga).post("/people/", said)
    assert "was sent to nina@example.org" in page.content.decode()
    (mail,) = mailoutbox
    assert mail.to == ["nina@example.org"]
    assert shown(page) in mail.body


def test_an_old_offer_of_a_password_ends_with_the_next(olga, project):
    nina = be_member(project, Role.EDITOR)
    _link, first = offer_password(by=olga, person=nina)
    _link, second = offer_password(by=owner_of(project), person=nina)
    assert (find_link(first), bool(find_link(second))) == (None, True)
