"""What a signature on a batch covers in this room: plan, recipe and everything the bench said."""

from __future__ import annotations

import hashlib
import json

from labnotebook.records.services.signatures import old_rule, signs
from synthesis.models import Batch

BATCH = Batch._meta.db_table


def _rows(table: str, *, through: str = "batch_id = %(record)s") -> str:
    return f"SELECT id FROM {table} WHERE {through}"  # noqa: S608  (our own tables)


_STEPS = _rows("synthesis_steprun")
signs(BATCH, BATCH, "SELECT %(record)s::bigint", locked=True)
signs(BATCH, "synthesis_addition", _rows("synthesis_addition"), locked=True)
signs(BATCH, "synthesis_steprun", _STEPS, locked=True)
signs(
    BATCH,
    "synthesis_steprunparameter",
    _rows("synthesis_steprunparameter", through=f"step_run_id IN ({_STEPS})"),
    locked=True,
)
signs(BATCH, "synthesis_portion", _rows("synthesis_portion"), locked=True)
signs(BATCH, "synthesis_observation", _rows("synthesis_observation"), locked=True)
signs(BATCH, "synthesis_condition", _rows("synthesis_condition"), locked=True)
signs(BATCH, "synthesis_attachment", _rows("synthesis_attachment"), locked=True)
signs(BATCH, "synthesis_deviation", _rows("synthesis_deviation"), locked=True)
# The entries of a batch are one chain, whose last hash stands for all of them.
signs(
    BATCH,
    "synthesis_benchevent",
    "SELECT DISTINCT batch_id FROM synthesis_benchevent WHERE batch_id = %(record)s",
    locked=True,
)
signs(
    BATCH,
    "synthesis_recipeversion",
    "SELECT recipe_version_id FROM synthesis_batch WHERE id = %(record)s",
    locked=True,
)
# A witness signs the author's signature as well.
signs(
    BATCH,
    "records_signature",
    f"SELECT id FROM records_signature WHERE table_name = '{BATCH}' AND record_id = (%(record)s)::text",  # noqa: S608  (our own table)
    locked=False,
)
# What a bottle's label says may be corrected later; what it said then stays provable.
signs(
    BATCH,
    "synthesis_material",
    "SELECT material_id FROM synthesis_addition WHERE batch_id = %(record)s"
    " UNION SELECT material_id FROM synthesis_portion WHERE batch_id = %(record)s",
    locked=False,
)
signs(
    BATCH,
    "synthesis_instrument",
    "SELECT instrument_id FROM synthesis_addition WHERE batch_id = %(record)s"
    " UNION SELECT instrument_id FROM synthesis_portion WHERE batch_id = %(record)s",
    locked=False,
)


def _digest_of_rule_1(record_id: str) -> str:
    """Return the digest as it was made before signatures covered whole rows."""
    batch = Batch.objects.get(pk=record_id)
    content = {
        "code": batch.code,
        "plan": batch.plan_sha256,
        "additions": list(batch.additions.values_list("key", "weighed_text", "material__code")),
        "steps": [
            [s.key, s.started_at, s.finished_at, s.skipped_reason] for s in batch.step_runs.all()
        ],
        "events": [str(pk) for pk in batch.events.values_list("pk", flat=True)],
    }
    return hashlib.sha256(json.dumps(content, sort_keys=True, default=str).encode()).hexdigest()


old_rule(BATCH, 1, _digest_of_rule_1)
