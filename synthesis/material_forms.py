"""Forms about what came into a bottle, went out of it, and came with it on paper."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from labnotebook.records.pages import FilesField, OnceForm
from synthesis.forms import day_field
from synthesis.models import Material, MaterialFile

TAKEN, FOUND, EMPTIED, VIALS, ARCHIVE, BACK = (
    "taken",
    "found",
    "emptied",
    "vials",
    "archive",
    "back",
)


class TitrationForm(OnceForm):
    """What somebody found a stock to hold, when, and how."""

    concentration = forms.CharField(
        label=_("Concentration"),
        max_length=60,
        help_text=_("With its unit, or in mol/L."),
        widget=forms.TextInput({"inputmode": "decimal", "autocomplete": "off"}),
    )
    uncertainty = forms.CharField(
        label=_("Standard uncertainty"),
        max_length=60,
        required=False,
        help_text=_("Of repeats, their standard deviation through √n."),
        widget=forms.TextInput({"inputmode": "decimal", "autocomplete": "off"}),
    )
    species = forms.ChoiceField(label=_("What was titrated"), required=False)
    performed_date = day_field(_("Day"))
    method = forms.CharField(label=_("How"), max_length=200, required=False)

    def __init__(self, species: Sequence[str], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["species"].choices = [
            ("", _("its salt, as formula unit")),
            *((one, one) for one in species),
        ]


class WithdrawForm(OnceForm):
    """Take a titration or a file back."""

    reason = forms.CharField(label=_("Why?"), max_length=300, widget=forms.Textarea({"rows": 2}))


class MoveForm(OnceForm):
    """Something happened to a bottle outside of a batch."""

    what = forms.ChoiceField(label=_("What happened?"))
    amount = forms.CharField(
        label=_("Amount"),
        max_length=60,
        required=False,
        help_text=_("With its unit, such as 2.5 g or 1 mL: what was taken, found, or one vial."),
        widget=forms.TextInput({"inputmode": "decimal", "autocomplete": "off"}),
    )
    vials = forms.IntegerField(
        label=_("How many vials"), min_value=1, max_value=100, required=False, initial=1
    )
    place = forms.CharField(label=_("Place of the vials"), max_length=120, required=False)
    anyway = forms.BooleanField(label=_("It is more than is left, and meant so"), required=False)
    reason = forms.CharField(label=_("Why?"), max_length=300, widget=forms.Textarea({"rows": 2}))

    def __init__(self, material: Material, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [
            (TAKEN, _("Something was taken out")),
            (VIALS, _("Filled into vials")),
            (FOUND, _("Another amount is left")),
        ]
        if material.emptied_at is None:
            choices.append((EMPTIED, _("It is empty")))
        if material.archived_at is None:
            choices.append((ARCHIVE, _("Put away for good (archived)")))
        else:
            choices.append((BACK, _("Taken out of the archive")))
        self.fields["what"].choices = choices

    def clean(self) -> dict[str, Any]:
        """Ask for an amount where one is meant."""
        said = super().clean()
        if said.get("what") in (TAKEN, FOUND, VIALS) and not said.get("amount"):
            self.add_error("amount", _("Give the amount, such as 2.5 g."))
        return said


class AttachForm(OnceForm):
    """Files that came with a bottle."""

    file = FilesField(label=_("Files"))
    kind = forms.ChoiceField(label=_("What they are"), choices=MaterialFile.Kind.choices)
