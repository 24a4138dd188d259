"""The columns of the history: what each is called, what it can be asked, how it is sorted.

One table; the filter language, the OpenAPI document, the page and the CSV header all come from it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from django.utils.translation import gettext_lazy as _

from analysis.models import HistoryRow
from analysis.models.outcome import Phase, Structure
from synthesis.models import Batch

UNKNOWN = "unknown"  # what a filter calls a word that nobody has said yet


class Kind(Enum):
    """What a column holds, and therefore how it can be asked."""

    NUMBER = "number"
    WORD = "word"
    TIME = "time"


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name everywhere, its words and unit on the page, its SQL."""

    name: str
    kind: Kind
    label: str
    unit: str = ""
    whole: bool = False  # a count
    filters: bool = True
    choices: Mapping[str, str] = field(default_factory=dict)
    may_be_blank: bool = False  # a word that may be unknown, stored as ''
    source: str = ""

    @property
    def sql(self) -> str:
        """The column in a statement."""
        return self.source or f"h.{self.name}"

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


_ALL = (
    _word("batch", _("Batch"), source="h.code"),
    _word("project", _("Project"), source="p.slug"),
    _word("code", _("Code")),
    _word("recipe", _("Recipe")),
    _word("state", _("State"), choices=dict(Batch.State.choices)),
    _word("made_by", _("Made by")),
    Column("planned_at", Kind.TIME, _("Planned")),
    _number("ratio_ca_pb", _("R planned")),
    _number("ratio_ca_pb_weighed", _("R weighed")),
    _number("ratio_ca_pb_weighed_uncertainty", _("Uncertainty of R weighed")),
    _word(
        "precursor_appearance",
        _("Precursor"),
        choices=dict(Batch.Appearance.choices),
        may_be_blank=True,
    ),
    _number("humidity_percent", _("Humidity"), "%"),
    _number("quench_s", _("Injection to quench"), "s"),
    _number("deviations", _("Deviations"), whole=True),
    _word("phase", _("Phase"), choices=dict(Phase.choices), may_be_blank=True),
    _word("structure", _("Structure"), choices=dict(Structure.choices), may_be_blank=True),
    _number("forecast_gamma", _("Forecast of γ")),
    _number("forecast_log_score", _("Log score of the forecast")),
    _number("pl_peak_nm", _("PL"), "nm"),
    _number("pl_fwhm_nm", _("FWHM"), "nm"),
    _number("plqy_percent", _("PLQY"), "%"),
    _number("lifetime_ns", _("Lifetime"), "ns"),
    _number("size_nm", _("Size"), "nm"),
    _number("devices", _("Devices"), whole=True),
    _number("eqe_percent", _("Best EQE"), "%"),
    _number("luminance_cd_m2", _("Luminance"), "cd/m²"),
    _number("turn_on_v", _("Turn-on"), "V"),
)
COLUMNS: dict[str, Column] = {column.name: column for column in _ALL}
NUMBERS = tuple(c.name for c in _ALL if c.kind is Kind.NUMBER)
WORDS = tuple(c.name for c in _ALL if c.kind is Kind.WORD)
NAMES = tuple(COLUMNS)

DEFAULT_ORDERING = "-planned_at"
ORDERINGS = tuple(sign + name for name in NAMES for sign in ("", "-"))

# The table shows every column of the model, and nothing else: a column added there must be added here.
assert set(NAMES) - {"batch"} == {f.name for f in HistoryRow._meta.fields} - {"batch"}


def split_ordering(ordering: str) -> tuple[Column, bool]:
    """Return (column, descending) of ``-eqe_percent``."""
    return COLUMNS[ordering.removeprefix("-")], ordering.startswith("-")
