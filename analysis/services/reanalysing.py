"""Analyse again what an older version of a method made, or an older calibration; what was accepted stays as it is.

No table of its own: *stale* is a question to the runs, *asked* are job rows, and what a new version
would change is read from the run before and the run after. A job writes its run when it has ended, so
one that is taken back leaves nothing behind.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import Any

from django.db.models import Count, Q, QuerySet

from analysis.models import Analysis
from analysis.result import Method
from analysis.services.lists import AGAIN, counting
from analysis.services.named import check_named
from analysis.services.recalibrated import Counted, counted_now, counted_then, differences
from analysis.services.runs import checked_settings
from analysis.techniques.registry import METHODS
from labnotebook.records.history import recorded
from labnotebook.records.models import Job, Project
from labnotebook.records.permissions import require_editor
from labnotebook.records.refusals import Refusal
from labnotebook.records.services import jobs

COUNTS_WITH = "counts_with"  # of the input of a job
_ENDED = (Analysis.State.DONE, Analysis.State.FAILED)
_COLUMNS = (
    "measurement_id",
    "measurement__technique",
    "number",
    "scan",
    "method",
    "method_version",
)
_COLUMNS += ("parameters", "state", "accepted_at", "rejected_at", "provenance")
_COLUMNS += tuple(
    f"measurement__{name}" for name in ("performed_at", "created_at", "measured_with")
)


@dataclass(frozen=True, slots=True)
class UnderWay:
    """How far what was asked for is, in runs: what is asked again and again while it runs."""

    waiting: int
    running: int
    ended: int

    @property
    def asked(self) -> int:
        """All that were asked for with the versions of now."""
        return self.open + self.ended

    @property
    def open(self) -> int:
        """Those that have not ended."""
        return self.waiting + self.running


@dataclass(frozen=True, slots=True)
class Progress(UnderWay):
    """How far the re-analysis of a project is, in runs. All runs of the project are looked at."""

    stale: int  # made by an older version or calibration, and not asked for yet
    refused: int  # made by an older version with settings that the new one does not take
    why: tuple[
        tuple[str, int], ...
    ] = ()  # what changed since, in a sentence each, and of how many runs


@dataclass(frozen=True, slots=True)
class Stale:
    """A run that is out of date, with what changed since and what it would count with now."""

    run: int
    method: Method
    why: tuple[str, ...]
    counts_with: Counted


def chosen_methods(names: Sequence[str] | None) -> list[Method]:
    """Return the methods called so, all by default; refuses a name that is none."""
    for name in names or ():
        if name not in METHODS:
            raise Refusal(
                f"{name[:40]!r} is no method known here: {', '.join(METHODS)}.", field="method"
            )
    return [METHODS[name] for name in names or METHODS]


def progress(project: Project, names: Sequence[str] | None = None) -> Progress:
    """Return how far the re-analysis with the versions of now is."""
    methods = chosen_methods(names)
    stale, refused = _stale(project, methods)
    now = under_way(project, names)
    why = Counter(sentence for one in stale for sentence in one.why)
    told = tuple(why.most_common())
    return Progress(now.waiting, now.running, now.ended, len(stale), refused, told)


def under_way(project: Project, names: Sequence[str] | None = None) -> UnderWay:
    """Return how far what was asked for is, from the states of the jobs alone, in one statement."""
    jobs_by_state = _asked(project, chosen_methods(names)).order_by().values_list("state")
    counts = dict(jobs_by_state.annotate(n=Count("pk")))
    waiting, running = counts.pop(Job.State.QUEUED, 0), counts.pop(Job.State.RUNNING, 0)
    return UnderWay(waiting, running, sum(counts.values()))


def start(*, by: Any, project: Project, names: Sequence[str] | None = None, actor: str = "") -> int:
    """Ask for a new run of everything stale; return of how many. What is asked for already is not again.

    ``actor`` is who says it when that is no person: ``by`` then stands behind the runs.
    """
    require_editor(by, project)
    methods = chosen_methods(names)
    with recorded(actor or by, "analysed again with new versions"):
        Project.objects.select_for_update(no_key=True).get(pk=project.pk)  # two who ask take turns
        stale, _refused = _stale(project, methods)
        payloads = [_payload(one, by) for one in stale]
        jobs.ask_many(AGAIN, [(payload, project) for payload in payloads])
    return len(payloads)


def cancel(*, by: Any, project: Project, names: Sequence[str] | None = None) -> int:
    """Take back what no worker has begun; return how many runs. What has begun ends."""
    require_editor(by, project)
    return jobs.take_back(_asked(project, chosen_methods(names)))


def runs_made(project: Project, names: Sequence[str] | None = None) -> QuerySet[Analysis]:
    """Return the runs that the re-analysis with the versions of now has made."""
    asked = _asked(project, chosen_methods(names))
    return Analysis.objects.filter(job__in=asked.values("pk"))


def _asked(project: Project, methods: Iterable[Method]) -> QuerySet[Job]:
    """Return the jobs that were asked for with the versions of now."""
    now = Q(pk=None)
    for method in methods:
        now |= Q(input__method=method.name, input__version=method.version)
    return Job.objects.filter(now, kind=AGAIN, project=project)


def _payload(one: Stale, by: Any) -> dict[str, Any]:
    asked = {"analysis": one.run, "method": one.method.name, "version": one.method.version}
    # another calibration is another question, also to a run that was asked for before
    return {**asked, "by": by.pk, **({COUNTS_WITH: one.counts_with} if one.counts_with else {})}


def _stale(project: Project, methods: Sequence[Method]) -> tuple[list[Stale], int]:
    """Return the runs that count and are out of date; and how many of an older version cannot be made again."""
    older = Q(pk=None)
    for method in methods:
        older |= Q(method=method.name) & ~Q(method_version=method.version)
    by_record = Q(measurement__measured_with__isnull=False) | Q(provenance__has_key="calibration")
    older |= by_record & Q(method__in=[method.name for method in methods])
    measured = Analysis.objects.filter(older, state__in=_ENDED, measurement__project=project)
    rows = (
        Analysis.objects.filter(measurement__in=measured.values("measurement"), state__in=_ENDED)
        .select_related("measurement")
        .only(*_COLUMNS)
        .order_by("measurement_id", "scan", "-number")
    )
    by_name = {method.name: method for method in methods}
    asked = [
        (one["analysis"], one["method"], one.get(COUNTS_WITH) or {})
        for one in _asked(project, methods).values_list("input", flat=True)
    ]
    asked_of = {
        key: [a for *_, a in same]
        for key, same in groupby(sorted(asked, key=itemgetter(0, 1)), itemgetter(0, 1))
    }
    now = counted_now({run.measurement for run in rows})
    found: list[Stale] = []
    refused = 0
    for measurement, runs in groupby(rows, lambda run: run.measurement_id):
        for run in _counting(list(runs), now[measurement]):
            method = by_name.get(run.method)
            if method is None or method.technique != run.measurement.technique:
                continue
            why = _outdated(run, method, now[measurement])
            if not why or now[measurement] in asked_of.get((run.pk, method.name), ()):
                continue
            try:
                settings = checked_settings(method.technique, method, run.parameters)
                check_named(project, method, settings, run.measurement)
            except Refusal:
                refused += 1
            else:
                found.append(Stale(run.pk, method, tuple(why), now[measurement]))
    return found, refused


def _outdated(run: Analysis, method: Method, now: Counted) -> list[str]:
    """Return what changed since a run was made, in a sentence each; a refusal rests on no calibration."""
    said = []
    if method.version != run.method_version:
        said.append(
            f"{method.title}: version {method.version} of the method now, {run.method_version} when it was analysed."
        )
    if run.state == Analysis.State.DONE:
        then = counted_then(method.technique, run.provenance)
        said += differences(method.technique, then, now)
    return said


def _counting(runs: list[Analysis], now: Counted) -> Iterable[Analysis]:
    """Return the run that counts of each scan of a file; they come by scan, newest first."""
    of_scan = {scan: list(some) for scan, some in groupby(runs, lambda run: run.scan)}
    for scan, some in of_scan.items():
        run = counting(some)
        # A run that only asked which scan is meant has its answer once one was chosen.
        only_asked = not scan and len(of_scan) > 1 and run.state == Analysis.State.FAILED
        if not only_asked and not _done_anew(run, some, now):
            yield run


def _done_anew(run: Analysis, runs: Iterable[Analysis], now: Counted) -> bool:
    """Whether somebody ran the same with version and calibration of now, and it waits to be accepted."""
    method = METHODS.get(run.method)
    return any(
        one.number > run.number
        and one.method == run.method
        and method is not None
        and not _outdated(one, method, now)
        and one.parameters == run.parameters
        for one in runs
    )
