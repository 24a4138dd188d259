"""The operations that the lab's recipes may use: those that ship, and its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from labnotebook.records.history import recorded
from labnotebook.records.models import Project
from labnotebook.records.permissions import require_editor
from labnotebook.records.refusals import Refusal
from synthesis.chemistry.documents import InvalidDocument
from synthesis.chemistry.operations import Operations, read_operation, shipped_operations
from synthesis.models import LabOperation


def lab_operations() -> Operations:
    """Return every operation that a step can be here."""
    own = list(LabOperation.objects.values_list("definition", flat=True))
    return shipped_operations().with_own(own) if own else shipped_operations()


def add_operation(*, by: Any, project: Project, definition: Mapping[str, Any]) -> LabOperation:
    """Add an operation of the lab's own; whoever may write in a project may."""
    require_editor(by, project)
    try:
        operation = read_operation(definition)
    except InvalidDocument as refusal:
        raise Refusal(str(refusal), field=refusal.faults[0].path) from refusal
    if lab_operations().get(operation.name) is not None:
        raise Refusal(
            f"There is an operation “{operation.name}” already. Use it, or choose another name.",
            field="name",
        )
    with recorded(by, "operation added"):
        return LabOperation.objects.create(
            name=operation.name, definition=operation.as_dict(), created_by=by
        )
