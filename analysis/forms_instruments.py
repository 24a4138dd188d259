"""Forms of the lab's instruments of measurement."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from analysis.models import MeasuringInstrument
from analysis.services.measuring_instruments import FIELDS, scales_of
from analysis.techniques.registry import choices
from labnotebook.records.pages import OnceForm
from synthesis.forms import TypedNumberField, day_field


class MeasuringInstrumentForm(OnceForm):
    """An instrument of measurement, as the lab knows it."""

    name = forms.CharField(
        label=_("Name"), max_length=120, help_text=_("As people call it, such as FluoroMax-4.")
    )
    techniques = forms.MultipleChoiceField(
        label=_("It measures"), widget=forms.CheckboxSelectMultiple
    )
    serial_number = forms.CharField(label=_("Serial number"), max_length=60, required=False)
    place = forms.CharField(label=_("Place"), max_length=120, required=False)
    optics = forms.CharField(
        label=_("Slits and optics"),
        max_length=300,
        required=False,
        help_text=_("Slits, lamp or tube, grating, detector."),
    )
    response = forms.CharField(
        label=_("Response"),
        max_length=300,
        required=False,
        help_text=_("How its spectral response is corrected, and against what."),
    )
    note = forms.CharField(
        label=_("Note"), required=False, max_length=4000, widget=forms.Textarea({"rows": 2})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = choices()
        gone = [(name, name) for name in self.initial.get("techniques", ())]
        self.fields["techniques"].choices = [
            *known,
            *(one for one in gone if one[0] not in dict(known)),
        ]

    def said(self) -> dict[str, Any]:
        """Return what is said of the instrument."""
        return {name: self.cleaned_data[name] for name in FIELDS}


class MeasuringInstrumentCorrectionForm(MeasuringInstrumentForm):
    """An instrument, corrected or retired; the reason stays in its history."""

    reason = forms.CharField(label=_("Why?"), max_length=300, widget=forms.Textarea({"rows": 2}))

    @staticmethod
    def initial_of(instrument: MeasuringInstrument) -> dict[str, Any]:
        """Return what the form shows of an instrument."""
        return {name: getattr(instrument, name) for name in FIELDS}


class CalibrationForm(OnceForm):
    """How well one scale is known from a day on."""

    scale = forms.ChoiceField(label=_("Scale"))
    u = TypedNumberField(
        label=_("Standard uncertainty"),
        help_text=_("In the unit of the scale; of a limit ± a, take a/√3."),
    )
    valid_from_date = day_field(_("Valid from"))
    note = forms.CharField(
        label=_("Against what"),
        max_length=300,
        required=False,
        help_text=_("Lamp, standard, certificate."),
    )
    reason = forms.CharField(label=_("Why is it corrected?"), max_length=300, required=False)

    def __init__(self, instrument: MeasuringInstrument, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["valid_from_date"].required = True
        self.fields["scale"].choices = [
            (one.name, f"{one.title}, {one.unit}")
            for one in scales_of(instrument.techniques).values()
        ]
