"""What the pages of the forecast ask for."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from analysis.forecast.model import PHASES
from analysis.models.outcome import Phase
from labnotebook.records.pages import OnceForm


class ReasonForm(OnceForm):
    """Why a project is held to a version, or let go."""

    reason = forms.CharField(label=_("Why?"), max_length=300)


class GuessForm(OnceForm):
    """What a person expects of a flask, before there is evidence."""

    phase = forms.ChoiceField(
        label=_("It will be"), choices=[one for one in Phase.choices if one[0] in PHASES]
    )
    chance = forms.TypedChoiceField(
        label=_("How sure"),
        choices=[
            ("0.95", _("nearly sure, 95 %")),
            ("0.8", _("likely, 80 %")),
            ("0.6", _("perhaps, 60 %")),
            ("0.4", _("a hunch, 40 %")),
        ],
        initial="0.8",
        coerce=float,
    )
