"""The page of the bench without scripts: one thing to do at a time, asked in the unit of its plan."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from synthesis.models import Batch, BenchEvent
from synthesis.services.bench import record_events
from tests.factories import entry, make_batch, shipped_recipe
from tests.synthesis.factories import browser, make_bottle
from tests.synthesis.test_bench import bench_of, send, weighed
from tests.synthesis.test_plan_a_batch import text_of


@pytest.fixture
def batch(lab) -> Batch:
    return make_batch(lab.project)


@pytest.fixture
def mira(lab):
    return browser(lab.mira)


def here(page) -> str:
    """Return the place that a page shows, which is the only one that it shows."""
    content = page.content.decode()
    sections = content.split("<section\n")[1:]
    shown = [one.split(">")[0] for one in sections if 'class="place"' in one.split(">")[0]]
    visible = [one for one in shown if " hidden" not in one]
    assert len(visible) == 1
    assert f'data-place="{page.context["here"].key}"' in visible[0]
    return page.context["here"].key


def test_the_bench_goes_to_the_first_thing_that_is_open(lab, batch, mira):
    assert here(bench_of(mira, batch)) == "load.ode"  # the first that the first step names
    send(mira, batch, "weighing", "ode", value="10.0")
    assert here(bench_of(mira, batch)) == "load.pbi2"
    for key in ("pbi2", "cai2"):
        record_events(by=lab.mira, batch=batch, events=[entry("skip", key, reason="spilled")])
    assert here(bench_of(mira, batch)) == "load"  # then the step itself


def test_what_a_step_loads_is_weighed_at_that_step(batch, mira):
    places = [place.key for place in bench_of(mira, batch).context["bench"].places]
    assert places == [
        "load.ode", "load.pbi2", "load.cai2", "load", "degas", "inject_ligands.ola", "inject_ligands.oa",
        "inject_ligands", "heat", "observe_precursor", "inject_cs.cs_oleate", "react", "spin_crude",
        "wash.toluene_wash", "wash.ethyl_acetate", "wash", "spin_washed", "redisperse.toluene_final",
        "redisperse", "air", "finish", "add",
    ]  # fmt: skip


def test_back_and_next_lead_through_the_places(batch, mira):
    page = bench_of(mira, batch, "load.pbi2/").content.decode()
    shown = page[page.index('data-place="load.pbi2"') : page.index('data-place="load.cai2"')]
    assert f'href="/b/{batch.code}/bench/load.ode/"' in shown
    assert f'href="/b/{batch.code}/bench/load.cai2/"' in shown


def test_a_place_that_the_batch_does_not_have_is_not_found(batch, mira):
    assert mira.get(f"/b/{batch.code}/bench/nowhere/").status_code == 404


def test_recording_goes_on_to_the_next_thing(batch, mira):
    page = send(mira, batch, "weighing", "pbi2", value="173.4", place="load.pbi2", then="next")
    assert here(page) == "load.cai2"
    assert "PbI2 173.4 mg" in text_of(page)


@pytest.mark.parametrize("typed", ["60", "60 min", "1 h", "1:00:00", "3600 s"])
def test_a_time_is_asked_in_the_unit_of_its_plan(batch, mira, typed):
    send(mira, batch, "parameter", "degas.duration_s", value=typed, place="degas")
    number = batch.step_runs.get(key="degas").parameters.get(name="duration_s")
    assert number.actual_value == 3600
    assert not batch.deviations.exists()


def test_sixty_seconds_for_sixty_minutes_is_asked_about(batch, mira):
    asked = send(mira, batch, "parameter", "degas.duration_s", value="60 s", place="degas")
    assert asked.status_code == 422
    assert "Nothing is recorded yet" in text_of(asked)
    assert here(asked) == "degas"
    send(mira, batch, "parameter", "degas.duration_s", value="60 s", place="degas", sure="1")
    number = batch.step_runs.get(key="degas").parameters.get(name="duration_s")
    assert number.actual_value == 60


def test_a_field_says_its_unit_once_and_what_it_understood(batch, mira):
    send(mira, batch, "weighing", "cai2", value="0,0551 g", place="load.cai2")
    said = text_of(bench_of(mira, batch, "load.cai2/"))
    assert "0,0551 g = 55.1 mg" in said
    assert "0,0551 g mg" not in said
    page = bench_of(mira, batch, "load.cai2/").content.decode()
    field = page[page.index('value="0,0551 g"') :]
    assert field[: field.index("</div>")].endswith('<b aria-hidden="true"></b>\n          ')


def test_as_planned_is_recorded_as_what_the_person_said(batch, mira):
    send(mira, batch, "weighing", "ola", value="", as_planned="1", place="inject_ligands.ola")
    addition = batch.additions.get(key="ola")
    assert (addition.weighed_value, addition.said_as_planned) == (Decimal("1"), True)
    assert BenchEvent.objects.get().as_planned
    assert "said as planned" in text_of(bench_of(mira, batch, "inject_ligands.ola/"))


def test_a_plan_is_never_recorded_by_itself(batch, mira):
    refused = send(mira, batch, "weighing", "ola", value="", place="inject_ligands.ola")
    assert refused.status_code == 422
    assert weighed(batch, "ola") == ("", None)


def test_a_second_portion_is_added_to_the_first(batch, mira):
    send(mira, batch, "weighing", "cai2", value="30.0", place="load.cai2", sure="1")
    page = bench_of(mira, batch, "load.cai2/?more=portion")
    assert 'name="portion"' in page.content.decode()
    send(mira, batch, "weighing", "cai2", value="25.3", place="load.cai2", portion="1")
    assert batch.additions.get(key="cai2").weighed_value == Decimal("55.3")


@pytest.mark.parametrize("how", ["by the entry", "the whole field"])
def test_what_was_taken_back_is_shown_no_more(lab, batch, mira, how):
    said = [
        entry("weighing", "cai2", "55.9"),
        entry("observation", "observe_precursor", "turbid"),
        entry("condition", "humidity_percent", "61 %"),
    ]
    record_events(by=lab.mira, batch=batch, events=said)
    assert 'value="55.9"' in bench_of(mira, batch, "load.cai2/").content.decode()
    page = bench_of(mira, batch, "observe_precursor/")
    assert page.context["here"].state == "done"
    assert "61 %" in [field.old for *_, field in page.context["conditions"]]
    back = [entry("withdraw", "", {"entry": one["id"]}) for one in said]
    if how == "the whole field":
        back[0] = entry("withdraw", "cai2")
    record_events(by=lab.mira, batch=batch, events=back)
    assert 'value="55.9"' not in bench_of(mira, batch, "load.cai2/").content.decode()
    page = bench_of(mira, batch, "observe_precursor/")
    assert page.context["here"].state == "open"
    assert [field.old for *_, field in page.context["conditions"]] == ["", "", "", ""]


def test_the_bottle_used_last_is_proposed_and_confirmed_by_one_tap(lab, mira):
    make_bottle(lab, lot_number="older")
    last = make_bottle(lab, lot_number="last", assay_percent="99", assay_kind="mass_fraction")
    make_bottle(lab, lot_number="new")
    before = make_batch(lab.project)
    said = {"text": "55.3 mg", "lot": last.code}
    record_events(by=lab.mira, batch=before, events=[entry("weighing", "cai2", said)])
    batch = make_batch(lab.project)
    words = text_of(bench_of(mira, batch, "load.cai2/"))
    assert f"{last.code} Calcium iodide" in words
    assert "99 %, poured last time" in words
    assert batch.additions.get(key="cai2").material is None  # proposed, not said
    page = send(mira, batch, "lot", "cai2", value=last.code, place="load.cai2")
    assert here(page) == "load.cai2"
    assert "✓ confirmed" in text_of(page)
    assert batch.additions.get(key="cai2").material == last


@pytest.mark.parametrize("label", ["{code}", "https://lab.example/q/{code}/", "/sub/q/{code}"])
def test_another_bottle_is_taken_by_its_code_typed_or_scanned(lab, batch, mira, label):
    bottle = make_bottle(lab)
    text = label.format(code=bottle.code.lower())
    send(mira, batch, "lot", "cai2", value_text=text, place="load.cai2")
    assert batch.additions.get(key="cai2").material == bottle


def test_a_bottle_of_something_else_is_refused_at_its_place(lab, batch, mira):
    toluene = make_bottle(lab, "toluene")
    refused = send(mira, batch, "lot", "cai2", value=toluene.code, place="load.cai2")
    assert refused.status_code == 422
    assert here(refused) == "load.cai2"


def test_injection_and_quench_are_one_clock(batch, mira):
    keys = {"inject": "inject_cs", "react": "react", "quench": "quench", "place": "react"}
    page = send(mira, batch, "step_start", "react", do="inject", **keys)
    assert here(page) == "react"
    began = batch.step_runs.get(key="react").started_at
    assert began == batch.step_runs.get(key="inject_cs").finished_at
    page = send(mira, batch, "step_start", "react", do="quench", **keys)
    run = batch.step_runs.get(key="react")
    assert run.finished_at > began
    assert f"Quenched after {(run.finished_at - began).total_seconds():.1f} s" in text_of(page)
    assert page.context["here"].state == "running"  # until it is cold
    page = send(mira, batch, "step_finish", "quench", place="react", then="next")
    assert here(page) == "spin_crude"


def test_a_step_is_done_with_its_numbers_as_planned(batch, mira):
    page = send(
        mira, batch, "step_finish", "heat", do="done_as_planned", numbers="temperature_c ",
        place="heat", then="next",
    )  # fmt: skip
    assert here(page) == "observe_precursor"
    run = batch.step_runs.get(key="heat")
    number = run.parameters.get(name="temperature_c")
    assert (number.actual_value, number.origin) == (170, "as_planned")
    assert run.finished_at is not None


def test_leaving_out_asks_for_its_reason_in_place(batch, mira):
    assert "Leave it out. Why?" in text_of(bench_of(mira, batch, "wash/?more=skip"))
    refused = send(mira, batch, "skip", "wash", place="wash", more="skip")
    assert refused.status_code == 422
    assert here(refused) == "wash"
    send(mira, batch, "skip", "wash", reason="kept the crude", place="wash", more="skip")
    assert batch.step_runs.get(key="wash").skipped_reason == "kept the crude"


def test_a_running_step_stands_in_the_head_of_every_place(batch, mira):
    send(mira, batch, "step_start", "degas", place="degas")
    page = bench_of(mira, batch, "load.ode/").content.decode()
    head = page[page.index('id="timers"') : page.index('id="save"')]
    assert f"/b/{batch.code}/bench/degas/" in head


def test_finishing_asks_by_group_and_names_what_is_missing(batch, mira):
    send(mira, batch, "weighing", "pbi2", value="100", place="load.pbi2", sure="1")
    page = bench_of(mira, batch, "finish/")
    assert "20 things are not recorded" in text_of(page)
    address = f"/b/{batch.code}/bench/finish/"
    refused = mira.post(address, {"usual-empty": "Not looked at"})
    assert refused.status_code == 422
    assert "One group needs a reason" in text_of(refused) or "1 group needs" in text_of(refused)
    major = batch.deviations.get(severity="major")
    said = {"usual-empty": "Not looked at", f"other-d{major.pk}": "the spatula slipped"}
    assert mira.post(address, said).headers["Location"] == f"/b/{batch.code}/"
    batch.refresh_from_db()
    major.refresh_from_db()
    assert (batch.state, major.reason) == ("made", "the spatula slipped")
    assert batch.additions.get(key="ola").skipped_reason == "not recorded: Not looked at"


def test_an_empty_word_is_no_reason(batch, mira):
    send(mira, batch, "weighing", "pbi2", value="173.4")
    refused = mira.post(f"/b/{batch.code}/bench/finish/", {"other-empty": "."})
    assert refused.status_code == 422
    batch.refresh_from_db()
    assert batch.state == "running"


def test_a_free_experiment_begins_with_adding(lab, mira):
    from synthesis.services.batches import create_batch

    version = shipped_recipe("free-experiment").current
    batch = create_batch(by=lab.mira, project=lab.project, version=version, targets={})
    assert here(bench_of(mira, batch)) == "add"
    bottle = make_bottle(lab)
    send(mira, batch, "weighing", "", value="12 mg", value_lot=bottle.code, place="add")
    assert "Added" in text_of(bench_of(mira, batch))


def test_whether_something_changed_is_asked_cheaply(batch, mira, django_assert_max_num_queries):
    page = bench_of(mira, batch, "load/")
    address = f"/b/{batch.code}/bench/load/?since={page.context['version']}"
    with django_assert_max_num_queries(4):
        assert mira.get(address).status_code == 204
    send(mira, batch, "note", value="x")
    assert mira.get(address).status_code == 200


def test_a_step_that_ran_says_how_long(lab, batch, mira):
    ago = timezone.now() - timedelta(minutes=63)
    events = [entry("step_start", "degas", at=ago.isoformat()), entry("step_finish", "degas")]
    record_events(by=lab.mira, batch=batch, events=events)
    assert "1 h 3 min" in text_of(bench_of(mira, batch, "degas/"))
