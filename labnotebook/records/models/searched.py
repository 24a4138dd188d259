"""Indexes for what people look for: the triplets of letters of a text, in lower case."""

from __future__ import annotations

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db.models import F, Q, TextField
from django.db.models.functions import Cast, Lower


def words_index(column: str, name: str) -> GinIndex:
    """Return the index of a column of text, by which ``LIKE '%word%'`` finds its rows; empty ones are left out."""
    return GinIndex(
        OpClass(Lower(F(column)), "gin_trgm_ops"), name=name, condition=~Q(**{column: ""})
    )


def json_words_index(column: str, name: str, condition: Q) -> GinIndex:
    """Return the same of a column of JSON, for the rows of the condition."""
    words = Lower(Cast(F(column), TextField()))
    return GinIndex(OpClass(words, "gin_trgm_ops"), name=name, condition=condition)
