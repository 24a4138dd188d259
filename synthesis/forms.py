"""Forms of planning and making."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from labnotebook.records.pages import OnceForm
from synthesis.chemistry.recipe import RecipeDefinition
from synthesis.models import Chemical, Material

DEFAULTS = "default"


class PlanForm(forms.Form):
    """What a recipe asks for: its own inputs, and the bottles there are for its ingredients."""

    correct_for_assay = forms.ChoiceField(
        label=_("Masses"),
        choices=[("", _("As in the paper")), ("1", _("Corrected for assay"))],
        required=False,
        widget=forms.RadioSelect,
    )

    def __init__(self, definition: RecipeDefinition, bottles: list[Material], data: Any = None) -> None:
        super().__init__(data)
        self.inputs, self.lots = [], []
        for one in definition.inputs:
            if one.kind == "choice":
                field: forms.Field = forms.ChoiceField(
                    label=one.name, choices=[("", _("Choose")), *one.options.items()], required=False
                )
            else:
                field = forms.CharField(label=one.name, max_length=40, required=False)
                field.initial = "" if one.default is None else f"{one.default:f}"
                field.unit = "mol/mol" if one.kind == "ratio" else "" if one.unit == "1" else one.unit
            field.help_text = one.help
            self.fields[one.key] = field
            self.inputs.append(one.key)
        for ingredient in definition.ingredients:
            fitting = [m for m in bottles if self._fits(m, ingredient)]
            if fitting:
                name = f"lot_{ingredient.key}"
                label = ingredient.substance.name if ingredient.substance else ingredient.stock_name or ingredient.key
                self.fields[name] = forms.ChoiceField(
                    label=label,
                    choices=[("", _("as the recipe says")), *((m.code, _words(m)) for m in fitting)],
                    required=False,
                )
                self.lots.append(name)

    @staticmethod
    def _fits(material: Material, ingredient: Any) -> bool:
        if material.chemical_id:
            names = {s.chemical for s in (ingredient.substance, *ingredient.options.values()) if s}
            return material.chemical.slug in names
        return bool(ingredient.stock) and material.recipe is not None and material.recipe.slug == ingredient.stock

    def input_fields(self) -> list[forms.BoundField]:
        """Return the recipe's own inputs."""
        return [self[name] for name in self.inputs]

    def lot_fields(self) -> list[forms.BoundField]:
        """Return the choices of bottle."""
        return [self[name] for name in self.lots]

    def targets(self) -> dict[str, str]:
        """Return what was typed for each input; untouched inputs take their default."""
        return {name: self._said(name) for name in self.inputs}

    def lot_codes(self) -> dict[str, str]:
        """Return ingredient key -> chosen bottle."""
        return {name.removeprefix("lot_"): self._said(name) for name in self.lots if self._said(name)}

    def _said(self, name: str) -> str:
        if not self.is_bound or name not in self.data:
            return str(self.fields[name].initial or "")
        return str(self.data.get(name, "")).strip()[:80]

    @property
    def corrects(self) -> bool:
        """Whether masses are corrected for the assay."""
        return self.is_bound and self.data.get("correct_for_assay") == "1"


def _words(material: Material) -> str:
    parts = [material.code]
    if material.concentration_mol_l is not None:
        parts.append(f"{material.concentration_mol_l.normalize():f} M")
    if material.assay_percent is not None:
        parts.append(f"{material.assay_percent.normalize():f} %")
    if material.formula and material.chemical and material.formula != material.chemical.formula:
        parts.append(material.formula)
    return ", ".join(parts)


class ReasonForm(forms.Form):
    """Why."""

    reason = forms.CharField(label=_("Why"), max_length=1000, widget=forms.Textarea({"rows": 2}))


class BottleForm(OnceForm):
    """A bought bottle, as its label says it."""

    chemical = forms.ModelChoiceField(
        Chemical.objects.all(), label=_("Chemical"), to_field_name="slug", empty_label=_("Choose")
    )
    formula = forms.CharField(
        label=_("What is really in it"),
        max_length=80,
        required=False,
        help_text=_("The hydrate, if it is one: CaI2·4H2O. Empty: as the chemical."),
    )
    supplier = forms.CharField(label=_("Supplier"), max_length=120, required=False)
    catalogue_number = forms.CharField(label=_("Catalogue number"), max_length=60, required=False)
    lot_number = forms.CharField(label=_("Lot number"), max_length=60, required=False)
    assay_percent = forms.DecimalField(
        label=_("Assay"), max_digits=9, decimal_places=5, required=False, localize=False
    )
    assay_uncertainty_percent = forms.DecimalField(
        label=_("Uncertainty of the assay"), max_digits=9, decimal_places=5, min_value=0, required=False
    )
    assay_kind = forms.ChoiceField(
        label=_("What the assay is"),
        choices=Material.AssayKind.choices,
        initial=Material.AssayKind.UNKNOWN,
        help_text=_("Only a mass fraction or a titration corrects a mass."),
    )
    amount_received = forms.DecimalField(
        label=_("Amount received"), max_digits=14, decimal_places=4, required=False
    )
    amount_unit = forms.ChoiceField(
        label=_("Unit"), choices=[("", "—"), ("mg", "mg"), ("ml", "mL")], required=False
    )
    opened_date = forms.DateField(
        label=_("Opened"), required=False, widget=forms.DateInput({"type": "date"})
    )
    expires_date = forms.DateField(
        label=_("Use before"), required=False, widget=forms.DateInput({"type": "date"})
    )
    place = forms.CharField(label=_("Place"), max_length=120, required=False)
    note = forms.CharField(label=_("Note"), required=False, widget=forms.Textarea({"rows": 2}))
