"""The forms of the bench: what each is for, what the person saw in it, and what went wrong with it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Sent:
    """The entry that a form just sent, when it was refused or is asked about."""

    kind: str = ""
    target: str = ""
    typed: str = ""
    reason: str = ""
    error: str = ""
    question: str = ""  # far off: nothing is recorded until the person says that it is right
    portion: bool = False


@dataclass(frozen=True, slots=True)
class Field:
    """One form of the bench: its own id, and what stands in it."""

    kind: str
    target: str
    old: str = ""
    sent: Sent | None = None
    id: uuid.UUID = field(default_factory=uuid.uuid4)

    @property
    def error(self) -> str:
        """Why the entry was refused."""
        return self.sent.error if self.sent else ""

    @property
    def question(self) -> str:
        """What is asked before it is recorded."""
        return self.sent.question if self.sent else ""

    @property
    def typed(self) -> str | None:
        """What was typed and not recorded, None when nothing was."""
        return self.sent.typed if self.sent else None

    @property
    def reason(self) -> str:
        """The reason that came with it."""
        return self.sent.reason if self.sent else ""

    @property
    def portion(self) -> bool:
        """Whether it was to be added to what is there."""
        return bool(self.sent and self.sent.portion)

    @property
    def key(self) -> str:
        """A name for the form that stays the same from view to view."""
        return f"{self.kind}-{self.target}".replace(".", "-").replace("_", "-").rstrip("-")
