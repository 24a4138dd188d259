"""What a plan is asked with and answered by: the inputs of whatever recipe it is."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from labnotebook.records.api import StrictSerializer
from synthesis.api import plan_shapes as shapes
from synthesis.api.fields import LONGEST, LotsField, ObjectField, TypedNumberField
from synthesis.api.plan_shapes import ShapedField
from synthesis.services.instruments import KINDS

LONGEST_NAME = 60
MOST_INPUTS = 200
_VALUE = {"oneOf": [{"type": "number"}, {"type": "string", "maxLength": LONGEST}]}
_LOTS = {
    "type": "object",
    "description": "Ingredient key to the code of a bottle or stock",
    "additionalProperties": {"type": "string", "maxLength": 20},
}
_INSTRUMENTS = {
    kind: {"type": "string", "maxLength": 20, "description": f"Code of the {kind}; else the lab's"}
    for kind in KINDS
}
_CORRECT = {"type": "boolean", "default": False, "description": "Masses corrected for the assay"}


def open_body(**named: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of a body whose other entries are the recipe's own inputs."""
    return {
        "application/json": {
            "type": "object",
            "description": "The recipe's own inputs by key (ratio_ca_pb, lead_mmol ...), beside these.",
            "properties": {
                **named,
                "lots": _LOTS,
                "correct_for_assay": _CORRECT,
                **_INSTRUMENTS,
            },
            "additionalProperties": _VALUE,
        }
    }


PLAN_BODY = open_body()
SERIES_BODY = {
    "application/json": {
        "type": "object",
        "required": ["vary"],
        "properties": {
            "vary": {
                "type": "object",
                "description": "Input key to the values to plan side by side",
                "additionalProperties": {"type": "array", "items": _VALUE},
            },
            "fixed": {"type": "object", "additionalProperties": _VALUE},
            "lots": _LOTS,
            "correct_for_assay": _CORRECT,
            **_INSTRUMENTS,
        },
        "additionalProperties": False,
    }
}


def read_inputs(data: Any) -> dict[str, Any]:
    """Return inputs as they were sent: numbers with their digits, texts as typed, null as nothing."""
    if not hasattr(data, "items"):
        raise serializers.ValidationError("Send an object of input keys and values.")
    if len(data) > MOST_INPUTS:
        raise serializers.ValidationError(f"At most {MOST_INPUTS} inputs.")
    return {str(name)[:LONGEST_NAME]: read_input(str(name), value) for name, value in data.items()}


def read_input(name: str, value: Any) -> Any:
    """Return one input; an empty one stays empty, so that the recipe can ask for it."""
    if value is None:
        return ""
    try:
        return TypedNumberField().to_internal_value(value)
    except serializers.ValidationError:
        raise serializers.ValidationError(
            {name[:LONGEST_NAME]: ["Give a text or a number."]}
        ) from None


class _MeasuredSerializer(StrictSerializer):
    """What a plan is poured from and measured with."""

    lots = LotsField(required=False, default=dict, help_text="Ingredient key to bottle code")
    correct_for_assay = serializers.BooleanField(required=False, default=False)
    balance = serializers.CharField(required=False, default="", allow_blank=True, max_length=20)
    pipette = serializers.CharField(required=False, default="", allow_blank=True, max_length=20)

    def validate(self, attrs: Any) -> Any:
        """Take the instruments together, by their kind."""
        return {**attrs, "instruments": {kind: attrs.pop(kind) for kind in KINDS}}


class PlanRequestSerializer(_MeasuredSerializer):
    """What to make: every entry that is not named here is an input of the recipe."""

    def to_internal_value(self, data: Any) -> Any:
        """Take the recipe's inputs as they come; the calculator knows their names."""
        if not hasattr(data, "keys"):
            raise serializers.ValidationError({"non_field_errors": ["Send an object."]})
        own = {name: value for name, value in data.items() if name in self.fields}
        checked = super().to_internal_value(own)
        return {
            **checked,
            "inputs": read_inputs({n: v for n, v in data.items() if n not in self.fields}),
        }


class SeriesRequestSerializer(_MeasuredSerializer):
    """Values to plan side by side, and what stays the same."""

    vary = ObjectField()
    fixed = ObjectField(required=False, default=dict)

    def validate_vary(self, vary: Any) -> dict[str, list[Any]]:
        """Take lists of values by input key."""
        if not isinstance(vary, dict) or not vary:
            raise serializers.ValidationError(
                'Say which input varies and over which values, as in {"ratio_ca_pb": [0, 0.25, 0.5]}.'
            )
        found = {}
        for name, values in vary.items():
            if not isinstance(values, list) or not values:
                raise serializers.ValidationError(
                    f"{str(name)[:LONGEST_NAME]} needs a list of values."
                )
            found[str(name)[:LONGEST_NAME]] = [read_input(str(name), value) for value in values]
        return found

    def validate_fixed(self, fixed: Any) -> dict[str, Any]:
        """Take inputs by key."""
        return read_inputs(fixed)


class PlanSerializer(serializers.Serializer):
    """A solved plan; nothing of it is stored."""

    recipe = ShapedField(shapes.RECIPE)
    targets = ShapedField(shapes.TARGETS)
    reagents = ShapedField(shapes.some(shapes.REAGENT))
    ratios = ShapedField(shapes.some(shapes.RATIO), help_text="What is reported")
    composition = ShapedField(shapes.COMPOSITION)
    balance = ShapedField(shapes.BALANCE)
    uncertainty_budget = ShapedField(shapes.BUDGET)
    warnings = ShapedField(
        shapes.some(shapes.WARNING),
        help_text="Of a bottle that is past its date, low or promised (lot_expired, lot_empty, lot_low,"
        " lot_reserved, lot_unknown) also {key, lot}: the ingredient and the bottle",
    )
    steps = ShapedField(shapes.some(shapes.STEP))
    vessels = ShapedField(shapes.some(shapes.VESSEL), required=False)
    theoretical_yield = ShapedField(shapes.YIELD, required=False)
    expected = ShapedField(shapes.EXPECTED, required=False, help_text="What the source saw")
    residuals = ShapedField(
        shapes.by_key(shapes.NUMBER, "How far each target is missed"), required=False
    )
    assumed = ShapedField(shapes.by_key(shapes.TEXT, "What is assumed by us"), required=False)
    unknowns = ShapedField(shapes.by_key(shapes.TEXT, "What nobody knows"), required=False)
    correct_for_assay = serializers.BooleanField(required=False)
    algorithm = serializers.CharField(required=False, help_text="Version of the calculator")
    atomic_weights = serializers.CharField(required=False)
    inputs_sha256 = serializers.CharField()


class FrozenPlanSerializer(PlanSerializer):
    """The plan as it was frozen with a batch; one of long ago may lack what came later."""

    def get_fields(self) -> dict[str, serializers.Field]:
        """Return the fields of a plan, any of which may be missing."""
        fields = super().get_fields()
        for field in fields.values():
            field.required = False
        return fields


class SeriesRowSerializer(serializers.Serializer):
    """One of the plans, or why there is none; ``inputs`` can be posted to batches/ as they are."""

    inputs = ShapedField(shapes.TARGETS)
    plan = PlanSerializer(allow_null=True)
    errors = ShapedField(shapes.some(shapes.FAULT))


class SeriesSerializer(serializers.Serializer):
    """Plans side by side, in the order of the values."""

    plans = SeriesRowSerializer(many=True)
