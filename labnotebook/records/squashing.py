"""What a new lab's tables are made with: all of a room at once, and then the statements of its earlier migrations."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from typing import Any

from django.db.migrations import CreateModel, RunSQL
from django.db.migrations.operations.base import Operation


class CreateTogether(Operation):
    """Create several tables that may point at each other.

    Django draws all models anew for every table that it creates: most of the time of a first start. Here they
    are drawn once, when all of them are known.
    """

    def __init__(self, tables: Sequence[CreateModel]) -> None:
        self.tables = tables

    def state_forwards(self, app_label: str, state: Any) -> None:
        """Add them to the state, and forget how it was drawn."""
        vars(state).pop("apps", None)
        for table in self.tables:
            table.state_forwards(app_label, state)

    def database_forwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        """Create the tables; what points at another is bound at the end."""
        for table in self.tables:
            table.database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        """Drop the tables."""
        for table in reversed(self.tables):
            table.database_backwards(app_label, schema_editor, from_state, to_state)

    def describe(self) -> str:
        """Say what it does."""
        return f"Create {len(self.tables)} tables"


def statements_of(
    migrations: str, replaced: list[tuple[str, str]], without: str = ""
) -> list[RunSQL]:
    """Return what replaced migrations run as SQL, in their order.

    Left out is what fills in or mends older rows (``elidable``), of which a new lab has none, and what speaks
    of the table ``without``, which is no more. ``migrations``: the package that they lie in.
    """
    return [
        operation
        for _app, name in replaced
        for operation in import_module(f"{migrations}.{name}").Migration.operations
        if isinstance(operation, RunSQL)
        and not operation.elidable
        and not (without and without in str(operation.sql))
    ]
