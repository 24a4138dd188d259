"""Other programs are told of what happens: signed, once it is sure, again when they do not take it, nowhere else."""

import json
import re
import socket
import threading
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from django.db import transaction
from django.test import Client

from analysis.services.outcomes import type_outcome
from labnotebook.records.models import Job, Role
from labnotebook.records.services import jobs
from labnotebook.webhooks import hosts, sending
from labnotebook.webhooks.models import Delivery, Webhook
from labnotebook.webhooks.services.delivering import PAUSES
from tests.factories import Api, join, make_made_batch, make_person, make_project

pytestmark = pytest.mark.django_db
PAGE = Path(__file__).parents[3] / "docs" / "reference" / "webhooks.md"


@pytest.fixture
def other_program(settings):
    """A program that keeps what it is sent; ``answers`` says with what it answers."""
    got, answers = [], []

    class Takes(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            got.append((dict(self.headers), body))
            status = answers.pop(0) if answers else 200
            self.send_response(status)
            self.send_header("Location", "http://127.0.0.1:1/elsewhere")
            self.end_headers()
            self.wfile.write(b"x" * 10_000)

        def log_message(self, *_):
            pass

    server = HTTPServer(("127.0.0.1", 0), Takes)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    settings.WEBHOOK_HOSTS = ["127.0.0.1"]
    settings.NOTEBOOK_ADDRESS = "https://notebook.example.org"
    server.got, server.answers = got, answers
    server.address = f"http://127.0.0.1:{server.server_port}/in?from=lab"
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def is_genuine():
    """The check that the reference prints."""
    (code,) = re.findall(r"```python\n(.*?)```", PAGE.read_text(), re.DOTALL)
    known = {}
    exec(code, known)
    return lambda *said: known["is_genuine"](*said)


def hook(owner, project, address, *events):
    body = {"project": project.slug, "address": address, "events": list(events) or ["batch made"]}
    return Api(owner).post("webhooks/", body)


def test_what_happens_is_told_signed_and_shown_with_its_answer(other_program, is_genuine):
    owner = make_person("olga")
    project = make_project(owner)
    made = hook(owner, project, other_program.address, "batch made", "outcome accepted").json()
    secret = made["secret"]
    shown = Api(owner).get(f"webhooks/{made['id']}/").json()
    assert "secret" not in shown
    batch = make_made_batch(project, by=owner)
    type_outcome(by=owner, subject=batch, quantity="plqy_percent", text="97")
    assert other_program.got == []  # by a job, never in the request
    for job in Job.objects.filter(kind="webhook"):
        jobs.run(job.pk)
        jobs.run(job.pk)  # a second delivery of the same hint does nothing
    (headers, body), (_, second) = other_program.got
    told = json.loads(body)
    assert (told["event"], told["id"], told["code"]) == ("batch made", batch.pk, batch.code)
    assert told["link"] == f"https://notebook.example.org/q/{batch.code}/"
    assert json.loads(second)["event"] == "outcome accepted"
    assert is_genuine(secret, headers, body)
    assert not is_genuine(secret, headers, body.replace(b"batch", b"botch"))
    old = headers | {"webhook-timestamp": str(int(time.time()) - 3600)}
    assert not is_genuine(secret, old, body)
    (last, _first) = Api(owner).get(f"webhooks/{made['id']}/deliveries/").json()
    assert (last["state"], last["status"], last["tries"]) == ("done", 200, 1)
    assert len(last["said"]) == 300


def swept():
    sent = []
    jobs.sweep(lambda job_id, queue: sent.append((job_id, queue)))
    return sent


def test_what_is_not_taken_is_tried_again_ever_later_and_given_up(other_program):
    owner = make_person("olga")
    project = make_project(owner)
    hook(owner, project, other_program.address)
    other_program.answers += [302, *[500] * len(PAUSES)]
    make_made_batch(project, by=owner)
    for n in range(1, len(PAUSES) + 2):
        job = Job.objects.get(kind="webhook", input__try=n)
        assert ((job.pk, "outside") in swept()) == (n == 1)  # a later one waits its time
        jobs.run(job.pk)
        delivery = Delivery.objects.get()
        assert delivery.tries == n
        assert delivery.status == (302 if n == 1 else 500)
    assert delivery.state == "dead"
    assert Job.objects.filter(kind="webhook").count() == len(PAUSES) + 1
    assert len(other_program.got) == len(PAUSES) + 1  # a redirect is not followed


def test_nothing_is_told_of_what_was_rolled_back_or_after_the_end(other_program):
    owner = make_person("olga")
    project = make_project(owner)
    made = hook(owner, project, other_program.address).json()
    with transaction.atomic():
        make_made_batch(project, by=owner)
        assert Delivery.objects.count() == 1
        transaction.set_rollback(True)
    assert Delivery.objects.count() == Job.objects.filter(kind="webhook").count() == 0
    make_made_batch(project, by=owner)
    assert Api(owner).post(f"webhooks/{made['id']}/end/").status_code == 200
    jobs.run(Job.objects.get(kind="webhook").pk)
    assert Delivery.objects.get().state == "dead"
    make_made_batch(project, by=owner)
    assert Delivery.objects.count() == 1
    assert other_program.got == []


@pytest.mark.parametrize(
    ("address", "allowed", "said"),
    [
        ("https://example.org/", [], "WEBHOOK_HOSTS"),
        ("https://evil.org/", ["example.org"], "WEBHOOK_HOSTS"),
        ("https://example.org.evil.org/", [".example.org", "example.org"], "WEBHOOK_HOSTS"),
        ("ftp://example.org/", ["example.org"], "whole address"),
        ("https://me:secret@example.org/", ["example.org"], "password"),
        ("http://[::1", ["::1"], "no address"),
        ("https://example.org/a b", ["example.org"], "space"),
    ],
)
def test_an_address_beyond_what_the_settings_allow_is_refused(address, allowed, said, settings):
    settings.WEBHOOK_HOSTS = allowed
    owner = make_person("olga")
    answer = hook(owner, make_project(owner), address)
    assert answer.status_code == 400
    assert said in answer.json()["detail"]


@pytest.mark.parametrize(
    "ip", ["127.0.0.1", "10.0.0.8", "169.254.169.254", "::1", "::ffff:192.168.0.1", "0.0.0.0"]
)
def test_a_name_that_leads_inside_is_not_asked_unless_it_is_named_itself(ip, monkeypatch):
    kind = socket.AF_INET6 if ":" in ip else socket.AF_INET
    found = [(kind, socket.SOCK_STREAM, 6, "", (ip, 80))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
    monkeypatch.setattr(socket, "create_connection", lambda *_, **__: pytest.fail("it connected"))
    answer = sending.post("http://hooks.example.org/", b"{}", {}, [".example.org"])
    assert answer.status is None
    assert "an address inside" in answer.said
    named = ["hooks.example.org"]
    assert hosts.resolved(hosts.checked("http://hooks.example.org/", named), named) == (ip, 80)


def test_who_drips_an_answer_is_cut_off(other_program, monkeypatch):
    monkeypatch.setattr(sending, "LONGEST_S", 0.5)
    listening = socket.create_server(("127.0.0.1", 0))

    def drip():
        taken, _ = listening.accept()
        with taken:
            try:
                while True:
                    taken.sendall(b"H")
                    time.sleep(0.05)
            except OSError:
                pass

    threading.Thread(target=drip, daemon=True).start()
    began = time.monotonic()
    address = f"http://127.0.0.1:{listening.getsockname()[1]}/"
    assert sending.post(address, b"{}", {}, ["127.0.0.1"]).status is None
    assert time.monotonic() - began < 4
    listening.close()


def test_the_pages_are_for_owners_alone_and_show_the_secret_once(other_program):
    owner = make_person("olga")
    project = make_project(owner)
    editor = join(project, Role.EDITOR, make_person("nina"))
    address = f"/projects/{project.slug}/webhooks/"
    said = {"address": other_program.address, "events": ["batch made"]}
    hers, his = Client(), Client()
    hers.force_login(editor, backend="django.contrib.auth.backends.ModelBackend")
    his.force_login(owner, backend="django.contrib.auth.backends.ModelBackend")
    assert hers.get(address).status_code == hers.post(address, said).status_code == 404
    first = his.post(address, said)
    secret = Webhook.objects.get().secret
    assert secret in first.content.decode()
    assert "no-store" in first["Cache-Control"]
    assert secret not in his.get(address).content.decode()
    again = his.post(address, said)
    assert again.status_code == 422
    assert "already" in again.content.decode()
    page = f"/webhooks/{Webhook.objects.get().pk}/"
    assert Webhook.objects.get().secret not in his.get(page).content.decode()
    assert his.post(page, {"do": "renew"}).status_code == 200
    assert Webhook.objects.get().secret != secret
