"""What the API of recipes takes and answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers

from labnotebook.records.api import StrictSerializer
from synthesis.api.fields import ObjectField
from synthesis.chemistry.documents import InvalidDocument
from synthesis.chemistry.recipe_files import FORMATS, read_recipe_file
from synthesis.models import Recipe, RecipeVersion


class RecipeSerializer(serializers.ModelSerializer):
    """A recipe with what its newest version says; its draft's words while it has no version.

    Reads ``newest``, the versions of which only the last was fetched.
    """

    version = serializers.SerializerMethodField()
    definition = serializers.SerializerMethodField()
    project = serializers.SlugRelatedField(slug_field="slug", read_only=True, allow_null=True)
    forked_from = serializers.SerializerMethodField()
    has_draft = serializers.SerializerMethodField()
    etag = serializers.CharField(read_only=True)

    class Meta:
        model = Recipe
        fields = (
            "slug",
            "name",
            "kind",
            "project",
            "shared_with_lab",
            "forked_from",
            "retired_at",
            "retired_reason",
            "has_draft",
            "version",
            "definition",
            "etag",
        )

    def get_version(self, recipe: Recipe) -> int | None:
        """Return the number of the newest version, null for a draft."""
        newest = self._newest(recipe)
        return newest.number if newest else None

    @extend_schema_serializer(component_name="RecipeDefinition")
    def get_definition(self, recipe: Recipe) -> dict[str, Any]:
        """Return what the newest version says."""
        newest = self._newest(recipe)
        return newest.definition if newest else recipe.draft.definition

    def get_forked_from(self, recipe: Recipe) -> str | None:
        """Return the version that it was forked from, as ``slug v2``."""
        return str(recipe.forked_from) if recipe.forked_from else None

    def get_has_draft(self, recipe: Recipe) -> bool:
        """Return whether a next version is being written."""
        return hasattr(recipe, "draft")

    def _newest(self, recipe: Recipe) -> RecipeVersion | None:
        return next(iter(recipe.newest), None)


class DefinitionSerializer(StrictSerializer):
    """A definition: as an object, or as the text of a YAML or TOML file."""

    definition = ObjectField(required=False)
    text = serializers.CharField(required=False, help_text="A whole recipe file")
    format = serializers.ChoiceField(FORMATS, required=False)

    def validate(self, said: dict[str, Any]) -> dict[str, Any]:
        """Take exactly one of the two."""
        if ("definition" in said) == ("text" in said):
            raise serializers.ValidationError(
                "Send the definition as an object, or as text of a recipe file: one of the two."
            )
        if "text" in said:
            try:
                said["definition"] = read_recipe_file(said["text"], said.get("format", ""))
            except InvalidDocument as refusal:
                raise serializers.ValidationError({"text": [str(refusal)]}) from refusal
        if not isinstance(said["definition"], Mapping):
            raise serializers.ValidationError(
                {"definition": ["A definition is an object of names and values."]}
            )
        return said


class NewRecipeSerializer(DefinitionSerializer):
    """A recipe to begin, in a project."""

    project = serializers.SlugField(required=False, max_length=60)


class PublishSerializer(StrictSerializer):
    """Make the draft the next version."""

    change_note = serializers.CharField(max_length=300, help_text="What changed, and why")


class ForkSerializer(StrictSerializer):
    """Begin a recipe of one's own from this one."""

    name = serializers.CharField(max_length=160)
    project = serializers.SlugField(required=False, max_length=60)
    version = serializers.IntegerField(required=False, min_value=1, max_value=10**6)


class ReasonSerializer(StrictSerializer):
    """Say why."""

    reason = serializers.CharField(max_length=300)


class SharingSerializer(StrictSerializer):
    """Who sees the recipe: its project, or the whole lab."""

    shared_with_lab = serializers.BooleanField()


class FaultSerializer(serializers.Serializer):
    """One thing that is wrong: its path in the definition, and how to mend it."""

    field = serializers.CharField(allow_blank=True)
    message = serializers.CharField()


class CheckedSerializer(serializers.Serializer):
    """Everything that is wrong with a definition; nothing is when the list is empty."""

    errors = FaultSerializer(many=True)


class DraftSerializer(serializers.Serializer):
    """A draft, and what is still wrong with it."""

    definition = ObjectField()
    based_on = serializers.IntegerField(allow_null=True, help_text="The newest published version")
    updated_by = serializers.CharField(allow_null=True)
    updated_at = serializers.DateTimeField(allow_null=True)
    errors = FaultSerializer(many=True)
    etag = serializers.CharField()


class VersionSerializer(serializers.ModelSerializer):
    """One version, which never changes."""

    published_by = serializers.SlugRelatedField(
        slug_field="username", read_only=True, allow_null=True
    )

    class Meta:
        model = RecipeVersion
        fields = ("number", "change_note", "published_by", "published_at", "content_sha256")


class ChangeSerializer(serializers.Serializer):
    """One difference between two versions."""

    path = serializers.CharField(help_text="By keys: steps[heat].parameters.temperature_c")
    where = serializers.CharField()
    kind = serializers.CharField(help_text="added, removed, changed or moved")
    before = serializers.CharField(allow_blank=True)
    after = serializers.CharField(allow_blank=True)


class DiffSerializer(serializers.Serializer):
    """What two versions say differently."""

    changes = ChangeSerializer(many=True)

    def get_fields(self) -> dict[str, serializers.Field]:
        """Name the two versions; ``from`` is no name in Python."""
        number = serializers.IntegerField
        return {"from": number(), "to": number(), **super().get_fields()}
