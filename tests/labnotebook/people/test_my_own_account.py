"""A person's own page: her sessions with their end, her tokens with their use; a new password."""

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.test import Client

from labnotebook.people.browsers import browser_name
from labnotebook.records.models import ApiToken, PersonSeen, Revision, TokenUse
from labnotebook.records.services import last_use
from tests.factories import PASSWORD, Api, make_person

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
IPAD = (
    "Mozilla/5.0 (iPad; CPU OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)"
    " CriOS/137.0.7151.107 Mobile/15E148 Safari/604.1"
)
NEW = "another long phrase"


def signed_in(agent: str = FIREFOX) -> Client:
    client = Client(headers={"user-agent": agent})
    client.post("/accounts/login/", {"login": "nina", "password": PASSWORD})
    return client


@pytest.fixture
def nina(db):
    return make_person("nina")


def test_both_browsers_are_listed_and_the_other_one_is_ended(nina):
    here, there = signed_in(), signed_in(IPAD)
    there.get("/")
    page = here.get("/me/").content.decode()
    assert "Firefox on Linux" in page
    assert "Chrome on iPad" in page
    other = UserSession.objects.get(session_key=there.session.session_key)
    here.post("/me/", {"end": other.pk})
    assert "/accounts/login/" in there.get("/")["Location"]
    assert here.get("/me/").status_code == 200
    assert f'name="end" value="{other.pk}"' in page
    assert f'name="end" value="{other.pk}"' not in here.get("/me/").content.decode()


def test_nobody_ends_the_session_of_another(nina):
    here = signed_in()
    stranger = Client()
    stranger.force_login(make_person())
    mine = UserSession.objects.get(session_key=here.session.session_key)
    assert stranger.post("/me/", {"end": mine.pk}).status_code == 404
    assert here.get("/me/").status_code == 200


def test_all_others_end_at_once_also_those_that_were_never_listed(nina):
    here, there = signed_in(), signed_in()
    UserSession.objects.filter(session_key=there.session.session_key).delete()
    here.post("/me/", {"end-others": "1"})
    assert "/accounts/login/" in there.get("/")["Location"]
    assert list(Session.objects.values_list("pk", flat=True)) == [here.session.session_key]


def test_a_token_tells_when_it_was_used_and_stops_from_here(nina):
    api = Api(nina)
    here = signed_in()
    assert not TokenUse.objects.exists()
    api.get("me/")
    used = TokenUse.objects.get()
    assert used.at >= used.token.created_at
    assert used.at.isoformat() in here.get("/me/").content.decode()
    assert used.at.isoformat() in here.get("/tokens/").content.decode()
    here.post("/me/", {"revoke": used.token_id})
    assert api.get("me/").status_code == 401


def test_use_is_noted_once_a_minute_and_no_oftener(nina, django_assert_num_queries, monkeypatch):
    key = {"user_id": nina.pk, "session_key": "a", "ip": "127.0.0.1", "user_agent": FIREFOX}
    clock = [1000.0]
    monkeypatch.setattr(last_use.time, "monotonic", lambda: clock[0])
    last_use.note_session(**key)
    first = PersonSeen.objects.get().at
    for clock[0], queries in ((1059.0, 0), (1061.0, 1), (1100.0, 0)):
        with django_assert_num_queries(queries):
            last_use.note_session(**key)
    assert PersonSeen.objects.get().at >= first
    assert UserSession.objects.get().ip == "127.0.0.1"


def test_an_address_for_mail_is_changed_by_who_knows_the_password_alone(nina):
    here = signed_in()
    said = {"first_name": "Nina", "last_name": "K", "email": "nina@example.org"}
    asked = here.post("/me/", said)
    assert asked["Location"].startswith("/accounts/reauthenticate/")
    here.post(asked["Location"], {"password": "wrong", "next": "/me/"})
    nina.refresh_from_db()
    assert nina.email == ""
    here.post(asked["Location"], {"password": PASSWORD, "next": "/me/"})
    nina.refresh_from_db()
    assert (nina.first_name, nina.email) == ("Nina", "nina@example.org")
    assert Revision.objects.filter(table_name="auth_user").last().reason == "account described"


def change(client: Client, **more: str):
    said = {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW}
    return client.post("/accounts/password/change/", said | more)


def test_a_new_password_ends_the_other_sessions_and_asks_about_tokens(nina):
    here, there, api = signed_in(), signed_in(), Api(nina)
    answer = change(here)
    assert "tokens" in answer.context["form"].errors  # nothing is decided for her
    assert there.get("/").status_code == 200
    assert change(here, tokens="keep").status_code == 302
    assert "/accounts/login/" in there.get("/")["Location"]
    assert here.get("/me/").status_code == 200
    assert api.get("me/").status_code == 200
    assert Session.objects.count() == UserSession.objects.count() == 1


def test_with_a_new_password_all_tokens_stop_when_so_said(nina):
    api, here = Api(nina), signed_in()
    change(here, tokens="revoke")
    assert api.get("me/").status_code == 401
    assert ApiToken.objects.get().revoked_at


def test_nothing_is_asked_of_who_has_no_token(nina):
    here = signed_in()
    assert "tokens" not in here.get("/accounts/password/change/").context["form"].fields
    assert change(here).status_code == 302


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        (FIREFOX, "Firefox on Linux"),
        (IPAD, "Chrome on iPad"),
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)"
            " Chrome/137.0.0.0 Safari/537.36 Edg/137.0.0.0",
            "Edge on Windows",
        ),
        (
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko)"
            " Version/18.5 Safari/605.1.15",
            "Safari on macOS",
        ),
        (
            "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko)"
            " Chrome/137.0.0.0 Mobile Safari/537.36",
            "Chrome on Android",
        ),
        ("curl/8.5.0", "curl/8.5.0"),
        ("", "unknown"),
    ],
)
def test_browsers_are_called_by_their_names(agent, name):
    assert browser_name(agent) == name
