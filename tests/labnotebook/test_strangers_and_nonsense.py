"""Strangers store nothing; nonsense is refused as a problem, and a database that is away as 503."""

import io
import json

import psycopg
import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import InterfaceError, OperationalError, connection, transaction
from django.test import Client

from labnotebook import middleware
from labnotebook.exceptions import CONTENT_TYPE
from labnotebook.records import files
from tests.factories import Api, entry, make_batch, make_person, make_project

pytestmark = pytest.mark.django_db


@pytest.fixture
def person():
    person = make_person()
    make_project(person)
    return person


@pytest.fixture
def no_writer(monkeypatch):
    """Fail when anything is written where uploads go."""
    monkeypatch.setattr(files, "BlobWriter", lambda: pytest.fail("a stranger's file is written"))


def upload():
    return {"file": SimpleUploadedFile("a.csv", b"1 2\n" * 1000)}


@pytest.mark.parametrize(
    ("path", "status"),
    [("/api/v1/measurements/", 401), ("/accounts/login/", 200), ("/b/NC-0001/files/", 302)],
)
def test_a_stranger_stores_no_file(no_writer, path, status):
    client = Client(raise_request_exception=False)
    assert client.post(path, upload()).status_code == status


def test_nor_with_a_made_up_token_or_a_made_up_cookie(no_writer):
    made_up = Client(headers={"authorization": "Bearer lab_madeup"})
    assert made_up.post("/api/v1/measurements/", upload()).status_code == 401
    forger = Client(enforce_csrf_checks=True)
    forger.cookies["csrftoken"] = "a" * 32
    assert forger.post("/b/NC-0001/files/", upload()).status_code == 403


class Unread(io.BytesIO):
    """A body that nobody may read."""

    def read(self, *_args):
        pytest.fail("the body of a stranger was read")

    readline = read


@pytest.mark.parametrize("path", ["/api/v1/measurements/", "/accounts/login/", "/b/NC-0001/files/"])
@pytest.mark.parametrize(
    "kind", ["multipart/form-data; boundary=BB", "application/x-www-form-urlencoded"]
)
def test_a_strangers_long_body_is_answered_unread(path, kind):
    length = str(settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)
    answer = Client().generic(
        "POST", path, content_type=kind, **{"wsgi.input": Unread(), "CONTENT_LENGTH": length}
    )
    assert answer.status_code == (401 if path.startswith("/api/") else 302)
    assert answer["Connection"] == "close"


def test_who_has_a_token_or_a_session_still_uploads(person):
    batch = make_batch(person.memberships.get().project, by=person)
    said = {"batch": batch.code, "technique": "pl"}
    assert Api(person).client.post("/api/v1/measurements/", {**upload(), **said}).status_code == 201
    browser = Client()
    browser.force_login(person, backend=settings.AUTHENTICATION_BACKENDS[0])
    other = {"file": SimpleUploadedFile("b.csv", b"3 4\n" * 1000), **said}
    assert browser.post("/api/v1/measurements/", other).status_code == 201


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("batches/NC%00/", 404),
        ("recipes/a%00/", 404),
        ("batches/?cursor=%00", 400),
        ("batches/?state=%00", 400),
        ("batches/?%00=1", 400),
        ("batches/?cursor=x", 404),
        ("batches/?page_size=99999999999999999999999", 400),
        ("files/99999999999999999999999999/", 404),
        ("measurements/99999999999999999999999999/", 404),
        ("outcomes/?current=zz", 400),
        ("phases/?current=zz", 400),
        ("recipes/?retired=perhaps", 400),
    ],
)
def test_an_address_that_makes_no_sense_is_a_problem(person, path, status):
    answer = Api(person).get(path)
    assert (answer.status_code, answer["Content-Type"]) == (status, CONTENT_TYPE)


@pytest.mark.parametrize("said", ["true", "false", "True", "0", "1"])
def test_yes_and_no_are_still_understood(person, said):
    assert Api(person).get(f"outcomes/?current={said}").status_code == 200


VALUES = ["1e999", "-1e999", "\ud800", "a\x00b", "9" * 5000, "1" + "0" * 400 + " mg", 10**400]


@pytest.mark.parametrize("value", VALUES, ids=range(len(VALUES)))
@pytest.mark.parametrize(
    ("kind", "target"), [("weighing", "pbi2"), ("note", ""), ("parameter", "react.duration_s")]
)
def test_a_bench_value_that_makes_no_sense_is_no_fault(person, kind, target, value):
    batch = make_batch(person.memberships.get().project, by=person)
    api = Api(person)
    api.client.raise_request_exception = False
    answer = api.post(f"batches/{batch.code}/events/", [entry(kind, target, value, reason="odd")])
    assert answer.status_code < 500, answer.content
    assert "json" in answer["Content-Type"]


@pytest.mark.parametrize("value", ["\ud800", "a\x00b", "9" * 5000])
def test_nor_is_one_in_any_other_body(person, value):
    api = Api(person)
    api.client.raise_request_exception = False
    for path, body in (
        ("projects/", {"name": value}),
        ("recipes/", {"definition": {"name": value}}),
        ("forecasts/", {"ratio_ca_pb": value}),
        ("lots/", {"chemical": "calcium-iodide", "lot_number": value}),
    ):
        answer = api.post(path, body)
        assert answer.status_code < 500, (path, answer.content)


@pytest.mark.parametrize("failure", [OperationalError, InterfaceError])
def test_while_the_database_is_away_the_answer_is_503(person, monkeypatch, failure):
    api = Api(person)
    api.client.raise_request_exception = False

    def away(*_args, **_kwargs):
        raise failure("the server closed the connection unexpectedly")

    monkeypatch.setattr("labnotebook.records.authentication.find_token", away)
    answer = api.get("batches/")
    assert (answer.status_code, answer["Content-Type"]) == (503, CONTENT_TYPE)
    assert answer["Retry-After"] == "3"
    assert "starting again" in json.loads(answer.content)["detail"]
    # before any view: in a middleware, and for a page
    monkeypatch.setattr(middleware, "_length_of", away)
    for path, kind in (("/api/v1/batches/", CONTENT_TYPE), ("/", "text/html; charset=utf-8")):
        answer = Client(raise_request_exception=False).get(path, content_type="multipart/form-data")
        assert (answer.status_code, answer["Content-Type"]) == (503, kind)
        assert b"starting again" in answer.content


def test_a_fault_of_ours_is_a_problem_in_the_api_and_a_page_elsewhere(monkeypatch):
    def breaks(*_args):
        raise RuntimeError("secret detail")

    monkeypatch.setattr(middleware, "_length_of", breaks)
    for path, kind in (("/api/v1/batches/", CONTENT_TYPE), ("/", "text/html; charset=utf-8")):
        answer = Client(raise_request_exception=False).get(path)
        assert (answer.status_code, answer["Content-Type"]) == (500, kind)
        assert b"secret detail" not in answer.content
        assert b"fault of the notebook" in answer.content


def runs_too_long():
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = '20ms'")
        cursor.execute("SELECT pg_sleep(5)")


def meets_somebody_else():
    params = {**connection.get_connection_params(), "cursor_factory": psycopg.Cursor}
    with psycopg.connect(**params) as other, connection.cursor() as cursor:
        other.execute("SELECT pg_advisory_xact_lock(5)")
        cursor.execute("SET LOCAL lock_timeout = '20ms'")
        cursor.execute("SELECT pg_advisory_xact_lock(5)")


def crosses_somebody_else():
    raise OperationalError("deadlock detected") from psycopg.errors.DeadlockDetected()


@pytest.mark.parametrize(
    ("meets", "code", "words"),
    [
        (runs_too_long, "took-too-long", "took too long"),
        (meets_somebody_else, "held-by-another", "Somebody else is changing the same"),
        (crosses_somebody_else, "held-by-another", "Somebody else is changing the same"),
    ],
)
def test_what_took_too_long_or_is_held_by_another_is_not_told_as_a_database_that_is_away(
    person, monkeypatch, meets, code, words
):
    api = Api(person)
    api.client.raise_request_exception = False

    def in_the_way(*_args, **_kwargs):
        with transaction.atomic():
            meets()

    monkeypatch.setattr("labnotebook.records.authentication.find_token", in_the_way)
    answer = api.get("batches/")
    told = json.loads(answer.content)
    assert (answer.status_code, answer["Retry-After"]) == (503, "3")
    assert told["type"].endswith(code)
    assert words in told["detail"]
    assert "was changed" in told["detail"]
    assert "try again" in told["detail"]
    monkeypatch.setattr(middleware, "_length_of", in_the_way)
    for path in ("/api/v1/batches/", "/"):
        answer = Client(raise_request_exception=False).get(path, content_type="multipart/form-data")
        assert (answer.status_code, answer["Retry-After"]) == (503, "3")
        assert words in answer.content.decode()


@pytest.mark.parametrize("path", ["/accounts/login/", "/healthz", "/api/v1/schema/"])
def test_the_camera_is_for_our_own_pages_alone(client, path):
    assert client.get(path)["Permissions-Policy"].startswith("camera=(self), microphone=()")
