"""What is decided about a request before any view sees it."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import SuspiciousOperation
from django.core.files.uploadhandler import FileUploadHandler, StopUpload
from django.db import Error as DatabaseError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.middleware.gzip import GZipMiddleware
from django.shortcuts import redirect, resolve_url

from labnotebook.exceptions import api_problem
from labnotebook.records.asked import whole_number
from labnotebook.records.authentication import bearer_of
from labnotebook.records.services.tokens import find_token

Answer = Callable[[HttpRequest], HttpResponse]


def lead_back_from_forms(get_response: Answer) -> Answer:
    """Answer a reload or bookmark of a form's address with the page that the form stands on.

    A refused form is shown under the address that it was sent to, ``/b/NC-0001/state/``; what is asked
    for by GET is then ``/b/NC-0001/``. Scripts, and the API, keep their 405.
    """

    def answer(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        is_visit = request.method == "GET" and "text/html" in request.headers.get("Accept", "")
        if response.status_code == 405 and is_visit and not request.path.startswith("/api/"):
            return HttpResponseRedirect(request.path.rstrip("/").rpartition("/")[0] + "/")
        return response

    return answer


def ask_nobody_for_the_health(get_response: Answer) -> Answer:
    """Answer ``/healthz`` to whoever asks, also when the database cannot say who that is.

    Who asks matters for ``?details`` alone. Runs after the session is known and before anything asks whose it is.
    """

    def answer(request: HttpRequest) -> HttpResponse:
        if request.path == "/healthz":
            try:
                known = "details" in request.GET and request.user.is_authenticated
            except DatabaseError:
                known = False
            if not known:
                request.user = AnonymousUser()
        return get_response(request)

    return answer


class NoFiles(FileUploadHandler):
    """Takes no file from a stranger; nothing reaches the disk."""

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Stop reading at the first file."""
        raise StopUpload(connection_reset=True)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Keep nothing."""

    def file_complete(self, file_size: int) -> None:
        """Keep nothing."""


def turn_strangers_bodies_away(get_response: Answer) -> Answer:
    """Answer a stranger's long body unread, and take no file from one.

    Runs after the session is known and before anything (the check of the CSRF token, say) reads the body.
    """

    def answer(request: HttpRequest) -> HttpResponse:
        is_upload = request.content_type == "multipart/form-data"
        is_long = _length_of(request) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        if (is_upload or is_long) and not _is_known(request):
            if is_long:
                response = _unknown(request)
                response["Connection"] = "close"  # the rest of the body is not read
                return response
            request.upload_handlers = [NoFiles(request)]
        return get_response(request)

    return answer


def _length_of(request: HttpRequest) -> int:
    return whole_number(request.META.get("CONTENT_LENGTH") or "") or 0


def _is_known(request: HttpRequest) -> bool:
    if request.user.is_authenticated:
        return True
    token = bearer_of(request)
    return bool(token) and find_token(token) is not None


def _unknown(request: HttpRequest) -> HttpResponse:
    if request.path.startswith("/api/"):
        sentence = "Sign in first: this is taken from nobody unknown."
        return api_problem(401, sentence, "not_authenticated", {"WWW-Authenticate": "Bearer"})
    return redirect(resolve_url(settings.LOGIN_URL))


class GzipAnswers(GZipMiddleware):
    """Compress pages, a fifth of their bytes on a slow network, and the JSON of the API where it is long.

    Short JSON stays as it is, there the time counts more, and so do files. The CSRF token of a page is masked
    anew each time and the length made random (BREACH).
    """

    LONG_JSON = 4096

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        """Compress HTML, and long JSON."""
        kind = response.headers.get("Content-Type", "")
        is_page = kind.startswith("text/html")
        is_json = kind.startswith("application/json") and not response.streaming
        if is_page or (is_json and len(response.content) >= self.LONG_JSON):
            return super().process_response(request, response)
        return response


def keep_the_camera_here(get_response: Answer) -> Answer:
    """Let our own pages ask for the camera (the bench reads labels with it), and nobody else for anything."""

    def answer(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response["Permissions-Policy"] = "camera=(self), microphone=(), geolocation=()"
        return response

    return answer


def refuse_nul(get_response: Answer) -> Answer:
    """Answer an address with a NUL in it: nothing is called so, and no database takes it."""

    def answer(request: HttpRequest) -> HttpResponse:
        if "\x00" in request.path:
            raise Http404("There is nothing under an address with a NUL in it.")
        if "%00" in request.META.get("QUERY_STRING", "") and any(
            "\x00" in text for name, texts in request.GET.lists() for text in (name, *texts)
        ):
            if request.path.startswith("/api/"):
                return api_problem(400, "A query holds no NUL character.", "invalid")
            raise SuspiciousOperation("A query with a NUL character")
        return get_response(request)

    return answer
