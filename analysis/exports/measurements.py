"""Measurements and their batches in one table: a row per file, with what it gave and what its batch is."""
# ruff: noqa: S608  (names come from the column tables; what people type goes in as parameters)

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from analysis.exports.table import Table
from analysis.history.columns import COLUMNS, UNCERTAINTY, Column, Kind
from analysis.quantities import QUANTITIES
from analysis.quantity import Place
from labnotebook.records.models.role import READS
from labnotebook.records.refusals import Refusal

MEASURED = "measured_"
MINE = f"(SELECT project_id FROM records_membership WHERE user_id = %s AND {READS})"
# A batch of a project that the person is not in is not told, also where a device of theirs is made of it.
SOURCE = f"""analysis_measurement m
  JOIN records_project p ON p.id = m.project_id
  JOIN records_storedfile f ON f.id = m.file_id
  JOIN auth_user u ON u.id = m.uploaded_by_id
  LEFT JOIN devices_pixel px ON px.id = m.pixel_id
  LEFT JOIN devices_layer ly ON ly.id = m.layer_id
  LEFT JOIN devices_device d ON d.id = coalesce(m.device_id, px.device_id, ly.device_id)
  LEFT JOIN synthesis_material lot ON lot.id = m.lot_id
  LEFT JOIN analysis_measuringinstrument i ON i.id = m.measured_with_id
  LEFT JOIN LATERAL (SELECT l.source_batch_id FROM devices_layer l
    WHERE m.layer_id IS NULL AND l.device_id = d.id AND l.role = 'emitter'
      AND l.source_batch_id IS NOT NULL ORDER BY l.index LIMIT 1) emitter ON true
  LEFT JOIN analysis_historyrow h
    ON h.batch_id = coalesce(m.batch_id, ly.source_batch_id, emitter.source_batch_id)
    AND h.project_id IN {MINE}
  LEFT JOIN LATERAL (SELECT a.* FROM analysis_analysis a WHERE a.measurement_id = m.id
    ORDER BY a.number DESC LIMIT 1) a ON true"""


def _word(name: str, label: str, sql: str) -> Column:
    return Column(name, Kind.WORD, label, source=sql)


_SUBJECT = " ".join(
    f"WHEN m.{kind}_id IS NOT NULL THEN '{kind}'" for kind in ("batch", "device", "pixel", "lot")
)
_OF = (
    Column("measurement", Kind.NUMBER, "Measurement", whole=True, source="m.id"),
    _word("technique", "Technique", "m.technique"),
    _word("subject", "What was measured", f"CASE {_SUBJECT} ELSE 'layer' END"),
    _word(
        "subject_code",
        "Code of what was measured",
        "CASE WHEN m.pixel_id IS NOT NULL THEN d.code || '/' || px.label"
        " WHEN m.layer_id IS NOT NULL THEN d.code || ' layer ' || ly.index"
        " ELSE coalesce(lot.code, d.code, (SELECT b.code FROM synthesis_batch b WHERE b.id = m.batch_id)) END",
    ),
    _word("file", "File", "f.name"),
    _word("file_sha256", "SHA-256 of the file", "f.sha256"),
    _word("instrument", "Instrument", "coalesce(i.code, m.instrument)"),
    _word("conditions", "Conditions", "m.conditions"),
    Column("performed_at", Kind.TIME, "Measured", source="m.performed_at"),
    Column("uploaded_at", Kind.TIME, "Uploaded", source="m.created_at"),
    _word("uploaded_by", "Uploaded by", "u.username"),
    _word("method", "Method", "coalesce(a.method, '')"),
    _word("method_version", "Version of the method", "coalesce(a.method_version, '')"),
    _word("analysis_state", "State of the newest analysis", "coalesce(a.state, '')"),
    _word(
        "verdict",
        "What a person decided on it",
        "CASE WHEN a.rejected_at IS NOT NULL THEN 'rejected'"
        " WHEN a.accepted_at IS NOT NULL THEN 'accepted' ELSE '' END",
    ),
)


def _figure(name: str, key: str) -> str:
    """Return the first figure of a quantity in the newest analysis."""
    path = f'$[*] ? (@.quantity == "{name}" && @.value != null).{key}'
    return f"(jsonb_path_query_first(a.result -> 'figures', '{path}') #>> '{{}}')::float8"


def _measured() -> list[Column]:
    """Return the columns of what the file itself gave, each with its uncertainty."""
    columns = []
    for one in QUANTITIES.values():
        if one.place in (Place.NOWHERE, Place.PIXELS) or one.computed_from:
            continue
        name, words = MEASURED + one.name, f"{one.label}, of this file"
        columns += [
            Column(name, Kind.NUMBER, words, one.written_unit, source=_figure(one.name, "value")),
            Column(
                name + UNCERTAINTY,
                Kind.NUMBER,
                f"Standard uncertainty of {words}",
                one.written_unit,
                source=_figure(one.name, "uncertainty"),
            ),
        ]
    return columns


EVERY: dict[str, Column] = {c.name: c for c in (*_OF, *COLUMNS.values(), *_measured())}


def measurements_table(
    user: Any, *, techniques: Sequence[str] = (), batches: Sequence[str] = (), columns: str = ""
) -> Table:
    """Return the measurements that a person may see, the newest first, with what is known of their batches."""
    where, params = f"m.project_id IN {MINE}", [user.pk, user.pk]
    if techniques:
        where, params = f"{where} AND m.technique = ANY(%s)", [*params, list(techniques)]
    if batches:
        where, params = f"{where} AND h.code = ANY(%s)", [*params, list(batches)]
    source = f"{SOURCE} WHERE {where}"
    return Table("measurements", _chosen(columns), source, "ORDER BY m.id DESC", params)


def _chosen(text: str) -> tuple[Column, ...]:
    if not text:
        return tuple(EVERY.values())
    names = list(dict.fromkeys(name.strip() for name in text.split(",")))
    strange = [name for name in names if name not in EVERY]
    if strange:
        raise Refusal(
            f"There is no column called {strange[0][:60]!r}. Choose some of {', '.join(EVERY)}, separated by"
            " commas.",
            field="columns",
        )
    return tuple(EVERY[name] for name in names)
