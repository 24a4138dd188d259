"""Refusals: sentences that say what, where and how to mend it.

Services and pure code raise them; each door shows them in its own language (a form error, problem
JSON, a failed analysis). Anything else that is raised is a bug and surfaces.
"""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied


class Refusal(Exception):
    """What was asked cannot be done; ``str()`` is the sentence for the chemist."""

    status = 400
    code = "refused"

    def __init__(self, sentence: str, *, field: str = "", current: Any = None) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.field = field
        self.current = current  # the record as it stands, for a stale write

    @property
    def errors(self) -> list[dict[str, str]]:
        """What is wrong, by field, as the API tells it."""
        return [{"field": self.field, "message": self.sentence}] if self.field else []


class WrongState(Refusal):
    """The record is in a state in which this cannot happen."""

    status = 409
    code = "wrong-state"


class Asked(Refusal):
    """What was sent is odd, and nothing was kept: the same is taken when the person says that it is right."""

    status = 409
    code = "asked"


class StaleWrite(Refusal):
    """Somebody changed the record since it was read."""

    status = 412
    code = "stale-write"


class PreconditionRequired(Refusal):
    """A change was sent without saying which version it changes."""

    status = 428
    code = "precondition-required"


class KeyReused(Refusal):
    """An idempotency key came back with another request."""

    status = 422
    code = "idempotency-key-reused"


class TooLarge(Refusal):
    """An upload beyond the limit."""

    status = 413
    code = "too-large"


class StorageFull(Refusal):
    """The disk has less left than the reserve."""

    status = 507
    code = "storage-full"


class StorageAway(Refusal):
    """The storage of the files, a bucket elsewhere, does not do what it was asked; later it may."""

    status = 503
    code = "storage-away"
    wait_s = 30

    def __init__(self, what: str) -> None:
        super().__init__(
            f"The storage of the files {what}, so this waits. What was saved is safe, and nothing was changed; try"
            " again in a minute, and if it stays so tell who runs this notebook."
        )


class TooManyTries(Refusal):
    """A password was guessed wrongly too often."""

    status = 429
    code = "too-many-tries"

    def __init__(self, sentence: str, *, field: str = "", wait_s: int) -> None:
        super().__init__(sentence, field=field)
        self.wait_s = wait_s


class FileDamaged(Refusal):
    """A stored file is missing, or not what its hash says."""

    status = 500
    code = "file-damaged"


class NotPermitted(PermissionDenied):
    """A member whose role does not allow this.

    No `Refusal`: there is nothing to mend in what was typed, so a page answers with its 403 and the
    API with the same sentence as a problem.
    """

    status = 403
    code = "not-permitted"

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.field = ""
        self.errors: list[dict[str, str]] = []
        self.current = None
