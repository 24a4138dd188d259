"""What the environment may say, and what is refused in words."""

import importlib.util

import pytest
from django.core.exceptions import ImproperlyConfigured

from labnotebook import environment


@pytest.mark.parametrize("nonsense", ["abc", "80.5", "0", "70000", "-1"])
def test_an_impossible_port_is_refused_in_words(monkeypatch, nonsense):
    monkeypatch.setenv("PORT", nonsense)
    with pytest.raises(ImproperlyConfigured, match=r"PORT is .* from 1 to 65535"):
        environment.number("PORT", 8000, lowest=1, highest=65535)


def test_an_empty_variable_counts_as_not_given(monkeypatch):
    monkeypatch.setenv("PORT", "  ")
    assert environment.number("PORT", 8000, lowest=1, highest=65535) == 8000


def test_a_flag_that_is_neither_yes_nor_no_is_refused(monkeypatch):
    monkeypatch.setenv("DEBUG", "maybe")
    with pytest.raises(ImproperlyConfigured, match="DEBUG is 'maybe'"):
        environment.flag("DEBUG", default=False)


@pytest.mark.parametrize(("word", "meaning"), [("YES", True), ("0", False), ("on", True)])
def test_a_flag_is_read_in_any_spelling(monkeypatch, word, meaning):
    monkeypatch.setenv("DEBUG", word)
    assert environment.flag("DEBUG", default=not meaning) is meaning


def test_a_file_is_refused_as_data_folder(monkeypatch, tmp_path):
    path = tmp_path / "data"
    path.write_text("a file")
    monkeypatch.setenv("LABNOTEBOOK_DATA", str(path))
    with pytest.raises(ImproperlyConfigured, match="which is a file"):
        environment.folder("LABNOTEBOOK_DATA", tmp_path)


@pytest.mark.parametrize("nonsense", ["3", "25:00", "03:00:00", "3 am"])
def test_what_is_no_time_of_day_is_refused_in_words(monkeypatch, nonsense):
    monkeypatch.setenv("LABNOTEBOOK_BACKUP_AT", nonsense)
    with pytest.raises(ImproperlyConfigured, match="a time of day such as 03:00"):
        environment.time_of_day("LABNOTEBOOK_BACKUP_AT", "03:00")


@pytest.mark.parametrize(
    "weak", ["short", "fifteen letters", "sechzehn Zeichen mit ü", "a\ttab is no good one"]
)
def test_a_passphrase_that_is_short_or_hard_to_type_is_refused_and_never_repeated(
    monkeypatch, weak
):
    monkeypatch.setenv("LABNOTEBOOK_BACKUP_PASSPHRASE", weak)
    with pytest.raises(ImproperlyConfigured, match="at least 16 characters") as refused:
        environment.passphrase("LABNOTEBOOK_BACKUP_PASSPHRASE")
    assert weak not in str(refused.value)


def test_an_unknown_time_zone_is_refused(monkeypatch):
    monkeypatch.setenv("LABNOTEBOOK_TIME_ZONE", "Europe/Atlantis")
    with pytest.raises(ImproperlyConfigured, match="not a time zone"):
        environment.time_zone("LABNOTEBOOK_TIME_ZONE", "UTC")


@pytest.mark.parametrize(
    "url",
    ["sqlite:///db.sqlite3", "mysql://u:p@h/db", "postgresql://h:5432/", "postgresql://h:x/db"],
)
def test_a_database_that_is_not_postgresql_is_refused(url):
    with pytest.raises(ImproperlyConfigured, match="DATABASE_URL"):
        environment.database(url)


def test_a_database_address_keeps_its_odd_password_and_socket():
    found = environment.database("postgresql://lab:p%40ss%2Fw@/notes?host=%2Frun%2Fpg&sslmode=off")
    assert found["HOST"] == "/run/pg"
    assert found["PASSWORD"] == "p@ss/w"
    assert found["NAME"] == "notes"
    assert found["OPTIONS"] == {"sslmode": "off"}


def test_a_broker_that_is_not_redis_is_refused(monkeypatch):
    monkeypatch.setenv("BROKER_URL", "amqp://guest@localhost//")
    with pytest.raises(ImproperlyConfigured, match="Redis or Valkey"):
        environment.broker("BROKER_URL", "")


def test_a_valkey_address_is_given_to_celery_as_redis(monkeypatch):
    monkeypatch.setenv("BROKER_URL", "valkey://broker:6379/1")
    assert environment.broker("BROKER_URL", "") == "redis://broker:6379/1"


@pytest.mark.parametrize("torn", ["", "{", '{"sockets": "/run', "[]", "\x00"])
def test_a_torn_note_of_the_servers_is_no_note(tmp_path, torn):
    (tmp_path / "runtime.json").write_text(torn)
    assert environment.running_services(tmp_path) == {}
    assert str(tmp_path) in environment.embedded_broker_url(tmp_path)


def test_no_bucket_is_no_setting_and_needs_no_package(monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert environment.bucket("", "", "") == {}


@pytest.mark.parametrize("missing", ["storages", "boto3"])
def test_a_bucket_without_its_packages_is_refused_in_words(monkeypatch, missing):
    there = importlib.util.find_spec
    monkeypatch.setattr(
        "importlib.util.find_spec", lambda name: None if name == missing else there(name)
    )
    with pytest.raises(ImproperlyConfigured, match=rf"{missing} is not .*requirements-s3\.lock"):
        environment.bucket("files", "https://s3.example.org", "")


@pytest.mark.parametrize("nonsense", ["s3.example.org", "s3://files", "localhost:9000"])
def test_an_endpoint_that_is_no_address_is_refused(nonsense):
    with pytest.raises(ImproperlyConfigured, match=f"LABNOTEBOOK_S3_ENDPOINT is '{nonsense}'"):
        environment.bucket("files", nonsense, "")
