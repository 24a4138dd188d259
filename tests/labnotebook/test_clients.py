"""Who asked is seen through trusted proxies only, written down, and nothing shown to a person is kept on the way."""

import logging

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.utils.functional import SimpleLazyObject

from labnotebook.clients import AccessLog, see_through_proxies, write_down_who_asked
from labnotebook.records.services.one_time_links import invite
from labnotebook.records.services.tokens import create_token
from tests.factories import make_batch, make_person, make_project


@pytest.fixture
def seen(settings):
    """Return the address that views see."""

    def seen(remote, forwarded, trusted="127.0.0.1,10.0.0.0/8,fd00::/8"):
        settings.TRUSTED_PROXIES = [one for one in trusted.split(",") if one]
        addresses = []

        def view(request):
            addresses.append(request.META["REMOTE_ADDR"])
            return HttpResponse()

        headers = {"HTTP_X_FORWARDED_FOR": forwarded} if forwarded else {}
        see_through_proxies(view)(RequestFactory().get("/", REMOTE_ADDR=remote, **headers))
        return addresses[0]

    return seen


@pytest.mark.parametrize(
    ("remote", "forwarded", "address"),
    [
        ("127.0.0.1", "198.51.100.7", "198.51.100.7"),
        ("127.0.0.1", "198.51.100.7, 10.1.2.3", "198.51.100.7"),  # two proxies of ours
        ("127.0.0.1", "203.0.113.9, 198.51.100.7", "198.51.100.7"),  # the first was made up
        ("198.51.100.7", "203.0.113.9", "198.51.100.7"),  # not by a proxy: made up
        ("fd00::1", "2001:db8::5", "2001:db8::5"),
        ("127.0.0.1", "", "127.0.0.1"),
        ("127.0.0.1", "unknown", "unknown"),  # of a proxy of ours, so it is the best that is known
        ("127.0.0.1", " , ", "127.0.0.1"),
    ],
)
def test_the_last_address_that_is_no_proxy_of_ours_is_the_clients(seen, remote, forwarded, address):
    assert seen(remote, forwarded) == address


def test_without_trusted_proxies_nobody_is_believed(seen):
    assert seen("127.0.0.1", "198.51.100.7", trusted="") == "127.0.0.1"


def test_a_proxy_that_is_no_address_stops_the_start_with_a_sentence(settings):
    settings.TRUSTED_PROXIES = ["caddy"]
    with pytest.raises(ImproperlyConfigured, match="TRUSTED_PROXIES names addresses"):
        see_through_proxies(lambda _: HttpResponse())


@pytest.fixture
def lines(caplog, monkeypatch):
    monkeypatch.setattr(logging.getLogger("labnotebook.access"), "propagate", True)
    caplog.set_level(logging.INFO, "labnotebook.access")
    return lambda: [r.getMessage() for r in caplog.records if r.name == "labnotebook.access"]


@pytest.mark.django_db
def test_each_request_is_written_down_with_its_person_and_without_what_it_asked(lines):
    person = make_person()
    _, token = create_token(user=person, name="script")
    Client().get("/b/?q=secret", REMOTE_ADDR="198.51.100.7")
    Client().get("/api/v1/me/", HTTP_AUTHORIZATION=f"Bearer {token}", REMOTE_ADDR="198.51.100.8")
    Client().get("/b/a%0Aforged line/", REMOTE_ADDR="198.51.100.9")
    stranger, script, forged = lines()
    assert stranger.startswith("198.51.100.7 - GET /b/ 302 ")
    assert script.startswith(f"198.51.100.8 {person.username} GET /api/v1/me/ 200 ")
    assert "secret" not in stranger
    assert token not in script
    assert "\n" not in forged


@pytest.mark.django_db
def test_what_opens_a_link_is_not_written_down(lines):
    person = make_person()
    _link, text = invite(by=person, project=make_project(person), role="viewer")
    assert Client().get(f"/join/{text}/").status_code == 200
    Client().get("/accounts/password/reset/key/1-made-up/")
    told = lines()
    assert " GET /join/.../ 200 " in told[0]
    assert " GET /accounts/password/reset/key/.../ " in told[1]


def test_the_log_asks_nobody_who_was_not_asked_for_anyway(lines):
    """The database may be away, and what needs no person should not look for one."""
    request = RequestFactory().get("/healthz")
    request.user = SimpleLazyObject(lambda: pytest.fail("the log looked for a person"))
    write_down_who_asked(lambda _: HttpResponse())(request)
    assert lines()[0].startswith("127.0.0.1 - GET /healthz 200 ")


def test_the_log_is_made_with_its_folder_and_goes_on_after_it_was_moved(tmp_path):
    path = tmp_path / "logs" / "access.log"
    log = AccessLog(path, delay=True)
    record = logging.LogRecord("x", logging.INFO, "", 0, "one", (), None)
    log.emit(record)
    path.rename(tmp_path / "logs" / "access.log.1")
    log.emit(record)
    log.close()
    assert path.read_text() == "one\n"


@pytest.mark.django_db
def test_what_a_person_is_shown_is_kept_by_no_cache():
    person = make_person()
    batch = make_batch(make_project(person))
    client = Client()
    client.force_login(person)
    for there in ("/", f"/b/{batch.code}/", "/api/v1/batches/", f"/api/v1/batches/{batch.code}/"):
        assert client.get(there)["Cache-Control"] == "no-store", there
    assert client.get("/help/reference/words/")["Cache-Control"] == "no-store"
