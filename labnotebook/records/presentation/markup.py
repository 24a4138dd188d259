"""Markup that is already escaped, and the escaping itself."""

from __future__ import annotations

import html


class Markup(str):
    """Text that may go into a page as it is: everything in it was escaped where it came in.

    Django, Jinja and markupsafe all recognise ``__html__``, so this module needs none of them.
    """

    __slots__ = ()

    def __html__(self) -> str:
        return str(self)


def escape(text: object) -> str:
    """Return text with &, <, > and both quotes replaced, or the markup that it already is."""
    if isinstance(text, Markup):
        return str(text)
    return html.escape(str(text), quote=True)
