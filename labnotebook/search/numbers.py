"""Numbers that are looked for: what was weighed, and what was measured and accepted."""

from __future__ import annotations

from decimal import Decimal

from django.db.models import DecimalField, QuerySet, TextField, Value
from django.db.models.functions import Cast, Concat
from django.utils.translation import gettext_lazy as _

from analysis.models import Outcome
from analysis.quantities import QUANTITIES
from labnotebook.search.places import Place
from labnotebook.search.words import Words
from synthesis.models import Portion

# A unit as typed: the unit that amounts are kept in, and how many of it one is.
AMOUNTS = {
    "mg": ("mg", Decimal(1)),
    "g": ("mg", Decimal(1000)),
    "ml": ("ml", Decimal(1)),
    "µl": ("ml", Decimal("0.001")),
    "ul": ("ml", Decimal("0.001")),
}
DIGITS = DecimalField(max_digits=20, decimal_places=4)


def number_places(words: Words) -> list[Place]:
    """Return where the number may have been said of a batch; nothing when no number is looked for."""
    if words.number is None:
        return []
    return [
        Place(_("weighed"), _weighed(words, words.number), "text", at="at", is_found=True),
        Place(
            _("accepted"),
            _accepted(words, words.number).filter(batch__isnull=False),
            Concat(
                "quantity",
                Value(" "),
                Cast(Cast("value", DIGITS), TextField()),
                Value(" "),
                "unit",
                output_field=TextField(),
            ),
            at="accepted_at",
            shown=_with_its_label,
            is_found=True,
        ),
    ]


def _weighed(words: Words, number: Decimal) -> QuerySet[Portion]:
    rows = Portion.objects.filter(stands=True)
    if not words.unit:
        return rows.filter(value=number)
    unit, factor = AMOUNTS.get(words.unit, ("", Decimal(1)))
    return rows.filter(value=number * factor, addition__unit=unit)


def _accepted(words: Words, number: Decimal) -> QuerySet[Outcome]:
    """Return the outcomes that read so when they are rounded to the digits that were typed."""
    half = float(Decimal((0, (5,), int(number.as_tuple().exponent) - 1)))
    rows = Outcome.objects.filter(
        superseded_at=None, value__gte=float(number) - half, value__lt=float(number) + half
    )
    return rows.filter(unit__iexact=words.unit) if words.unit else rows


def _with_its_label(text: str) -> str:
    quantity, _space, said = text.partition(" ")
    known = QUANTITIES.get(quantity)
    value, _space, unit = said.partition(" ")
    return f"{known.label if known else quantity} {value.rstrip('0').rstrip('.')} {unit}".strip()
