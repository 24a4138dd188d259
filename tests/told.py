"""Read the sentences that a page tells of a record's history."""

import re
from collections import Counter
from html import unescape

from django.apps import apps


def words(html):
    return " ".join(unescape(re.sub(r"<[^>]+>", "", html)).split()).replace("\u202f", " ")


def visits(html):
    """Return (head, sentences) of each visit on a page, newest visit first."""
    return [
        (
            words(re.search(r"<h3>(.*?)</h3>", visit, re.DOTALL)[1]),
            [words(one) for one in re.findall(r"<span>(.*?)</span>\s*</li>", visit, re.DOTALL)],
        )
        for visit in re.findall(r'<section class="visit">(.*?)</section>', html, re.DOTALL)
    ]


def sentences(html):
    return [one for _head, said in visits(html) for one in said]


def columns_in(text):
    """Return the tables and columns that a text names as the database spells them."""
    named = {model._meta.db_table for model in apps.get_models()}
    named |= {
        field.column
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if "_" in field.column
    }
    return sorted(name for name in named if re.search(rf"\b{name}\b", text))


def spelt_columns_in(text):
    """Return the columns that a text names with spaces for underscores, those with a unit at their end."""
    columns = {f.column for model in apps.get_models() for f in model._meta.concrete_fields}
    units = ("percent", "mol_l", "g_ml", "mm2", "nm")
    spelt = {name.replace("_", " ") for name in columns if name.endswith(units)}
    return sorted(name for name in spelt if re.search(rf"\b{name}\b", text))


def untold(model, facts, apart):
    """Return the columns that neither a fact nor a sentence of their own tells, and those told twice."""
    columns = [column for fact in facts for column in fact.columns]
    twice = [name for name, n in Counter(columns).items() if n > 1]
    own = {field.column for field in model._meta.concrete_fields}
    return (own - set(columns) - set(apart)), twice
