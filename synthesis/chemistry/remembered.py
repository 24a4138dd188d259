"""Keep what follows from a recipe alone, so that it is computed once and not for every plan."""

from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

from .recipe import RecipeDefinition

Answer = TypeVar("Answer")
MOST = 256


class Remembered(Generic[Answer]):
    """Answers by the identity of a recipe and whatever else they depend on.

    A recipe is a value that nobody changes, so an answer holds as long as the recipe is there; it
    is kept beside its answer, so that no other recipe can take its identity.
    """

    def __init__(self) -> None:
        self._kept: dict[tuple[int, Hashable], tuple[RecipeDefinition, Answer]] = {}

    def get(
        self, recipe: RecipeDefinition, compute: Callable[[], Answer], also: Hashable = None
    ) -> Answer:
        """Return the answer for this recipe, computed when it is asked for the first time."""
        key = (id(recipe), also)
        kept = self._kept.get(key)
        if kept is None:
            kept = (recipe, compute())
            if len(self._kept) >= MOST:
                self._kept.clear()
            self._kept[key] = kept
        return kept[1]
