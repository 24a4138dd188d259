"""What each column of the history is, as SQL: one view, and triggers that copy from it.

The view is the definition; the triggers refresh the row of a batch whenever something it shows
changes, in the same transaction. Chemistry is computed in Python and stored by the room that owns it;
nothing is calculated here but counts and extremes.
"""

# ruff: noqa: S608  (the SQL is built from the constants of this file, never from input)

COLUMNS: dict[str, str] = {
    "batch_id": "b.id",
    "project_id": "b.project_id",
    "code": "b.code",
    "recipe": "r.slug",
    "state": "b.state",
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
    "phase": "coalesce(p.phase, '')",
    "structure": "coalesce(p.structure, '')",
    "forecast_gamma": "(f.result -> 'phase' -> 'gamma' ->> 'value')::float8",
    "forecast_log_score": "s.log_score",
    "pl_peak_nm": "o.pl_peak_nm",
    "pl_fwhm_nm": "o.pl_fwhm_nm",
    "plqy_percent": "o.plqy_percent",
    "lifetime_ns": "o.lifetime_ns",
    "size_nm": "o.size_nm",
    "devices": "(SELECT count(DISTINCT l.device_id) FROM devices_layer l"
    " WHERE l.source_batch_id = b.id)::int",
    "eqe_percent": "x.eqe_percent",
    "luminance_cd_m2": "x.luminance_cd_m2",
    "turn_on_v": "x.turn_on_v",
}
BATCH_QUANTITIES = ("pl_peak_nm", "pl_fwhm_nm", "plqy_percent", "lifetime_ns", "size_nm")

_PIVOT = ", ".join(f"max(value) FILTER (WHERE quantity = '{q}') AS {q}" for q in BATCH_QUANTITIES)
_SELECT = ", ".join(f"{sql} AS {name}" for name, sql in COLUMNS.items())
_NAMES = ", ".join(COLUMNS)
_UPDATES = ", ".join(f"{name} = EXCLUDED.{name}" for name in COLUMNS if name != "batch_id")

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
LEFT JOIN analysis_phaseassignment p ON p.batch_id = b.id AND p.superseded_at IS NULL
LEFT JOIN analysis_forecast f ON f.batch_id = b.id AND f.state = 'done'
LEFT JOIN analysis_score s ON s.phase_assignment_id = p.id
LEFT JOIN LATERAL (
  SELECT {_PIVOT} FROM analysis_outcome WHERE batch_id = b.id AND superseded_at IS NULL
) o ON true
LEFT JOIN LATERAL (
  SELECT max(value) FILTER (WHERE quantity = 'eqe_percent') AS eqe_percent,
         max(value) FILTER (WHERE quantity = 'luminance_cd_m2') AS luminance_cd_m2,
         min(value) FILTER (WHERE quantity = 'turn_on_v') AS turn_on_v
  FROM (
    SELECT o.quantity, o.value FROM devices_layer l
      JOIN analysis_outcome o ON o.device_id = l.device_id AND o.superseded_at IS NULL
      WHERE l.source_batch_id = b.id
    UNION ALL
    SELECT o.quantity, o.value FROM devices_layer l
      JOIN devices_pixel px ON px.device_id = l.device_id AND px.state IN ('', 'working')
      JOIN analysis_outcome o ON o.pixel_id = px.id AND o.superseded_at IS NULL
      WHERE l.source_batch_id = b.id
  ) q
) x ON true;
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

CREATE FUNCTION analysis_history_changed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE wanted bigint; old_row jsonb; new_row jsonb; found_device bigint;
BEGIN
  new_row := to_jsonb(NEW);
  IF TG_OP = 'UPDATE' THEN old_row := to_jsonb(OLD); END IF;
  IF TG_TABLE_NAME = 'synthesis_batch' THEN
    PERFORM analysis_refresh_history(NEW.id);
  ELSIF TG_TABLE_NAME = 'analysis_score' THEN
    SELECT batch_id INTO wanted FROM analysis_phaseassignment
      WHERE id = (new_row ->> 'phase_assignment_id')::bigint;
    PERFORM analysis_refresh_history(wanted);
  ELSIF TG_TABLE_NAME = 'devices_layer' THEN
    PERFORM analysis_refresh_history((new_row ->> 'source_batch_id')::bigint);
    IF old_row ->> 'source_batch_id' IS DISTINCT FROM new_row ->> 'source_batch_id' THEN
      PERFORM analysis_refresh_history((old_row ->> 'source_batch_id')::bigint);
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
      PERFORM analysis_refresh_history(wanted);
    END LOOP;
  ELSE
    PERFORM analysis_refresh_history((new_row ->> 'batch_id')::bigint);
  END IF;
  RETURN NULL;
END $$;
"""

WATCHED = (
    "synthesis_batch",
    "synthesis_deviation",
    "devices_layer",
    "devices_pixel",
    "analysis_outcome",
    "analysis_phaseassignment",
    "analysis_forecast",
    "analysis_score",
)
TRIGGERS = "\n".join(
    f"CREATE TRIGGER refresh_history AFTER INSERT OR UPDATE ON {table}"
    " FOR EACH ROW EXECUTE FUNCTION analysis_history_changed();"
    for table in WATCHED
)
INDEXES = """
CREATE INDEX history_project_newest ON analysis_historyrow (project_id, batch_id DESC);
CREATE INDEX history_project_eqe ON analysis_historyrow (project_id, eqe_percent DESC NULLS LAST, batch_id DESC);
CREATE INDEX history_eqe ON analysis_historyrow (eqe_percent, batch_id) INCLUDE (project_id, phase, ratio_ca_pb_weighed);
CREATE INDEX history_ratio ON analysis_historyrow (ratio_ca_pb_weighed, batch_id);
CREATE INDEX history_code ON analysis_historyrow (code);
"""

INSTALL = USERNAME + VIEW + REFRESH + TRIGGERS + INDEXES
REMOVE = (
    "\n".join(f"DROP TRIGGER IF EXISTS refresh_history ON {table};" for table in WATCHED)
    + """
DROP FUNCTION IF EXISTS analysis_history_changed();
DROP FUNCTION IF EXISTS analysis_refresh_history(bigint);
DROP VIEW IF EXISTS analysis_history_source;
DROP FUNCTION IF EXISTS analysis_username(bigint);
"""
)
