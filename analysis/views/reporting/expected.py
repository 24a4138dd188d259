"""The numbers that were expected of a batch, beside what was measured."""

from __future__ import annotations

from django.utils.translation import gettext as _

from analysis.models import Forecast, HistoryRow
from analysis.quantities import QUANTITIES
from analysis.services.recipe_forecasts import beside_measured
from labnotebook.records.presentation.document import Block, Column, Table
from labnotebook.records.presentation.numbers import format_quantity
from synthesis.models import Batch


def expected_numbers(batch: Batch, found: Forecast) -> list[Block]:
    """Return the numbers that were expected beside what was measured, nothing where none was."""
    row = HistoryRow.objects.filter(batch=batch).first()
    told = beside_measured(found.result.get("numbers") or [], row)
    if not told:
        return []
    columns = (
        Column(_("Number"), 2),
        Column(_("Expected (80 % interval)"), 3),
        Column(_("Measured"), 2),
    )
    rows = [
        (
            QUANTITIES[one["quantity"]].label,
            format_quantity(one["value"], unit=one["unit"], low=one["low"], high=one["high"]).text,
            format_quantity(one["measured"], unit=one["unit"]).text,
        )
        for one in told
    ]
    return [Table(columns, rows)]
