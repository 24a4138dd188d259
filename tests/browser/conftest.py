"""A real Chromium on the live pages, where any complaint of the browser fails the test."""

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Page

from labnotebook.records.models import Project
from synthesis.models import Batch
from tests.factories import make_batch, make_person, make_project, shipped_recipe

# htmx reports it when a newer request takes the place of one under way, as while one types; what
# fails by itself is an htmx:sendError or an htmx:responseError.
REPLACED = ("htmx:sendAbort", "htmx:afterRequest")
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome")


@pytest.fixture(scope="session", autouse=True)
def _django_beside_playwright() -> Iterator[None]:
    """Playwright keeps an event loop in the tests' thread; our queries there are plain ones."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        yield


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    installed = next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)
    own = {"executable_path": installed} if installed else {}
    return {
        **browser_type_launch_args,
        **own,
        "chromium_sandbox": os.geteuid() != 0,
        "args": [
            "--disable-dev-shm-usage",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--use-fake-device-for-media-stream",  # a camera, where the machine has none
        ],
    }


@pytest.fixture
def person():
    """Somebody who owns a project with the paper's recipe and one batch of it, where a test asks for them."""
    return make_person("mira")


@pytest.fixture
def project(person) -> Project:
    project = make_project(person, "Perovskites")
    shipped_recipe()
    return project


@pytest.fixture
def batch(project) -> Batch:
    return make_batch(project)


@dataclass
class Complaints:
    """What the browser complained about; ``allow`` names a complaint that a test provokes."""

    found: list[str] = field(default_factory=list)
    allowed: list[str] = field(default_factory=list)

    def allow(self, part: str) -> None:
        """Let complaints that contain this text pass, e.g. 'status of 409'."""
        self.allowed.append(part)

    def unexpected(self) -> list[str]:
        return [one for one in self.found if not any(part in one for part in self.allowed)]


@pytest.fixture
def complaints() -> Complaints:
    return Complaints()


@pytest.fixture
def address(live_server) -> str:
    """Where the browser finds the notebook."""
    return live_server.url


@pytest.fixture
def browser_page(page: Page, address: str, complaints: Complaints) -> Iterator[Page]:
    """A page that fails its test on errors, broken CSP and requests to other hosts."""
    own_host = urlsplit(address).netloc

    def look_at_request(request) -> None:
        asked = urlsplit(request.url)
        if asked.scheme not in {"data", "blob"} and asked.netloc != own_host:
            complaints.found.append(f"request to another host: {request.url}")

    def look_at_console(message) -> None:
        replaced = message.text.startswith(REPLACED)
        if message.type == "error" and not replaced:
            complaints.found.append(f"console: {message.text}")

    page.on("request", look_at_request)
    page.on("console", look_at_console)
    page.on("pageerror", lambda error: complaints.found.append(f"script error: {error}"))
    page.add_init_script(
        "addEventListener('securitypolicyviolation', (e) => console.error("
        "`CSP ${e.effectiveDirective} refused ${e.blockedURI || e.sample}`))"
    )
    yield page
    assert complaints.unexpected() == []


@pytest.fixture
def sign_in(address: str) -> Callable[[Page, object], Page]:
    """Sign a person in without the form: ``sign_in(browser_page, user)``."""

    def _sign_in(page: Page, user) -> Page:
        client = Client()
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        cookie = client.cookies[settings.SESSION_COOKIE_NAME]
        page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": address}])
        return page

    return _sign_in
