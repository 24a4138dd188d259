"""Two projects with one of everything each, and every kind of person at their doors."""

from types import SimpleNamespace

import pytest
from django.db import transaction
from django.test import Client

from labnotebook.records.models import Revision, Role
from labnotebook.records.services.security import Kind, note
from labnotebook.records.services.tokens import create_token, revoke_token
from tests.api.lab import make_lab
from tests.factories import join, make_person, make_project


def signed_in(person) -> Client:
    client = Client()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


def with_token(person, scope: str = "write", *, revoked: bool = False) -> Client:
    token, text = create_token(user=person, name="test", scope=scope)
    if revoked:
        revoke_token(by=person, token=token)
    return Client(headers={"authorization": f"Bearer {text}"})


@pytest.fixture(scope="module")
def house(made_once):
    """``lab``: keys in the project that is asked for; ``other``: the stranger's; ``doors``: clients."""
    owner, stranger = make_person("olga"), make_person("stefan")
    project, elsewhere = make_project(owner, "Perovskites"), make_project(stranger, "Elsewhere")
    viewer = join(project, Role.VIEWER, make_person("vera"))
    editor = join(project, Role.EDITOR, make_person("emil"))
    witness = join(project, Role.WITNESS, make_person("wanda"))
    instrument = join(project, Role.INSTRUMENT, make_person("xrd"))
    note(Kind.SIGNED_IN, person=viewer)
    doors = {
        "anonymous": Client(),
        "stranger": signed_in(stranger),
        "viewer": signed_in(viewer),
        "witness": signed_in(witness),
        "instrument": signed_in(instrument),
        "editor": signed_in(editor),
        "owner": signed_in(owner),
        "read token": with_token(editor, "read"),
        "write token": with_token(editor),
        "revoked token": with_token(owner, revoked=True),
    }
    other = make_lab(stranger, elsewhere)  # first: NC-0001 is also a page's own example
    return SimpleNamespace(
        lab=make_lab(owner, project),
        other=other,
        people={"stranger": stranger, "viewer": viewer, "editor": editor, "owner": owner},
        project=project,
        elsewhere=elsewhere,
        doors=doors,
    )


@pytest.fixture(autouse=True)
def _webhooks_may_lead_somewhere(settings):
    settings.WEBHOOK_HOSTS = [".example.org"]


@pytest.fixture
def tried(db):
    """Ask for something and undo whatever it did: ``tried(client, "POST", "/x/", ...)``.

    The answer says in ``revisions`` how much it would have written.
    """

    def ask(client: Client, method: str, address: str, **sent):
        with transaction.atomic():
            kept = Revision.objects.exclude(table_name="records_securityevent")
            before = kept.count()
            answer = getattr(client, method.lower())(address, **sent)
            if answer.streaming:
                answer.whole = b"".join(answer.streaming_content)
            answer.revisions = kept.count() - before
            transaction.set_rollback(True)
        return answer

    return ask
