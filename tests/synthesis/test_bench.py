"""At the bench: what was really weighed, done and seen, one entry at a time."""

import re
import uuid
from decimal import Decimal

import pytest

from synthesis.models import Batch, BenchEvent
from synthesis.services.bench import record_events
from synthesis.services.finishing import finish_batch
from tests.factories import entry, make_batch
from tests.synthesis.factories import browser, make_bottle, make_stock
from tests.synthesis.test_plan_a_batch import text_of


@pytest.fixture
def batch(lab) -> Batch:
    return make_batch(lab.project)


def send(client, batch, kind, target="", follow=True, **said):
    """Send what a form of the bench sends; return the page that comes of it."""
    form = {"id": str(uuid.uuid4()), "kind": kind, "target": target, **said}
    return client.post(f"/b/{batch.code}/events/", form, follow=follow)


def bench_of(client, batch, place=""):
    """Return the page of the bench, at its first open thing when no place is named."""
    return client.get(f"/b/{batch.code}/bench/{place}", follow=True)


def weighed(batch, key):
    row = batch.additions.get(key=key)
    return row.weighed_text, row.weighed_value


def test_the_story_of_one_batch(lab):
    lead, calcium, caesium = (
        make_bottle(lab, "lead-iodide", lot_number="MKCD"),
        make_bottle(
            lab, assay_percent="99", assay_uncertainty_percent="0.5", assay_kind="mass_fraction"
        ),
        make_stock(lab),
    )
    batch, client = make_batch(lab.project), browser(lab.mira)
    bench = bench_of(client, batch)
    assert "Nothing recorded yet" in text_of(bench)
    assert "0.5" in text_of(bench)
    send(client, batch, "weighing", "pbi2", value="173.9", value_lot=lead.code)
    send(client, batch, "weighing", "cai2", value="55,1 mg", value_lot=calcium.code)
    send(client, batch, "weighing", "cs_oleate", value="1.0", value_lot=caesium.code)
    send(client, batch, "condition", "humidity_percent", value="65 %")
    send(client, batch, "observation", "observe_precursor", value_appearance="colloidal")
    send(client, batch, "parameter", "react.duration_s", value="5.6")
    send(client, batch, "note", value="Glove caught on the clamp.")
    batch.refresh_from_db()
    assert weighed(batch, "pbi2") == ("173.9", Decimal("173.9"))
    assert weighed(batch, "cai2") == ("55,1 mg", Decimal("55.1"))
    assert batch.additions.get(key="cai2").material == calcium
    assert batch.ratio_ca_pb_weighed == pytest.approx(0.4921, abs=0.0005)
    assert batch.composition["ratios"]["ratio_ca_pb"]["value"] == pytest.approx(0.4970, abs=0.0005)
    assert (batch.humidity_percent, batch.precursor_appearance) == (Decimal("65.00"), "colloidal")
    assert batch.quench_s == Decimal("5.600")
    assert "5.6 s where 5 s was planned" in batch.deviations.get().sentence
    page = text_of(client.get(f"/b/{batch.code}/"))
    for words in ("173.9", "55,1 mg", "colloidal", "Glove caught on the clamp.", "+0.6 s", "0.492"):
        assert words in page
    refused = client.post(f"/b/{batch.code}/state/", {"do": "finish"})
    assert refused.status_code == 422
    assert "Not recorded yet" in text_of(refused)
    client.post(f"/b/{batch.code}/state/", {"do": "finish", "reason": "volumes as in the recipe"})
    batch.refresh_from_db()
    assert batch.state == "made"


def test_the_first_entry_starts_the_batch(lab, batch):
    send(browser(lab.mira), batch, "weighing", "pbi2", value="173.9")
    batch.refresh_from_db()
    assert batch.state == "running"
    assert batch.started_at is not None


@pytest.mark.parametrize(
    ("typed", "milligrams"),
    [
        ("0,0551 g", "55.1"),
        ("55.1mg", "55.1"),
        ("55,10", "55.10"),
        ("55100 µg", "55.1"),
        ("5.51e1", "55.1"),
    ],
)
def test_comma_point_and_units_are_understood_and_kept_as_typed(lab, batch, typed, milligrams):
    response = send(browser(lab.mira), batch, "weighing", "cai2", value=typed)
    assert response.status_code == 200
    assert weighed(batch, "cai2") == (typed, Decimal(milligrams))
    assert typed in text_of(response)


@pytest.mark.parametrize("typed", ["lots", "55.1 mL", "-3", "1e30", "", "nan", "0x10", "5\u00005"])
def test_a_refused_amount_says_why_at_its_field_and_keeps_what_was_typed(lab, batch, typed):
    response = send(browser(lab.mira), batch, "weighing", "cai2", value=typed)
    assert response.status_code == 422
    assert weighed(batch, "cai2") == ("", None)
    if typed.strip("\u0000") and "\u0000" not in typed:
        assert f'value="{typed}"' in response.content.decode()
    assert response.content.decode().count('role="alert"') == 1
    assert response.context["here"].key == "load.cai2"


def test_without_javascript_the_entry_is_taken_and_the_bench_comes_back(lab, batch):
    client = browser(lab.mira)
    where = {"place": "load.cai2", "then": "next"}
    taken = send(client, batch, "weighing", "cai2", follow=False, value="55.1", **where)
    assert taken.headers["Location"] == f"/b/{batch.code}/bench/load/"
    refused = send(client, batch, "weighing", "pbi2", value="lots")
    assert refused.status_code == 422
    assert "<!doctype" in refused.content.decode()
    assert 'value="lots"' in refused.content.decode()


def test_a_double_tap_is_one_entry(lab, batch):
    client, identity = browser(lab.mira), str(uuid.uuid4())
    for _tap in range(2):
        assert send(client, batch, "weighing", "cai2", id=identity, value="55.1").status_code == 200
    assert BenchEvent.objects.count() == 1


def test_a_slipped_decimal_point_is_asked_about_before_it_is_recorded(lab, batch):
    client = browser(lab.mira)
    asked = send(client, batch, "weighing", "cai2", value="553")
    assert asked.status_code == 422
    assert "553 mg is 10 times the plan" in text_of(asked)
    assert "Nothing is recorded yet" in text_of(asked)
    assert 'value="553"' in asked.content.decode()
    assert weighed(batch, "cai2") == ("", None)
    send(client, batch, "weighing", "cai2", value="553", sure="1")
    assert weighed(batch, "cai2") == ("553", Decimal("553"))


def test_a_corrected_value_withdraws_the_deviation_that_followed_from_it(lab, batch):
    client = browser(lab.mira)
    send(client, batch, "weighing", "cai2", value="70", sure="1")
    assert batch.deviations.filter(withdrawn_at=None).count() == 1
    send(client, batch, "weighing", "cai2", value="55.3", old="70")
    assert batch.deviations.filter(withdrawn_at=None).count() == 0
    assert batch.deviations.count() == 1
    assert BenchEvent.objects.filter(target="cai2").count() == 2


def test_only_the_bottle_can_be_said(lab, batch):
    bottle = make_bottle(lab)
    send(browser(lab.mira), batch, "lot", "cai2", value=bottle.code)
    row = batch.additions.get(key="cai2")
    assert (row.material, row.weighed_value) == (bottle, None)


def test_the_button_that_names_the_proposed_bottle_records_both(lab, batch):
    client, bottle = browser(lab.mira), make_bottle(lab)
    send(client, make_batch(lab.project), "lot", "cai2", value=bottle.code)  # poured before
    page = text_of(bench_of(client, batch, "load.cai2/"))
    assert f"Record CaI2 from {bottle.code}" in page
    nothing = send(client, batch, "weighing", "cai2", value="", value_lot=bottle.code)
    assert nothing.status_code == 422
    assert not batch.events.exists()
    send(client, batch, "weighing", "cai2", as_planned="1", value_lot=bottle.code, bottleless="1")
    assert batch.additions.get(key="cai2").material is None
    send(client, batch, "weighing", "cai2", as_planned="1", value_lot=bottle.code)
    row = batch.additions.get(key="cai2")
    assert (row.material, row.said_as_planned) == (bottle, True)
    assert f"from {bottle.code}" not in text_of(bench_of(client, batch, "load.cai2"))


def test_a_step_is_started_done_and_left_out_with_a_reason(lab, batch):
    client = browser(lab.mira)
    send(client, batch, "step_start", "degas")
    send(client, batch, "step_finish", "degas")
    step = batch.step_runs.get(key="degas")
    assert step.started_at <= step.finished_at
    assert send(client, batch, "skip", "wash").status_code == 422
    assert send(client, batch, "skip", "wash", reason="kept the crude").status_code == 200
    assert batch.step_runs.get(key="wash").skipped_reason == "kept the crude"


def test_a_major_deviation_needs_its_reason(lab, batch):
    client = browser(lab.mira)
    said = {
        "value_sentence": "100 mL flask",
        "value_kind": "substitution",
        "value_severity": "major",
    }
    refused = send(client, batch, "deviation", **said)
    assert refused.status_code == 422
    assert 'value="100 mL flask"' in refused.content.decode()
    assert "A major deviation needs a reason" in text_of(refused)
    assert send(client, batch, "deviation", reason="the other broke", **said).status_code == 200
    assert batch.deviations.get().severity == "major"


def test_the_bench_says_all_recorded_only_when_it_is(lab, batch):
    client = browser(lab.mira)
    send(client, batch, "weighing", "pbi2", value="173.9")
    assert "1 of 21 recorded" in text_of(bench_of(client, batch))
    finish_batch(by=lab.mira, batch=batch, unrecorded_reason="volumes as in the recipe")
    words = text_of(bench_of(client, batch))
    assert "All recorded" not in words
    assert "1 of 21 recorded" in words
    events = [
        entry("weighing", a.key, f"{a.planned_value}", reason="late") for a in batch.additions.all()
    ]
    events += [entry("step_finish", s.key, reason="late") for s in batch.step_runs.all()]
    assert not record_events(by=lab.mira, batch=batch, events=events).refused
    assert "All recorded" in text_of(bench_of(client, batch))


def test_a_finished_batch_takes_a_correction_only_with_its_reason(lab, batch):
    client = browser(lab.mira)
    send(client, batch, "weighing", "cai2", value="55.1")
    finish_batch(by=lab.mira, batch=batch, unrecorded_reason="test")
    assert send(client, batch, "weighing", "cai2", value="55.2", old="55.1").status_code == 422
    corrected = send(client, batch, "weighing", "cai2", value="55.2", old="55.1", reason="misread")
    assert corrected.status_code == 200
    assert weighed(batch, "cai2")[0] == "55.2"


def test_r_so_far_waits_for_lead_and_calcium(lab, batch):
    client = browser(lab.mira)
    words = text_of(send(client, batch, "weighing", "pbi2", value="173.9"))
    assert "needs Calcium iodide, anhydrous" in words
    words = text_of(send(client, batch, "weighing", "cai2", value="55.1"))
    assert re.search(r"0\.492 ± 0\.003", words)


def test_a_queue_of_entries_from_a_tablet_is_taken_one_by_one(lab, batch):
    entries = [
        entry("weighing", "pbi2", "173.9"),
        entry("weighing", "nothing", "1"),
        entry("note", "", "x"),
    ]
    response = browser(lab.mira).post(
        f"/b/{batch.code}/events/", entries, content_type="application/json"
    )
    assert len(response.json()["accepted"]) == 2
    assert "no reagent 'nothing'" in response.json()["refused"][0]["message"]


@pytest.mark.parametrize("body", ["{", "[" * 20000, '{"id": 1}', "nul"])
def test_a_queue_that_makes_no_sense_is_refused(lab, batch, body):
    response = browser(lab.mira).post(
        f"/b/{batch.code}/events/", body, content_type="application/json"
    )
    assert response.status_code == 400


def test_a_viewer_reads_the_bench_and_writes_nothing(lab, batch):
    client = browser(lab.vera)
    page = bench_of(client, batch)
    assert "You may read this bench, not write" in text_of(page)
    assert not re.search(
        r"<button class=\"b[^>]*>(?!\s*(Clear|Colloidal|Turbid|Precipitate))", page.content.decode()
    )
    assert send(client, batch, "note", value="x").status_code == 403
    assert not BenchEvent.objects.exists()


def test_a_stranger_finds_no_bench(lab, batch):
    client = browser(lab.stranger)
    assert bench_of(client, batch).status_code == 404
    assert send(client, batch, "note", value="x").status_code == 404


def test_a_weighing_in_the_wrong_field_is_taken_back_and_stays_in_the_log(lab):
    batch = make_batch(lab.project)
    wrong = entry("weighing", "cai2", "173.9 mg")
    record_events(by=lab.mira, batch=batch, events=[entry("weighing", "pbi2", "173.9"), wrong])
    assert batch.deviations.filter(withdrawn_at=None).exists()
    taken = record_events(by=lab.mira, batch=batch, events=[entry("withdraw", "cai2")])
    assert not taken.refused
    addition = batch.additions.get(key="cai2")
    assert (addition.weighed_value, addition.weighed_text) == (None, "")
    assert not batch.deviations.filter(withdrawn_at=None).exists()
    batch.refresh_from_db()
    assert batch.ratio_ca_pb_weighed is None
    assert batch.events.filter(pk=wrong["id"]).exists()
    again = record_events(
        by=lab.mira, batch=batch, events=[entry("weighing", "cai2", "55.1", old="")]
    )
    assert not again.remarks


def test_nothing_recorded_cannot_be_taken_back(lab):
    batch = make_batch(lab.project)
    taken = record_events(by=lab.mira, batch=batch, events=[entry("withdraw", "cai2")])
    assert "nothing to take back" in taken.refused[0]["message"]


def test_an_emptied_field_takes_the_entry_back(lab):
    batch = make_batch(lab.project)
    record_events(by=lab.mira, batch=batch, events=[entry("weighing", "pbi2", "173.9")])
    said = entry("weighing", "pbi2", "") | {"old": "173.9", "value": ""}
    browser(lab.mira).post(f"/b/{batch.code}/events/", said)
    assert batch.additions.get(key="pbi2").weighed_value is None


def test_a_step_started_again_has_no_end_yet(lab):
    batch = make_batch(lab.project)
    events = [entry("step_start", "degas"), entry("step_finish", "degas")]
    record_events(by=lab.mira, batch=batch, events=[*events, entry("step_start", "degas")])
    step = batch.step_runs.get(key="degas")
    assert step.started_at
    assert step.finished_at is None
