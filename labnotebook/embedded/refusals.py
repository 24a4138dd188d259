"""Why the notebook cannot start, in words."""


class CannotStart(Exception):
    """The notebook cannot start; the message says why and how to mend it."""
