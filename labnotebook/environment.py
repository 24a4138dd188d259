"""Read settings from the environment, and refuse nonsense in a sentence.

Each reader takes the variable's name and a default, and raises ``ImproperlyConfigured`` with what
was found and what is expected. Nothing here reads Django's settings.
"""

import importlib.util
import json
import os
from collections.abc import Mapping
from datetime import datetime, time
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlsplit
from zoneinfo import ZoneInfo

from django.core.exceptions import ImproperlyConfigured

TRUE_WORDS = {"1", "true", "yes", "on"}
FALSE_WORDS = {"0", "false", "no", "off"}
POSTGRES_SCHEMES = {"postgres", "postgresql"}
SHORTEST_PASSPHRASE = 16
BROKER_SCHEMES = {"redis", "rediss", "valkey", "redis+socket"}


def text(name: str, default: str = "") -> str:
    """Return the variable without surrounding blanks; an empty one counts as not given."""
    return os.environ.get(name, "").strip() or default


def flag(name: str, *, default: bool) -> bool:
    """Return a yes/no variable."""
    word = text(name).lower()
    if not word:
        return default
    if word in TRUE_WORDS | FALSE_WORDS:
        return word in TRUE_WORDS
    raise ImproperlyConfigured(f"{name} is '{word}', but must be 'true' or 'false'.")


def number(name: str, default: int, *, lowest: int, highest: int) -> int:
    """Return a whole number within its bounds, both included."""
    word = text(name)
    if not word:
        return default
    try:
        value = int(word)
    except ValueError:
        raise ImproperlyConfigured(
            f"{name} is '{word}', but must be a whole number from {lowest} to {highest}."
        ) from None
    if not lowest <= value <= highest:
        raise ImproperlyConfigured(f"{name} is {value}, but must be from {lowest} to {highest}.")
    return value


def words(name: str, default: list[str]) -> list[str]:
    """Return a comma-separated list."""
    found = [word.strip() for word in text(name).split(",") if word.strip()]
    return found or default


def one_of(name: str, known: list[str]) -> str:
    """Return one of the words that are known; the first when none is given."""
    word = text(name, known[0]).lower()
    if word not in known:
        raise ImproperlyConfigured(f"{name} is '{word}', but must be one of: {', '.join(known)}.")
    return word


def folder(name: str, default: Path) -> Path:
    """Return an absolute path of a folder, which need not exist yet."""
    path = Path(text(name) or default).expanduser().absolute()
    if path.exists() and not path.is_dir():
        raise ImproperlyConfigured(f"{name} is '{path}', which is a file. Give a folder.")
    return path


def time_zone(name: str, default: str) -> str:
    """Return the name of a time zone that this machine knows."""
    zone = text(name, default)
    try:
        ZoneInfo(zone)
    except (KeyError, ValueError, OSError):
        raise ImproperlyConfigured(
            f"{name} is '{zone}', which is not a time zone. Give a name such as 'Europe/Berlin'."
        ) from None
    return zone


def time_of_day(name: str, default: str) -> time:
    """Return a time of day, as in 03:00."""
    word = text(name, default)
    try:
        return datetime.strptime(word, "%H:%M").time()
    except ValueError:
        raise ImproperlyConfigured(
            f"{name} is '{word}', but must be a time of day such as 03:00 or 23:30."
        ) from None


def passphrase(name: str) -> str:
    """Return a passphrase that can be typed on any keyboard and is no short one; '' when none is given."""
    found = text(name)
    if found and not (
        len(found) >= SHORTEST_PASSPHRASE and found.isascii() and found.isprintable()
    ):
        raise ImproperlyConfigured(
            f"{name} must have at least {SHORTEST_PASSPHRASE} characters, only letters without accents, digits,"
            " signs and blanks, so that it is hard to guess and can be typed anywhere."
        )
    return found


def database(url: str) -> dict[str, Any]:
    """Return Django's connection settings for a PostgreSQL address.

    A socket folder is given as ``postgresql://user:password@/name?host=/folder``; other query
    parameters (``sslmode`` and the like) are passed on to the driver.
    """
    parts = urlsplit(url)
    name = unquote(parts.path.lstrip("/"))
    if parts.scheme not in POSTGRES_SCHEMES or not name:
        raise ImproperlyConfigured(
            "DATABASE_URL must name a PostgreSQL database, as in "
            f"postgresql://user:password@host:5432/labnotebook; its scheme is '{parts.scheme}'."
        )
    try:
        port = parts.port
    except ValueError:
        raise ImproperlyConfigured("DATABASE_URL has a port that is not a number.") from None
    options: dict[str, str] = dict(parse_qsl(parts.query))
    host = options.pop("host", "") or unquote(parts.hostname or "")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": name,
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": str(port or ""),
        "OPTIONS": options,
    }


def broker(name: str, default: str) -> str:
    """Return the address of a Redis or Valkey server in Celery's spelling."""
    url = text(name, default)
    scheme = urlsplit(url).scheme
    if scheme not in BROKER_SCHEMES:
        raise ImproperlyConfigured(
            f"{name} must be the address of a Redis or Valkey server, as in "
            f"redis://host:6379/0; its scheme is '{scheme}'."
        )
    return url.replace("valkey://", "redis://", 1)


def bucket(name: str, endpoint: str, region: str) -> dict[str, dict[str, Any]]:
    """Return Django's settings of the bucket that keeps the files; {} where none is named.

    boto3 takes its keys from where it always does (AWS_ACCESS_KEY_ID and so on).
    """
    if not name:
        return {}
    if missing := [one for one in ("storages", "boto3") if importlib.util.find_spec(one) is None]:
        raise ImproperlyConfigured(
            f"Files in the bucket '{name}' need what requirements-s3.txt names, and {missing[0]} is not installed."
            " Run '.venv/bin/python -m pip install --require-hashes --requirement requirements-s3.lock'."
        )
    if endpoint and urlsplit(endpoint).scheme not in ("http", "https"):
        raise ImproperlyConfigured(
            f"LABNOTEBOOK_S3_ENDPOINT is '{endpoint}', but must be an address such as https://s3.example.org."
        )
    options = {"bucket_name": name, "endpoint_url": endpoint or None, "region_name": region or None}
    return {"blobs": {"BACKEND": "labnotebook.records.s3.BlobBucket", "OPTIONS": options}}


def read_secret(data: Path, name: str) -> str:
    """Return a secret that ``manage.py up`` keeps in the data folder, or '' when there is none."""
    path = data / "secrets" / name
    try:
        return path.read_text().strip()
    except (FileNotFoundError, NotADirectoryError):
        return ""
    except PermissionError:
        raise ImproperlyConfigured(
            f"{path} belongs to another user. Run the command as the user who runs the notebook."
        ) from None


def running_services(data: Path) -> Mapping[str, str]:
    """Return what ``manage.py up`` noted about its servers: ``sockets``, the folder of both.

    A note that was torn is no note: the next start writes it anew.
    """
    try:
        noted = json.loads((data / "runtime.json").read_text())
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return {}
    except PermissionError:
        raise ImproperlyConfigured(
            f"{data / 'runtime.json'} cannot be read. Start the notebook again with 'make run'."
        ) from None
    return noted if isinstance(noted, dict) else {}


def as_owner() -> bool:
    """Say whether this process makes tables, and so connects as the role that owns them (`manage.py`)."""
    return text("LABNOTEBOOK_DATABASE_ROLE") == "owner"


def database_url(data: Path, given: str, owners: str) -> str:
    """Return the address of the database for the role that this process needs.

    ``given`` and ``owners``: those of a server elsewhere; ``owners`` is "" where one role does all.
    """
    if not given:
        return embedded_database_url(data, owner=as_owner())
    return owners if owners and as_owner() else given


def application_role(data: Path, given: str, owners: str) -> tuple[str, str]:
    """Return name and password of the application's role; ("", "") when it has none of its own."""
    if given and not owners:
        return "", ""
    of = database(given or embedded_database_url(data, owner=False))
    return of["USER"], of["PASSWORD"]


def embedded_database_url(data: Path, *, owner: bool) -> str:
    """Return the address of the PostgreSQL in the data folder, whether it runs or not."""
    role, secret = (
        ("labnotebook", "database_password")
        if owner
        else ("labnotebook_app", "database_app_password")
    )
    password = quote(read_secret(data, secret), safe="")
    sockets = quote(running_services(data).get("sockets", str(data / "servers" / "run")), safe="")
    return f"postgresql://{role}:{password}@/labnotebook?host={sockets}"


def embedded_broker_url(data: Path) -> str:
    """Return the address of the Valkey in the data folder, whether it runs or not."""
    sockets = running_services(data).get("sockets", str(data / "servers" / "run"))
    return f"redis+socket://{sockets}/valkey.sock"


def database_is_down_sentence(failure: Exception) -> str:
    """Return what to tell someone whose command found no database."""
    if text("DATABASE_URL"):
        return f"The database in DATABASE_URL does not answer: {failure}"
    from django.conf import settings

    return (
        f"The notebook's database in {settings.DATA_DIR} does not answer. Start the notebook with "
        "'make run' in another window, or name the data folder in LABNOTEBOOK_DATA or a database "
        f"in DATABASE_URL. ({str(failure).strip()})"
    )
