"""The stacks that can be built: recipes of the kind *device*, each as its newest version."""

from __future__ import annotations

import re

from django.db.models import Prefetch
from django.http import Http404
from rest_framework import mixins

from devices.architecture_serializers import ArchitectureSerializer
from labnotebook.records.api import RecordViewSet
from synthesis.models import Recipe, RecipeVersion

SLUG = re.compile(r"[-\w]{1,80}", re.ASCII)


class ArchitectureViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, RecordViewSet):
    """The stacks that can be built, from the substrate up; they are written as recipes."""

    queryset = Recipe.objects.filter(kind=Recipe.Kind.DEVICE).usable()
    serializer_class = ArchitectureSerializer
    lookup_field = "slug"

    def get_queryset(self):
        """Return the recipes that the person may build after, each with its newest version."""
        newest = RecipeVersion.objects.order_by("recipe_id", "-number").distinct("recipe_id")
        return super().get_queryset().prefetch_related(Prefetch("versions", newest, "newest"))

    def get_object(self) -> Recipe:
        """Return one; what cannot be a slug is not there."""
        if not SLUG.fullmatch(self.kwargs["slug"]):
            raise Http404
        return super().get_object()
