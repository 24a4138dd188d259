"""Forms of the lab's chemicals."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from labnotebook.records.pages import OnceForm
from synthesis.chemistry.labels import PICTOGRAMS
from synthesis.forms import TypedNumberField
from synthesis.models import Chemical
from synthesis.services.chemicals import CHEMICAL_FIELDS


def read_species(text: str) -> dict[str, Decimal]:
    """Read ``1 OA, 2 Br``; a name alone is one of it. Raises ValidationError in words."""
    said: dict[str, Decimal] = {}
    for entry in re.split(r"[,;]\s+|[,;]$", text.strip()):
        found = re.fullmatch(r"(?:(\d+(?:[.,]\d+)?)\s*[×x]?\s+)?(\w+)", entry.strip())
        if found is not None:
            said[found[2]] = Decimal((found[1] or "1").replace(",", "."))
        elif entry.strip():
            raise forms.ValidationError(
                _("“%(entry)s” is no species. Write it like 1 OA, several with a comma between.")
                % {"entry": entry.strip()}
            )
    return said


class ChemicalForm(OnceForm):
    """A chemical, as its label says it."""

    name = forms.CharField(label=_("Name"), max_length=120)
    formula = forms.CharField(
        label=_("Formula"),
        max_length=80,
        required=False,
        help_text=_("With its water, such as CaI2·4H2O. FAI, Zn(OAc)2 and HC(NH2)2I are read too."),
        widget=forms.TextInput(
            {"autocomplete": "off", "autocapitalize": "off", "spellcheck": "false"}
        ),
    )
    no_formula = forms.BooleanField(
        label=_("It has no formula (a polymer, a mixture)"), required=False
    )
    cas = forms.CharField(label=_("CAS number"), max_length=12, required=False)
    density_g_ml = TypedNumberField(label=_("Density"), quantity_unit="g/mL", required=False)
    density_source = forms.CharField(
        label=_("Where the density is from"), max_length=120, required=False
    )
    pictograms = forms.MultipleChoiceField(
        label=_("GHS pictograms"),
        choices=[(code, f"{code} {words}") for code, words in PICTOGRAMS.items()],
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    hazard_statements = forms.CharField(
        label=_("Hazard statements"),
        max_length=400,
        required=False,
        help_text=_("The H codes of the label, such as H302 H360FD."),
    )
    hazards = forms.CharField(label=_("Hazards in words"), max_length=300, required=False)
    species = forms.CharField(
        label=_("Species that the formula does not spell"),
        max_length=200,
        required=False,
        help_text=_("Number and name per formula unit: 1 OA for oleic acid. Mostly empty."),
    )
    note = forms.CharField(
        label=_("Note"), required=False, max_length=4000, widget=forms.Textarea({"rows": 2})
    )

    @staticmethod
    def initial_of(chemical: Chemical) -> dict[str, Any]:
        """Return what the form shows of a chemical."""
        said = {name: getattr(chemical, name) for name in CHEMICAL_FIELDS}
        return {
            **said,
            "no_formula": not chemical.formula,
            "hazard_statements": " ".join(chemical.hazard_statements),
            "species": ", ".join(f"{number} {name}" for name, number in chemical.species.items()),
        }

    def clean_hazard_statements(self) -> list[str]:
        """Return the codes, however they are set apart."""
        text = re.sub(r"\s*\+\s*", "+", self.cleaned_data["hazard_statements"])
        return [code for code in re.split(r"[\s,;]+", text) if code]

    def clean_species(self) -> dict[str, Decimal]:
        """Return name -> number."""
        return read_species(self.cleaned_data["species"])

    def said(self) -> dict[str, Any]:
        """Return what is said of the chemical."""
        said = {name: self.cleaned_data[name] for name in CHEMICAL_FIELDS}
        if self.cleaned_data["no_formula"] and not said["formula"].strip():
            said["formula"] = None
        return said


class ChemicalCorrectionForm(ChemicalForm):
    """A chemical, corrected; the reason stays in its history."""

    reason = forms.CharField(
        label=_("Why is it corrected?"), max_length=300, widget=forms.Textarea({"rows": 2})
    )
