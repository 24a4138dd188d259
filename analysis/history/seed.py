"""Many made-up batches at once, for measuring how fast the notebook is. Never data of a lab.

Written by the database in a few statements, past the triggers: neither revisions nor jobs are made,
and the history rows are copied from the view at the end.
"""
# ruff: noqa: S608  (every name in these statements stands in this module)

from __future__ import annotations

import hashlib
from typing import Any

from django.db import connection, transaction

from analysis.history.source import COLUMNS
from labnotebook.records.models import Project
from labnotebook.records.refusals import Refusal
from labnotebook.records.services.projects import create_project
from synthesis.models import Batch, Recipe, RecipeVersion
from synthesis.services.recipes import load_shipped

PROJECT_NAME = "Benchmark"
RECIPE = "cspbi3-seed-core-shell"
TABLES = (
    "synthesis_batch",
    "synthesis_batchquantity",
    "analysis_phaseassignment",
    "analysis_outcome",
    "devices_device",
    "devices_layer",
    "devices_pixel",
)

# Alike enough to the paper: α below R 0.25, γ from 0.5, either between; EQE follows the phase.
DRAW = """
CREATE TEMP TABLE seeded AS
SELECT n, 'BM-' || lpad(n::text, 7, '0') AS code, NULL::bigint AS batch_id, ratio,
  greatest(ratio + 0.02 * (noise - 0.5), 0) AS weighed, phase, noise,
  CASE phase WHEN 'gamma' THEN 17.5 WHEN 'mixed' THEN 9.5 WHEN 'alpha' THEN 5.5 ELSE 0 END
    + 5 * luck AS eqe_percent,
  measured < 0.9 AS is_measured, measured < 0.6 AS has_device
FROM (
  SELECT n, ratio, noise, luck, measured,
    CASE WHEN fate < 0.05 THEN 'failed' WHEN fate < 0.1 THEN 'delta'
      WHEN ratio >= 0.5 THEN 'gamma' WHEN ratio <= 0.25 THEN 'alpha'
      WHEN fate < 0.4 THEN 'mixed' WHEN fate < 0.7 THEN 'gamma' ELSE 'alpha' END AS phase
  FROM (
    SELECT n, (ARRAY[0, 0.1, 0.25, 0.4, 0.5, 0.6, 0.75, 1])[1 + floor(random() * 8)::int]::float8 AS ratio,
      random() AS noise, random() AS luck, random() AS measured, random() AS fate
    FROM generate_series(%(first)s::int, %(last)s::int) n
  ) drawn
) judged"""

BATCHES = """
INSERT INTO synthesis_batch (version, project_id, code, recipe_version_id, state, targets, lots,
  correct_for_assay, ratio_ca_pb, lead_mmol, plan, plan_sha256, planned_by_id, planned_at, started_at,
  finished_at, abandoned_reason, precursor_appearance, humidity_percent, quench_s,
  ratio_ca_pb_weighed, ratio_ca_pb_weighed_uncertainty)
SELECT 1, %(project)s, code, %(recipe_version)s, 'made', '{}', '{}', false, ratio, 0.376,
  '{"reagents": [], "steps": []}', '', %(person)s, at, at, at + interval '3 hours', '',
  (ARRAY['clear', 'colloidal', 'turbid', ''])[1 + floor(noise * 4)::int],
  round((20 + 40 * noise)::numeric, 1), round((4 + 3 * noise)::numeric, 1), weighed, 0.003
FROM (SELECT *, now() - (%(last)s - n) * interval '20 minutes' AS at FROM seeded) s"""

# The recipe's own ratio, and another that only batches with a measurement know weighed.
QUANTITIES = """
INSERT INTO synthesis_batchquantity (batch_id, key, basis, value, uncertainty, origin, name, position)
SELECT batch_id, key, basis, value, 0.003, 'made up for a benchmark', name, position
FROM seeded, LATERAL (VALUES ('ratio_ca_pb', 'Ca/Pb', 0, 'planned', ratio, true),
  ('ratio_ca_pb', 'Ca/Pb', 0, 'weighed', weighed, true),
  ('ratio_cs_pb', 'Cs/Pb', 1, 'planned', 0.4, true),
  ('ratio_cs_pb', 'Cs/Pb', 1, 'weighed', 0.35 + 0.1 * noise, is_measured))
  q (key, name, position, basis, value, is_there)
WHERE is_there"""

PHASES = """
INSERT INTO analysis_phaseassignment
  (version, project_id, batch_id, phase, structure, evidence, reason, accepted_by_id, accepted_at)
SELECT 1, %(project)s, batch_id, phase, CASE phase WHEN 'gamma' THEN 'seed_core_shell' ELSE '' END,
  'xrd_elsewhere', 'made up for a benchmark', %(person)s, now() FROM seeded WHERE is_measured"""

OUTCOMES = """
INSERT INTO analysis_outcome (version, project_id, batch_id, quantity, value, typed_text, unit, label,
  note, warnings, accepted_by_id, accepted_at, uncertainty)
SELECT 1, %(project)s, batch_id, quantity, value, 'made up', '', '', '', '[]', %(person)s, now(), u
FROM seeded, LATERAL (VALUES ('pl_peak_nm', 690 - 8 * weighed + noise, 0.3),
  ('pl_fwhm_nm', 31 + 4 * noise, 0.2), ('plqy_percent', 60 + 38 * noise, 2),
  ('lifetime_ns', 60 + 20 * noise, NULL)) q (quantity, value, u)
WHERE is_measured"""

DEVICES = """
INSERT INTO devices_device (version, project_id, code, name, built_by_id, note, created_at, archived_reason,
  substrate, made_as, varied)
SELECT 1, %(project)s, 'D' || code, '', %(person)s, '', now(), '', '', '', '{}' FROM seeded WHERE has_device;
INSERT INTO devices_layer (version, device_id, index, role, material_name, process, process_text,
  source_batch_id, key, amount_text, amount_unit, thickness_method)
SELECT 1, d.id, 1, 'emitter', 'CsPbI3', '{}', '', s.batch_id, '', '', '', ''
FROM seeded s JOIN devices_device d ON d.code = 'D' || s.code;
INSERT INTO devices_pixel (version, device_id, label, area_mm2, state, note)
SELECT 1, d.id, 'P1', 4, 'working', '' FROM seeded s JOIN devices_device d ON d.code = 'D' || s.code;
INSERT INTO analysis_outcome (version, project_id, pixel_id, quantity, value, typed_text, unit, label,
  note, warnings, accepted_by_id, accepted_at)
SELECT 1, %(project)s, px.id, 'eqe_percent', s.eqe_percent, 'made up', '%%', '', '', '[]', %(person)s, now()
FROM seeded s JOIN devices_device d ON d.code = 'D' || s.code JOIN devices_pixel px ON px.device_id = d.id"""

ROWS = f"""
INSERT INTO analysis_historyrow ({", ".join(COLUMNS)})
SELECT {", ".join(COLUMNS)} FROM analysis_history_source
WHERE batch_id IN (SELECT batch_id FROM seeded)"""
NUMBERS = """
INSERT INTO analysis_historynumber (batch_id, name, value, uncertainty)
SELECT batch_id, name, value, uncertainty FROM analysis_history_numbers
WHERE batch_id IN (SELECT batch_id FROM seeded)"""


def seed(*, by: Any, batches: int) -> Project:
    """Write ``batches`` made-up batches into the project Benchmark of ``by``; return the project."""
    if not 1 <= batches <= 5_000_000:
        raise Refusal("Ask for 1 to 5,000,000 batches.", field="batches")
    if Batch.objects.exclude(project__name=PROJECT_NAME).exists():
        raise Refusal(
            "There are real batches in this database. Made-up ones have no place beside them: use a"
            " database of its own."
        )
    with transaction.atomic():
        project = Project.objects.filter(name=PROJECT_NAME).first()
        project = project or create_project(by=by, name=PROJECT_NAME, is_simulated=True)
        first = Batch.objects.filter(project=project, code__startswith="BM-").count() + 1
        _write(
            {
                "project": project.pk,
                "person": by.pk,
                "recipe_version": _recipe_version().pk,
                "first": first,
                "last": first + batches - 1,
            }
        )
    return project


def _recipe_version() -> RecipeVersion:
    if not Recipe.objects.filter(slug=RECIPE).exists():
        load_shipped()
    return Recipe.objects.get(slug=RECIPE).current


def _write(said: dict[str, Any]) -> None:
    seed_from = int(hashlib.sha256(str(said["first"]).encode()).hexdigest()[:8], 16) / 2**32
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in TABLES:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute("SELECT setseed(%s)", [seed_from])
        cursor.execute(DRAW, said)
        cursor.execute(BATCHES, said)
        cursor.execute(
            "UPDATE seeded SET batch_id = b.id FROM synthesis_batch b WHERE b.code = seeded.code"
        )
        for statement in (QUANTITIES, PHASES, OUTCOMES, DEVICES):
            cursor.execute(statement, said)
        cursor.execute("ANALYZE")
        cursor.execute(ROWS)
        cursor.execute(NUMBERS)
        cursor.execute("DROP TABLE seeded")
        for table in TABLES:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
        cursor.execute("ANALYZE analysis_historyrow")
