"""Any table that a person writes: what is wrong with it is told under its name."""

from __future__ import annotations

from typing import Annotated

import pytest
from pydantic import Field, model_validator

from synthesis.chemistry.documents import (
    Document,
    DocumentReader,
    InvalidDocument,
    Number,
    Said,
    refuse,
)


class Gauge(Document):
    """A table that can contradict itself as a whole."""

    name: Said
    low: Number
    high: Number
    count: Annotated[int, Field(ge=1)] = 1
    notes: tuple[tuple[Said, ...], ...] = ()

    @model_validator(mode="after")
    def _upwards(self) -> Gauge:
        if self.low > self.high:
            raise refuse("the lower end lies above the upper one.", at="low")
        if self.low == self.high:
            raise refuse("both ends are the same.")
        return self


def faults(data):
    with pytest.raises(InvalidDocument) as refused:
        DocumentReader(Gauge, "The gauge").read(data)
    return [(one.path, one.sentence) for one in refused.value.faults]


def test_a_table_that_contradicts_itself_is_told_by_its_name_and_at_the_entry():
    said = {"name": "Vacuum", "low": "5", "high": "1"}
    assert faults(said) == [("low", "The gauge: the lower end lies above the upper one.")]
    assert faults(said | {"high": "5"}) == [("", "The gauge: both ends are the same.")]


def test_a_table_that_is_wrong_deep_inside_says_where():
    said = {"name": "Vacuum", "low": "1", "high": "5", "notes": [["dry"], ["cold", 7]]}
    assert faults(said) == [("notes[1][1]", "Note 2 2 should be text, not 7.")]


def test_a_table_without_a_short_name_goes_by_what_it_is():
    assert faults({"name": "Vacuum", "low": "1"}) == [("high", "The gauge needs “high”.")]


def test_what_no_sentence_of_ours_is_for_is_told_in_the_checkers_words():
    said = {"name": "Vacuum", "low": "1", "high": "5", "count": 0}
    assert faults(said) == [
        ("count", "The gauge: “count”: Input should be greater than or equal to 1.")
    ]


def test_one_sentence_is_a_refusal_of_the_whole():
    refusal = InvalidDocument("Write it out.")
    assert [one.as_dict() for one in refusal.faults] == [{"field": "", "message": "Write it out."}]
    assert str(refusal) == "Write it out."
