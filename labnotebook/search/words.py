"""The words of a search: read, found in a text, cut out of it and marked in it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from django.utils.html import format_html
from django.utils.safestring import SafeString

from labnotebook.records.presentation.formulas import formula_html

MOST_WORDS = 6
INDEXED = 3  # letters that a word needs for the index of triplets to help
BEFORE, SHOWN = 40, 150  # letters of a text that are shown before the first word, and in all
CODE_PREFIXES = ("NC", "ST", "LS", "EX", "D", "L", "S", "A")
BELOW_THE_LINE = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")
NUMBER = re.compile(r"\d{1,12}(?:[.,]\d{1,6})?", re.ASCII)
CODE_NUMBER = re.compile(r"\d{1,9}", re.ASCII)


@dataclass(frozen=True)
class Words:
    """What somebody looks for: every word has to be in the same text."""

    typed: str

    @cached_property
    def each(self) -> tuple[str, ...]:
        """The words in lower case, CsPbI₃ as CsPbI3."""
        return tuple(dict.fromkeys(self.typed.translate(BELOW_THE_LINE).lower().split()))[
            :MOST_WORDS
        ]

    @property
    def are_long(self) -> bool:
        """Whether an index of triplets of letters helps to find one of them."""
        return any(len(word) >= INDEXED for word in self.each)

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes that a bare number may stand for: 42 is NC-0042, D-0042 ..."""
        if not CODE_NUMBER.fullmatch(self.typed.strip()):
            return ()
        return tuple(f"{prefix}-{int(self.typed):04d}" for prefix in CODE_PREFIXES)

    @property
    def number(self) -> Decimal | None:
        """The number that is looked for, with or without its unit; None when it is none worth looking for.

        One of a single digit fits everywhere.
        """
        first = self.each[0] if self.each and len(self.each) <= 2 else ""
        if not NUMBER.fullmatch(first) or len(first) < INDEXED:
            return None
        return Decimal(first.replace(",", "."))

    @property
    def unit(self) -> str:
        """What stands behind the number, empty when nothing does."""
        return self.each[1] if self.number is not None and len(self.each) == 2 else ""

    def begin_in(self, text: str) -> bool:
        """Whether every one of the words begins a word of a text."""
        return all(
            re.search(rf"(?<!\w){re.escape(word)}", text, re.IGNORECASE) for word in self.each
        )

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        longest_first = sorted(self.each, key=len, reverse=True)
        return re.compile("|".join(map(re.escape, longest_first)) or r"(?!)", re.IGNORECASE)

    def marked(self, text: str) -> SafeString:
        """Return the text with the words in it marked, and its formulas typeset."""
        pieces, position = [], 0
        for found in self._pattern.finditer(text):
            pieces.append(formula_html(text[position : found.start()]))
            pieces.append(format_html("<mark>{}</mark>", SafeString(formula_html(found[0]))))
            position = found.end()
        pieces.append(formula_html(text[position:]))
        return SafeString("".join(pieces))

    def excerpt(self, text: str) -> str:
        """Return so much of a text around the first of the words as a line shows."""
        text = " ".join(text.split())
        if len(text) <= SHOWN:
            return text
        found = self._pattern.search(text)
        start = max(found.start() - BEFORE, 0) if found else 0
        if start:
            start = text.rfind(" ", 0, start) + 1 or start
        end = start + SHOWN
        if end < len(text):
            end = max(text.rfind(" ", start, end), found.end() if found else 0, start + BEFORE)
        return ("… " if start else "") + text[start:end] + (" …" if end < len(text) else "")
