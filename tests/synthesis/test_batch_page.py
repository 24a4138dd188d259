"""The page of a batch opens on what came out, once it is made; the raw log stands behind one line."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from labnotebook.records.models import Role
from synthesis.services.batches import start_batch
from synthesis.services.bench import record_events
from tests.factories import entry, join, make_batch, make_made_batch
from tests.synthesis.factories import browser

pytestmark = pytest.mark.django_db


def page_of(person, batch):
    return browser(person).get(f"/b/{batch.code}/").content.decode()


def chapters(html):
    return re.findall(r'<details class="card chapter" id="(\w+)"( open)?', html)


def test_a_made_batch_opens_on_what_was_measured_and_folds_the_making(lab):
    html = page_of(lab.mira, make_made_batch(lab.project))
    assert chapters(html) == [
        ("measure", " open"),
        ("build", " open"),
        ("plan", " open"),
        ("make", ""),
        ("learn", " open"),
    ]
    assert re.findall(r'<a href="#(\w+)"', html.partition("secnav")[2].partition("</nav>")[0]) == [
        "measure",
        "build",
        "plan",
        "make",
        "learn",
    ]


def test_a_batch_under_way_opens_on_its_plan_with_the_making_in_sight(lab):
    batch = start_batch(by=lab.mira, batch=make_batch(lab.project))
    assert [name for name, _ in chapters(page_of(lab.mira, batch))][:2] == ["plan", "make"]
    assert ("make", " open") in chapters(page_of(lab.mira, batch))


def test_deviations_come_first_in_the_making_the_major_one_on_top(lab):
    batch = make_made_batch(lab.project)
    said = [
        entry("deviation", "react", {"sentence": "Stirred by hand", "severity": "minor"}),
        entry("deviation", "react", {"sentence": "Heater off", "severity": "major"}, reason="fuse"),
    ]
    assert not record_events(by=lab.mira, batch=batch, events=said).refused
    make = page_of(lab.mira, batch).partition('id="make"')[2]
    order = [make.index(words) for words in ("Heater off", "Stirred by hand", ">Steps<")]
    assert order == sorted(order)


def test_the_log_names_person_and_day_once_a_visit(lab):
    batch = start_batch(by=lab.mira, batch=make_batch(lab.project))
    other = join(lab.project, Role.EDITOR)
    now = timezone.now()

    def note(text, minutes):
        return entry("note", "", text, at=(now - timedelta(minutes=minutes)).isoformat())

    record_events(by=lab.mira, batch=batch, events=[note("one", 100), note("two", 90)])
    record_events(by=other, batch=batch, events=[note("three", 80)])
    record_events(by=lab.mira, batch=batch, events=[note("four", 79), note("five", 20)])
    html = page_of(lab.mira, batch)
    log = html.partition('id="bench-record"')[2].partition("</details>")[0]
    assert "5 entries at the bench" in log
    heads = [
        " ".join(re.sub(r"<[^>]+>", "", h).split())
        for h in re.findall(r"<h4>(.*?)</h4>", log, re.S)
    ]
    assert [head.partition(",")[0] for head in heads] == [
        lab.mira.username,
        other.username,
        lab.mira.username,
        lab.mira.username,
    ]
    assert log.count(other.username) == 1
    assert 'id="bench-record" open' not in html


def test_steps_with_times_are_drawn_and_a_batch_without_has_no_drawing(lab):
    batch = start_batch(by=lab.mira, batch=make_batch(lab.project))
    assert "stepbar" not in page_of(lab.mira, batch)
    now = timezone.now()

    def at(minutes):
        return (now - timedelta(minutes=minutes)).isoformat()

    said = [
        entry("step_start", "degas", at=at(100)),
        entry("step_finish", "degas", at=at(40)),
        entry("step_start", "heat", at=at(39)),
        entry("step_finish", "heat", at=at(25)),
        entry("parameter", "heat.temperature_c", "168", at=at(25)),
    ]
    assert not record_events(by=lab.mira, batch=batch, events=said).refused
    make = page_of(lab.mira, batch).partition('id="make"')[2]
    assert make.count('class="stepbar"') == 2
    assert ">vacuum<" in make
    assert make.count('class="dot1"') == 1  # 168 °C was read; the plan's 120 and 170 are a line


def test_what_nobody_recorded_takes_one_line(lab):
    html = page_of(lab.mira, make_made_batch(lab.project))
    cell = html.partition("Oleylamine (OLA)")[2].partition("</tr>")[0]
    assert "not recorded" in cell.partition("lead")[2].partition("</td>")[0]
    assert "—" not in cell.partition("lead")[2].partition("</td>")[0]


def test_portions_what_was_only_said_repeats_and_the_air_are_shown(lab):
    batch = start_batch(by=lab.mira, batch=make_batch(lab.project))
    said = [
        entry("weighing", "cai2", "50.0 mg"),
        entry("weighing", "cai2", "5.1 mg", portion=True),
        entry("weighing", "oa", "1.00 mL", as_planned=True),
        entry("step_start", "wash"),
        entry("step_finish", "wash"),
        entry("step_start", "wash", repeat=True),
        entry("condition", "humidity_percent", "41.5"),
        entry("condition", "humidity_percent", "45"),
        entry("condition", "o2_ppm", "3"),
    ]
    assert not record_events(by=lab.mira, batch=batch, events=said).refused
    html = page_of(lab.mira, batch)
    text = " ".join(re.sub(r"<[^>]+>", "", html).replace("\u202f", " ").split())
    assert "50.0 mg + 5.1 mg" in text
    assert "1.00 mL said as planned" in text
    assert "add ethyl acetate. once more" in text
    assert re.search(
        r"Relative humidity 41\.5 % \d\d:\d\d:\d\d; 45 % \d\d:\d\d:\d\d Oxygen 3 ppm", text
    )


def test_a_reading_that_was_taken_back_is_not_shown(lab):
    batch = start_batch(by=lab.mira, batch=make_batch(lab.project))
    wrong = entry("condition", "humidity_percent", "4.15")
    said = [wrong, entry("withdraw", "", {"entry": wrong["id"]})]
    assert not record_events(by=lab.mira, batch=batch, events=said).refused
    assert "4.15" not in page_of(lab.mira, batch).partition('id="bench-record"')[0]
