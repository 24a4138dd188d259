"""Who comes in by password, for how long, and what browsers are told: what settings and allauth promise, tried."""

import json
import os
import re
import subprocess
import sys
from datetime import timedelta

import pytest
from allauth.usersessions.models import UserSession
from django.conf import global_settings, settings
from django.contrib.auth.hashers import make_password
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.test import Client, override_settings
from django.utils import timezone

import labnotebook.settings
from labnotebook.records.services import last_use
from tests.factories import PASSWORD, make_person

pytestmark = pytest.mark.django_db

LOGIN, LOGOUT, CHANGE = "/accounts/login/", "/accounts/logout/", "/accounts/password/change/"


@pytest.fixture(autouse=True)
def _nobody_has_tried_before():
    cache.clear()  # limits of tries are kept there


@pytest.fixture
def nina():
    return make_person("nina")


def come(password=PASSWORD, name="nina", client=None, address="127.0.0.1"):
    """Sign in at the door; return the browser."""
    client = client or Client()
    client.post(LOGIN, {"login": name, "password": password}, REMOTE_ADDR=address)
    return client


def is_in(client):
    return client.get("/").status_code == 200


@pytest.mark.parametrize("path", [LOGIN, "/healthz", "/api/v1/batches/", "/no/"])
def test_every_answer_keeps_a_browser_to_our_own_content(client, path):
    answer = client.get(path)
    policy = {
        rule.split()[0]: rule.split()[1:]
        for rule in answer["Content-Security-Policy"].split(";")
        if rule.strip()
    }
    for nothing in ("default-src", "object-src", "base-uri", "frame-ancestors"):
        assert policy[nothing] == ["'none'"], nothing
    for ours in ("script-src", "style-src", "connect-src", "form-action"):
        assert policy[ours] == ["'self'"], ours
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Referrer-Policy"] == "same-origin"
    assert answer["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "Access-Control-Allow-Origin" not in answer
    assert "charset" in answer["Content-Type"] or "json" in answer["Content-Type"]


def test_the_session_cookie_is_no_scripts_business_and_stays_on_this_site(nina):
    cookies = come().cookies
    assert cookies["sessionid"]["httponly"]
    assert cookies["sessionid"]["samesite"] == cookies["csrftoken"]["samesite"] == "Lax"


def test_signing_in_begins_a_session_that_nobody_knew_before(nina):
    client = Client()
    session = client.session
    session["planted"] = "by somebody else"
    session.save()
    client.cookies[settings.SESSION_COOKIE_NAME] = planted = session.session_key
    come(client=client)
    assert is_in(client)
    assert client.session.session_key != planted
    assert not Session.objects.filter(pk=planted).exists()
    keys = {come().session.session_key for _ in range(8)}
    assert len(keys) == 8
    assert all(re.fullmatch("[a-z0-9]{32}", key) for key in keys)  # 165 random bits


def test_a_session_ends_30_days_after_signing_in_however_it_is_used(nina):
    client = come()
    (ends,) = Session.objects.values_list("expire_date", flat=True)
    assert abs(ends - timezone.now() - timedelta(days=30)) < timedelta(minutes=1)
    client.get("/b/")
    assert Session.objects.get().expire_date == ends
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
    assert not is_in(client)
    client = come()
    begun = timezone.now() - timedelta(days=30)  # whatever else moved the end of its row
    UserSession.objects.update(created_at=begun, last_seen_at=timezone.now())
    assert not later(client)


def later(client):
    """Say whether somebody is in, with what this process noted a minute ago forgotten."""
    last_use._noted.clear()
    return is_in(client)


def test_a_session_that_nobody_uses_ends_and_the_page_says_why(nina):
    client, other = come(), come()
    UserSession.objects.update(last_seen_at=timezone.now() - timedelta(hours=11, minutes=59))
    assert later(client)
    UserSession.objects.update(last_seen_at=timezone.now() - timedelta(hours=12))
    last_use._noted.clear()
    assert "this one" in come().get("/me/").content.decode()
    assert client.get("/api/v1/me/").status_code in (401, 403)
    last_use._noted.clear()
    page = other.get("/b/", follow=True)
    assert page.redirect_chain[-1][0] == f"{LOGIN}?next=/b/"
    assert "nothing was done here for 12 h" in page.content.decode()
    assert UserSession.objects.count() == Session.objects.count() == 1  # the one that is in use


def test_after_signing_out_the_cookie_opens_nothing(nina):
    client = come()
    kept = client.cookies[settings.SESSION_COOKIE_NAME].value
    client.post(LOGOUT)
    thief = Client()
    thief.cookies[settings.SESSION_COOKIE_NAME] = kept
    assert not is_in(thief)
    assert not Session.objects.exists()


def test_whose_account_is_off_is_out_with_the_next_request(nina):
    client = come()
    assert is_in(client)
    nina.is_active = False
    nina.save()
    assert not is_in(client)


def test_a_password_does_not_run_out(nina):
    nina.date_joined = nina.last_login = timezone.now() - timedelta(days=5 * 365)
    nina.save()
    assert is_in(come())


def test_signing_in_leads_to_no_other_host(nina):
    for elsewhere in ("https://other.invalid/", "//other.invalid/", "javascript:alert(1)"):
        said = {"login": "nina", "password": PASSWORD, "next": elsewhere}
        assert Client().post(LOGIN, said)["Location"] == "/"


def test_every_page_offers_to_sign_out(nina):
    for path in ("/", "/b/", "/history/", "/help/", CHANGE):
        assert f'action="{LOGOUT}"' in come().get(path).content.decode(), path


def test_after_five_wrong_passwords_the_right_one_waits_too(nina):
    for number in range(5):
        come(f"wrong {number}", address=f"198.51.100.{number}")  # counted by person
    assert not is_in(come())
    make_person("otto")
    assert is_in(come(name="otto"))


def test_one_address_cannot_try_everybody(nina):
    for number in range(10):
        come("wrong", name=f"somebody{number}")
    assert not is_in(come())
    assert is_in(come(address="198.51.100.1"))


def test_a_password_is_taken_to_the_letter(nina):
    for odd in (PASSWORD.upper(), PASSWORD + " ", " " + PASSWORD, PASSWORD[:-1]):
        cache.clear()
        assert not is_in(come(odd)), odd
    assert is_in(come())


def change(new, old=PASSWORD):
    cache.clear()
    come().post(CHANGE, {"oldpassword": old, "password1": new, "password2": new})
    cache.clear()
    return is_in(come(new))


@pytest.mark.parametrize(
    "new",
    [
        "eleven sign",  # too short
        "qwerty123456",  # one that everybody uses
        "Password12345!",
        "qwertyuiop[]",  # a row of keys
        "abcabcabcabcabc",
        "∂" * 64,
        "x7 " * 30,
        "perovskite2026",
        "Nina.Kowalska-blue!92",  # her own name
    ],
)
def test_a_weak_password_is_refused(nina, new):
    assert not change(new)


@pytest.mark.parametrize(
    "new", ["only small letters", "x7 whale oboe " + "lamp" * 30, "пароль со словами"]
)
def test_any_signs_and_any_length_will_do(nina, new):
    assert change(new)


def test_a_new_password_needs_the_old_one(nina):
    assert not change("another long phrase", old="not the old one")
    assert change("another long phrase")


def test_password_fields_hide_what_is_typed_and_let_a_manager_fill_them(nina):
    for page, names in (
        (Client().get(LOGIN), {"password": "current-password"}),
        (come().get(CHANGE), {"oldpassword": "current-password", "password1": "new-password"}),
    ):
        for name, kind in names.items():
            (field,) = re.findall(rf'<input[^>]*name="{name}"[^>]*>', page.content.decode())
            assert 'type="password"' in field
            assert f'autocomplete="{kind}"' in field
            assert "maxlength" not in field
            assert "onpaste" not in field


def test_passwords_are_kept_as_slow_hashes():
    first = getattr(labnotebook.settings, "PASSWORD_HASHERS", global_settings.PASSWORD_HASHERS)[0]
    with override_settings(PASSWORD_HASHERS=[first]):  # the tests have a fast one
        kind, rounds, _salt, _digest = make_password(PASSWORD).split("$")
    assert kind == "pbkdf2_sha256"
    assert int(rounds) >= 600_000  # OWASP's cheat sheet on the storage of passwords


@pytest.mark.parametrize("path", ["/static/", "/.git/config", "/manage.py", "/static/../manage.py"])
def test_neither_folders_nor_the_source_are_handed_out(nina, path):
    assert come().get(path).status_code == 404


def test_trace_tells_nothing_back(nina):
    client = come()
    for path in ("/", "/b/", "/me/", "/api/v1/batches/", "/healthz", LOGIN):
        answer = client.trace(path, headers={"x-secret": "0123456789"})
        assert answer.status_code in (405, 302), path
        assert b"0123456789" not in answer.content


def test_behind_https_nothing_goes_over_plain_http(settings):
    names = ("SECURE_SSL_REDIRECT", "SECURE_HSTS_SECONDS", "SECURE_HSTS_INCLUDE_SUBDOMAINS")
    names += ("SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "DEBUG")
    ask = f"import json, labnotebook.settings as s; print(json.dumps([getattr(s, n) for n in {names}]))"
    done = subprocess.run(
        [sys.executable, "-c", ask],
        cwd=settings.BASE_DIR,
        env={**os.environ, "LABNOTEBOOK_HTTPS": "true", "DEBUG": ""},
        capture_output=True,
        text=True,
    )
    told = dict(zip(names, json.loads(done.stdout), strict=True))
    assert told.pop("DEBUG") is False
    for name, value in told.items():
        setattr(settings, name, value)
    plain = Client().get("/b/")
    assert (plain.status_code, plain["Location"]) == (301, "https://testserver/b/")
    make_person("otto")
    client = Client()
    answer = client.post(LOGIN, {"login": "otto", "password": PASSWORD}, secure=True)
    assert answer["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"
    assert answer.cookies["sessionid"]["secure"]
    assert client.get("/b/", secure=True).status_code == 200
    assert client.get(CHANGE, secure=True).cookies["csrftoken"]["secure"]
