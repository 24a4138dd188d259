"""What the page shows of one input, vessel, ingredient or step: its words and its fields."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from synthesis.chemistry.documents import Fault
from synthesis.recipe_form.names import is_organic

PROVISIONAL = re.compile(r"(input|vessel|ingredient|layer|step)_\d+(_\d+)?")


@dataclass(frozen=True, slots=True)
class WhenField:
    """For which options of one choice a part is: each with its words, and whether it is ticked."""

    key: str
    name: str
    options: tuple[tuple[str, str, bool], ...]


@dataclass(slots=True)
class Part:
    """One input, vessel, ingredient or step as the page shows it."""

    section: str
    number: str
    data: Mapping[str, Any]
    rest: str
    names: Mapping[str, str] = field(default_factory=dict)  # of the parts it can refer to, by key
    faults: list[Fault] = field(default_factory=list)
    is_changed: bool = False
    whens: tuple[WhenField, ...] = ()

    @property
    def prefix(self) -> str:
        """How its fields begin."""
        return f"{self.section}-{self.number}"

    @property
    def key(self) -> str:
        """Its key; empty while nobody chose one, so that it follows the name."""
        key = str(self.data.get("key", ""))
        return "" if PROVISIONAL.fullmatch(key) else key

    @property
    def was(self) -> str:
        """The key by which others refer to it now."""
        return str(self.data.get("key", ""))

    @property
    def role_words(self) -> str:
        """What a layer does, in words."""
        return str(self.data.get("role", "")).replace("_", " ")

    @property
    def agents(self) -> str:
        """What a step uses besides its ingredients, as it is typed."""
        return ", ".join(map(str, list_of(self.data.get("agents"))))

    @property
    def gaps(self) -> list[Mapping[str, Any]]:
        """The stretches of an input that nobody has measured, and an empty row."""
        return [gap for gap in list_of(self.data.get("gaps")) if isinstance(gap, Mapping)] + [{}]

    @property
    def option_lines(self) -> str:
        """The options of a choice, one a line, as they are typed."""
        options = mapping_of(self.data.get("options"))
        return "\n".join(f"{key} = {words}" for key, words in options.items())

    @property
    def bounds(self) -> list[dict[str, Any]]:
        """The three numbers of an input."""
        labels = {"minimum": _("From"), "default": _("Default"), "maximum": _("To")}
        return [
            {"name": name, "label": label, "value": self.data.get(name, "")}
            for name, label in labels.items()
        ]


@dataclass(slots=True)
class IngredientPart(Part):
    """An ingredient with its amount rule."""

    what: str = ""
    substance: str = "{}"
    rule: str = ""
    value: str = ""
    solved: str = ""
    options: tuple[tuple[str, str, str], ...] = ()  # key, words, chemical as typed
    options_before: str = "{}"

    @property
    def purity(self) -> Mapping[str, Any]:
        """The purity that the source prints."""
        return mapping_of(self.data.get("printed_purity"))

    @property
    def chooser(self) -> str:
        """The input that chooses its chemical, empty when none does."""
        return str(mapping_of(self.data.get("choice")).get("input", ""))

    @property
    def short(self) -> str:
        """How it is called in a list: by formula where that is short, else by name."""
        formula, name = str(self.data.get("formula", "")), str(self.data.get("name", ""))
        return formula if formula and not is_organic(formula) else name or self.what or self.was

    @property
    def amount(self) -> Mapping[str, Any]:
        """What its rule says."""
        return mapping_of(self.data.get("amount"))


@dataclass(frozen=True, slots=True)
class NumberField:
    """One number of a step: its label, its unit, what is typed, and who gives it."""

    name: str
    label: str
    unit: str
    value: str
    how: str
    is_required: bool
    is_timed: bool
    is_observed: bool


@dataclass(frozen=True, slots=True)
class TableField:
    """Numbers of a step that repeat, one empty row more than there are."""

    name: str
    columns: tuple[tuple[str, str, str], ...]  # name, label, unit
    rows: tuple[tuple[tuple[str, str], ...], ...]  # name, value


@dataclass(frozen=True, slots=True)
class ToleranceField:
    """How far off a number of a step is still as planned, empty where it is as for every step."""

    name: str
    label: str
    unit: str
    value: str


@dataclass(slots=True)
class StepPart(Part):
    """A step with the numbers that its operation takes."""

    label: str = ""
    numbers: tuple[NumberField, ...] = ()
    tables: tuple[TableField, ...] = ()
    tolerances: tuple[ToleranceField, ...] = ()
    unknown_rest: str = "{}"


def mapping_of(value: Any) -> Mapping[str, Any]:
    """Return a mapping, empty where a draft says something else."""
    return value if isinstance(value, Mapping) else {}


def list_of(value: Any) -> list[Any]:
    """Return a list, empty where a draft says something else."""
    return value if isinstance(value, list) else []
