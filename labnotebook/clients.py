"""Who asked: the address of a client behind proxies, and the log of all requests."""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable
from io import TextIOWrapper
from ipaddress import ip_address, ip_network
from logging.handlers import WatchedFileHandler
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponse
from django.utils.functional import LazyObject

from labnotebook.records.asked_from import From, asking

Answer = Callable[[HttpRequest], HttpResponse]
log = logging.getLogger("labnotebook.access")
SECRET_PART = re.compile(r"^(/join/|/accounts/password/reset/key/)[^/]+")


class AccessLog(WatchedFileHandler):
    """A file that is made with its folder at the first line, and opened anew when it was moved away."""

    def _open(self) -> TextIOWrapper:
        Path(self.baseFilename).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        return super()._open()


def see_through_proxies(get_response: Answer) -> Answer:
    """Let ``REMOTE_ADDR`` be the client's address, where it came through proxies that `TRUSTED_PROXIES` names.

    Each proxy adds the address it was asked from at the end of ``X-Forwarded-For``; what stands before the first address
    that is no proxy of ours may be made up. Limits on guesses count by this address.
    """
    try:
        trusted = [ip_network(one, strict=False) for one in settings.TRUSTED_PROXIES]
    except ValueError as failure:
        raise ImproperlyConfigured(
            f"TRUSTED_PROXIES names addresses or networks, as in 127.0.0.1,10.0.0.0/8: {failure}."
        ) from None

    def is_ours(address: str) -> bool:
        try:
            return any(ip_address(address) in network for network in trusted)
        except ValueError:
            return False

    def answer(request: HttpRequest) -> HttpResponse:
        said = request.META.get("HTTP_X_FORWARDED_FOR", "")
        address = request.META.get("REMOTE_ADDR", "")
        for hop in reversed([one.strip() for one in said.split(",") if one.strip()]):
            if not is_ours(address):
                break
            address = hop
        request.META["REMOTE_ADDR"] = address
        return get_response(request)

    return answer if trusted else get_response


def _written(path: str) -> str:
    """Return a path as the log has it: on one line, and without what opens a link that works once."""
    return SECRET_PART.sub(r"\1...", path).encode("unicode_escape").decode()


def _name_of(request: HttpRequest) -> str:
    """Return who asked, where that was looked up anyway: a log asks no database, least of all one that is away."""
    person = getattr(request, "user", None)
    if isinstance(person, LazyObject):
        person = getattr(request, "_cached_user", None)  # where Django keeps whom it looked up
    return person.get_username() if person is not None and person.is_authenticated else "-"


def write_down_who_asked(get_response: Answer) -> Answer:
    """Log one line per request: address, person, method, path, status, milliseconds. No query, body or token."""

    def answer(request: HttpRequest) -> HttpResponse:
        began = time.monotonic()
        response = get_response(request)
        log.info(
            "%s %s %s %s %d %.0f",
            request.META.get("REMOTE_ADDR") or "-",
            _name_of(request),
            request.method,
            _written(request.path),
            response.status_code,
            1e3 * (time.monotonic() - began),
        )
        return response

    return answer


def remember_from_where(get_response: Answer) -> Answer:
    """Let what is noted on the way to the answer say from where it was asked."""

    def answer(request: HttpRequest) -> HttpResponse:
        address = request.META.get("REMOTE_ADDR", "")
        try:
            ip = str(ip_address(address))
        except ValueError:  # a socket of the machine, or a proxy that says nonsense
            ip = None
        with asking(From(ip, request.headers.get("User-Agent", ""))):
            return get_response(request)

    return answer


def leave_nothing_behind(get_response: Answer) -> Answer:
    """Let no cache keep what a person was shown, unless the view says otherwise.

    A tablet is handed on; what was on it is not for the next one. The bench, which works without a network, keeps its page
    itself, whatever is said here.
    """

    def answer(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if "Cache-Control" not in response:
            response["Cache-Control"] = "no-store"
        return response

    return answer
