"""Refuse passwords that are guessed soon: common ones, patterns, repetitions, known words, one's own name."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from zxcvbn import zxcvbn

LEAST_SCORE = 3  # of 4: safe against who guesses 10,000 times a second for a year (10^8 guesses)
LOOKED_AT = 72  # signs: what zxcvbn takes; a longer password is judged by its beginning
SHORTEST_NAME = 4  # a shorter one is in too many words
OF_THE_LAB = ("labnotebook", "laboratory", "notebook", "perovskite", "nanocrystal", "chemist")


class GuessableValidator:
    """Asks zxcvbn how many guesses a password takes, and looks for the person's own names in it."""

    def validate(self, password: str, user: Any = None) -> None:
        """Raise ValidationError with a sentence when it is too easy."""
        names = list(_names_of(user))
        if any(name in password.casefold() for name in names):
            raise ValidationError(_("Leave your own name out of the password."), "own_name")
        found = zxcvbn(password[:LOOKED_AT], user_inputs=[*names, *OF_THE_LAB])
        if found["score"] < LEAST_SCORE:
            raise ValidationError(
                _(
                    "This password is guessed soon: it is a common one, or repeats itself, or is made of neighbouring"
                    " keys, a date or a known word with little more. Take a few words that do not belong together."
                ),
                "guessed_soon",
            )

    def get_help_text(self) -> str:
        """Return what to choose."""
        return _("A few words that do not belong together; not your name, no pattern.")


def _names_of(user: Any) -> Iterator[str]:
    if user is None:
        return
    for said in (
        user.get_username(),
        user.first_name,
        user.last_name,
        user.email.partition("@")[0],
    ):
        for name in (said, *said.replace(".", " ").replace("_", " ").split()):
            if len(name) >= SHORTEST_NAME:
                yield name.casefold()
