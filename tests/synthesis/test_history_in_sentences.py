"""What happened to a batch is told in sentences by visit, never in names of tables and columns."""

from datetime import timedelta

import pytest
from django.db import connection

from labnotebook.records.models import Revision, Role
from synthesis.models import Chemical
from synthesis.services.batches import abandon_batch, start_batch
from synthesis.services.bench import record_events
from synthesis.services.materials import add_bottle
from tests.factories import entry, join, make_batch, make_made_batch
from tests.stories import make_told_batch
from tests.synthesis.factories import browser
from tests.told import columns_in, visits, words

pytestmark = pytest.mark.django_db


def told(person, batch):
    """Return (head, sentences) of each visit on the page, newest visit first."""
    return visits(browser(person).get(f"/b/{batch.code}/history/").content.decode())


def sentences(person, batch):
    return [one for _head, said in told(person, batch) for one in said]


def record(person, batch, *said):
    taken = record_events(by=person, batch=batch, events=list(said))
    assert not taken.refused, taken.refused


def move(minutes, after):
    """Let everything that was written after a revision have been written later."""
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(
            "UPDATE records_revision SET at = at + %s WHERE seq > %s",
            [timedelta(minutes=minutes), after],
        )
        cursor.execute("SET session_replication_role = DEFAULT")


def newest():
    return Revision.objects.order_by("-seq").first().seq


def test_a_correction_says_from_what_to_what_and_how_much_later(lab):
    batch = start_batch(by=lab.mira, batch=make_batch(lab.project))
    record(lab.mira, batch, entry("weighing", "cai2", "553 mg"))
    before = newest()
    record(lab.mira, batch, entry("weighing", "cai2", "55.1 mg"))
    move(2, before)
    said = sentences(lab.mira, batch)
    assert "weighed CaI2, 553 mg" in said
    assert "corrected CaI2 from 553 mg to 55.1 mg, 2 min later" in said


def test_the_reason_of_an_entry_stands_in_its_sentence(lab):
    batch = start_batch(by=lab.mira, batch=make_batch(lab.project))
    record(lab.mira, batch, entry("weighing", "cai2", "70.1", reason="the spatula slipped"))
    assert "weighed CaI2, 70.1 mg: the spatula slipped" in sentences(lab.mira, batch)


def test_visits_are_one_person_without_half_an_hour_between(lab):
    batch = start_batch(by=lab.mira, batch=make_batch(lab.project))
    other = join(lab.project, Role.EDITOR)
    record(other, batch, entry("weighing", "pbi2", "173.9"))
    before = newest()
    record(other, batch, entry("weighing", "cai2", "55.1"))
    move(31, before)
    heads = [head.partition(",")[0] for head, _said in told(lab.mira, batch)]
    assert heads == [other.username, other.username, lab.mira.username]
    (last, second, first) = [said for _head, said in told(lab.mira, batch)]
    assert last == ["weighed CaI2, 55.1 mg"]
    assert second == ["weighed PbI2, 173.9 mg"]
    assert first == [f"planned {batch.code}, Ca/Pb 0.5", f"started {batch.code}"]


def test_a_step_is_told_once_with_how_long_it_took(lab):
    batch = start_batch(by=lab.mira, batch=make_batch(lab.project))
    start = batch.started_at
    record(
        lab.mira,
        batch,
        entry("step_start", "degas", at=(start - timedelta(minutes=70)).isoformat()),
        entry("step_finish", "degas", at=(start - timedelta(minutes=10)).isoformat()),
        entry("step_start", "heat"),
        entry("parameter", "heat.temperature_c", "168"),
    )
    said = sentences(lab.mira, batch)
    assert [one for one in said if "vacuum" in one and "duration" not in one] == [
        "done: Keep under vacuum, 60 min"
    ]
    assert "started: Raise the temperature for the injection" in said
    assert "read the temperature (Raise the temperature for the injection): 168 °C" in said


def test_bottles_looks_air_and_what_was_left_out_are_told(lab):
    batch = start_batch(by=lab.mira, batch=make_batch(lab.project))
    salt = Chemical.objects.get(formula="CaI2")
    one, other = (add_bottle(by=lab.mira, project=lab.project, chemical=salt) for _ in range(2))
    record(
        lab.mira,
        batch,
        entry("lot", "cai2", one.code),
        entry("lot", "cai2", other.code, reason="the first was empty"),
        entry("observation", "observe_precursor", "colloidal"),
        entry("condition", "humidity_percent", "41.5"),
        entry("skip", "oa", reason="none left"),
    )
    said = sentences(lab.mira, batch)
    assert f"took CaI2 from {one.code}" in said
    assert f"took CaI2 from {other.code} instead of {one.code}: the first was empty" in said
    assert "saw the precursor colloidal" in said
    assert "noted the relative humidity: 41.5 %" in said
    assert "left out Oleic acid (OA): none left" in said


def test_what_was_left_empty_for_one_reason_is_one_sentence(lab):
    said = sentences(lab.mira, make_made_batch(lab.project))
    (empty,) = [one for one in said if one.startswith("did not record") and "Oleylamine" in one]
    assert empty.startswith("did not record 1-Octadecene (ODE), Oleylamine (OLA), Oleic acid (OA)")
    assert empty.endswith(": volumes as in the recipe")


def test_an_abandoned_batch_says_why(lab):
    batch = make_batch(lab.project)
    abandon_batch(by=lab.mira, batch=batch, reason="flask cracked")
    assert f"abandoned {batch.code}: flask cracked" in sentences(lab.mira, batch)


def test_no_table_or_column_name_is_shown(lab):
    batch = make_told_batch(lab.project)
    client = browser(lab.mira)
    pages = [f"/b/{batch.code}/history/", f"/b/{batch.code}/changes/"]
    html = " ".join(words(client.get(page).content.decode()) for page in pages)
    assert columns_in(html) == []
    assert "bench entry" not in html


def test_what_was_measured_is_told_too(lab):
    batch = make_told_batch(lab.project)
    html = browser(lab.mira).get(f"/b/{batch.code}/changes/").content.decode()
    told = words(html)
    assert "uploaded PL, pl-0.csv" in told
    assert "accepted PL peak 684" in told
    assert "typed PLQY 98 ± 2 %" in told
    assert "said that it is γ, XRD, measured elsewhere: XRD seen elsewhere" in told
    assert "froze the forecast:" in told


def test_the_page_reads_a_few_times_however_much_there_is(lab, django_assert_max_num_queries):
    batch = make_told_batch(lab.project)
    client = browser(lab.mira)
    for page, most in ((f"/b/{batch.code}/history/", 9), (f"/b/{batch.code}/changes/", 13)):
        with django_assert_max_num_queries(most):
            client.get(page)
