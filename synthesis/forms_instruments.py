"""Forms of the lab's balances, pipettes and syringes."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from labnotebook.records.pages import OnceForm
from synthesis.forms import TypedNumberField, day_field
from synthesis.models import Instrument
from synthesis.services.instruments import INSTRUMENT_FIELDS

AMOUNTS = ("resolution", "uncertainty", "smallest", "largest")


class InstrumentForm(OnceForm):
    """An instrument, as its certificate says it. Masses in mg, volumes in mL, or with their unit."""

    name = forms.CharField(
        label=_("Name"), max_length=120, help_text=_("As people call it, such as XPR205 or P1000.")
    )
    serial_number = forms.CharField(label=_("Serial number"), max_length=60, required=False)
    place = forms.CharField(label=_("Place"), max_length=120, required=False)
    note = forms.CharField(
        label=_("Note"), required=False, max_length=4000, widget=forms.Textarea({"rows": 2})
    )
    calibrated_date = day_field(_("Last calibrated"))
    calibration_due_date = day_field(_("Next calibration by"))
    uncertainty_percent = TypedNumberField(
        label=_("and of the amount"),
        quantity_unit="%",
        required=False,
        help_text=_("Standard uncertainty in per cent of what is measured; 0 when there is none."),
    )
    is_default = forms.BooleanField(
        label=_("Taken when nobody names another of its kind"), required=False
    )

    def __init__(self, kind: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind = Instrument.Kind(kind)
        unit = Instrument(kind=self.kind).shown_unit
        labels = {
            "resolution": (_("It shows steps of"), _("The last digit of its display or scale.")),
            "uncertainty": (
                _("Standard uncertainty"),
                _("The same for every amount; of a limit ± a, take a/√3."),
            ),
            "smallest": (_("Smallest amount"), ""),
            "largest": (_("Largest amount"), ""),
        }
        for name, (label, words) in labels.items():
            self.fields[name] = TypedNumberField(
                label=label,
                help_text=words,
                quantity_unit=unit,
                required=name == "resolution",
            )

    @staticmethod
    def initial_of(instrument: Instrument) -> dict[str, Any]:
        """Return what the form shows of an instrument."""
        return {name: getattr(instrument, name) for name in INSTRUMENT_FIELDS}

    def said(self) -> dict[str, Any]:
        """Return what is said of the instrument; an uncertainty left empty is none."""
        said = {name: self.cleaned_data[name] for name in INSTRUMENT_FIELDS}
        for name in ("uncertainty", "uncertainty_percent"):
            if said[name] is None:
                said[name] = Decimal(0)
        return said


class InstrumentCorrectionForm(InstrumentForm):
    """An instrument, corrected or retired; the reason stays in its history."""

    reason = forms.CharField(label=_("Why?"), max_length=300, widget=forms.Textarea({"rows": 2}))
