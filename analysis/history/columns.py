"""The columns of the history: what each is called, what it can be asked, how it is sorted.

One table; the filter language, the OpenAPI document, the page and the CSV header all come from it. The
columns of the rows stand here, with every quantity of `analysis.quantities`; what a lab adds to them
(its recipes' ratios, its own quantities) is in `catalogue`.
"""
# ruff: noqa: S608  (the SQL is built from names that are checked where they come from)

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import Enum

from django.utils.translation import gettext_lazy as _

from analysis.models import HistoryRow
from analysis.models.outcome import Phase, PhaseEvidence, Structure, StructureLevel
from analysis.quantities import QUANTITIES
from analysis.quantity import Better, Place, Quantity
from labnotebook.records.presentation.plots import NO_PHASE
from synthesis.chemistry.quantities import name_of
from synthesis.models import Batch

UNCERTAINTY = "_uncertainty"
UNKNOWN = "unknown"  # what a filter calls a word that nobody has said yet


class Kind(Enum):
    """What a column holds, and therefore how it can be asked."""

    NUMBER = "number"
    WORD = "word"
    TIME = "time"


@dataclass(frozen=True, slots=True)
class Side:
    """Where a number stands that the row itself has no column for: at most one row per batch.

    An index on what ``match`` asks for, the value and the batch finds and sorts them.
    """

    table: str
    match: str
    value: str = "value"


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name everywhere, its words and unit on the page, its SQL."""

    name: str
    kind: Kind
    label: str
    unit: str = ""
    whole: bool = False  # a count
    choices: Mapping[str, str] = field(default_factory=dict)
    may_be_blank: bool = False  # a word that may be unknown, stored as ''
    source: str = ""
    side: Side | None = None
    said: str = ""  # what it is, where the label does not say all of it
    better: Better = Better.NEITHER

    @property
    def description(self) -> str:
        """What the column is, in a sentence or a name."""
        return self.said or str(self.label)

    @property
    def sql(self) -> str:
        """The column in a statement."""
        if self.side is not None:
            of = self.side
            return f"(SELECT n.{of.value} FROM {of.table} n WHERE n.batch_id = h.batch_id AND {of.match})"
        return self.source or f"h.{self.name}"

    def compared(self, sign: str) -> str:
        """Return the condition that the number stands in this relation to a parameter."""
        if self.side is None:
            return f"{self.sql} {sign} %s::float8"
        of = self.side
        return (
            f"h.batch_id IN (SELECT n.batch_id FROM {of.table} n"
            f" WHERE {of.match} AND n.{of.value} {sign} %s::float8)"
        )

    @property
    def title(self) -> str:
        """Label and unit, as above a table column."""
        return f"{self.label} / {self.unit}" if self.unit else str(self.label)

    def sort_keys(self, *, descending: bool) -> list[tuple[str, str]]:
        """Return (expression, SQL type) of what rows are sorted by; unknown comes last both ways.

        None of the expressions is ever NULL, so that one row comparison finds the next page.
        """
        if self.kind is Kind.NUMBER and not self.whole:
            last = "-Infinity" if descending else "Infinity"
            return [(f"coalesce({self.sql}, '{last}'::float8)", "float8")]
        if self.may_be_blank:
            return [
                (f"({self.sql} {'<>' if descending else '='} '')", "boolean"),
                (self.sql, "text"),
            ]
        types = {Kind.NUMBER: "bigint", Kind.WORD: "text", Kind.TIME: "timestamptz"}
        return [(self.sql, types[self.kind])]


def _number(name: str, label: str, unit: str = "", **more: bool) -> Column:
    return Column(name, Kind.NUMBER, label, unit, **more)


def _word(name: str, label: str, **more: object) -> Column:
    return Column(name, Kind.WORD, label, **more)


NUMBERS = "analysis_historynumber"  # quantities that the row has no column for
LEADING = "ratio_ca_pb"  # the ratio that the row itself keeps, indexed


def ratio_columns(key: str, name: str) -> dict[str, Column]:
    """Return the columns of one ratio: as planned, effective, weighed and how uncertain that is."""
    words = {
        key: (_("%(ratio)s planned"), "planned", "value"),
        f"{key}_effective": (_("%(ratio)s effective"), "effective", "value"),
        f"{key}_weighed": (_("%(ratio)s weighed"), "weighed", "value"),
        f"{key}_weighed_uncertainty": (
            _("Uncertainty of %(ratio)s weighed"),
            "weighed",
            "uncertainty",
        ),
    }
    return {
        column: Column(
            column,
            Kind.NUMBER,
            str(label) % {"ratio": name},
            side=Side("synthesis_batchquantity", f"n.key = '{key}' AND n.basis = '{basis}'", value),
        )
        for column, (label, basis, value) in words.items()
    }


def quantity_column(quantity: Quantity) -> Column:
    """Return the column of a quantity: its own in the row, or one of the numbers beside it."""
    kept = quantity.name in KEPT
    side = None if kept else Side(NUMBERS, f"n.name = '{quantity.name}'")
    return Column(
        quantity.name,
        Kind.NUMBER,
        quantity.title,
        quantity.written_unit,
        side=side,
        better=quantity.better,
    )


def quantity_columns(quantity: Quantity) -> dict[str, Column]:
    """Return the column of a quantity, and the one of how uncertain it is."""
    column = quantity_column(quantity)
    return {one.name: one for one in (column, _uncertainty_beside(column))}


def _uncertainty_beside(column: Column) -> Column:
    side = column.side and replace(column.side, value="uncertainty")
    label = str(_("Uncertainty of %(what)s")) % {"what": column.label}
    return replace(
        column, name=column.name + UNCERTAINTY, label=label, side=side, better=Better.NEITHER
    )


def uncertainty_of(column: Column) -> Column | None:
    """Return the column of how uncertain a weighed ratio or a quantity is, None for what has none."""
    if column.side is None:
        return COLUMNS.get(column.name + UNCERTAINTY)
    is_value = column.side.value == "value"
    known = column.side.table == NUMBERS or column.name.endswith("_weighed")
    return _uncertainty_beside(column) if is_value and known else None


KEPT = frozenset(field.name for field in HistoryRow._meta.fields)
_RATIO = ratio_columns(LEADING, name_of(LEADING))
_QUANTITIES = [q for q in QUANTITIES.values() if q.place is not Place.NOWHERE]


def _kept_ratio(name: str) -> Column:
    return _number(name, _RATIO[name].label)


def _kept(place: Place) -> list[Column]:
    kept = [q for q in _QUANTITIES if q.place is place and q.name in KEPT]
    return [column for q in kept for column in quantity_columns(q).values()]


# Of a project whose data are made up; not kept in the row, which is joined to its project anyway.
SIMULATED = "(CASE WHEN p.is_simulated THEN 'yes' ELSE 'no' END)"
YES_OR_NO = {"yes": _("yes"), "no": _("no")}

_ALL = (
    _word("batch", _("Batch"), source="h.code"),
    _word("project", _("Project"), source="p.slug"),
    _word("simulated", _("Simulated"), source=SIMULATED, choices=YES_OR_NO),
    _word("code", _("Code")),
    _word("recipe", _("Recipe")),
    _word("state", _("State"), choices=dict(Batch.State.choices)),
    _word("archived", _("Archived"), choices=YES_OR_NO),
    _word("warned", _("Warned of"), choices=YES_OR_NO),
    _word("made_by", _("Made by")),
    Column("planned_at", Kind.TIME, _("Planned")),
    *(_kept_ratio(name) for name in _RATIO if name in KEPT),
    _word(
        "precursor_appearance",
        _("Precursor"),
        choices=dict(Batch.Appearance.choices),
        may_be_blank=True,
    ),
    _number("humidity_percent", _("Humidity"), "%"),
    _number("quench_s", _("Injection to quench"), "s"),
    _number("deviations", _("Deviations"), whole=True),
    _word(
        "phase",
        _("Phase"),
        choices=dict(Phase.choices) | {NO_PHASE: _("no phase (stock)")},
        may_be_blank=True,
    ),
    _word(
        "phase_evidence",
        _("Evidence of the phase"),
        choices=dict(PhaseEvidence.choices),
        may_be_blank=True,
    ),
    _word("structure", _("Structure"), choices=dict(Structure.choices), may_be_blank=True),
    _word(
        "structure_level",
        _("Level of the structure"),
        choices=dict(StructureLevel.choices),
        may_be_blank=True,
    ),
    _word("structure_evidence", _("Evidence of the structure"), may_be_blank=True),
    _number("forecast_gamma", _("Forecast of γ")),
    _number("forecast_log_score", _("Log score of the forecast")),
    *_kept(Place.BATCH),
    _number("devices", _("Devices"), whole=True),
    *_kept(Place.BEST),
)
# What a row shows unless `columns` chooses.
COLUMNS: dict[str, Column] = {column.name: column for column in _ALL}
NAMES = tuple(COLUMNS)
FURTHER = {
    name: column
    for q in _QUANTITIES
    if q.name not in KEPT
    for name, column in quantity_columns(q).items()
}

DEFAULT_ORDERING = "-planned_at"

# The table shows every column of the model, and nothing else: a column added there must be added here.
assert set(NAMES) - {"batch", "simulated"} == KEPT - {"batch"}
