"""What people did is told by visit: one person, no gap of half an hour; both dates when they differ."""

import re
from datetime import UTC, datetime, timedelta

from django.utils.timezone import override

from labnotebook.records.templatetags.notebook import time_span
from labnotebook.records.visits import visits_of

START = datetime(2026, 11, 25, 13, 0, tzinfo=UTC)


def visits(*items):
    """items: (person, minutes from the start)"""
    found = visits_of(items, who=lambda i: i[0], at=lambda i: START + timedelta(minutes=i[1]))
    return [(v.who, [minutes for _, minutes in v.items]) for v in found]


def test_a_visit_ends_with_half_an_hour_or_another_person():
    assert visits(("mira", 0), ("mira", 29), ("mira", 59), ("jonas", 60), ("mira", 61)) == [
        ("mira", [0, 29]),
        ("mira", [59]),
        ("jonas", [60]),
        ("mira", [61]),
    ]


def test_a_visit_may_be_told_newest_first_and_knows_its_ends():
    (visit,) = visits_of(
        [20, 5, 0], who=lambda _: "mira", at=lambda i: START + timedelta(minutes=i)
    )
    assert (visit.first, visit.last) == (START, START + timedelta(minutes=20))
    assert visits() == []


def span(start, end, form="full"):
    with override("Europe/Berlin"):
        return re.sub(r"<[^>]+>", "", time_span(start, end, form))


def test_a_span_has_both_dates_when_they_differ():
    evening = datetime(2026, 11, 24, 18, 13, tzinfo=UTC)
    later, night = evening + timedelta(hours=2), evening + timedelta(hours=6)
    assert span(evening, later) == "24 Nov, 19:13 – 21:13:00"
    assert span(evening, night) == "24 Nov, 19:13 – 25 Nov, 01:13"
    assert span(evening, later, "clock") == "19:13:00 – 21:13:00"
    assert span(evening, night, "clock") == "24 Nov, 19:13 – 25 Nov, 01:13"
    assert span(evening, None) == "24 Nov, 19:13"
    assert span(evening, evening, "clock") == "19:13:00"


def test_the_day_is_that_of_the_lab():
    # 22:30 and 23:30 UTC are one day in London and two in Berlin.
    start = datetime(2026, 11, 24, 22, 30, tzinfo=UTC)
    assert span(start, start + timedelta(hours=1)) == "24 Nov, 23:30 – 25 Nov, 00:30"
