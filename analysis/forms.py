"""What the pages ask for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from analysis.forecast.conditions import APPEARANCES, LIMITS, SEEDS
from analysis.left_out import written
from analysis.models.outcome import Part, Phase, PhaseEvidence, Structure, Verdict
from analysis.result import Parameter
from analysis.services.quantities import typable_for
from analysis.services.subjects import Subject
from analysis.techniques.registry import GUESS, choices
from labnotebook.records.models import Project
from labnotebook.records.pages import FilesField, OnceForm
from synthesis.forms import day_field

Choices = Iterable[tuple[int, str]]


class UploadForm(OnceForm):
    """Several instrument files of one subject."""

    files = FilesField(label=_("Instrument files"), allow_empty_file=True)  # named one by one
    technique = forms.ChoiceField(
        label=_("Technique"),
        choices=[(GUESS, _("Tell from the file")), *choices()],
        initial=GUESS,
    )
    instrument = forms.CharField(label=_("Instrument"), max_length=120, required=False)
    measured_with = forms.ChoiceField(
        label=_("Its record"), required=False, help_text=_("Its calibration then counts.")
    )
    measured_on = day_field(_("Measured on"))
    conditions = forms.CharField(
        label=_("Conditions"),
        max_length=300,
        required=False,
        help_text=_("For example: film on glass, excited at 375 nm"),
    )
    sure = forms.BooleanField(
        label=_("I am sure: keep also what is here already, or is named for something else"),
        required=False,
    )

    def __init__(
        self, *args: Any, instruments: Iterable[tuple[str, str]] = (), **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["measured_with"].choices = [("", _("none that is entered")), *instruments]
        self.fields["measured_on"].help_text = _("Empty: what the file's head says, else unknown.")


class WhenForm(forms.Form):
    """The day of a measurement."""

    measured_on = day_field(_("Measured on"))


class InboxForm(OnceForm):
    """Many files, whose names say what they are of."""

    files = FilesField(label=_("Instrument files"), allow_empty_file=True)  # named one by one
    project = forms.ChoiceField(
        label=_("Project"), help_text=_("In which waits what no name explains.")
    )
    sure = forms.BooleanField(label=_("I am sure: keep also what is here already"), required=False)

    def __init__(
        self, *args: Any, projects: list[tuple[str, str]], now: Project | None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["project"].choices = projects
        if now is not None and any(now.slug == slug for slug, _name in projects):
            self.fields["project"].initial = now.slug


class TypedForm(OnceForm):
    """A number that was measured elsewhere."""

    quantity = forms.ChoiceField(label=_("Quantity"))
    value = forms.CharField(
        label=_("Value"), max_length=60, help_text=_("Its unit may be typed too.")
    )
    uncertainty = forms.CharField(label=_("Uncertainty, 1 σ"), max_length=60, required=False)
    note = forms.CharField(label=_("How it was measured"), max_length=300, required=False)

    def __init__(self, *args: Any, subject: Subject, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["quantity"].choices = [
            (one.name, f"{one.label}, {one.unit}" if one.unit else one.label)
            for one in typable_for(subject)
        ]


UNKNOWN = "unknown"
CONFIDENCES = [
    ("0.95", _("nearly sure, 95 %")),
    ("0.8", _("likely, 80 %")),
    ("0.6", _("perhaps, 60 %")),
]


class PhaseForm(OnceForm):
    """What a batch is, on evidence from elsewhere."""

    phase = forms.ChoiceField(label=_("Phase"), choices=Phase.choices)
    structure = forms.ChoiceField(
        label=_("Structure"),
        choices=[("", _("not said")), (UNKNOWN, _("not known")), *Structure.choices],
        required=False,
        help_text=_(
            "Not said keeps what stands, with its evidence, while the phase stays the same."
        ),
    )
    evidence = forms.ChoiceField(
        label=_("It rests on"),
        choices=[one for one in PhaseEvidence.choices if one[0] != PhaseEvidence.XRD],
        initial=PhaseEvidence.NONE,
        help_text=_("A guess is kept, and neither scored nor learned from."),
    )
    confidence = forms.TypedChoiceField(
        label=_("How sure"),
        choices=[("", _("not said")), *CONFIDENCES],
        coerce=float,
        empty_value=None,
        required=False,
    )
    reason = forms.CharField(label=_("What was seen"), max_length=2000)

    def clean_structure(self) -> str | None:
        """Return it; "" where it is not known, None where nothing was said of it."""
        said = self.cleaned_data["structure"]
        return "" if said == UNKNOWN else said or None


class EvidenceForm(OnceForm):
    """A run that was offered as evidence of a part of a structure, or a micrograph with what it shows."""

    part = forms.ChoiceField(label=_("Part"), choices=Part.choices)
    verdict = forms.ChoiceField(label=_("The picture"), choices=Verdict.choices)
    analysis = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)
    measurement = forms.IntegerField(
        label=_("Micrograph"), required=False, min_value=1, widget=forms.Select
    )
    note = forms.CharField(
        label=_("What it shows"),
        max_length=300,
        required=False,
        help_text=_("For example: rim of 2 nm with fringes of 0.35 nm, on 9 of 10 particles"),
    )

    def among(self, parts: Iterable[str], pictures: Choices) -> EvidenceForm:
        """Show only these parts and pictures; whether they may be named, the service decides."""
        wanted = set(parts)
        self.fields["part"].choices = [one for one in Part.choices if one[0] in wanted]
        self.fields["measurement"].widget.choices = list(pictures)
        return self


class DecisionForm(forms.Form):
    """Accept the figures of an analysis, with the verdict as it is or corrected."""

    phase = forms.ChoiceField(label=_("Phase"), choices=Phase.choices, required=False)
    reason = forms.CharField(label=_("Reason"), max_length=300, required=False)


class SettingsForm(forms.Form):
    """The settings of a method; which ones there are, the method says."""

    def __init__(
        self,
        *args: Any,
        asked: Iterable[Parameter],
        given: dict[str, Any],
        nameable: Mapping[str, Choices] = MappingProxyType({}),
        **kwargs: Any,
    ) -> None:
        """``nameable``: the measurements that a setting may name, by setting."""
        super().__init__(*args, **kwargs)
        for one in asked:
            start = given.get(one.name, one.default)
            if one.ranges:
                start = written(start or [])
            elif isinstance(start, list):
                start = ", ".join(str(value) for value in start)
            words = f"{one.label}, {one.unit}" if one.unit else one.label
            if one.text:
                continue  # has a form of its own
            if one.measurement_of:
                self.fields[one.name] = forms.ChoiceField(
                    label=words,
                    choices=[("", _("none")), *nameable.get(one.name, ())],
                    initial=start,
                    required=False,
                    help_text=one.help,
                )
            elif one.choices:
                choices = [(choice, choice) for choice in one.choices]
                if one.default not in one.choices:
                    choices = [("", _("as the file says")), *choices]
                self.fields[one.name] = forms.ChoiceField(
                    label=words, choices=choices, initial=start, required=False, help_text=one.help
                )
            else:
                self.fields[one.name] = forms.CharField(
                    label=words,
                    initial=start,
                    required=False,
                    max_length=600 if one.ranges else 60,
                    help_text=one.help,
                )

    def said(self) -> dict[str, Any]:
        """Return what was filled in."""
        return {name: value for name, value in self.cleaned_data.items() if value != ""}


def _number(name: str, label: Any, *, required: bool = False) -> forms.FloatField:
    low, high, _unit = LIMITS[name]
    return forms.FloatField(label=label, min_value=low, max_value=high, required=required)


class ConditionsForm(forms.Form):
    """A flask to forecast; the field names are those of the forecast's conditions."""

    ratio_ca_pb = _number("ratio_ca_pb", _("R, Ca/Pb in the flask"), required=True)
    injection_temperature_c = _number("injection_temperature_c", _("Injection temperature, °C"))
    reaction_seconds = _number("reaction_seconds", _("Reaction time, s"))
    seed = forms.ChoiceField(
        label=_("Seeds"), choices=[(seed, seed) for seed in SEEDS], required=False
    )
    purification_cycles = forms.IntegerField(
        label=_("Washes"), min_value=0, max_value=20, required=False
    )
    humidity_percent = _number("humidity_percent", _("Relative humidity, %"))
    precursor_appearance = forms.ChoiceField(
        label=_("The precursor looks"),
        choices=[("", _("not seen yet")), *((word, word) for word in APPEARANCES)],
        required=False,
    )

    def said(self) -> dict[str, Any]:
        """Return the conditions that were filled in."""
        return {name: value for name, value in self.cleaned_data.items() if value not in (None, "")}
