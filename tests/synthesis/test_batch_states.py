"""A batch is started, finished, abandoned, signed; and what can no longer change."""

import re

import pytest
from django.db import DatabaseError, connection, transaction

from labnotebook.records.models import Signature
from labnotebook.records.refusals import NotPermitted, Refusal, StaleWrite, WrongState
from synthesis.models import Addition, Batch, StepRun
from synthesis.services.batches import (
    abandon_batch,
    sign_batch,
    start_batch,
)
from synthesis.services.bench import record_events
from synthesis.services.finishing import finish_batch
from tests.factories import PASSWORD, entry, make_batch, make_made_batch
from tests.synthesis.factories import browser
from tests.synthesis.test_bench import bench_of
from tests.synthesis.test_plan_a_batch import text_of


def state_of(batch: Batch) -> str:
    return Batch.objects.get(pk=batch.pk).state


def post_state(client, batch, **said):
    return client.post(f"/b/{batch.code}/state/", said)


def seen(client, batch) -> dict[str, str]:
    """Return what the page's form says about what it shows."""
    page = client.get(f"/b/{batch.code}/").content.decode()
    return {
        name: re.search(rf'name="{name}"\s+value="([0-9a-f]+)"', page).group(1)
        for name in ("version", "content")
    }


def test_starting_leads_to_the_bench(lab):
    batch = make_batch(lab.project)
    response = post_state(browser(lab.mira), batch, do="start")
    assert response.headers["Location"] == f"/b/{batch.code}/bench/"
    assert state_of(batch) == "running"


def test_finishing_lists_what_is_open_and_asks_why_it_stays_empty(lab):
    batch = start_batch(by=lab.mira, batch=make_batch(lab.project))
    refused = post_state(browser(lab.mira), batch, do="finish", reason="  ")
    assert refused.status_code == 422
    assert "Not recorded yet: 1-Octadecene (ODE)" in text_of(refused)
    assert state_of(batch) == "running"
    done = post_state(browser(lab.mira), batch, do="finish", reason="power cut")
    assert done.status_code == 302
    page = text_of(browser(lab.mira).get(f"/b/{batch.code}/"))
    weighing, steps = page.split("Plan and weighing")[1].split("Steps")
    assert re.search(r"Not recorded \(1-Octadecene \(ODE\), PbI2, .*\): power cut", weighing)
    assert weighing.count("power cut") == 1, "one reason for many reagents is said once"
    assert "not recorded: power cut" in steps
    assert "left out: not recorded" not in page


def test_the_page_lists_the_same_open_things_as_the_service(lab):
    batch = start_batch(by=lab.mira, batch=make_batch(lab.project))
    record_events(
        by=lab.mira,
        batch=batch,
        events=[
            entry("weighing", "pbi2", "173.9"),
            entry("observation", "observe_precursor", "clear"),
            entry("parameter", "react.duration_s", "5"),
            entry("skip", "wash", reason="kept the crude"),
        ],
    )
    page = browser(lab.mira).get(f"/b/{batch.code}/")
    missing = page.context["missing"]
    assert bench_of(browser(lab.mira), batch).context["missing"] == missing
    named = f"Not recorded yet: {'; '.join(missing[:5])}; and {len(missing) - 5} more."
    with pytest.raises(WrongState, match=re.escape(named)):
        finish_batch(by=lab.mira, batch=batch)


def test_what_the_bench_saw_or_measured_is_not_called_unrecorded(lab):
    batch = start_batch(by=lab.mira, batch=make_batch(lab.project, ratio="0"))
    record_events(
        by=lab.mira,
        batch=batch,
        events=[
            entry("observation", "observe_precursor", "clear"),
            entry("parameter", "react.duration_s", "5.6 s"),
        ],
    )
    finish_batch(by=lab.mira, batch=batch, unrecorded_reason="nobody noted it")
    steps = dict(batch.step_runs.values_list("key", "skipped_reason"))
    assert steps["observe_precursor"] == steps["react"] == ""
    assert steps["degas"] == "not recorded: nobody noted it"
    additions = dict(batch.additions.values_list("key", "skipped_reason"))
    assert additions["pbi2"] == "not recorded: nobody noted it"
    assert additions["cai2"] == "", "none was planned, so none is missing"


@pytest.mark.parametrize("reason", ["", "   "])
def test_abandoning_needs_a_reason(lab, reason):
    batch = make_batch(lab.project)
    refused = post_state(browser(lab.mira), batch, do="abandon", reason=reason)
    assert refused.status_code == 422
    assert "Say why the batch is abandoned" in text_of(refused)
    assert state_of(batch) == "planned"


def test_an_abandoned_batch_stays_with_its_reason(lab):
    batch = make_batch(lab.project)
    post_state(browser(lab.mira), batch, do="abandon", reason="The flask broke.")
    assert "The flask broke." in text_of(browser(lab.vera).get(f"/b/{batch.code}/"))
    taken = record_events(by=lab.mira, batch=batch, events=[entry("note", "", "late")])
    assert "bench record is closed" in taken.refused[0]["message"]


def test_the_database_itself_asks_for_the_reason(lab):
    batch = make_batch(lab.project)
    with pytest.raises(DatabaseError), transaction.atomic():
        Batch.objects.filter(pk=batch.pk).update(state="abandoned")


def test_signing_asks_for_the_password_and_locks(lab):
    batch = make_made_batch(lab.project)
    client = browser(lab.mira)
    refused = post_state(client, batch, do="sign", password="wrong", **seen(client, batch))
    assert refused.status_code == 422
    assert "The password is not right" in text_of(refused)
    assert "wrong" not in re.sub("The password is not right", "", text_of(refused))
    post_state(client, batch, do="sign", password=PASSWORD, **seen(client, batch))
    assert state_of(batch) == "signed"
    assert Signature.objects.get().user == lab.mira
    page = text_of(client.get(f"/b/{batch.code}/"))
    assert "Signed by mira" in page
    assert "Abandon the batch" not in page
    taken = record_events(by=lab.mira, batch=batch, events=[entry("note", "", "late")])
    assert "signed" in taken.refused[0]["message"]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE synthesis_batch SET state = 'made'",
        "UPDATE synthesis_batch SET humidity_percent = 1",
        "UPDATE synthesis_addition SET weighed_text = '1', weighed_value = 1, weighed_at = now()",
        "UPDATE synthesis_steprun SET started_at = now()",
        "UPDATE synthesis_steprunparameter SET actual_value = 1",
        "UPDATE synthesis_benchevent SET value = '1'",
        "DELETE FROM synthesis_benchevent",
        "DELETE FROM synthesis_batch",
        "INSERT INTO synthesis_benchevent (id, batch_id, kind, target, reason, at, received_at, by_id)"
        " SELECT gen_random_uuid(), id, 'note', '', '', now(), now(), planned_by_id FROM synthesis_batch",
    ],
)
def test_a_signed_batch_is_locked_for_plain_sql_too(lab, statement):
    batch = make_made_batch(lab.project)
    sign_batch(by=lab.mira, batch=batch, password=PASSWORD)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.parametrize(
    "change",
    [
        "plan = '{}'",
        "targets = '{}'",
        "ratio_ca_pb = 0.3",
        "code = 'NC-9999'",
        "lots = '{\"a\": 1}'",
    ],
)
def test_a_frozen_plan_is_kept_by_the_database(lab, change):
    make_batch(lab.project)
    with (
        pytest.raises(DatabaseError, match="frozen"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"UPDATE synthesis_batch SET {change}")


def test_a_stale_version_is_refused_on_page_and_service(lab):
    batch = start_batch(by=lab.mira, batch=make_batch(lab.project))
    seen = batch.version
    record_events(by=lab.jonas, batch=batch, events=[entry("condition", "humidity_percent", "60")])
    with pytest.raises(StaleWrite):
        finish_batch(by=lab.mira, batch=batch, unrecorded_reason="nobody noted it", version=seen)
    refused = post_state(browser(lab.mira), batch, do="finish", reason="x", version=seen)
    assert refused.status_code == 422
    assert "Somebody changed this" in text_of(refused)
    assert ">x</textarea>" in refused.content.decode()
    assert state_of(batch) == "running"


@pytest.mark.parametrize(
    ("state", "change"),
    [("planned", "finish"), ("planned", "sign"), ("running", "sign"), ("made", "start")],
)
def test_states_follow_each_other_in_order(lab, state, change):
    batch = make_batch(lab.project) if state != "made" else make_made_batch(lab.project)
    if state == "running":
        batch = start_batch(by=lab.mira, batch=batch)
    change_it = {
        "finish": lambda: finish_batch(
            by=lab.mira, batch=batch, unrecorded_reason="nobody noted it"
        ),
        "sign": lambda: sign_batch(by=lab.mira, batch=batch, password=PASSWORD),
        "start": lambda: start_batch(by=lab.mira, batch=batch),
    }[change]
    with pytest.raises(WrongState, match=batch.code):
        change_it()
    assert state_of(batch) == state


def test_an_unknown_change_is_refused_in_words(lab):
    response = post_state(browser(lab.mira), make_batch(lab.project), do="explode")
    assert response.status_code == 422
    assert "started, finished, abandoned, signed or archived" in text_of(response)


def test_a_viewer_changes_nothing(lab):
    batch = make_batch(lab.project)
    for said in ({"do": "start"}, {"do": "abandon", "reason": "x"}):
        assert post_state(browser(lab.vera), batch, **said).status_code == 403
    with pytest.raises(NotPermitted):
        abandon_batch(by=lab.vera, batch=batch, reason="x")
    page = browser(lab.vera).get(f"/b/{batch.code}/").content.decode()
    assert f'action="/b/{batch.code}/state/"' not in page
    assert state_of(batch) == "planned"


def test_a_refused_finish_changes_nothing_at_all(lab):
    batch = start_batch(by=lab.mira, batch=make_batch(lab.project))
    with pytest.raises(Refusal):
        finish_batch(by=lab.mira, batch=batch)
    assert not Addition.objects.exclude(skipped_reason="").exists()
    assert not StepRun.objects.exclude(skipped_reason="").exists()
