"""Keep what follows from a recipe alone, so that it is computed once and not for every plan."""

from collections.abc import Callable, Hashable, Iterable
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
        self._kept: dict[Hashable, tuple[Answer, object]] = {}

    def get(
        self,
        recipe: RecipeDefinition,
        compute: Callable[[], Answer],
        *,
        also: Hashable = None,
        values: Iterable[object] = (),
    ) -> Answer:
        """Return the answer for this recipe, computed when it is asked for the first time.

        ``also`` is what else it depends on; ``values`` such that nobody changes either, like other
        recipes: they count by their identity.
        """
        beside = (recipe, *values)
        key = (also, *map(id, beside))
        kept = self._kept.get(key)
        if kept is None:
            kept = (compute(), beside)
            if len(self._kept) >= MOST:
                self._kept.clear()
            self._kept[key] = kept
        return kept[0]
