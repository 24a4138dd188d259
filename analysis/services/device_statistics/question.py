"""What is asked of the pixels: which number, of which of them, in which groups."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.utils.dateparse import parse_date

from labnotebook.records.refusals import Refusal

EQE = "eqe_percent"
TARGET = "target:"  # before the name of an input of the recipe
GROUPINGS = {
    "architecture": "architecture",
    "batch": "batch of the emitter",
    "lot": "bottle",
    "run": "run",
    "substrate": "substrate",
    "week": "week",
    "person": "person",
    "project": "project",
}
FIELDS = ("quantity", "by", "architecture", "batch", "run", "project", "a", "b")
LONGEST = 120


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked. ``by`` is one of GROUPINGS, or ``target:ratio_ca_pb`` of what was varied in the recipe
    of the emitter or in the run."""

    quantity: str = EQE
    by: str = "architecture"
    architecture: str = ""  # slug
    batch: str = ""
    run: str = ""
    project: str = ""  # slug; made-up devices are shown of a named project alone
    since: date | None = None
    a: str = ""  # two groups to hold against one another; without them the two with most substrates
    b: str = ""
    wanted: float | None = None  # the difference to plan for, in the unit of the quantity


def read_question(said: Mapping[str, str]) -> Question:
    """Return what a query asks for; refuses a date or a number that cannot be read."""
    texts = {name: said.get(name, "").strip()[:LONGEST] for name in FIELDS}
    texts = {name: text for name, text in texts.items() if text}
    since = wanted = None
    if typed := said.get("since", "").strip():
        try:
            since = parse_date(typed)
        except ValueError:
            since = None
        if since is None:
            raise Refusal(f"{typed[:20]!r} is no date. Write it as 2026-11-27.", field="since")
    if typed := said.get("wanted", "").strip():
        try:
            wanted = abs(float(typed.replace(",", ".")))
        except ValueError:
            wanted = float("nan")
        if not 0 < wanted < 1e12:
            raise Refusal(
                f"{typed[:20]!r} is no difference. Write a number above 0.", field="wanted"
            )
    return Question(**texts, since=since, wanted=wanted)
