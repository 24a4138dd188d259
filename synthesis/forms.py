"""Forms of planning and making."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from labnotebook.records.pages import OnceForm
from synthesis.chemistry.bottles import readable
from synthesis.chemistry.recipe import Ingredient, RecipeDefinition, RecipeInput
from synthesis.chemistry.typed import UnreadableQuantity, names_a_unit, parse_quantity
from synthesis.models import Chemical, Instrument, Material
from synthesis.services.materials import BOTTLE_FIELDS, STOCK_FIELDS


class PlanForm(forms.Form):
    """What a recipe asks for: its own inputs, and the bottles there are for its ingredients.

    Always bound: what was not said takes the recipe's default, so that the first view of the page
    shows a whole plan. What was typed stays text; the calculator reads it.
    """

    correct_for_assay = forms.ChoiceField(
        label=_("Amounts"),
        choices=[("", _("As the recipe says")), ("1", _("Corrected for assay"))],
        required=False,
        widget=forms.RadioSelect,
    )

    def __init__(
        self,
        definition: RecipeDefinition,
        bottles: list[Material],
        data: Mapping[str, Any],
        instruments: Sequence[Instrument] = (),
    ) -> None:
        self.definition = definition
        said = {"correct_for_assay": "1" if data.get("correct_for_assay") == "1" else ""}
        said |= {one.key: _first_said(one, data) for one in definition.inputs}
        super().__init__(said)
        self.inputs = [one.key for one in definition.inputs]
        self.lots: list[str] = []
        for one in definition.inputs:
            self.fields[one.key] = _input_field(one)
        for ingredient in definition.ingredients:
            fitting = [m for m in bottles if _fits(m, ingredient)]
            name = f"lot_{ingredient.key}"
            if not fitting and not data.get(name):
                continue
            substance = ingredient.substance
            label = substance.name if substance else ingredient.stock_name or ingredient.key
            self.fields[name] = forms.ChoiceField(
                label=label,
                choices=[("", _("as the recipe says")), *((m.code, _words(m)) for m in fitting)],
                required=False,
            )
            self.data[name] = str(data.get(name, "")).strip()[:20]
            self.lots.append(name)
        self.measured_with: list[str] = []
        for kind, label in Instrument.Kind.choices:
            there = [one for one in instruments if one.kind == kind and one.retired_at is None]
            if there or data.get(kind):
                self.fields[kind] = forms.ChoiceField(
                    label=label, choices=_instrument_choices(there), required=False
                )
                self.data[kind] = str(data.get(kind, "")).strip()[:20]
                self.measured_with.append(kind)

    def input_fields(self) -> list[forms.BoundField]:
        """Return the recipe's own inputs."""
        return [self[name] for name in self.inputs]

    def lot_fields(self) -> list[forms.BoundField]:
        """Return the choices of bottle."""
        return [self[name] for name in self.lots]

    def targets(self) -> dict[str, str]:
        """Return what was typed for each input."""
        return {name: self.data[name] for name in self.inputs}

    def lot_codes(self) -> dict[str, str]:
        """Return ingredient key -> chosen bottle."""
        return {name.removeprefix("lot_"): self.data[name] for name in self.lots if self.data[name]}

    def instrument_fields(self) -> list[forms.BoundField]:
        """Return the choices of balance and pipette."""
        return [self[kind] for kind in self.measured_with]

    def instrument_codes(self) -> dict[str, str]:
        """Return kind -> chosen instrument."""
        return {kind: self.data[kind] for kind in self.measured_with if self.data[kind]}

    @property
    def corrects(self) -> bool:
        """Whether masses are corrected for the assay."""
        return self.data["correct_for_assay"] == "1"

    def refuse(self, field: str, sentence: str) -> None:
        """Show the calculator's refusal at its field, or above the table."""
        if sentence:
            self.errors.pop(field, None)  # which says only that it is none of the choices
            self.add_error(field if field in self.fields else None, sentence)

    def notes(self, understood: Mapping[str, str], filling: str) -> list[dict[str, Any]]:
        """Return, for each input, what was understood of it, or why it was refused.

        How full the flask gets stands where the flask is chosen, else where the scale is.
        """
        kinds = {one.kind for one in self.definition.inputs}
        fills = {"size"} if "size" in kinds else {"amount", "scale"}
        return [
            {
                "key": one.key,
                "errors": self.errors.get(one.key, []),
                "understood": self._understood(one, understood.get(one.key)),
                "remark": filling if one.kind in fills else "",
            }
            for one in self.definition.inputs
        ]

    def _understood(self, one: RecipeInput, value: str | None) -> str:
        if value is None or one.kind == "choice" or value == self.data[one.key]:
            return ""
        return f"{value} {one.unit}" if one.unit != "1" else value


def _first_said(one: RecipeInput, data: Mapping[str, Any]) -> str:
    if one.key in data:
        return str(data[one.key]).replace("\x00", "").strip()[:80]
    if one.default is None:
        return ""
    return str(one.default) if one.kind == "choice" else f"{one.default:f}"


def _input_field(one: RecipeInput) -> forms.Field:
    if one.kind == "choice":
        field: forms.Field = forms.ChoiceField(
            label=one.name, choices=[("", _("Choose")), *one.options.items()], required=False
        )
    else:
        field = forms.CharField(label=one.name, required=False)
        field.unit = "mol/mol" if one.kind == "ratio" else "" if one.unit == "1" else one.unit
    field.help_text = " ".join(part for part in (one.help, str(_tried(one))) if part)
    return field


def _tried(one: RecipeInput) -> str:
    """Say which values the recipe's source reports."""
    if not one.tested:
        return ""
    values = ", ".join(f"{value:f}" for value in one.tested)
    return _("The source tried %(values)s.") % {"values": values}


def _fits(material: Material, ingredient: Ingredient) -> bool:
    if material.chemical_id:
        names = {s.chemical for s in (ingredient.substance, *ingredient.options.values()) if s}
        return material.chemical.slug in names
    stock = ingredient.stock
    return bool(stock) and material.recipe is not None and material.recipe.slug == stock


def _words(material: Material) -> str:
    parts = [material.code]
    if material.concentration_mol_l is not None:
        parts.append(f"{material.concentration_mol_l.normalize():f} M")
    if material.assay_percent is not None:
        parts.append(f"{material.assay_percent.normalize():f} %")
    if material.formula and material.chemical and material.formula != material.chemical.formula:
        parts.append(material.formula)
    return ", ".join(parts)


def _instrument_choices(there: Sequence[Instrument]) -> list[tuple[str, str]]:
    """Offer what the lab has of one kind; nothing chosen is the lab's default."""
    usual = next((one for one in there if one.is_default), None)
    empty = f"{usual.name}, {_step(usual)}" if usual else _("as the notebook assumes")
    others = [(one.code, f"{one.name}, {_step(one)}") for one in there if one is not usual]
    return [("", empty), *others]


def _step(instrument: Instrument) -> str:
    return readable(instrument.resolution, instrument.unit)


_NUMBER = {"inputmode": "decimal", "autocomplete": "off"}


class TypedNumberField(forms.Field):
    """A number as a chemist types it: decimal comma or point, with or without its unit.

    ``quantity_unit`` is what it is stored in (``g`` typed where mg is meant becomes mg).
    """

    widget = forms.TextInput(_NUMBER)

    def __init__(
        self, *, quantity_unit: str = "1", unit: str = "", most: int | None = None, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.most = most
        self.quantity_unit, self.unit = quantity_unit, unit or quantity_unit

    def prepare_value(self, value: Any) -> Any:
        """Show a stored number without the zeros that only its column has."""
        return f"{value.normalize():f}" if isinstance(value, Decimal) else value

    def to_python(self, value: Any) -> Decimal | None:
        """Return the number in the field's unit, or refuse in words."""
        text = str(value or "").strip()
        if not text:
            return None
        try:
            number = parse_quantity(text[:60], unit=self.quantity_unit).value
        except UnreadableQuantity as refusal:
            raise forms.ValidationError(str(refusal)) from refusal
        if number.adjusted() > 8 or number.normalize().as_tuple().exponent < -8:
            raise forms.ValidationError(
                _("“%(text)s” is more than this field can mean. Check the number and its unit.")
                % {"text": text[:60]}
            )
        if self.most is not None and number > self.most:
            raise forms.ValidationError(
                _("%(number)s %(unit)s cannot be: at most %(most)s %(unit)s.")
                % {"number": f"{number:f}", "most": self.most, "unit": self.unit}
            )
        return number


def day_field(label: Any) -> forms.DateField:
    """Return a field for a day that may be left empty."""
    return forms.DateField(
        label=label, required=False, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )


class AmountForm(OnceForm):
    """A form with an amount of material: typed with its unit, or beside the unit chosen for it."""

    def get_initial_for_field(self, field: forms.Field, field_name: str) -> Any:
        """Show a stored amount without the zeros that only its column has."""
        value = super().get_initial_for_field(field, field_name)
        return f"{value.normalize():f}" if isinstance(value, Decimal) else value

    def clean(self) -> dict[str, Any]:
        """Read the amount in mg or mL; a unit that was typed with it decides."""
        said = super().clean()
        text = str(said.get("amount_received") or "").strip()
        if not text:
            said["amount_received"] = None
            return said
        chosen = said.get("amount_unit") or ""
        typed = names_a_unit(text)
        tries = ("mg", "mL") if typed else (("mL",) if chosen == "ml" else ("mg",))
        refusals = []
        for unit in tries:
            try:
                value = TypedNumberField(quantity_unit=unit).clean(text)
            except forms.ValidationError as refusal:
                refusals.append(refusal)
            else:
                said["amount_received"] = value
                said["amount_unit"] = unit.lower() if typed else chosen
                return said
        self.add_error("amount_received", refusals[0])
        return said


def _bottle_fields() -> dict[str, forms.Field]:
    """Return what may be said about a bottle or stock, by name."""
    text = {"max_length": 60, "required": False}
    return {
        "supplier": forms.CharField(label=_("Supplier"), max_length=120, required=False),
        "catalogue_number": forms.CharField(label=_("Catalogue number"), **text),
        "lot_number": forms.CharField(label=_("Lot number"), **text),
        "concentration_mol_l": TypedNumberField(
            label=_("Concentration"), quantity_unit="M", unit="mol/L", required=False
        ),
        "concentration_uncertainty_mol_l": TypedNumberField(
            label=_("Uncertainty of the concentration"),
            quantity_unit="M",
            unit="mol/L",
            required=False,
        ),
        "assay_percent": TypedNumberField(
            label=_("Assay"), quantity_unit="%", most=105, required=False
        ),
        "assay_high_percent": TypedNumberField(
            label=_("Assay, upper end"),
            quantity_unit="%",
            most=105,
            required=False,
            help_text=_("Only when the label gives a range, such as 97-99 %."),
        ),
        "assay_uncertainty_percent": TypedNumberField(
            label=_("Uncertainty of the assay"), quantity_unit="%", required=False
        ),
        "assay_kind": forms.ChoiceField(
            label=_("What the assay is"),
            choices=Material.AssayKind.choices,
            initial=Material.AssayKind.UNKNOWN,
            help_text=_("Only a mass fraction or a titration corrects a mass."),
        ),
        "density_g_ml": TypedNumberField(
            label=_("Density of this lot"),
            quantity_unit="g/cm3",
            unit="g/mL",
            required=False,
            help_text=_("When it differs from the chemical's, or a mass is drawn as a volume."),
        ),
        "amount_received": forms.CharField(
            label=_("Amount"),
            max_length=60,
            required=False,
            widget=forms.TextInput(_NUMBER),
            help_text=_("With its unit, such as 5 g or 100 mL."),
        ),
        "amount_unit": forms.ChoiceField(
            label=_("Unit of the amount"),
            choices=[("", "—"), ("mg", "mg"), ("ml", "mL")],
            required=False,
        ),
        "received_date": day_field(_("Received")),
        "opened_date": day_field(_("Opened or made")),
        "expires_date": day_field(_("Use before")),
        "place": forms.CharField(label=_("Place"), max_length=120, required=False),
        "note": forms.CharField(
            label=_("Note"), required=False, max_length=4000, widget=forms.Textarea({"rows": 2})
        ),
    }


class BottleForm(AmountForm):
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

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields = _bottle_fields()
        self.fields |= {name: fields[name] for name in BOTTLE_FIELDS}


class StockForm(AmountForm):
    """What a batch made, as a stock that plans can use."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields = _bottle_fields()
        self.fields |= {name: fields[name] for name in STOCK_FIELDS}


class CorrectionForm(AmountForm):
    """What is said about a bottle, corrected; the reason stays in its history."""

    def __init__(self, names: Iterable[str], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields = _bottle_fields()
        self.fields |= {name: fields[name] for name in names}
        self.fields["reason"] = forms.CharField(
            label=_("Why is it corrected?"), max_length=300, widget=forms.Textarea({"rows": 2})
        )
