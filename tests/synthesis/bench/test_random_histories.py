"""Random bench histories against a model: nothing lost, nothing doubled, nothing silently reordered.

The model is one line: what stands in a field is its newest entry by its own time. Entries come late,
twice, in lists with refused ones among them, and are taken back.
"""

from __future__ import annotations

import datetime
import uuid
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from synthesis.models import BenchEvent
from synthesis.services.bench import record_events
from tests.factories import make_batch
from tests.synthesis.factories import make_lab

KEYS = ("pbi2", "cai2", "ola")
STEPS = ("degas", "heat", "wash")
AMOUNTS = st.decimals(1, 400, places=1)
SECONDS = st.integers(-80_000, -1)


@dataclass(slots=True)
class Model:
    """What was accepted, by field: (time, number, what it says)."""

    amounts: dict[str, list[tuple[int, int, str, Decimal | None]]] = field(default_factory=dict)
    steps: dict[str, list[tuple[int, int, str]]] = field(default_factory=dict)
    looks: list[tuple[int, int, str]] = field(default_factory=list)
    air: list[tuple[int, int, Decimal]] = field(default_factory=list)

    def weighed(self, key: str) -> Decimal | None:
        """Return the sum of what stands."""
        stands: list[Decimal] = []
        for _at, _number, kind, amount in sorted(self.amounts.get(key, [])):
            if kind == "portion":
                stands.append(amount)
            else:
                stands = [] if kind == "withdraw" else [amount]
        return sum(stands, Decimal(0)) if stands else None

    def times(self, key: str) -> tuple[int | None, int | None]:
        """Return when a step began and ended."""
        began = ended = None
        for at, _number, kind in sorted(self.steps.get(key, [])):
            began, ended = (at, None) if kind == "step_start" else (began, at)
        return began, ended


class Bench(RuleBasedStateMachine):
    """One flask, some tablets."""

    def __init__(self) -> None:
        super().__init__()
        self.lab = make_lab()
        self.batch = make_batch(self.lab.project)
        self.now, self.number = timezone.now(), 0
        self.model, self.sent = Model(), {}

    def moment(self, seconds: int) -> datetime.datetime:
        """Return a time of today."""
        return self.now + datetime.timedelta(seconds=seconds)

    def send(self, seconds: int, kind: str, target: str, value: Any = None, **more: Any) -> bool:
        """Send one entry with a refused one before it; return whether it was accepted."""
        self.number += 1
        one = {
            "id": str(uuid.uuid4()),
            "kind": kind,
            "target": target,
            "value": value,
            "at": self.moment(seconds).isoformat(),
            **more,
        }
        bad = {"id": str(uuid.uuid4()), "kind": "weighing", "target": "nothing", "value": "1 mg"}
        taken = record_events(by=self.lab.mira, batch=self.batch, events=[bad, one])
        assert bad["id"] in [refused["id"] for refused in taken.refused]
        if one["id"] in taken.accepted:
            self.sent[one["id"]] = one
            return True
        assert one["id"] in [refused["id"] for refused in taken.refused]
        return False

    @rule(key=st.sampled_from(KEYS), seconds=SECONDS, amount=AMOUNTS, portion=st.booleans())
    def weigh(self, key, seconds, amount, portion):
        """Weigh, or weigh some more."""
        unit = "mL" if key == "ola" else "mg"
        more = {"portion": True} if portion else {}
        assert self.send(seconds, "weighing", key, f"{amount} {unit}", **more)
        kind = "portion" if portion else "weighing"
        self.model.amounts.setdefault(key, []).append((seconds, self.number, kind, amount))

    @rule(key=st.sampled_from(KEYS), seconds=SECONDS)
    def empty(self, key, seconds):
        """Empty a field; refused when nothing stands in it."""
        stood = self.model.weighed(key) is not None
        assert self.send(seconds, "withdraw", key) is stood
        if stood:
            self.model.amounts[key].append((seconds, self.number, "withdraw", None))

    @rule(
        key=st.sampled_from(STEPS),
        seconds=SECONDS,
        kind=st.sampled_from(["step_start", "step_finish"]),
    )
    def step(self, key, seconds, kind):
        """Begin or end a step; an end before every beginning is refused."""
        starts = [at for at, _, one in self.model.steps.get(key, []) if one == "step_start"]
        possible = kind == "step_start" or not starts or min(starts) <= seconds
        assert self.send(seconds, kind, key) is possible
        if possible:
            self.model.steps.setdefault(key, []).append((seconds, self.number, kind))

    @rule(seconds=SECONDS, look=st.sampled_from(["clear", "colloidal", "turbid", "precipitate"]))
    def look(self, seconds, look):
        """Look at the flask."""
        assert self.send(seconds, "observation", "observe_precursor", look)
        self.model.looks.append((seconds, self.number, look))

    @rule(seconds=SECONDS, percent=st.decimals(0, 100, places=2))
    def read_humidity(self, seconds, percent):
        """Read the humidity."""
        assert self.send(seconds, "condition", "humidity_percent", str(percent))
        self.model.air.append((seconds, self.number, percent))

    @rule(data=st.data(), other=st.booleans())
    def send_again(self, data, other):
        """Send an entry once more, or another one under its id."""
        if not self.sent:
            return
        one = self.sent[data.draw(st.sampled_from(sorted(self.sent)))]
        again = {**one, "value": "999 mg", "reason": "another"} if other else one
        taken = record_events(by=self.lab.jonas, batch=self.batch, events=[again])
        assert taken.accepted == []
        assert (taken.known == [one["id"]]) is not other
        assert bool(taken.refused) is other

    @rule(key=st.sampled_from(KEYS), amount=AMOUNTS)
    def die_before_it_is_kept(self, key, amount):
        """The process is killed in the middle: nothing of it is there."""
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            self.send(-1, "weighing", key, f"{amount} {'mL' if key == 'ola' else 'mg'}")
            self.sent.popitem()
            raise ZeroDivisionError

    @invariant()
    def the_record_is_what_the_model_says(self):
        """Every field shows its newest entry, and every accepted entry is in the log once."""
        kept = set(
            map(str, BenchEvent.objects.filter(batch=self.batch).values_list("pk", flat=True))
        )
        assert kept == set(self.sent)
        self.batch.refresh_from_db()
        rows = dict(self.batch.additions.values_list("key", "weighed_value"))
        assert {key: rows[key] for key in KEYS} == {key: self.model.weighed(key) for key in KEYS}
        for run in self.batch.step_runs.filter(key__in=STEPS):
            times = [None if at is None else self.moment(at) for at in self.model.times(run.key)]
            assert [run.started_at, run.finished_at] == times
        looks, air = sorted(self.model.looks), sorted(self.model.air)
        assert self.batch.precursor_appearance == (looks[-1][2] if looks else "")
        assert self.batch.humidity_percent == (air[-1][2] if air else None)


@pytest.mark.django_db
def test_random_histories_keep_everything_once_and_show_the_newest(random_histories):
    class InOneTransaction(Bench):
        def __init__(self) -> None:
            self.atomic = transaction.atomic()
            self.atomic.__enter__()
            super().__init__()

        def teardown(self) -> None:
            transaction.set_rollback(True)
            self.atomic.__exit__(None, None, None)

    run_state_machine_as_test(
        InOneTransaction,
        settings=settings(
            max_examples=random_histories,
            stateful_step_count=20,
            suppress_health_check=list(HealthCheck),
        ),
    )
