"""What a label cannot say: an assay that is no assay, a bottle from the future."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from django.utils import timezone

from labnotebook.records.refusals import Refusal
from synthesis.chemistry.recipe_parts import HIGHEST_PERCENT
from synthesis.chemistry.sources import Assay
from synthesis.models import Material

LONGEST_AHEAD = timedelta(days=1)  # a bottle that came today, on the other side of the date line


def check_facts(material: Material) -> None:
    """Refuse in words, with its field, what no bottle can be."""
    _check_assay(material)
    for name, word in (("received_date", "received"), ("opened_date", "opened or made")):
        check_not_to_come(getattr(material, name), word, name)
    received, expires = material.received_date, material.expires_date
    if received is not None and expires is not None and expires < received:
        raise Refusal(
            f"It would have expired on {expires:%-d %b %Y}, before it was received on"
            f" {received:%-d %b %Y}. Check both dates.",
            field="expires_date",
        )


def check_not_to_come(day: date | None, word: str, field: str) -> None:
    """Refuse a day that is still to come for what was done on it."""
    if day is not None and day > timezone.localdate() + LONGEST_AHEAD:
        raise Refusal(
            f"{day:%-d %b %Y} is still to come, so nothing was {word} on it. Check the year.",
            field=field,
        )


def _check_assay(material: Material) -> None:
    percent, high, spread = (
        None if value in (None, "") else Decimal(str(value)) / 100
        for value in (
            material.assay_percent,
            material.assay_high_percent,
            material.assay_uncertainty_percent,
        )
    )
    if percent is None:
        if high is not None:
            raise Refusal("Give the lower end of the assay too.", field="assay_percent")
        return
    highest = HIGHEST_PERCENT.get(material.assay_kind, Decimal(100))
    if percent * 100 > highest:
        raise Refusal(
            f"An assay of {(percent * 100).normalize():f} % cannot be: it lies at most at {highest} %."
            " A titration may read up to 105 %.",
            field="assay_percent",
        )
    wrong = Assay(percent, high, material.assay_kind, spread).refused()
    if wrong:
        raise Refusal(wrong[:1].upper() + wrong[1:], field="assay_percent")
