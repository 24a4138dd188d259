"""Devices, layers and pixels as the API shows and takes them."""

from __future__ import annotations

from typing import Any

from django.core.validators import ProhibitNullCharactersValidator
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.validators import ProhibitSurrogateCharactersValidator

from devices.models import Device, Layer, Pixel
from devices.services.devices import LONGEST_NAME
from devices.services.pixels import LONGEST_NOTE, MOST_PIXELS
from labnotebook.records.api import StrictSerializer


@extend_schema_field(
    {
        "oneOf": [
            {"type": "number", "exclusiveMinimum": 0, "maximum": 100000},
            {"type": "string", "maxLength": 60},
            {"type": "null"},
        ],
        "description": "In mm²; a number, or text as typed such as “0.04 cm²”. Null: not known.",
        "examples": [4, "4.0 mm²", None],
    }
)
class TypedArea(serializers.Field):
    """An area as a number or as typed; the service reads it."""

    def to_internal_value(self, data: Any) -> str:
        """Pass on what was sent, as text."""
        if isinstance(data, bool) or not isinstance(data, str | int | float):
            raise serializers.ValidationError(
                "An area is a number in mm², or text such as “4 mm²”."
            )
        text = str(data)
        for refuse in (ProhibitNullCharactersValidator(), ProhibitSurrogateCharactersValidator()):
            refuse(text)
        return text

    def to_representation(self, value: Any) -> Any:
        """Return the number."""
        return value


class LayerSerializer(serializers.ModelSerializer):
    """One layer of one device, with the batch or the bottle (lot) that it was made from."""

    role = serializers.ChoiceField(Layer.Role.choices)
    material = serializers.CharField(source="material_name")
    is_emitter = serializers.SerializerMethodField()
    thickness_target_nm = serializers.FloatField(allow_null=True)
    thickness_tolerance_nm = serializers.FloatField(allow_null=True)
    thickness_measured_nm = serializers.FloatField(allow_null=True)
    thickness_uncertainty_nm = serializers.FloatField(allow_null=True, help_text="Standard, in nm.")
    thickness_method = serializers.ChoiceField(Layer.Method.choices, allow_blank=True)
    amount = serializers.CharField(
        source="amount_text", allow_blank=True, help_text="Used of its source, as typed."
    )
    process = serializers.DictField()
    batch = serializers.CharField(source="source_batch.code", allow_null=True, default=None)
    lot = serializers.CharField(source="source_material.code", allow_null=True, default=None)
    etag = serializers.CharField(help_text="For If-Match.")

    class Meta:
        model = Layer
        fields = [
            "index",
            "key",
            "role",
            "material",
            "is_emitter",
            "thickness_target_nm",
            "thickness_tolerance_nm",
            "thickness_measured_nm",
            "thickness_uncertainty_nm",
            "thickness_method",
            "process",
            "process_text",
            "batch",
            "lot",
            "amount",
            "etag",
        ]

    def get_is_emitter(self, layer: Layer) -> bool:
        """Return whether this layer emits."""
        return layer.role == Layer.Role.EMITTER


class PixelSerializer(serializers.ModelSerializer):
    """One emitting area; ``etag`` goes into If-Match when it is changed."""

    device = serializers.CharField(source="device.code")
    area_mm2 = serializers.FloatField(allow_null=True)
    state = serializers.ChoiceField(
        Pixel.State.choices, allow_blank=True, help_text="As a person said; empty: nobody did."
    )
    ruled_state = serializers.ChoiceField(
        Pixel.State.choices,
        allow_blank=True,
        help_text="What its newest sweep says by the rule; empty: no sweep, or it cannot be told.",
    )
    ruled_because = serializers.CharField(
        allow_blank=True, help_text="Why the rule says so, with its threshold."
    )
    standing_state = serializers.ChoiceField(
        Pixel.State.choices,
        allow_blank=True,
        help_text="The state that counts: a person's, else the rule's.",
    )
    etag = serializers.CharField(help_text="For If-Match.")

    class Meta:
        model = Pixel
        fields = [
            "id",
            "device",
            "label",
            "area_mm2",
            "state",
            "ruled_state",
            "ruled_because",
            "standing_state",
            "note",
            "etag",
        ]


class DeviceSerializer(serializers.ModelSerializer):
    """One substrate: its layers from the substrate up, and its pixels."""

    project = serializers.CharField(source="project.slug")
    simulated = serializers.BooleanField(
        source="project.is_simulated", help_text="Made up, not measured."
    )
    architecture = serializers.CharField(source="architecture.slug", allow_null=True, default=None)
    architecture_version = serializers.IntegerField(
        source="recipe_version.number", allow_null=True, default=None
    )
    run = serializers.CharField(
        source="run.code", allow_null=True, default=None, help_text="The run that made it."
    )
    varied = serializers.DictField(
        child=serializers.CharField(), help_text="What differs in its run: key to the typed number."
    )
    batch = serializers.SerializerMethodField(help_text="Code of the batch in the emitter layer.")
    built_by = serializers.CharField(source="built_by.username")
    layers = LayerSerializer(many=True)
    pixels = PixelSerializer(many=True)
    etag = serializers.CharField(help_text="For If-Match.")

    class Meta:
        model = Device
        fields = [
            "code",
            "project",
            "simulated",
            "architecture",
            "architecture_version",
            "run",
            "substrate",
            "varied",
            "name",
            "note",
            "batch",
            "built_at",
            "built_by",
            "created_at",
            "archived_at",
            "archived_reason",
            "layers",
            "pixels",
            "etag",
        ]

    def get_batch(self, device: Device) -> str | None:
        """Return the code of the batch behind the emitter, None when none was named."""
        for layer in device.layers.all():
            if layer.role == Layer.Role.EMITTER and layer.source_batch:
                return layer.source_batch.code
        return None


LAYOUT_HELP = (
    "In place of `pixels`: the key of one of the architecture's `layouts`, or the code of a device whose pixels are"
    " meant."
)


class NewPixelSerializer(StrictSerializer):
    """One pixel of a new device."""

    label = serializers.RegexField(r"^[^\W_][\w.\-]{0,19}$", max_length=20)
    area_mm2 = TypedArea(required=False, allow_null=True)


class NewDeviceSerializer(StrictSerializer):
    """What is needed to build a device; without pixels it gets those of its architecture, else P1 to P4."""

    project = serializers.CharField(
        required=False, max_length=60, help_text="Slug; without it, the project of the batch."
    )
    architecture = serializers.CharField(max_length=60, help_text="Slug of an architecture.")
    batch = serializers.CharField(
        required=False, allow_null=True, max_length=20, help_text="Code of the emitter's batch."
    )
    pixels = NewPixelSerializer(many=True, required=False, min_length=1, max_length=MOST_PIXELS)
    layout = serializers.CharField(
        required=False, allow_blank=True, max_length=20, help_text=LAYOUT_HELP
    )
    name = serializers.CharField(required=False, allow_blank=True, max_length=LONGEST_NAME)
    note = serializers.CharField(required=False, allow_blank=True, max_length=10_000)
    built_at = serializers.DateTimeField(required=False, allow_null=True)


class DeviceChangeSerializer(StrictSerializer):
    """What may change on a device."""

    name = serializers.CharField(required=False, allow_blank=True, max_length=LONGEST_NAME)
    note = serializers.CharField(required=False, allow_blank=True, max_length=10_000)


class LayerChangeSerializer(StrictSerializer):
    """What may change on a layer; empty takes it back."""

    source = serializers.CharField(
        required=False,
        allow_blank=True,
        max_length=20,
        help_text="Code of the batch or bottle that it was made from: NC-0042, L-0007, S-0003",
    )
    thickness_measured_nm = serializers.CharField(
        required=False, allow_blank=True, max_length=60, help_text="As typed: 31.5, or 12 Å"
    )
    thickness_uncertainty_nm = serializers.CharField(
        required=False, allow_blank=True, max_length=60, help_text="Standard, as typed: 2 nm"
    )
    thickness_method = serializers.ChoiceField(
        Layer.Method.choices, required=False, allow_blank=True
    )
    amount = serializers.CharField(
        required=False, allow_blank=True, max_length=40, help_text="Used of it, as typed: 60 µL"
    )


class PixelChangeSerializer(StrictSerializer):
    """What may change on a pixel."""

    state = serializers.ChoiceField(Pixel.State.choices, required=False, allow_blank=True)
    area_mm2 = TypedArea(required=False, allow_null=True)
    note = serializers.CharField(required=False, allow_blank=True, max_length=LONGEST_NOTE)
