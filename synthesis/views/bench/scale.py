"""The scale on which R is shown while one weighs: the target, and the band that is as planned."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from synthesis.chemistry.quantities import RatioOfBatch
from synthesis.chemistry.tolerances import AMOUNT_TOLERANCE, MAJOR_TIMES

REACH = Decimal("0.2")  # of the target, to either side
TOLERANCE = AMOUNT_TOLERANCE["mg"]


@dataclass(frozen=True, slots=True)
class Scale:
    """Places on the scale in percent of its length; ``state`` is how far off what was weighed is."""

    target: Decimal
    value: float | None

    @classmethod
    def of(cls, leading: RatioOfBatch | None) -> Scale | None:
        """Return the scale of a ratio; None when nothing, or zero, is asked for."""
        if leading is None or not leading.asked:
            return None
        return cls(leading.asked, leading.weighed.value if leading.weighed else None)

    @property
    def ends(self) -> tuple[Decimal, Decimal]:
        """The lowest and the highest value of the scale."""
        return self.target * (1 - REACH), self.target * (1 + REACH)

    @property
    def band(self) -> tuple[Decimal, Decimal]:
        """Where the band begins and how wide it is."""
        width = 100 * TOLERANCE / REACH
        return 50 - width / 2, width

    @property
    def off(self) -> float | None:
        """How far what was weighed is from the target, relative to it."""
        return None if self.value is None else self.value / float(self.target) - 1

    @property
    def place(self) -> float | None:
        """Where what was weighed stands."""
        if self.off is None:
            return None
        return max(0.0, min(100.0, 50 + 50 * self.off / float(REACH)))

    @property
    def state(self) -> str:
        """none, ok, warn or bad."""
        if self.off is None:
            return "none"
        if abs(self.off) <= float(TOLERANCE):
            return "ok"
        return "warn" if abs(self.off) <= float(TOLERANCE * MAJOR_TIMES) else "bad"

    @property
    def words(self) -> str:
        """How far off it is, as people say it."""
        if self.off is None:
            return "not weighed yet"
        if self.state == "ok":
            return "on target"
        if self.off > 1:
            return f"{self.off + 1:.0f} times the target"
        return f"{abs(self.off):.0%} {'above' if self.off > 0 else 'below'}".replace("%", " %")

    @property
    def sentence(self) -> str:
        """The scale in words."""
        low, high = (f"{end.normalize():f}" for end in self.ends)
        off = float(self.target) * float(TOLERANCE)
        return (
            f"Scale from {low} to {high}, as planned from {float(self.target) - off:.3g}"
            f" to {float(self.target) + off:.3g}"
        )
