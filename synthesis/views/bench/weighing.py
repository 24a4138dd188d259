"""One reagent to weigh or measure."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from synthesis.chemistry.sources import Balance
from synthesis.chemistry.typed import names_a_unit
from synthesis.models import Instrument
from synthesis.services.bench_page import Brings
from synthesis.views.batch_lines import Line
from synthesis.views.bench.asked import Asked, plain
from synthesis.views.bench.bottles import Bottles
from synthesis.views.bench.fields import Field


@dataclass(frozen=True, slots=True)
class Weighing:
    """One reagent: what its field asks, its bottle, and how it bears on R."""

    line: Line
    asked: Asked
    field: Field
    lot: Field
    bottles: Bottles
    instruments: list[Instrument]
    usual: Instrument | None  # what measures when nobody says
    cautions: list[str]  # about the bottle
    balance: Balance

    @property
    def key(self) -> str:
        """The key of the reagent."""
        return self.line.addition.key

    @property
    def title(self) -> str:
        """What it is called here: a salt by its formula, a liquid by its name."""
        return self.line.title

    @property
    def is_mass(self) -> bool:
        """Whether it is weighed, not drawn up."""
        return self.line.addition.unit == "mg"

    @property
    def instrument(self) -> str:
        """The code of what it was measured with, or would be."""
        measured = self.line.addition.instrument or self.usual
        return measured.code if measured else ""

    @property
    def recorded(self) -> str:
        """The amount that stands, as typed, with one unit."""
        text = self.line.addition.weighed_text
        return f"{text} {self.line.unit}" if text and self.line.bare else text

    @property
    def pours_from(self) -> str:
        """The code of the bottle that is said together with the amount; empty once one is said."""
        offered = self.bottles.proposed
        if self.recorded or self.bottles.is_confirmed or offered is None:
            return ""
        return offered.material.code

    @property
    def in_field(self) -> str:
        """What stands in the field: what was refused, else what is recorded."""
        typed = self.field.typed
        return self.line.addition.weighed_text if typed is None else typed

    @property
    def field_unit(self) -> str:
        """The unit behind the field, none when what stands in it says its own."""
        return "" if names_a_unit(self.in_field) else self.asked.unit

    @property
    def understood(self) -> str:
        """What was understood, where it was typed in another unit."""
        return self.asked.understood(self.line.addition.weighed_text) if self.recorded else ""

    @property
    def brings(self) -> Brings | None:
        """What one mg or mL brings to R, from the bottle that the batch counts with."""
        if self.line.addition.material_id and self.bottles.proposed:
            return self.bottles.proposed.brings
        return self.bottles.without

    @property
    def spread(self) -> str:
        """Standard uncertainty of the planned amount on its instrument, in its unit."""
        planned = self.line.addition.planned_value or Decimal(0)
        measured = self.line.addition.instrument or self.usual
        if measured is not None:
            return plain(measured.uncertainty_of(planned))
        by_mass, by_volume = self.balance.mass_uncertainty, self.balance.volume_uncertainty
        return plain(by_mass(planned) if self.is_mass else by_volume(planned))
