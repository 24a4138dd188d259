"""A reason tells the next reader something."""

import pytest

from labnotebook.records.reasons import check_reason, is_reason
from labnotebook.records.refusals import Refusal


@pytest.mark.parametrize(
    "text",
    ["the clamp stuck", "spilled", "Klammer klemmte", "夹子卡住", "漏了", "no balance", "  late  "],
)
def test_a_word_is_a_reason(text):
    assert is_reason(text)


@pytest.mark.parametrize(
    "text", ["", ".", "...", "-", "x", "ok", "aaa", "xxx", "n/a", "N/A.", "none", "12", "?!", "漏"]
)
def test_what_says_nothing_is_none(text):
    assert not is_reason(text)


def test_the_refusal_names_what_was_typed_and_its_field():
    with pytest.raises(Refusal, match=r"“.” says nothing. Say why. A few words do.") as refused:
        check_reason(" . ", "Say why.", field="reason")
    assert refused.value.field == "reason"
    with pytest.raises(Refusal, match=r"^Say why\.$"):
        check_reason("  ", "Say why.", field="reason")
    assert check_reason(" the clamp stuck ", "Say why.", field="reason") == "the clamp stuck"
