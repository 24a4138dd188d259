"""The fields of the history page. They only carry text: `analysis.history.language` reads and refuses it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from analysis.history.axes import View, drawable, is_drawable
from analysis.history.catalogue import Catalogue
from analysis.history.columns import Column
from analysis.history.explored import GROUPINGS
from analysis.history.grouped import SUMMED_BY
from analysis.history.language import UnclearQuestion
from analysis.quantities import QUANTITIES
from analysis.quantity import Better, Place
from labnotebook.records.models import Project
from synthesis.models import Batch

FOLDED = ("recipe", "state", "project")


class HistoryForm(forms.Form):
    """What is asked most often; every other filter of the address stays as hidden fields.

    Which numbers these are follows from the columns: the ratio that the page starts with, the best
    of the devices, and behind a fold the other quantities of the table and the lab's own.
    """

    q = forms.CharField(
        label=_("Words or code"),
        required=False,
        widget=forms.TextInput(attrs={"type": "search", "placeholder": "colloidal, NC-0042"}),
    )
    planned_at__gte = forms.CharField(
        label=_("Made since"), required=False, widget=forms.TextInput(attrs={"type": "date"})
    )
    recipe = forms.CharField(label=_("Recipe"), required=False)
    state = forms.ChoiceField(
        label=_("State"), required=False, choices=[("", _("any")), *Batch.State.choices]
    )
    project = forms.ChoiceField(label=_("Project"), required=False)

    def __init__(self, data: Any, *, projects: Sequence[Project], catalogue: Catalogue) -> None:
        super().__init__(data)
        self.units: dict[str, str] = {}
        shown = [q for q in QUANTITIES.values() if q.in_table]
        best = [q for q in shown if q.place is Place.BEST]
        others = [q for q in shown if q.place is Place.BATCH]
        ratio = catalogue.find(catalogue.ratio)
        self.first = self._add_between(ratio) if ratio else []
        for quantity in best:
            self.first += self._add(catalogue.find(quantity.name), quantity.better)
        self.folded: list[str] = []
        for quantity in others:
            self.folded += self._add(catalogue.find(quantity.name), quantity.better)
        for column in catalogue.own.values():
            self.folded += self._add_between(column)
        self.fields["project"].choices = [("", _("all"))] + [(p.slug, p.name) for p in projects]
        for name in ("state", "project"):
            # A list, or a word that is refused, must come back as it was sent.
            self._keep_choice(name)

    def _add(self, column: Column | None, better: Better) -> list[str]:
        """Add the limit that makes sense for a quantity; both, where neither way is better."""
        if column is None:
            return []
        if better is Better.NEITHER:
            return self._add_between(column)
        relation, words = (
            ("gte", _("%(what)s at least"))
            if better is Better.HIGHER
            else ("lte", _("%(what)s at most"))
        )
        return [self._add_limit(column, relation, words)]

    def _add_between(self, column: Column) -> list[str]:
        return [
            self._add_limit(column, "gte", _("%(what)s, from")),
            self._add_limit(column, "lte", _("%(what)s, to")),
        ]

    def _add_limit(self, column: Column, relation: str, words: Any) -> str:
        name = f"{column.name}__{relation}"
        label = words % {"what": column.label}
        self.fields[name] = forms.CharField(label=label, required=False)
        self.units[name] = column.unit
        return name

    @property
    def first_limits(self) -> list[tuple[forms.BoundField, str]]:
        """The limits that are always in sight, with their units."""
        return [(self[name], self.units[name]) for name in self.first]

    @property
    def folded_limits(self) -> list[tuple[forms.BoundField, str]]:
        """The limits behind the fold, with their units."""
        return [(self[name], self.units[name]) for name in self.folded]

    def _keep_choice(self, name: str) -> None:
        sent = self.data.get(name, "")
        field = self.fields[name]
        if sent and sent not in dict(field.choices):
            field.choices = [*field.choices, (sent, sent.replace(",", ", "))]

    @property
    def hidden(self) -> list[tuple[str, str]]:
        """The filters of the address that have no field of their own; a new question starts at page one."""
        own = {*self.fields, "cursor"}
        return [
            (name, text)
            for name, texts in self.data.lists()
            if name not in own
            for text in texts
            if text.strip()
        ]

    @property
    def asks_for_more(self) -> bool:
        """Whether a condition of the folded part is in use, so that it is never hidden."""
        return any(self.data.get(name, "").strip() for name in (*FOLDED, *self.folded))

    def show(self, unclear: UnclearQuestion) -> None:
        """Put each refusal at its field, or above the form."""
        self.full_clean()
        self._errors = forms.utils.ErrorDict()
        for refusal in unclear.refusals:
            self.add_error(
                refusal.field if refusal.field in self.fields else None, refusal.sentence
            )


class LongSelect(forms.Select):
    """A select of many options, written at once: a template for each takes longer than all rows."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        """Return the element."""
        options = format_html_join(
            "",
            '<option value="{}"{}>{}</option>',
            (
                (key, SafeString(" selected") if key == value else "", label)
                for key, label in self.choices
            ),
        )
        return format_html(
            '<select name="{}" id="{}">{}</select>', name, (attrs or {}).get("id", name), options
        )


class AxesForm(forms.Form):
    """What the figure draws along x and y."""

    x = forms.ChoiceField(label="x", widget=LongSelect)
    y = forms.ChoiceField(label="y", widget=LongSelect)

    def __init__(self, *, catalogue: Catalogue, x: Column, y: Column) -> None:
        super().__init__(initial={"x": x.name, "y": y.name})
        choices = {name: c.label for name, c in catalogue.numbers.items() if is_drawable(c)}
        for name, chosen in (("x", x), ("y", y)):
            self.fields[name].choices = list((choices | {chosen.name: chosen.label}).items())


class ExploreForm(forms.Form):
    """What the explorer draws, what it marks batches by, and what it splits them by."""

    x = forms.ChoiceField(label=_("Along x"), widget=LongSelect)
    y = forms.ChoiceField(label=_("Along y"), widget=LongSelect)
    by = forms.ChoiceField(
        label=_("By"),
        choices=[(key, label) for key, (label, _sql) in GROUPINGS.items()],
    )
    split = forms.ChoiceField(
        label=_("Small figures"),
        required=False,
        choices=[
            ("", _("none")),
            *((key, _("by %s") % str(label).lower()) for key, (label, _sql) in GROUPINGS.items()),
        ],
    )

    def __init__(self, *, catalogue: Catalogue, view: View) -> None:
        said = {"x": view.x.name, "y": view.y.name, "by": view.by, "split": view.split}
        super().__init__(initial=said)
        choices = {name: c.label for name, c in drawable(catalogue).items()}
        for name, chosen in (("x", view.x), ("y", view.y)):
            self.fields[name].choices = list((choices | {chosen.name: chosen.label}).items())


_SUMMED = [(key, label) for key, (label, _sql) in SUMMED_BY.items()]


class SummedForm(forms.Form):
    """What batches are grouped by."""

    by = forms.ChoiceField(label=_("Group by"), choices=_SUMMED)


class CrossedForm(forms.Form):
    """What stands down and across a pivot, and its number."""

    rows = forms.ChoiceField(label=_("Rows"), choices=_SUMMED)
    across = forms.ChoiceField(label=_("Columns"), choices=_SUMMED)
    value = forms.ChoiceField(label=_("Number"), widget=LongSelect)

    def __init__(self, *, catalogue: Catalogue, rows: str, across: str, value: Column) -> None:
        super().__init__(initial={"rows": rows, "across": across, "value": value.name})
        choices = {name: c.label for name, c in catalogue.numbers.items()}
        self.fields["value"].choices = list((choices | {value.name: value.label}).items())
