"""Writing recipes: checks, drafts, and the versions that drafts become."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.response import Response

from labnotebook.records.api import RecordViewSet, read_body, require_match
from labnotebook.records.api.answers import sent_tags
from labnotebook.records.api.schema import IF_MATCH
from labnotebook.records.refusals import StaleWrite
from synthesis.api.recipe_bodies import (
    CheckedSerializer,
    DefinitionSerializer,
    DraftSerializer,
    PublishSerializer,
    VersionSerializer,
)
from synthesis.models import Recipe, RecipeDraft, RecipeVersion
from synthesis.services import recipe_writing as writing


class RecipeDraftActions(RecordViewSet):
    """What is done with the draft of a recipe."""

    @extend_schema(request=DefinitionSerializer, responses=CheckedSerializer)
    @action(detail=False, methods=["post"])
    def check(self, request) -> Response:
        """Say everything that is wrong with a definition; nothing is stored."""
        said = read_body(DefinitionSerializer, request)
        checked = writing.check_definition(by=request.user, definition=said["definition"])
        return Response({"errors": checked.errors})

    @extend_schema(responses=DraftSerializer)
    @action(detail=True, methods=["get"])
    def draft(self, request, slug: str) -> Response:
        """Return the draft; what the newest version says while there is none."""
        return self._draft(self.get_object())

    @extend_schema(parameters=[IF_MATCH], request=DefinitionSerializer, responses=DraftSerializer)
    @draft.mapping.put
    def put_draft(self, request, slug: str) -> Response:
        """Keep what is written so far, right or not; the answer says what is wrong."""
        recipe = self.get_object()
        writing.require_writer(request.user, recipe)
        version = self._draft_version(request, recipe)
        said = read_body(DefinitionSerializer, request)
        writing.save_draft(
            by=request.user, recipe=recipe, definition=said["definition"], version=version
        )
        return self._draft(recipe)

    def _draft(self, recipe: Recipe) -> Response:
        draft, newest = writing.draft_of(recipe), recipe.current
        definition = draft.definition if draft else newest.definition
        checked = writing.check_definition(by=self.request.user, definition=definition)
        tag = _draft_tag(recipe, draft, newest)
        body = {
            "definition": definition,
            "based_on": newest.number if newest else None,
            "updated_by": draft.updated_by.username if draft else None,
            "updated_at": draft.updated_at if draft else None,
            "errors": checked.errors,
            "etag": tag,
        }
        return Response(body, headers={"ETag": tag})

    def _draft_version(self, request: Any, recipe: Recipe) -> int | None:
        draft = writing.draft_of(recipe)
        if draft is not None:
            return require_match(request, draft, body=lambda: {"definition": draft.definition})
        tag = _draft_tag(recipe, None, recipe.current)
        if tag not in sent_tags(request, tag):
            raise StaleWrite(
                "This draft was published or discarded since you read it. Read it again."
            )
        return None

    @extend_schema(request=PublishSerializer, responses={201: VersionSerializer})
    @action(detail=True, methods=["post"])
    def publish(self, request, slug: str) -> Response:
        """Make the draft the next version, which never changes."""
        said = read_body(PublishSerializer, request)
        version = writing.publish_draft(
            by=request.user, recipe=self.get_object(), note=said["change_note"]
        )
        return Response(VersionSerializer(version).data, status=201)


def _draft_tag(recipe: Recipe, draft: RecipeDraft | None, newest: RecipeVersion | None) -> str:
    """Return the entity tag of what a draft says, also while nobody has begun one."""
    if draft is not None:
        return draft.etag
    return f'"recipeversion-{recipe.pk}-{newest.number if newest else 0}"'
