"""Who came, was turned away, took something along or was given rights: written down once, shown to whom it concerns."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.utils import timezone

from labnotebook.records.models import Revision, Role, SecurityEvent
from labnotebook.records.services import last_use
from labnotebook.records.services.one_time_links import choose_password, offer_password
from labnotebook.records.services.people import set_administrator, switch_off, switch_on
from labnotebook.records.services.projects import remove_member, set_member
from labnotebook.records.services.tokens import create_token, revoke_token
from labnotebook.records.services.verification import verify_history
from tests.factories import PASSWORD, Api, join, make_batch, make_person, make_project

pytestmark = pytest.mark.django_db
FIREFOX = {"user-agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"}
LOGIN = "/accounts/login/"


@pytest.fixture(autouse=True)
def _nobody_was_here_before():
    cache.clear()  # limits of tries
    last_use._noted.clear()


def make_chief():
    chief = make_person("chief")
    chief.is_superuser = True
    chief.save()
    return chief


def noted(**which):
    return [
        (e.kind, e.account, e.about) for e in SecurityEvent.objects.filter(**which).order_by("pk")
    ]


def test_who_comes_goes_and_is_turned_away_is_written_down_without_what_was_typed():
    nina = make_person("nina")
    client = Client(headers=FIREFOX, REMOTE_ADDR="192.0.2.7")
    for name, password in (("nina", "wrong horse"), ("ninja", PASSWORD), ("nina", PASSWORD)):
        client.post(LOGIN, {"login": name, "password": password})
    client.post("/accounts/logout/")
    assert noted() == [
        ("turned-away", "nina", "wrong name or password"),
        ("turned-away", "ninja", "wrong name or password"),
        ("signed-in", "nina", "by password"),
        ("signed-out", "nina", ""),
    ]
    events = SecurityEvent.objects.order_by("pk")
    assert [event.person for event in events] == [nina, None, nina, nina]
    assert {(event.ip, event.browser) for event in events} == {("192.0.2.7", FIREFOX["user-agent"])}
    kept = Revision.objects.filter(table_name="records_securityevent")
    assert kept.count() == 4
    assert not any(word in row.data for row in kept for word in ("wrong horse", PASSWORD))
    for _ in range(8):
        client.post(LOGIN, {"login": "nina", "password": "wrong horse"})
    too_many = [one for one in noted() if one[2] == "too many tries"]
    assert too_many == [("turned-away", "nina", "too many tries")]  # once a minute


def test_an_event_is_in_the_chain_and_stays_as_it_was_written():
    nina = make_person("nina")
    create_token(user=nina, name="script")
    assert not [f for f in verify_history().findings if f.table == "records_securityevent"]
    for change in (
        "UPDATE records_securityevent SET about = ''",
        "DELETE FROM records_securityevent",
    ):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(change)


def test_rights_accounts_passwords_and_tokens_are_written_down():
    chief, nina = make_chief(), make_person("nina")
    project = make_project(chief, "Perovskites")
    before = SecurityEvent.objects.count()
    set_member(by=chief, project=project, username="nina", role="editor")
    set_member(by=chief, project=project, username="nina", role="owner")
    remove_member(by=nina, project=project, membership=project.memberships.get(user=nina))
    set_administrator(by=chief, person=nina, to=True)
    set_administrator(by=chief, person=nina, to=False)
    switch_off(by=chief, person=nina)
    switch_on(by=chief, person=nina)
    nina.refresh_from_db()
    _link, text = offer_password(by=chief, person=nina)
    choose_password(text=text, password="another long phrase")
    token, _text = create_token(user=nina, name="script", scope="read")
    revoke_token(by=chief, token=token)
    nina.refresh_from_db()
    here = Client()
    here.post(LOGIN, {"login": "nina", "password": "another long phrase"})
    said = {"oldpassword": "another long phrase", "password1": PASSWORD, "password2": PASSWORD}
    here.post("/accounts/password/change/", said)
    here.post("/me/", {"first_name": "Nina", "last_name": "", "email": ""})
    events = noted()[before:]
    assert {account for _, account, _ in events} == {"nina"}
    assert [(kind, about) for kind, _, about in events] == [
        ("rights", "editor of Perovskites"),
        ("rights", "owner of Perovskites"),
        ("rights", "no member of Perovskites any more"),
        ("rights", "an administrator"),
        ("rights", "no administrator"),
        ("account", "switched off"),
        ("account", "switched on"),
        ("password", "link for a new one made"),
        ("password", "by a link"),
        ("token-made", "script: Read only"),
        ("token-revoked", "script"),
        ("signed-in", "by password"),
        ("password", "on a page"),
        ("account", "name changed"),
    ]
    by = [event.by.username for event in SecurityEvent.objects.order_by("pk")[before:]]
    assert by == ["chief"] * 2 + ["nina"] + ["chief"] * 5 + ["nina"] * 2 + ["chief"] + ["nina"] * 3


def test_a_token_from_a_new_address_what_leaves_and_what_is_refused_are_written_down():
    olga = make_person("olga")
    project = make_project(olga)
    viewer = join(project, Role.VIEWER, make_person("vera"))
    batch = make_batch(project)
    api = Api(viewer)
    for address in ("192.0.2.7", "192.0.2.7", "192.0.2.8", "192.0.2.7"):
        last_use._noted.clear()
        api.client.get("/api/v1/me/", REMOTE_ADDR=address)
    used = SecurityEvent.objects.filter(kind="token-elsewhere").order_by("pk")
    assert [event.ip for event in used] == ["192.0.2.7", "192.0.2.8"]
    browser = Client()
    browser.force_login(viewer, backend="django.contrib.auth.backends.ModelBackend")
    assert browser.get(f"/b/{batch.code}/report.pdf").status_code == 200
    assert api.get(f"history.csv?project={project.slug}").status_code == 200
    assert [
        (e.account, e.project, e.about) for e in SecurityEvent.objects.filter(kind="exported")
    ] == [
        ("vera", project, f"history.csv, of project={project.slug}"),
        ("vera", project, f"{batch.code}-report.pdf"),
    ]
    for _ in range(3):
        said = {"add": 1, "username": "vera", "role": "owner"}
        assert browser.post(f"/projects/{project.slug}/", said).status_code == 403
    assert noted(kind="refused") == [("refused", "vera", f"POST /projects/{project.slug}/")]


def test_each_sees_what_concerns_her_by_page_and_api(settings):
    chief, olga, stefan = make_chief(), make_person("olga"), make_person("stefan")
    project, elsewhere = make_project(olga, "Perovskites"), make_project(stefan, "Elsewhere")
    nina = join(project, Role.EDITOR, make_person("nina"))
    join(elsewhere, Role.EDITOR, nina)
    start = f"{timezone.now():%Y-%m-%dT%H:%M:%S.%fZ}"
    Client(REMOTE_ADDR="192.0.2.7").post(LOGIN, {"login": "nina", "password": PASSWORD})
    set_member(by=stefan, project=elsewhere, username="nina", role="viewer")
    Client().post(LOGIN, {"login": "nobody", "password": PASSWORD})

    def seen(person, query=""):
        api = Api(person)
        rows = api.get(f"security-events/?changed_since={start}{query}").json()
        found = {(row["account"], row["kind"]) for row in rows["results"]}
        return {one for one in found if not one[1].startswith("token")}  # of these very questions

    in_both = {("nina", "signed-in")}
    assert seen(nina) == {*in_both, ("nina", "rights")}
    assert seen(olga) == in_both  # not the right that another project gave
    assert seen(stefan) == {*in_both, ("nina", "rights")}
    assert {("nobody", "turned-away"), *in_both} <= seen(chief)
    assert seen(chief, "&person=nina&kind=rights") == {("nina", "rights")}
    day = (timezone.localdate() - timedelta(days=1)).isoformat()
    assert seen(chief, f"&day={day}") == set()
    assert seen(chief, f"&day={timezone.localdate().isoformat()}&project=elsewhere") == {
        ("nina", "rights")
    }
    (row,) = Api(olga).get("security-events/?kind=signed-in").json()["results"]
    assert (row["ip"], row["by"], row["project"]) == ("192.0.2.7", "nina", None)
    assert Api(make_person()).get(f"security-events/{row['id']}/").status_code == 404
    browser = Client()
    browser.force_login(olga, backend="django.contrib.auth.backends.ModelBackend")
    page = browser.get("/security/?kind=signed-in").content.decode()
    assert "192.0.2.7" in page
    assert browser.get("/security/?day=soon").status_code == 422
    assert "Token made" in browser.get("/me/").content.decode()
    old = {"at": timezone.now() - timedelta(days=31), "about": "long ago"}
    SecurityEvent.objects.create(kind="exported", person=olga, account="olga", **old)
    assert "long ago" in browser.get("/security/").content.decode()
    settings.SECURITY_EVENTS_DAYS = 30
    assert "long ago" not in browser.get("/security/").content.decode()


def test_a_page_of_events_is_as_many_statements_for_many_as_for_few(django_assert_num_queries):
    nina = make_person("nina")
    browser = Client()
    browser.force_login(nina, backend="django.contrib.auth.backends.ModelBackend")
    browser.get("/security/")
    for number in range(103):
        create_token(user=nina, name=f"number {number}") if number in (0, 102) else SecurityEvent(
            kind="exported", person=nina, account="nina"
        ).save()
    with django_assert_num_queries(4):
        page = browser.get("/security/").content.decode()
    assert "number 102" in page
    assert "number 0:" not in page
    older = page.partition('href="?')[2].partition('"')[0].replace("&amp;", "&")
    assert "number 0:" in browser.get(f"/security/?{older}").content.decode()
