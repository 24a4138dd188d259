"""What each column of the history is, as SQL: two views, and triggers that copy from them.

The views are the definition; the triggers refresh the row of a batch, and its further numbers, whenever
something they show changes, in the same transaction. Chemistry is computed in Python and stored by the
room that owns it; nothing is calculated here but counts and extremes. What is a column of the row and
what a further number follows from `analysis.quantities` and the fields of `HistoryRow`.
"""

# ruff: noqa: S608  (the SQL is built from the names in this room's tables, never from input)

from __future__ import annotations

from analysis.confirmation import CONFIRMED, CONTRADICTED, CONTRADICTS, EXPECTED, PARTLY, PARTS
from analysis.models import HistoryRow
from analysis.models.outcome import PhaseEvidence
from analysis.quantities import QUANTITIES
from analysis.quantity import Better, Place, Quantity
from labnotebook.records.presentation.plots import NO_PHASE
from synthesis.models import Recipe
from synthesis.models.batch import CLOCKS_AGREE

# Whether the reader or the method warned of a number that counts, of the batch or of what was built from it.
_COUNTS = "w.superseded_at IS NULL AND w.warnings <> '[]'"
_WARNED = f"""
  EXISTS (SELECT FROM analysis_outcome w WHERE w.batch_id = b.id AND {_COUNTS})
  OR EXISTS (SELECT FROM devices_layer l JOIN analysis_outcome w ON w.device_id = l.device_id
    WHERE l.source_batch_id = b.id AND {_COUNTS})
  OR EXISTS (SELECT FROM devices_layer l JOIN devices_pixel px ON px.device_id = l.device_id
    JOIN analysis_outcome w ON w.pixel_id = px.id WHERE l.source_batch_id = b.id AND {_COUNTS})"""


def counted(phase: str, batch: str) -> str:
    """Return the condition that a score counts (`PhaseAssignment.counted_score`), of rows called so."""
    slack = f"interval '{CLOCKS_AGREE.total_seconds():.0f} seconds'"
    return (
        f"{phase}.evidence <> '{PhaseEvidence.NONE}' AND ({batch}.started_at IS NULL"
        f" OR {batch}.started_at >= {batch}.planned_at - {slack})"
    )


# How sure the structure is: `confirmation.level_of`, of the evidence that stands.
_PARTS = " ".join(f"WHEN '{name}' THEN {len(parts)}" for name, parts in PARTS.items())
_LEVEL = f"""
  CASE WHEN coalesce(p.structure, '') = '' THEN ''
    WHEN e.contradicted THEN '{CONTRADICTED}'
    WHEN e.confirmed = CASE p.structure {_PARTS} END THEN '{CONFIRMED}'
    WHEN e.confirmed > 0 THEN '{PARTLY}'
    ELSE '{EXPECTED}' END"""
_HAS_PART = " ".join(
    f"WHEN '{name}' THEN s.part = ANY('{{{','.join(parts)}}}')" for name, parts in PARTS.items()
)
_EVIDENCE = f"""
  SELECT count(DISTINCT s.part) AS confirmed, bool_or(s.verdict = '{CONTRADICTS}') AS contradicted,
    string_agg(CASE s.verdict WHEN '{CONTRADICTS}' THEN 'no ' ELSE '' END
      || s.part || ': ' || m.technique || ' ' || m.id, '; ' ORDER BY s.id) AS said
  FROM analysis_structureevidence s JOIN analysis_measurement m ON m.id = s.measurement_id
  WHERE s.phase_assignment_id = p.id AND s.withdrawn_at IS NULL AND CASE p.structure {_HAS_PART} END"""

_SAID: dict[str, str] = {
    "batch_id": "b.id",
    "project_id": "b.project_id",
    "code": "b.code",
    "recipe": "r.slug",
    "state": "b.state",
    "archived": "CASE WHEN a.archived_at IS NULL THEN 'no' ELSE 'yes' END",
    "warned": f"CASE WHEN {_WARNED} THEN 'yes' ELSE 'no' END",
    "made_by": "analysis_username(b.planned_by_id)",
    "planned_at": "b.planned_at",
    "ratio_ca_pb": "b.ratio_ca_pb::float8",
    "ratio_ca_pb_weighed": "b.ratio_ca_pb_weighed",
    "ratio_ca_pb_weighed_uncertainty": "b.ratio_ca_pb_weighed_uncertainty",
    "precursor_appearance": "b.precursor_appearance",
    "humidity_percent": "b.humidity_percent::float8",
    "quench_s": "b.quench_s::float8",
    "deviations": "(SELECT count(*) FROM synthesis_deviation d"
    " WHERE d.batch_id = b.id AND d.withdrawn_at IS NULL)::int",
    # Of the version, which is never changed; a recipe may become another kind later.
    "phase": "coalesce(p.phase, CASE coalesce(v.definition ->> 'kind', r.kind)"
    f" WHEN '{Recipe.Kind.STOCK_SOLUTION}' THEN '{NO_PHASE}' WHEN '{Recipe.Kind.DEVICE}' THEN '{NO_PHASE}'"
    " ELSE '' END)",
    "phase_evidence": "coalesce(p.evidence, '')",
    "structure": "coalesce(p.structure, '')",
    "structure_level": _LEVEL,
    "structure_evidence": "coalesce(e.said, '')",
    "forecast_gamma": "(f.result -> 'phase' -> 'gamma' ->> 'value')::float8",
    "forecast_log_score": "s.log_score",
    "devices": "(SELECT count(DISTINCT l.device_id) FROM devices_layer l"
    " WHERE l.source_batch_id = b.id)::int",
}

KEPT = frozenset(field.column for field in HistoryRow._meta.concrete_fields)


def _in(place: Place, *, kept: bool) -> list[Quantity]:
    return [q for q in QUANTITIES.values() if q.place is place and (q.name in KEPT) is kept]


OF_BATCH, BEST = _in(Place.BATCH, kept=True), _in(Place.BEST, kept=True)
FURTHER = [*_in(Place.BATCH, kept=False), *_in(Place.BEST, kept=False)]
COLUMNS: dict[str, str] = {
    **_SAID,
    **{name: f"o.{name}" for q in OF_BATCH for name in (q.name, f"{q.name}_uncertainty")},
    **{name: f"x.{name}" for q in BEST for name in (q.name, f"{q.name}_uncertainty")},
}


def _extreme(quantity: Quantity) -> str:
    """Return the extreme of a quantity, and the uncertainty of that same outcome; of equal ones, of the first."""
    lower, name = quantity.better is Better.LOWER, quantity.name
    these = f"FILTER (WHERE quantity = '{name}')"
    return (
        f"{'min' if lower else 'max'}(value) {these} AS {name}, "
        f"(array_agg(uncertainty ORDER BY value {'ASC' if lower else 'DESC'}, id) {these})[1]"
        f" AS {name}_uncertainty"
    )


_PIVOT = ", ".join(map(_extreme, OF_BATCH))
_BEST = ", ".join(map(_extreme, BEST))
_SELECT = ", ".join(f"{sql} AS {name}" for name, sql in COLUMNS.items())
_NAMES = ", ".join(COLUMNS)
_UPDATES = ", ".join(f"{name} = EXCLUDED.{name}" for name in COLUMNS if name != "batch_id")
_FINITE = "o.value > '-Infinity' AND o.value < 'Infinity'"
_UNCERTAINTY = "CASE WHEN o.uncertainty < 'Infinity' THEN o.uncertainty END"
_ON_DEVICES = """
    SELECT l.source_batch_id AS batch_id, o.id, o.quantity, o.value, o.uncertainty FROM devices_layer l
      JOIN analysis_outcome o ON o.device_id = l.device_id AND o.superseded_at IS NULL
    UNION ALL
    SELECT l.source_batch_id, o.id, o.quantity, o.value, o.uncertainty FROM devices_layer l
      JOIN devices_pixel px ON px.device_id = l.device_id
      LEFT JOIN devices_ruledstate rs ON rs.pixel_id = px.id
      JOIN analysis_outcome o ON o.pixel_id = px.id AND o.superseded_at IS NULL
      WHERE coalesce(nullif(px.state, ''), rs.state, '') IN ('', 'working')"""

# In a function, so that Django's own migrations of its user table are not tied to our view.
USERNAME = """
CREATE FUNCTION analysis_username(wanted bigint) RETURNS text LANGUAGE plpgsql STABLE AS $$
BEGIN RETURN (SELECT username FROM auth_user WHERE id = wanted); END $$;
"""

VIEW = f"""
CREATE VIEW analysis_history_source AS SELECT {_SELECT}
FROM synthesis_batch b
JOIN synthesis_recipeversion v ON v.id = b.recipe_version_id
JOIN synthesis_recipe r ON r.id = v.recipe_id
LEFT JOIN synthesis_batcharchive a ON a.batch_id = b.id
LEFT JOIN analysis_phaseassignment p ON p.batch_id = b.id AND p.superseded_at IS NULL
LEFT JOIN analysis_forecast f ON f.batch_id = b.id AND f.state = 'done'
LEFT JOIN analysis_score s ON s.phase_assignment_id = p.id AND {counted("p", "b")}
LEFT JOIN LATERAL ({_EVIDENCE}
) e ON true
LEFT JOIN LATERAL (
  SELECT {_PIVOT} FROM analysis_outcome WHERE batch_id = b.id AND superseded_at IS NULL
) o ON true
LEFT JOIN LATERAL (
  SELECT {_BEST} FROM ({_ON_DEVICES}) q WHERE q.batch_id = b.id
) x ON true;
"""

_KNOWN = ", ".join(f"('{q.name}', '{q.place.value}', '{q.better.value}')" for q in FURTHER)
# A package may bring a quantity under a name that the lab had added before: it then stands for both.
_TAKEN = ", ".join(f"'{name}'" for name in QUANTITIES)
# Every pixel of the devices made from a batch, not the best one alone: the state that counts, and its EQE.
_EVERY_PIXEL = f"""
    SELECT l.batch_id, coalesce(nullif(px.state, ''), rs.state, '') AS stands, o.value
      FROM (SELECT DISTINCT source_batch_id AS batch_id, device_id FROM devices_layer
        WHERE source_batch_id IS NOT NULL) l
      JOIN devices_pixel px ON px.device_id = l.device_id
      LEFT JOIN devices_ruledstate rs ON rs.pixel_id = px.id
      LEFT JOIN analysis_outcome o ON o.pixel_id = px.id AND o.quantity = 'eqe_percent'
        AND o.superseded_at IS NULL AND {_FINITE}"""
_COUNTS_AS_GOOD = "stands IN ('', 'working') AND value IS NOT NULL"
_OF_PIXELS = f"""
SELECT batch_id, 'eqe_median_percent', percentile_cont(0.5) WITHIN GROUP (ORDER BY value), NULL
  FROM ({_EVERY_PIXEL}) e WHERE {_COUNTS_AS_GOOD} GROUP BY batch_id
UNION ALL
SELECT batch_id, 'eqe_pixels', count(*)::float8, NULL
  FROM ({_EVERY_PIXEL}) e WHERE {_COUNTS_AS_GOOD} GROUP BY batch_id
UNION ALL
SELECT batch_id, 'pixel_yield_percent',
    100.0::float8 * count(*) FILTER (WHERE stands = 'working') / count(*), NULL
  FROM ({_EVERY_PIXEL}) e WHERE stands <> '' GROUP BY batch_id"""
NUMBERS = f"""
CREATE VIEW analysis_history_numbers AS
WITH known (name, place, better) AS (
  VALUES {_KNOWN}
  UNION ALL
  SELECT name, CASE WHEN 'batch' = ANY(subjects) THEN '{Place.BATCH.value}' ELSE '{Place.BEST.value}' END,
    better FROM analysis_labquantity WHERE name NOT IN ({_TAKEN}))
SELECT o.batch_id, o.quantity AS name, o.value, {_UNCERTAINTY} AS uncertainty FROM analysis_outcome o
  JOIN known k ON k.name = o.quantity AND k.place = '{Place.BATCH.value}'
  WHERE o.batch_id IS NOT NULL AND o.superseded_at IS NULL AND {_FINITE}
UNION ALL
SELECT o.batch_id, o.quantity, CASE k.better WHEN 'lower' THEN min(o.value) ELSE max(o.value) END,
  (array_agg({_UNCERTAINTY} ORDER BY CASE k.better WHEN 'lower' THEN o.value ELSE -o.value END, o.id))[1]
  FROM ({_ON_DEVICES}) o JOIN known k ON k.name = o.quantity AND k.place = '{Place.BEST.value}'
  WHERE o.batch_id IS NOT NULL AND {_FINITE} GROUP BY o.batch_id, o.quantity, k.better
UNION ALL
{_OF_PIXELS};
"""

REFRESH = f"""
CREATE FUNCTION analysis_refresh_history(wanted bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  IF wanted IS NULL THEN RETURN; END IF;
  -- Two changes at once to one batch: the second waits, then sees what the first wrote.
  PERFORM 1 FROM synthesis_batch WHERE id = wanted FOR NO KEY UPDATE;
  INSERT INTO analysis_historyrow ({_NAMES})
    SELECT {_NAMES} FROM analysis_history_source WHERE batch_id = wanted
    ON CONFLICT (batch_id) DO UPDATE SET {_UPDATES};
END $$;

CREATE FUNCTION analysis_refresh_numbers(wanted bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM analysis_historynumber n WHERE n.batch_id = wanted AND NOT EXISTS (
    SELECT FROM analysis_history_numbers s WHERE s.batch_id = wanted AND s.name = n.name);
  INSERT INTO analysis_historynumber (batch_id, name, value, uncertainty)
    SELECT batch_id, name, value, uncertainty FROM analysis_history_numbers WHERE batch_id = wanted
    ON CONFLICT (batch_id, name) DO UPDATE SET value = EXCLUDED.value, uncertainty = EXCLUDED.uncertainty;
END $$;

CREATE FUNCTION analysis_history_changed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE wanted bigint; old_row jsonb; new_row jsonb; found_device bigint;
BEGIN
  new_row := to_jsonb(NEW);
  IF TG_OP = 'UPDATE' THEN old_row := to_jsonb(OLD); END IF;
  IF TG_TABLE_NAME = 'synthesis_batch' THEN
    PERFORM analysis_refresh_history(NEW.id);
  ELSIF TG_TABLE_NAME IN ('analysis_score', 'analysis_structureevidence') THEN
    SELECT batch_id INTO wanted FROM analysis_phaseassignment
      WHERE id = (new_row ->> 'phase_assignment_id')::bigint;
    PERFORM analysis_refresh_history(wanted);
  ELSIF TG_TABLE_NAME = 'devices_layer' THEN
    wanted := (new_row ->> 'source_batch_id')::bigint;
    PERFORM analysis_refresh_history(wanted), analysis_refresh_numbers(wanted);
    IF old_row ->> 'source_batch_id' IS DISTINCT FROM new_row ->> 'source_batch_id' THEN
      wanted := (old_row ->> 'source_batch_id')::bigint;
      PERFORM analysis_refresh_history(wanted), analysis_refresh_numbers(wanted);
    END IF;
  ELSIF TG_TABLE_NAME = 'devices_pixel' OR new_row ->> 'pixel_id' IS NOT NULL
      OR (TG_TABLE_NAME = 'analysis_outcome' AND new_row ->> 'device_id' IS NOT NULL) THEN
    IF new_row ->> 'pixel_id' IS NOT NULL THEN
      SELECT device_id INTO found_device FROM devices_pixel WHERE id = (new_row ->> 'pixel_id')::bigint;
    ELSE
      found_device := (new_row ->> 'device_id')::bigint;
    END IF;
    FOR wanted IN SELECT DISTINCT source_batch_id FROM devices_layer
        WHERE device_id = found_device AND source_batch_id IS NOT NULL ORDER BY 1 LOOP
      PERFORM analysis_refresh_history(wanted), analysis_refresh_numbers(wanted);
    END LOOP;
  ELSE
    wanted := (new_row ->> 'batch_id')::bigint;
    PERFORM analysis_refresh_history(wanted);
    IF TG_TABLE_NAME = 'analysis_outcome' THEN PERFORM analysis_refresh_numbers(wanted); END IF;
  END IF;
  RETURN NULL;
END $$;
"""

WATCHED = (
    "synthesis_batch",
    "synthesis_batcharchive",
    "synthesis_deviation",
    "devices_layer",
    "devices_pixel",
    "devices_ruledstate",
    "analysis_outcome",
    "analysis_phaseassignment",
    "analysis_forecast",
    "analysis_score",
    "analysis_structureevidence",
)
TRIGGERS = "\n".join(
    f"CREATE TRIGGER refresh_history AFTER INSERT OR UPDATE ON {table}"
    " FOR EACH ROW EXECUTE FUNCTION analysis_history_changed();"
    for table in WATCHED
)
INSTALL = USERNAME + VIEW + NUMBERS + REFRESH + TRIGGERS
# With the function go its triggers, whatever tables are there.
REMOVE = """
DROP FUNCTION IF EXISTS analysis_history_changed() CASCADE;
DROP FUNCTION IF EXISTS analysis_refresh_history(bigint);
DROP FUNCTION IF EXISTS analysis_refresh_numbers(bigint);
DROP VIEW IF EXISTS analysis_history_numbers;
DROP VIEW IF EXISTS analysis_history_source;
DROP FUNCTION IF EXISTS analysis_username(bigint);
"""
FILL = f"""
DELETE FROM analysis_historyrow;
DELETE FROM analysis_historynumber;
INSERT INTO analysis_historyrow ({_NAMES}) SELECT {_NAMES} FROM analysis_history_source;
INSERT INTO analysis_historynumber (batch_id, name, value, uncertainty)
  SELECT batch_id, name, value, uncertainty FROM analysis_history_numbers;
"""
NEEDED = (*WATCHED, "analysis_historyrow", "analysis_historynumber", "analysis_labquantity")
