"""The day of a measurement is the head's or a person's; where neither says it, the page says so and asks."""

from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from analysis.models import Measurement
from tests.analysis.factories import address, pl_file, run_jobs, text
from tests.factories import owner_of

pytestmark = pytest.mark.django_db

DATED = b"Date: 04-Mar-2010\n\n" + pl_file()


@pytest.fixture
def visitor(client, batch):
    client.force_login(owner_of(batch.project))
    return client


@pytest.fixture
def send(visitor, batch):
    def _send(content, **said):
        file = SimpleUploadedFile("pl.csv", content)
        sent = {"files": [file], "technique": "pl", **said}
        answer = visitor.post(address("batch-files", batch.code), sent)
        run_jobs("analyse")
        return answer

    return _send


def shown(visitor):
    return " ".join(
        text(visitor.get(address("measurement-detail", Measurement.objects.get().pk))).split()
    )


def test_a_day_that_is_not_said_is_unknown_and_not_that_of_the_upload(visitor, send):
    send(pl_file())
    measurement = Measurement.objects.get()
    assert measurement.performed_at is None
    assert visitor.get(f"/api/v1/measurements/{measurement.pk}/").json()["performed_at"] is None
    assert "date of measurement not known" in shown(visitor)
    assert f'value="{timezone.localdate()}"' not in shown(visitor)


def test_the_head_says_it_and_a_person_overrules_the_head(visitor, send):
    send(DATED)
    assert "4 Mar 2010" in shown(visitor)
    assert "head says" in shown(visitor)
    when = address("measurement-when", Measurement.objects.get().pk)
    assert visitor.post(when, {"measured_on": "2010-03-05"}).status_code == 302
    assert "5 Mar 2010" in shown(visitor)
    assert "as a person says" in shown(visitor)
    assert visitor.post(when, {"measured_on": ""}).status_code == 302
    assert "4 Mar 2010" in shown(visitor)


def test_it_is_said_with_the_upload_and_no_day_to_come_is_taken(visitor, send):
    tomorrow = timezone.localdate() + timedelta(days=1)
    refused = send(pl_file(), measured_on=str(tomorrow))
    assert refused.status_code == 422
    assert "still to come" in text(refused)
    assert not Measurement.objects.exists()
    send(pl_file(), measured_on="2026-01-02")
    said = timezone.localtime(Measurement.objects.get().performed_at)
    assert said.date() == date(2026, 1, 2)
    when = address("measurement-when", Measurement.objects.get().pk)
    stale = visitor.post(when, {"measured_on": "2026-01-03", "version": "0"})
    assert (stale.status_code, "Somebody changed this" in text(stale)) == (422, True)


def test_the_api_says_it_later_and_is_never_stale(visitor, send):
    send(pl_file())
    there = f"/api/v1/measurements/{Measurement.objects.get().pk}/"
    tag = visitor.get(there)["ETag"]

    def say(day, **headers):
        said = {"measured_on": day}
        return visitor.post(f"{there}when/", said, "application/json", headers=headers)

    told = say("2026-01-02", **{"If-Match": tag})
    assert told.status_code == 200
    assert told.json()["performed_at"].startswith("2026-01-0")
    assert say("2026-01-03", **{"If-Match": tag}).status_code == 412
    assert say(str(timezone.localdate() + timedelta(days=1))).status_code == 400
    assert say(None).json()["performed_at"] is None
