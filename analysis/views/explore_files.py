"""What is taken home of a question: its figure for print, its batches as a table, the question and its date on each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from analysis.history.axes import OF_ONE_NUMBER, View
from analysis.history.catalogue import Catalogue
from analysis.history.columns import Column
from analysis.history.count import count
from analysis.history.explored import GROUPINGS, Batch, Explored
from analysis.history.language import UnclearQuestion
from analysis.phase_map import Place, map_phases
from analysis.views.explore_control import Charted, charted, finding_words, in_words
from analysis.views.explore_figure import Marked, marked
from analysis.views.explore_groups import groups_shown
from analysis.views.explore_map import ends_of
from analysis.views.explore_multiples import chosen_parts
from analysis.views.explore_shown import asked_of, look
from analysis.views.explore_words import counted_note, dated, question_in_words
from analysis.views.exports import csv_file, drawing_file
from labnotebook.records.presentation.axes import Axis
from labnotebook.records.presentation.explorer_figures import KeyItem
from labnotebook.records.presentation.plots import PHASE_WORDS, phase_key
from labnotebook.records.views.current import my_projects

if TYPE_CHECKING:
    from analysis.curves.printed_points import Dot
    from labnotebook.records.presentation.sheet import Sheet

FILE_NAME = "explorer"


@require_safe
def explorer_file(request: HttpRequest, form: str) -> HttpResponseBase:
    """Hand out the figure as SVG or PDF, its batches as CSV."""
    catalogue = Catalogue(request.user)
    try:
        question, view = asked_of(request, catalogue)
    except UnclearQuestion as unclear:
        sentences = "\n".join(refusal.sentence for refusal in unclear.refusals)
        return _refused(sentences)
    explored = look(request.user, question, count(request.user, question), view)
    words = question_in_words(view, question, my_projects(request))
    if form == "csv":
        facts = {
            "question": words,
            "batches": counted_note(explored, view, drawn=len(explored.batches)),
            **(_chart_facts(charted(explored, view), view) if view.show == "control" else {}),
            "date": explored.read_at.isoformat(timespec="seconds"),
            "address": request.build_absolute_uri(),
        }
        return csv_file(table(explored.batches, view, facts), FILE_NAME)
    said = [words, counted_note(explored, view), dated(explored)]
    sheet = printed(explored, view, said)
    if isinstance(sheet, str):
        return _refused(sheet)
    return drawing_file(sheet, FILE_NAME, form)


def _refused(words: str) -> HttpResponse:
    return HttpResponse(words, status=422, content_type="text/plain; charset=utf-8")


def printed(explored: Explored, view: View, said: Sequence[str]) -> Sheet | str:
    """Return the figure for print, or in a sentence why there is none. said: what stands below it."""
    from analysis.curves.printed_points import printed_points  # only an export needs reportlab

    if not explored.batches or (view.show == "scatter" and not view.split):
        ones, key = marked(explored.drawn, view.by)
        x, y = _axis(view.x), _axis(view.y)
        return printed_points([_dot(one) for one in ones], key, x, y, said)
    return _PRINTED[_way(view)](explored, view, said)


def _way(view: View) -> str:
    return "parts" if view.show == "scatter" else view.show


def _parts(explored: Explored, view: View, said: Sequence[str]) -> Sheet:
    from analysis.curves.printed_explorer import PrintedPart, printed_parts

    shown, left_out = chosen_parts(explored, view)
    ones, key = marked(explored.drawn, view.by)
    parts = [
        PrintedPart(
            f"{part.label} (n {len(part.batches)})",
            [_dot(one) for one in ones if one.batch.part == part.key],
        )
        for part in shown
    ]
    sentences = [*said, *([left_out] if left_out else [])]
    return printed_parts(parts, key, _axis(view.x), _axis(view.y), sentences)


def _groups(explored: Explored, view: View, said: Sequence[str]) -> Sheet:
    from analysis.curves.printed_explorer import PrintedGroup, printed_groups

    shown, left_out = groups_shown(explored.evidence, view)
    groups = [
        PrintedGroup(
            f"{group.label} (n {len(group.batches)})",
            min(group.values),
            max(group.values),
            group.median,
            group.middle,
            group.values,
        )
        for group in shown
    ]
    words = _("Box: the middle half and the median; line: from the lowest to the highest.")
    more = [_("%(n)d more groups are not shown.") % {"n": left_out}] if left_out else []
    return printed_groups(groups, _axis(view.y), [*said, words, *more])


def _map(explored: Explored, view: View, said: Sequence[str]) -> Sheet:
    from analysis.curves.printed_explorer import PrintedCell, printed_map

    batches = explored.evidence
    found = map_phases([Place(one.x, one.y, one.phase) for one in batches])
    rows = [
        (
            ends_of(row),
            [
                cell and PrintedCell(phase_key(cell.phase), f"{cell.share}/{cell.n}", cell.is_few)
                for cell in cells
            ],
        )
        for row, cells in found.rows
    ]
    marks = [phase_key(one.phase) for one in batches]
    key = [
        KeyItem(mark, PHASE_WORDS[mark], marks.count(mark)) for mark in PHASE_WORDS if mark in marks
    ]
    heads = [ends_of(one) for one in found.columns]
    titles = (str(view.x.title), str(view.y.title))
    words = _("A cell: its most frequent phase, of how many. Dashed: fewer than 3 batches.")
    return printed_map(heads, rows, key, titles, [*said, words])


def _control(explored: Explored, view: View, said: Sequence[str]) -> Sheet | str:
    from analysis.curves.printed_explorer import printed_control

    found = charted(explored, view)
    if found.chart is None:
        return found.refusal
    ones, key = marked(found.batches, view.by)
    chart = found.chart
    findings = [finding_words(one, found.batches) for one in chart.findings]
    return printed_control(
        [_dot(one) for one in ones],
        key,
        (chart.low, chart.middle, chart.high),
        chart.beyond,
        _("batches, in the order planned"),
        _axis(view.y),
        [*said, *in_words(found, view), *findings],
    )


_PRINTED = {"parts": _parts, "groups": _groups, "map": _map, "control": _control}


def _axis(column: Column) -> Axis:
    return Axis.over([], str(column.label), column.unit)


def _dot(one: Marked) -> Dot:
    from analysis.curves.printed_points import Dot

    batch = one.batch
    return Dot(batch.x, batch.y, batch.u_x, batch.u_y, one.mark)


def _chart_facts(found: Charted, view: View) -> dict[str, str]:
    if found.chart is None:
        return {"chart": found.refusal}
    findings = [finding_words(one, found.batches) for one in found.chart.findings]
    return {"chart": " ".join([*in_words(found, view), *findings])}


def table(batches: Sequence[Batch], view: View, facts: dict[str, str]) -> Iterator[list[str]]:
    """Yield the batches as a table, the question and its date first; of a control chart in their order."""
    yield from ([f"# {name}", _cell(words)] for name, words in facts.items() if words)
    columns = [] if view.show in OF_ONE_NUMBER else [("x", view.x)]
    columns.append(("y", view.y))
    said = {name: str(GROUPINGS[name][0]).lower() for name in (view.by, view.split) if name}
    said.pop("phase", None)
    yield [
        "batch",
        "phase",
        *said.values(),
        *(head for _axis, one in columns for head in (str(one.title), f"u({one.name})")),
        "simulated",
        "planned_at",
    ]
    if view.show == "control":
        batches = sorted(batches, key=lambda one: (one.planned_at, one.code))
    for one in batches:
        numbers = [getattr(one, f"{u}{axis}") for axis, _column in columns for u in ("", "u_")]
        yield [
            _cell(one.code),
            one.phase,
            *(_cell(one.group if name == view.by else one.part) for name in said),
            *("" if number is None else repr(number) for number in numbers),
            "yes" if one.simulated else "no",
            one.planned_at.isoformat(timespec="seconds"),
        ]


def _cell(text: str) -> str:
    """Return a word that no spreadsheet takes for a formula."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text
