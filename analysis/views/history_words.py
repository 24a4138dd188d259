"""The words and links of the history page: what is shown, and every question one step away."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple
from urllib.parse import parse_qs, parse_qsl, urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from analysis.exports.forms import FORMS
from analysis.history.columns import (
    COLUMNS,
    DEFAULT_ORDERING,
    UNKNOWN,
    Kind,
)
from analysis.history.count import CAP, SAMPLE, WayOut
from analysis.history.language import PAGE_SIZE, Condition, Question
from analysis.history.overview import Overview
from labnotebook.records.codes import codes_in
from labnotebook.records.models import Project
from labnotebook.records.presentation.numbers import plain_number
from synthesis.models import Batch

API_ADDRESS = "/api/v1/history/"


class Chip(NamedTuple):
    """A word of a facet: its link chooses it, or takes it back."""

    word: str
    label: str
    rows: int
    href: str
    chosen: bool


class LinkedWayOut(NamedTuple):
    """A condition in words, how many batches there are without it, and the link that drops it."""

    words: str
    rows: int
    number: str
    href: str


MOST_PINNED = 20


def pinned_of(request: HttpRequest) -> list[str]:
    """Return the codes that the address pins on top of the table, each once, in their order."""
    codes = codes_in(",".join(request.GET.getlist("pinned")))
    return [code for code in codes if "\x00" not in code][:MOST_PINNED]


def with_pins(request: HttpRequest) -> str:
    """Return the address that the page came from, with the ticked batches pinned on top."""
    back = {n: t for n, t in parse_qsl(request.GET.get("back", "")) if n != "pinned"}
    before = parse_qs(request.GET.get("back", "")).get("pinned", [])
    pinned = ",".join(codes_in(",".join([*before, *request.GET.getlist("codes")]))[:MOST_PINNED])
    query = urlencode({**back, **({"pinned": pinned} if pinned else {})}, safe=",")
    return reverse("analysis:history") + (f"?{query}" if query else "")


class Links:
    """Addresses of questions that differ from this one in one thing."""

    page = "analysis:history"

    def __init__(self, request: HttpRequest, question: Question, axes: tuple[str, str]) -> None:
        self.request = request
        self.question = question
        self.filters = {
            name: text for name, text in question.typed.items() if name not in ("page_size",)
        }
        chosen = {name: request.GET[name] for name in ("x", "y") if name in request.GET}
        self.axes = chosen if axes == (chosen.get("x", axes[0]), chosen.get("y", axes[1])) else {}
        pinned = pinned_of(request)
        self.pins = {"pinned": ",".join(pinned)} if pinned else {}
        self.size = {}
        if question.page_size != PAGE_SIZE:
            self.size = {"page_size": str(question.page_size)}

    @property
    def beside(self) -> dict[str, str]:
        """What the address says beside the question: how it is drawn, what is pinned, how long a page is."""
        return {**self.axes, **self.pins, **self.size}

    def to(self, **changes: str | None) -> str:
        """Return the address of the page with these parameters changed; None takes one away."""
        said: dict[str, Any] = {**self.filters, **self.beside, **changes}
        query = urlencode({name: text for name, text in said.items() if text is not None}, safe=",")
        return f"{reverse(self.page)}?{query}" if query else reverse(self.page)

    @property
    def columns(self) -> str:
        """Where the columns of the table are chosen."""
        query = urlencode({**self.filters, **self.beside}, safe=",")
        return reverse("analysis:history-columns") + (f"?{query}" if query else "")

    @property
    def query(self) -> str:
        """The question and what stands beside it, as in an address."""
        return urlencode({**self.filters, **self.beside}, safe=",")

    def unpin(self, code: str) -> str:
        """Return the address of the page with one batch pinned no longer."""
        left = [one for one in self.pins.get("pinned", "").split(",") if one != code]
        return self.to(pinned=",".join(left) or None)

    @property
    def here(self) -> str:
        """The question itself."""
        return self.to()

    @property
    def everything(self) -> str:
        """The page without any question."""
        return reverse(self.page)

    @property
    def explore(self) -> str:
        """The same question in the explorer, with the axes that were chosen."""
        left_out = ("ordering", "columns")
        said = {name: text for name, text in self.filters.items() if name not in left_out}
        query = urlencode({**said, **self.axes}, safe=",")
        return reverse("analysis:explore") + (f"?{query}" if query else "")

    @property
    def files(self) -> list[tuple[str, str]]:
        """All rows of the question as a file: what each form is called, and its address."""
        query = urlencode(self.filters, safe=",")
        return [
            (form.title, reverse(f"analysis:history-{ending}") + (f"?{query}" if query else ""))
            for ending, form in FORMS.items()
        ]

    @property
    def api(self) -> str:
        """The same question for a script."""
        query = urlencode({**self.filters, **self.size}, safe=",")
        return self.request.build_absolute_uri(API_ADDRESS) + (f"?{query}" if query else "")

    @property
    def views(self) -> list[tuple[str, str, bool]]:
        """The ways to list the batches: words, address, whether it is this one."""
        query = urlencode({**self.filters, **self.axes, **self.pins}, safe=",")
        pages = {
            "analysis:history": _("Rows"),
            "analysis:history-groups": _("Groups"),
            "analysis:history-pivot": _("Pivot"),
        }
        return [
            (words, reverse(page) + (f"?{query}" if query else ""), page == self.page)
            for page, words in pages.items()
        ]

    def page_at(self, cursor: str | None) -> str:
        """Return the address of another page of rows, empty when there is none."""
        return self.to(cursor=cursor) if cursor else ""

    def chips(self, overview: Overview) -> dict[str, list[Chip]]:
        """Return the chips of both facets; chosen words stay even when they find nothing."""
        return {
            "phase": self._chips("phase", COLUMNS["phase"].choices, overview),
            "precursor": self._chips(
                "precursor_appearance", dict(Batch.Appearance.choices), overview
            ),
        }

    def _chips(self, column: str, labels: Mapping[str, str], overview: Overview) -> list[Chip]:
        counts = overview.facets[column]
        chosen = self.question.words_of(column)
        chips = []
        for word, label in [*labels.items(), (UNKNOWN, _("unknown"))]:
            rows = counts.get("" if word == UNKNOWN else word, 0)
            if rows or word in chosen:
                left = [w for w in chosen if w != word] if word in chosen else [*chosen, word]
                href = self.to(**{column: ",".join(left) or None})
                chips.append(Chip(word, str(label).lower(), rows, href, word in chosen))
        return chips

    def ways_out(self, ways: Iterable[WayOut]) -> list[LinkedWayOut]:
        """Return the conditions whose absence would show something, the most rows first."""
        helpful = sorted((w for w in ways if w.rows), key=lambda way: -way.rows)
        return [
            LinkedWayOut(
                in_words(way.condition, ()),
                way.rows,
                counted_words(way.rows),
                self.to(**{way.condition.parameter: None}),
            )
            for way in helpful
        ]


def counted_words(rows: int) -> str:
    """Return a number of rows that were counted to CAP + 1."""
    return f"{CAP:,}+" if rows > CAP else f"{rows}"


def sentence(question: Question, overview: Overview, projects: Sequence[Project]) -> dict[str, str]:
    """Return what is shown, in words: how many batches, which, and in what order."""
    if overview.counted.exact:
        number = ngettext("%(n)d batch", "%(n)d batches", overview.found) % {"n": overview.found}
    else:
        number = _("%(n)s+ batches") % {"n": f"{overview.found:,}"}
    return {
        "number": number,
        "which": " · ".join([*which(question, projects), _sorted_by(question)]),
    }


def which(question: Question, projects: Sequence[Project]) -> list[str]:
    """Return in words which batches are asked for."""
    said = [in_words(c, projects) for c in question.conditions]
    if not question.words_of("phase") and not question.words_of("state"):
        said.insert(0, _("every phase, failed ones included"))
    return said


def _sorted_by(question: Question) -> str:
    column, descending = question.column, question.descending
    if question.ordering == DEFAULT_ORDERING:
        return _("newest first")
    if column.kind is Kind.TIME:
        return _("oldest first")
    label = str(column.label) if column.label[:2].isupper() else str(column.label).lower()
    if column.name == "eqe_percent" and descending:
        return _("sorted by best EQE")
    if column.name.startswith("ratio_"):
        label = str(column.label)
    way = _("highest first") if descending else _("lowest first")
    if column.kind is Kind.WORD:
        way = _("Z to A") if descending else _("A to Z")
    return _("sorted by %(column)s, %(way)s") % {"column": label, "way": way}


def in_words(condition: Condition, projects: Sequence[Project]) -> str:
    """Return a condition as it was understood: "EQE at least 15 %"."""
    value = condition.value
    column = condition.column
    if column is None:
        return _("with “%(words)s”") % {"words": value}
    if column.kind is Kind.WORD:
        names = {**column.choices, UNKNOWN: _("unknown")}
        if column.name == "project":
            names = {p.slug: p.name for p in projects}
        words = _(" or ").join(str(names.get(word, word)) for word in value)
        return (
            f"{column.label}: {words}" if column.name != "phase" else _("%(p)s only") % {"p": words}
        )
    if column.kind is Kind.TIME:
        here = localtime(value)
        form = "j M Y" if (here.hour, here.minute) == (0, 0) else "j M Y, H:i"
        words = _("made since %(day)s") if condition.relation == "gte" else _("made until %(day)s")
        return words % {"day": date_format(here, form)}
    number = f"{plain_number(value, 6)} {column.unit}".strip()
    relation = {"": _("exactly"), "gte": _("at least"), "lte": _("at most")}[condition.relation]
    return f"{column.label} {relation} {number}"


def figure_note(overview: Overview) -> str:
    """Return how many of the batches the figure shows."""
    drawn = len(overview.points)
    if overview.sampled:
        words = _("%(n)d batches with both numbers, of the newest %(sample)s of this question.")
        return words % {"n": drawn, "sample": f"{SAMPLE:,}"}
    if drawn < overview.drawable:
        return _("The newest %(n)d batches that have both numbers.") % {"n": drawn}
    words = ngettext(
        "%(drawn)d of %(n)d batch has both numbers.",
        "%(drawn)d of %(n)d batches have both numbers.",
        overview.found,
    )
    return words % {"drawn": drawn, "n": overview.found}


def simulated_note(overview: Overview) -> str:
    """Return how many of the batches are simulated, and what that means; empty when none is."""
    if not overview.simulated:
        return ""
    if overview.of_simulated:
        return _("All of these batches are simulated: nothing here was measured.")
    words = ngettext(
        "%(n)d batch is simulated: it is listed and drawn, and does not count in the medians and scores.",
        "%(n)d batches are simulated: they are listed and drawn, and do not count in the medians and"
        " scores.",
        overview.simulated,
    )
    return words % {"n": overview.simulated}


def sample_note(overview: Overview) -> str:
    """Return of which batches medians and counts are, when not of all that the question finds."""
    if not overview.sampled:
        return ""
    return _("Counts and medians are of the newest %(n)s batches of this question.") % {
        "n": f"{SAMPLE:,}"
    }
