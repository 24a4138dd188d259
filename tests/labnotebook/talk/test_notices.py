"""What concerns a person is told to her alone: counted on every page, listed, and mailed by a job."""

import pytest
from django.core import mail
from django.test import Client, override_settings

from labnotebook.records.models import Job, Role
from labnotebook.records.services import jobs
from labnotebook.records.services.projects import remove_member
from labnotebook.talk.models import Notice
from labnotebook.talk.services.comments import write_comment
from labnotebook.talk.services.tasks import end_task, give_task
from tests.factories import Api, join, make_batch, make_person, make_project

pytestmark = pytest.mark.django_db
BY_MAIL = override_settings(
    EMAIL_HOST="mail.example.org",
    EMAIL_BACKEND="django.core.mail.backends.locmem.EmailBackend",
    NOTEBOOK_ADDRESS="https://notebook.example.org",
)


@pytest.fixture
def lab():
    owner = make_person("olga")
    project = make_project(owner)
    nina = join(project, Role.EDITOR, make_person("nina"))
    nina.email = "nina@example.org"
    nina.save()
    return owner, nina, project, make_batch(project, by=owner)


def signed_in(person) -> Client:
    client = Client()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_a_notice_is_counted_listed_read_and_seen_by_nobody_else(lab):
    owner, nina, project, batch = lab
    write_comment(by=owner, subject=batch, text="@nina and @olga, see the tail")
    task = give_task(by=owner, subject=batch, text="Measure again", given_to="nina")
    hers, his = Api(nina), Api(owner)
    kinds = [row["kind"] for row in hers.get("notices/?unread=true").json()["results"]]
    assert kinds == ["task", "mention"]
    assert his.get("notices/").json()["results"] == []  # who says it is not told it
    page = signed_in(nina)
    assert "<span>2</span>" in page.get("/recipes/").content.decode()
    assert "see the tail" in page.get("/notices/").content.decode()
    mention = Notice.objects.get(kind="mention")
    assert signed_in(owner).post(f"/notices/{mention.pk}/read/").status_code == 404
    assert page.post(f"/notices/{mention.pk}/read/")["Location"].endswith(f"/b/{batch.code}/#talk")
    assert hers.post("notices/read-all/").json() == {"marked": 1}
    assert "btn told" not in page.get("/recipes/").content.decode()

    end_task(by=nina, task=task)
    (told,) = his.get("notices/?kind=done&changed_since=2026-01-01").json()["results"]
    assert (told["by"], told["batch"]) == ("nina", batch.code)
    assert hers.get(f"notices/{told['id']}/").status_code == 404
    remove_member(by=owner, project=project, membership=project.memberships.get(user=nina))
    assert hers.get("notices/").json()["results"] == []


@BY_MAIL
def test_a_notice_is_mailed_by_a_job_of_the_queue_that_reaches_others(lab):
    owner, nina, _project, batch = lab
    write_comment(by=owner, subject=batch, text="@nina, see the tail")
    assert mail.outbox == []
    sent = []
    jobs.sweep(lambda job_id, queue: sent.append((job_id, queue)))
    job = Job.objects.get(kind="notice_mail")
    assert (job.pk, "outside") in sent
    jobs.run(job.pk)
    (letter,) = mail.outbox
    assert letter.to == ["nina@example.org"]
    assert letter.subject == f"olga mentioned you: {batch.code}"
    assert f"https://notebook.example.org/b/{batch.code}/#talk" in letter.body
    write_comment(by=nina, subject=batch, text="@olga has no address")
    assert Job.objects.filter(kind="notice_mail").count() == 1
