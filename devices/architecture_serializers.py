"""Architectures as the API shows them: the stack from the substrate up, what may differ, its pixel layouts."""

from __future__ import annotations

from typing import Any

from django.utils.functional import cached_property
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from devices.models import Layer
from devices.services.architectures import Architecture, read_architecture
from devices.services.layouts import layouts_of
from devices.stacks import StackLayer
from devices.substrates import variable_numbers
from synthesis.chemistry.operations import Operations
from synthesis.models import Recipe
from synthesis.services.operations import lab_operations


class LaidPixelSerializer(serializers.Serializer):
    """One pixel of a layout."""

    label = serializers.CharField()
    area_mm2 = serializers.CharField(allow_null=True, help_text="As typed; null: not known.")


class LayoutSerializer(serializers.Serializer):
    """Pixels by the key under which `layout` asks for them."""

    key = serializers.CharField()
    name = serializers.CharField()
    pixels = LaidPixelSerializer(many=True)


class StackLayerSerializer(serializers.Serializer):
    """One layer as an architecture says it."""

    index = serializers.IntegerField(help_text="0 is the substrate.")
    key = serializers.CharField(help_text="How steps and runs call it.")
    role = serializers.ChoiceField(Layer.Role.choices)
    material = serializers.CharField()
    made_of = serializers.CharField(
        allow_blank=True, help_text="Slug of the chemical or recipe that it is made of."
    )
    is_emitter = serializers.BooleanField()
    thickness_nm = serializers.CharField(allow_null=True, help_text="As printed; null: not given.")
    thickness_tolerance_nm = serializers.CharField(allow_null=True)
    thickness_source = serializers.CharField(allow_blank=True)
    thickness_note = serializers.CharField(allow_blank=True)
    source = serializers.CharField(allow_blank=True)
    steps = serializers.ListField(child=serializers.DictField())

    def to_representation(self, place: StackLayer) -> dict[str, Any]:
        """Return a layer as a whole row."""
        return super().to_representation(place.as_dict())


class ArchitectureSerializer(serializers.Serializer):
    """A stack that is built again and again: the newest version of a recipe of the kind *device*."""

    slug = serializers.CharField()
    name = serializers.CharField()
    version = serializers.IntegerField(source="number")
    polarity = serializers.CharField(allow_blank=True)
    light_out = serializers.CharField(source="definition.light_out", allow_blank=True)
    nicknames = serializers.ListField(source="definition.nicknames", child=serializers.CharField())
    source = serializers.CharField(allow_blank=True)
    note = serializers.CharField(allow_blank=True)
    layers = StackLayerSerializer(many=True)
    doubts = serializers.ListField(
        child=serializers.CharField(), help_text="What is missing in the order of the layers."
    )
    layouts = serializers.SerializerMethodField(
        help_text="Pixel layouts that a device of it is offered, the architecture's own one first."
    )
    variable = serializers.SerializerMethodField(
        help_text="What may differ between the substrates of a run: key to words."
    )

    def to_representation(self, recipe: Recipe) -> dict[str, Any]:
        """Return the newest version of a recipe (read as ``newest``) as a stack."""
        return super().to_representation(read_architecture(recipe.newest[0]))

    @extend_schema_field(LayoutSerializer(many=True))
    def get_layouts(self, architecture: Architecture) -> Any:
        """Return the pixel layouts by key."""
        return LayoutSerializer(layouts_of(architecture), many=True).data

    def get_variable(self, architecture: Architecture) -> dict[str, str]:
        """Return what may differ between the substrates of a run."""
        return variable_numbers(architecture.definition, self._operations)

    @cached_property
    def _operations(self) -> Operations:
        """The lab's operations, read once for a whole list."""
        return lab_operations()
