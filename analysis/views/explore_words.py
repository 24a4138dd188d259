"""The explorer's parameters, its addresses, and what it says of the batches it draws."""

from __future__ import annotations

from typing import NamedTuple
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from analysis.history.axes import BESIDE, OF_ONE_NUMBER, SHOWS, View
from analysis.history.explored import DRAWN_ONLY, GROUPINGS, MOST_DRAWN, Explored
from analysis.history.language import Question
from analysis.views.history_words import Links, in_words, which
from labnotebook.records.models import Project


class Part(NamedTuple):
    """A condition in words, and the address of the question without it."""

    words: str
    href: str


class ExploreLinks(Links):
    """Addresses of the explorer that differ from this one in one thing."""

    page = "analysis:explore"

    def __init__(self, request: HttpRequest, question: Question) -> None:
        super().__init__(request, question, ("", ""))
        self.axes = {name: request.GET[name] for name in BESIDE if request.GET.get(name)}
        self.filters.pop("ordering", None)
        self.filters.pop("columns", None)
        self.size = {}

    @property
    def asked(self) -> dict[str, str]:
        """The parameters of the question and of how it is looked at."""
        return {**self.filters, **self.axes}

    @property
    def query(self) -> str:
        """The same as it stands in an address."""
        return urlencode(self.asked, safe=",")

    @property
    def files(self) -> list[tuple[str, str]]:
        """The figure to take away: what each form is called, and its address."""
        forms = (("SVG", "svg"), ("PDF", "pdf"), ("CSV", "csv"))
        tail = f"?{self.query}" if self.query else ""
        return [(word, reverse(f"analysis:explore-{form}") + tail) for word, form in forms]

    @property
    def table(self) -> str:
        """The same batches as rows of the history."""
        kept = {name: text for name, text in self.axes.items() if name in ("x", "y")}
        kept = {name: text for name, text in kept.items() if text not in DRAWN_ONLY}
        query = urlencode({**self.filters, **kept}, safe=",")
        return reverse("analysis:history") + (f"?{query}" if query else "")

    @property
    def api(self) -> str:
        """The same points for a script."""
        return self.request.build_absolute_uri("/api/v1/explore/") + (
            f"?{self.query}" if self.query else ""
        )

    @property
    def shows(self) -> list[tuple[str, str, bool]]:
        """The ways to look at it: words, address, whether it is this one."""
        now = self.axes.get("show", "scatter")
        return [(str(word), self.to(show=name), name == now) for name, word in SHOWS.items()]

    def parts(self, projects: list[Project]) -> list[Part]:
        """Return the conditions, each with the address of the question without it."""
        return [
            Part(in_words(one, projects), self.to(**{one.parameter: None}))
            for one in self.question.conditions
        ]


def heading(view: View) -> str:
    """Return what is shown: which number against which, or in which way."""
    words = {
        "scatter": _("%(y)s against %(x)s"),
        "groups": _("%(y)s by group"),
        "map": _("Phase by %(x)s and %(y)s"),
        "control": _("%(y)s, one batch after the other"),
    }
    return words[view.show] % {"y": view.y.label, "x": view.x.label}


def question_in_words(view: View, question: Question, projects: list[Project]) -> str:
    """Return the question as it is printed: what against what, of which batches."""
    against, by = heading(view), str(GROUPINGS[view.by][0]).lower()
    if view.show == "groups":
        against = _("%(what)s by %(by)s") % {"what": view.y.label, "by": by}
    elif view.show != "map":
        against = _("%(what)s by %(by)s") % {"what": against, "by": by}
    if view.split and view.show == "scatter":
        each = str(GROUPINGS[view.split][0]).lower()
        against = _("%(against)s, for each %(each)s") % {"against": against, "each": each}
    return f"{against}: {'; '.join(which(question, projects))}"


def counted_note(explored: Explored, view: View, drawn: int | None = None) -> str:
    """Return how many batches the question finds, how many have the numbers, how many are drawn."""
    there = len(explored.batches)
    found = explored.counted.found
    numbers = str(view.y.label) if view.show in OF_ONE_NUMBER else _("both numbers")
    if explored.sampled:
        said = _(
            "The question finds at least %(found)s batches, too many to read: this is a sample of"
            " them from the first to the last, %(there)s with %(numbers)s."
        )
    else:
        said = ngettext(
            "%(there)s of %(found)s batch has %(numbers)s.",
            "%(there)s of %(found)s batches have %(numbers)s.",
            found,
        )
    words = said % {"found": f"{found:,}", "there": f"{there:,}", "numbers": numbers}
    if drawn is None:
        drawn = min(there, MOST_DRAWN if view.show == "scatter" else there)
    if drawn < there:
        more = _("Drawn are %(drawn)s of these, picked by no rule but always the same.")
        words += " " + more % {"drawn": f"{drawn:,}"}
    return words


def dated(explored: Explored) -> str:
    """Return when the batches were read."""
    return _("Asked on %(day)s.") % {"day": date_format(localtime(explored.read_at), "j M Y, H:i")}
