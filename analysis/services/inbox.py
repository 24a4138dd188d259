"""Many files at once: each goes where its name says; what says nothing, or two things, waits in the inbox."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils.timezone import localtime, now

from analysis.models import InboxFile, Measurement
from analysis.routing import Route, Target
from analysis.services.doubts import in_words, kept_already
from analysis.services.measurements import HOW_TO_BE_SURE, add_measurement, check_technique
from analysis.services.places import routes_for
from analysis.services.subjects import Measured, pick_measured
from analysis.services.uploads import head_of
from analysis.techniques.guess import technique_told
from labnotebook.records.files import HashedUpload, clean_name
from labnotebook.records.history import recorded
from labnotebook.records.models import Project
from labnotebook.records.permissions import require_editor, require_uploader
from labnotebook.records.refusals import Asked, Refusal, StorageAway, WrongState
from labnotebook.records.services.archive import reason_of
from labnotebook.records.services.files import store_file

FILED, WAITING, KNOWN, REFUSED = "filed", "waiting", "known", "refused"
NO_TECHNIQUE = "Neither its name nor its first lines say by which technique it was measured."


@dataclass(frozen=True, slots=True)
class TakenIn:
    """What became of one file."""

    name: str
    state: str  # filed, waiting, known (there already), refused
    why: str = ""
    measurement: Measurement | None = None
    waiting: InboxFile | None = None


def take_in(
    *, by: Any, project: Project, uploads: Iterable[HashedUpload], sure: bool = False
) -> list[TakenIn]:
    """Route each file by its name; what cannot be routed waits in the inbox of ``project``.

    A file that is there already, to the last byte, is not kept again unless the person is ``sure``, so the same
    files may be sent again after a loss. Refuses when no file came, or none can be kept.
    """
    require_uploader(by, project)
    files = list(uploads)
    if not files:
        raise Refusal("No file came with it. Choose at least one.", field="file")
    routes = routes_for(by, [clean_name(one.name) for one in files])
    taken = []
    with recorded(by, "files taken in"):
        _one_after_the_other(_sha256(one) for one in files)
        for upload, found in zip(files, routes, strict=True):
            try:
                with transaction.atomic():
                    taken.append(_take(by, project, upload, found, sure=sure))
            except StorageAway:
                raise  # as it would be for the next: all is sent again
            except Refusal as refusal:
                taken.append(TakenIn(clean_name(upload.name), REFUSED, refusal.sentence))
        if all(one.state == REFUSED for one in taken):
            raise Refusal(" ".join(one.why for one in taken), field="file")
    return taken


def _sha256(upload: HashedUpload) -> str:
    return upload.writer.digest.hexdigest()


def _one_after_the_other(hashes: Iterable[str]) -> None:
    """Wait until nobody else takes the same bytes in: the second of two sends finds what the first one kept."""
    with connection.cursor() as cursor:
        for sha256 in sorted(set(hashes)):  # in one order, so that no two wait for each other
            key = f"inbox:{sha256}"
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [key])


def _take(by: Any, project: Project, upload: HashedUpload, found: Route, *, sure: bool) -> TakenIn:
    name, sha256 = clean_name(upload.name), _sha256(upload)
    technique = technique_told(upload.name, head_of(upload))
    if found.target is not None and technique:
        subject = subject_of(by, found.target)
        known = None if sure else kept_already(subject, sha256)
        if known is not None:
            return TakenIn(name, KNOWN, in_words(name, known), known)
        made = add_measurement(by=by, subject=subject, technique=technique, upload=upload)
        return TakenIn(name, FILED, measurement=made)
    if not sure and (there := _there_already(by, name, sha256)):
        return there
    waiting = InboxFile.objects.create(
        project=project,
        technique=technique,
        file=store_file(by=by, project=project, upload=upload),
    )
    return TakenIn(name, WAITING, found.why or NO_TECHNIQUE, waiting=waiting)


def _there_already(by: Any, name: str, sha256: str) -> TakenIn | None:
    """Return what became of these bytes when they came before, None when they did not."""
    rows = Measurement.objects.reached_by(by).filter(file__sha256=sha256)
    known = rows.select_related("file").order_by("pk").first()
    if known is not None:
        return TakenIn(name, KNOWN, in_words(name, known), known)
    rows = _unassigned(InboxFile.objects.reached_by(by)).filter(file__sha256=sha256)
    waiting = rows.order_by("-put_aside_at", "-pk").first()  # none first: what still waits
    if waiting is None:
        return None
    words = (
        f"{name} waits in the inbox already, to the last byte: {waiting.file.name},"
        f" {localtime(waiting.arrived_at):%-d %b %Y}."
    )
    if waiting.put_aside_at:
        words = (
            f"{name} was put aside in the inbox, to the last byte: {waiting.file.name},"
            f" {localtime(waiting.put_aside_at):%-d %b %Y}, {waiting.put_aside_reason}."
        )
    return TakenIn(name, KNOWN, words, waiting=waiting)


def waiting_for(user: Any, *, aside: bool = False) -> QuerySet[InboxFile]:
    """Return the files that wait in the projects of ``user``, newest first, or with ``aside`` those put aside."""
    return unassigned_for(user).filter(put_aside_at__isnull=not aside)


def unassigned_for(user: Any) -> QuerySet[InboxFile]:
    """Return the files that nobody said the subject of, those put aside among them."""
    return _unassigned(InboxFile.objects.visible_to(user))


def _unassigned(rows: QuerySet[InboxFile]) -> QuerySet[InboxFile]:
    rows = rows.filter(measurement=None)
    return rows.select_related("file__uploaded_by", "project").order_by("-pk")


def routes_of_waiting(user: Any, rows: Sequence[InboxFile]) -> list[Route]:
    """Return where the files that wait may belong, as things stand now."""
    found = routes_for(user, [one.file.name for one in rows])
    return [
        replace(one, why=one.why or ("" if row.technique else NO_TECHNIQUE))
        for row, one in zip(rows, found, strict=True)
    ]


def assign(
    *, by: Any, waiting: InboxFile, subject: Measured, technique: str = "", sure: bool = False
) -> Measurement:
    """Say what a file of the inbox is of; without a technique it is the one that the file told."""
    require_editor(by, waiting.project)
    with recorded(by, "assigned from the inbox"):
        row = waiting.lock()
        name = row.file.name
        if row.measurement is not None:
            raise WrongState(f"{name} was filed with {row.measurement.subject} meanwhile.")
        technique = technique or row.technique
        if not technique:
            raise Refusal(f"{name}: say by which technique it was measured.", field="technique")
        check_technique(technique)
        known = None if sure else kept_already(subject, row.file.sha256)
        if known is not None:
            raise Asked(f"{in_words(name, known)} {HOW_TO_BE_SURE}", field="sure")
        made = add_measurement(by=by, subject=subject, technique=technique, upload=row.file)
        row.set_fields(measurement=made, put_aside_at=None, put_aside_reason="")
    return made


def put_aside(*, by: Any, waiting: InboxFile, reason: str, back: bool = False) -> InboxFile:
    """Put a file aside that nobody wants, with a reason, or with ``back`` let it wait again; both may be said twice."""
    require_editor(by, waiting.project)
    reason = reason_of(reason)
    with recorded(by, reason):
        row = waiting.lock()
        if row.measurement is not None:
            raise WrongState(f"{row.file.name} was filed with {row.measurement.subject} meanwhile.")
        if back == (row.put_aside_at is not None):
            row.set_fields(
                put_aside_at=None if back else now(), put_aside_reason="" if back else reason
            )
    return row


def subject_of(user: Any, target: Target) -> Measured:
    """Return what a target names, among what ``user`` may see."""
    if target.pixel:
        return pick_measured(user, pixel=target.words)
    return pick_measured(user, **{target.kind: target.code})


def subject_called(user: Any, typed: str) -> Measured:
    """Return what a person names: ``NC-0042``, ``D-0001``, ``D-0001/P2``, ``L-0007``; refuses what nothing is called."""
    code, slash, label = typed.strip().partition("/")
    words = f"{code.strip().upper()}{slash}{label.strip()}"
    for kind in ("pixel",) if slash else ("batch", "device", "lot"):
        try:
            return pick_measured(user, **{kind: words})
        except Refusal:
            continue
    raise Refusal(
        f"There is no batch, device, pixel or bottle {typed.strip()[:60]!r} for you. Write its code, such as NC-0042 or"
        " D-0001/P2.",
        field="of",
    )
