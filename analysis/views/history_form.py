"""The fields of the history page. They only carry text: `history_language` reads and refuses it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from analysis.services.history_columns import COLUMNS
from analysis.services.history_language import UnclearQuestion
from analysis.services.history_overview import DRAWABLE
from labnotebook.records.models import Project
from synthesis.models import Batch

FOLDED = (
    "recipe",
    "plqy_percent__gte",
    "pl_peak_nm__gte",
    "pl_peak_nm__lte",
    "state",
    "project",
)


class HistoryForm(forms.Form):
    """What is asked most often; every other filter of the address stays as hidden fields."""

    q = forms.CharField(
        label=_("Words or code"),
        required=False,
        widget=forms.TextInput(attrs={"type": "search", "placeholder": "colloidal, NC-0042"}),
    )
    ratio_ca_pb_weighed__gte = forms.CharField(label=_("R weighed, from"), required=False)
    ratio_ca_pb_weighed__lte = forms.CharField(label=_("R weighed, to"), required=False)
    eqe_percent__gte = forms.CharField(label=_("EQE at least"), required=False)
    planned_at__gte = forms.CharField(
        label=_("Made since"), required=False, widget=forms.TextInput(attrs={"type": "date"})
    )
    recipe = forms.CharField(label=_("Recipe"), required=False)
    plqy_percent__gte = forms.CharField(label=_("PLQY at least"), required=False)
    pl_peak_nm__gte = forms.CharField(label=_("PL from"), required=False)
    pl_peak_nm__lte = forms.CharField(label=_("PL to"), required=False)
    state = forms.ChoiceField(
        label=_("State"), required=False, choices=[("", _("any")), *Batch.State.choices]
    )
    project = forms.ChoiceField(label=_("Project"), required=False)

    def __init__(self, data: Any, *, projects: Sequence[Project]) -> None:
        super().__init__(data)
        self.fields["project"].choices = [("", _("all"))] + [(p.slug, p.name) for p in projects]
        for name in ("state", "project"):
            # A list, or a word that is refused, must come back as it was sent.
            self._keep_choice(name)

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
        return any(self.data.get(name, "").strip() for name in FOLDED)

    def show(self, unclear: UnclearQuestion) -> None:
        """Put each refusal at its field, or above the form."""
        self.full_clean()
        self._errors = forms.utils.ErrorDict()
        for refusal in unclear.refusals:
            self.add_error(
                refusal.field if refusal.field in self.fields else None, refusal.sentence
            )


class AxesForm(forms.Form):
    """What the figure draws along x and y."""

    choices = [(name, COLUMNS[name].label) for name in DRAWABLE]
    x = forms.ChoiceField(label="x", choices=choices)
    y = forms.ChoiceField(label="y", choices=choices)
