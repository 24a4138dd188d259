"""Which columns a table shows, and in which order: what can be chosen, by kind, and moves among the chosen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from django.utils.translation import gettext_lazy as _

from analysis.history.catalogue import Catalogue
from analysis.history.columns import UNCERTAINTY, Column, Kind
from analysis.quantities import QUANTITIES
from analysis.quantity import Place


class Choice(NamedTuple):
    """A column that can be chosen."""

    name: str
    title: str


class Offered(NamedTuple):
    """Columns of one kind that are not chosen yet."""

    title: str
    columns: list[Choice]
    is_folded: bool


SAME_AS_CODE = "batch"
_OWN, _BATCH, _DEVICES = (
    _("The lab's own quantities"),
    _("Measured of the batch"),
    _("Best of its devices"),
)
_RATIOS, _MADE, _SPREADS = _("Ratios"), _("The batch and how it was made"), _("Uncertainties")
_ORDER = (_MADE, _RATIOS, _BATCH, _DEVICES, _OWN, _SPREADS)


def offered(catalogue: Catalogue, chosen: Sequence[Column]) -> list[Offered]:
    """Return every column that is not chosen, the lab's own included, by kind."""
    taken = {column.name for column in chosen}
    kinds: dict[str, list[Choice]] = {str(title): [] for title in _ORDER}
    for column in catalogue.every.values():
        if column.name not in taken and column.name != SAME_AS_CODE:
            kinds[str(_kind(column, catalogue))].append(Choice(column.name, words_of(column)))
    return [
        Offered(title, columns, title == str(_SPREADS))
        for title, columns in kinds.items()
        if columns
    ]


def words_of(column: Column) -> str:
    """Return what a column is called beside all others: "Peak" alone could be of PL or EL."""
    quantity = QUANTITIES.get(column.name.removesuffix(UNCERTAINTY))
    if quantity is None:
        return str(column.title)
    label = quantity.label
    if quantity.name != column.name:
        label = str(_("Uncertainty of %(what)s")) % {"what": label}
    return f"{label} / {column.unit}" if column.unit else label


def _kind(column: Column, catalogue: Catalogue) -> object:
    quantity = QUANTITIES.get(column.name)
    if column.kind is not Kind.NUMBER:
        return _MADE
    if column.name.endswith(UNCERTAINTY):
        return _SPREADS
    if column.name in catalogue.own:
        return _OWN
    if quantity is not None:
        return _DEVICES if quantity.place is Place.BEST else _BATCH
    return _RATIOS if column.name.startswith("ratio_") else _MADE


def moved(chosen: Sequence[Column], name: str, steps: int) -> list[Column]:
    """Return the columns with one moved by so many places; at either end it stays."""
    names = [column.name for column in chosen]
    columns = list(chosen)
    if name in names:
        place = names.index(name)
        column = columns.pop(place)
        columns.insert(min(max(place + steps, 0), len(columns)), column)
    return columns
