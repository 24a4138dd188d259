"""How full each vessel gets, and what that means for a hot one."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from .amounts import in_digits
from .caution import Caution
from .ratios import ZERO
from .reagent_lines import ReagentLine
from .recipe import RecipeDefinition
from .sources import ImpossibleTarget

FILL_CAUTION_PERCENT, FILL_BLOCK_PERCENT = Decimal(40), Decimal(60)  # hot flasks foam
FLASKS_ML = (25, 50, 100, 250, 500, 1000, 2000)


@dataclass(frozen=True, slots=True)
class Filling:
    """How full a vessel gets when everything is in it."""

    vessel: str
    name: str
    volume_ml: Decimal
    capacity_ml: Decimal | None
    heated: bool

    @property
    def percent(self) -> Decimal | None:
        """Filling in percent, None when the vessel's size is not known."""
        return None if self.capacity_ml is None else self.volume_ml / self.capacity_ml * 100

    def as_dict(self) -> dict[str, Any]:
        """Return a plain dict with floats."""
        percent = self.percent
        return {
            "key": self.vessel,
            "name": self.name,
            "volume_ml": float(self.volume_ml),
            "capacity_ml": None if self.capacity_ml is None else float(self.capacity_ml),
            "fill_percent": None if percent is None else float(percent),
            "heated": self.heated,
        }


def fillings(recipe: RecipeDefinition, lines: Sequence[ReagentLine]) -> list[Filling]:
    """Add up the liquids that the steps put into each vessel (additive volumes)."""
    volumes = {line.key: line.volume_ml or ZERO for line in lines}
    found = []
    for vessel in recipe.vessels:
        used = {
            key for step in recipe.steps if step.vessel == vessel.key for key in step.ingredients
        }
        volume = sum((volumes[key] for key in volumes if key in used), ZERO)
        found.append(Filling(vessel.key, vessel.name, volume, vessel.volume_ml, vessel.heated))
    return found


def about_filling(recipe: RecipeDefinition, filled: Sequence[Filling]) -> Iterator[Caution]:
    """Say which heated vessel gets too full; refuse a scale that no flask takes."""
    for one in filled:
        percent = one.percent
        if not one.heated or percent is None or percent <= FILL_CAUTION_PERCENT:
            continue
        fitting = next(
            (size for size in FLASKS_ML if one.volume_ml / size * 100 <= FILL_CAUTION_PERCENT), None
        )
        if percent <= FILL_BLOCK_PERCENT:
            yield Caution(
                "vessel_fill",
                f"{in_digits(one.volume_ml, 4)} mL fill the {one.name} to {in_digits(percent, 3)} %. Above 40 % it may foam over under vacuum.",
            )
            continue
        largest = FLASKS_ML[-1] * FILL_BLOCK_PERCENT / 100
        if one.volume_ml > largest:
            scales = [i.key for i in recipe.inputs if i.kind in ("amount", "scale")]
            raise ImpossibleTarget(
                f"This scale needs {in_digits(one.volume_ml, 4)} mL in one flask; even a {FLASKS_ML[-1]} mL flask takes {largest:f} mL when hot. "
                "Ask for a smaller scale or make several batches.",
                scales[0] if scales else "",
            )
        yield Caution(
            "vessel_fill",
            f"{in_digits(one.volume_ml, 4)} mL fill the {one.name} to {in_digits(percent, 3)} %; at most {FILL_BLOCK_PERCENT} % is safe when hot or under vacuum. "
            f"Choose a flask of {fitting or FLASKS_ML[-1]} mL, or make several batches.",
            "block",
        )
