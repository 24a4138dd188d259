"""A witness signs what its author has signed: another person, and after."""

from __future__ import annotations

from typing import Any

from labnotebook.records.history import recorded
from labnotebook.records.models import Role, Signature
from labnotebook.records.permissions import require_role
from labnotebook.records.refusals import Refusal, WrongState
from labnotebook.records.services import signatures
from labnotebook.records.services.guesses import demand_password
from synthesis.models import Batch


def witness_batch(
    *, by: Any, batch: Batch, password: str, version: int | None = None, content_sha256: str = ""
) -> Batch:
    """Sign a signed batch as a witness: one read and understood it. Nothing else changes.

    ``version`` and ``content_sha256`` say what the person saw; anything else is not signed.
    """
    require_role(by, batch.project, Role.WITNESS)
    demand_password(by, password)
    with recorded(by, "batch signed as witness"):
        batch = batch.lock(version=version)
        if batch.state != Batch.State.SIGNED:
            raise WrongState(
                f"{batch.code} is not signed by its author yet. A witness signs after."
            )
        if why := why_no_witness(
            by, list(signatures.signatures_of(batch).values("user", "meaning"))
        ):
            raise Refusal(why)
        signatures.demand_seen(batch, content_sha256)
        signatures.sign(by=by, record=batch, meaning=Signature.Meaning.WITNESS)
    return batch


def why_no_witness(person: Any, signed: list[dict[str, Any]]) -> str:
    """Return why a person cannot witness what is ``signed`` so (``user``, ``meaning``), empty when she can."""
    hers = {one["meaning"] for one in signed if one["user"] == person.pk}
    if Signature.Meaning.AUTHOR in hers:
        return "You signed this as its author. A witness is somebody else."
    if Signature.Meaning.WITNESS in hers:
        return "You signed this as a witness already."
    return ""
