"""What counts as a reason: at least a word, so that the next reader learns something."""

from __future__ import annotations

import unicodedata

from labnotebook.records.refusals import Refusal

FEWEST_LETTERS = 3
EMPTY_WORDS = frozenset({"n/a", "none", "nothing", "no reason", "not applicable", "xxx", "asdf"})


def is_reason(text: str) -> bool:
    """Whether a text says anything.

    >>> is_reason("the clamp stuck"), is_reason("."), is_reason("n/a"), is_reason("aaa")
    (True, False, False, False)
    """
    words = " ".join(text.lower().split()).strip(".!- ")
    letters = [letter for letter in words if letter.isalpha()]
    if words in EMPTY_WORDS or len(set(letters)) < 2:
        return False
    # One ideograph is a syllable: two of them make a word.
    wide = any(unicodedata.east_asian_width(letter) == "W" for letter in letters)
    return wide or len(letters) >= FEWEST_LETTERS


def check_reason(text: str, sentence: str, *, field: str) -> str:
    """Return a reason without the space around it; refuses nothing, and what says nothing.

    sentence: what is asked for when nothing was given.
    """
    reason = text.strip()
    if not reason:
        raise Refusal(sentence, field=field)
    if not is_reason(reason):
        raise Refusal(f"“{reason[:40]}” says nothing. {sentence} A few words do.", field=field)
    return reason
