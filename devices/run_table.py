"""The tables of the run pages: what differs between substrates as it is typed, and what was done."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from devices.measures import plain
from devices.models import Layer
from devices.services.architectures import Architecture
from devices.services.making import Made, made_at, steps_of_run
from devices.stacks import number_words
from devices.substrates import variable_numbers, variables
from labnotebook.records.asked import whole_number
from synthesis.chemistry.operations import Operations, step_number
from synthesis.models import Batch

MOST, FIRST = 100, 4  # substrates that a page asks for, and how many it begins with
SOURCE = "source."  # of an emitter that differs, before the key of its layer


@dataclass(slots=True)
class Cell:
    """One field of the table."""

    name: str
    value: str
    words: str
    fault: str = ""


@dataclass(slots=True)
class RunTable:
    """What was asked to differ, and a row for every substrate, as typed so far."""

    architecture: Architecture
    variable: Mapping[str, str]
    operations: Operations
    keys: list[str]
    labels: list[str]
    columns: dict[str, list[Cell]] = field(default_factory=dict)

    @classmethod
    def asked(
        cls, architecture: Architecture, said: Mapping[str, str], operations: Operations
    ) -> RunTable:
        """Return the table for what a form says; what is typed stays."""
        variable = dict(variable_numbers(architecture.definition, operations))
        emitter = architecture.emitter
        if emitter is not None:
            words = _("%(layer)s: batch") % {"layer": emitter.layer.material}
            variable = {SOURCE + emitter.layer.key: words} | variable
        chosen = said.getlist("differs") if isinstance(said, QueryDict) else []
        count = min(max(whole_number(said.get("count", "")) or FIRST, 1), MOST)
        labels = [said.get(f"label-{n}", "").strip() or str(n) for n in range(1, count + 1)]
        keys = [key for key in dict.fromkeys(chosen) if key in variable]
        table = cls(architecture, variable, operations, keys, labels)
        for key in keys:
            names = [f"v-{key}-{n}" for n in range(1, count + 1)]
            table.columns[key] = [
                Cell(name, said.get(name, "").strip(), variable[key]) for name in names
            ]
        return table

    @property
    def choices(self) -> list[dict[str, Any]]:
        """What may differ, layer by layer: ``usual`` is what the recipe speaks of, ``others`` the rest.

        Each is a key, its words, and whether it was chosen.
        """
        rows: dict[str, dict[str, Any]] = {}
        emitter = self.architecture.emitter
        for one in variables(self.architecture.definition, self.operations):
            new = {"material": one.layer.material, "usual": [], "others": []}
            row = rows.setdefault(one.layer.key, new)
            if emitter is not None and one.layer.key == emitter.layer.key and not row["usual"]:
                key = SOURCE + one.layer.key
                row["usual"].append((key, _("batch"), key in self.keys))
            where = row["usual" if one.is_said or one.key in self.keys else "others"]
            where.append((one.key, one.words, one.key in self.keys))
        return list(rows.values())

    @property
    def heads(self) -> list[tuple[str, str]]:
        """The columns that were chosen: words and unit."""
        return [(self.variable[key], self.unit(key)) for key in self.keys]

    @property
    def rows(self) -> list[tuple[int, str, list[Cell]]]:
        """The substrates: number, label, fields."""
        return [
            (place, label, [self.columns[key][place - 1] for key in self.keys])
            for place, label in enumerate(self.labels, start=1)
        ]

    @property
    def vary(self) -> dict[str, list[str]]:
        """The numbers that differ, as typed."""
        return {
            key: [cell.value for cell in cells]
            for key, cells in self.columns.items()
            if not key.startswith(SOURCE)
        }

    def sources(self, emitter: str) -> dict[str, list[str]]:
        """From which batch the emitter of each substrate is; ``emitter`` where its own field is empty."""
        layer = self.architecture.emitter
        if layer is None:
            return {}
        cells = self.columns.get(SOURCE + layer.layer.key)
        each = [cell.value or emitter for cell in cells] if cells else [emitter] * len(self.labels)
        return {layer.layer.key: each} if any(each) else {}

    def mark(self, path: str, sentence: str) -> None:
        """Show a refusal at the column that it speaks of."""
        kind, _dot, key = path.partition(".")
        cells = self.columns.get(key if kind == "vary" else SOURCE + key, [])
        for cell in cells[:1]:
            cell.fault = sentence

    def words(self, key: str) -> str:
        """Return what a number that differs is called."""
        return self.variable.get(key, key)

    def unit(self, key: str) -> str:
        """Return the unit in which a number that differs is read."""
        measure = self.operations.measures.get(key.rpartition(".")[2])
        return measure.unit if measure and measure.unit != "1" else ""


def layer_rows(architecture: Architecture) -> list[dict[str, Any]]:
    """Return the layers of an architecture as rows, from the substrate up."""
    return [
        {
            "index": one.index,
            "layer": one.layer,
            "role": Layer.Role(one.layer.role).label,
            "thickness": plain(one.layer.thickness_nm),
            "tolerance": plain(one.layer.thickness_tolerance_nm),
            "process": one.process_text,
        }
        for one in architecture.layers
    ]


def source_rows(run: Batch, typed: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return for each layer from what every substrate was made: one code, or one for each."""
    rows: dict[str, dict[str, Any]] = {}
    for place, device in enumerate(run.rows, start=1):
        for layer in device.layers.all():
            row = rows.setdefault(layer.key, {"layer": layer, "cells": []})
            name = f"source-{layer.key}-{place}"
            value = typed.get(name, layer.source_code)
            row["cells"].append({"name": name, "value": value, "label": device.substrate})
    for key, row in rows.items():
        values = {cell["value"] for cell in row["cells"]}
        row["name"], row["same"] = f"source-{key}", len(values) == 1
        row["value"] = typed.get(row["name"], values.copy().pop() if row["same"] else "")
    return list(rows.values())


def step_rows(run: Batch) -> list[dict[str, Any]]:
    """Return the steps of a run as they were planned and done."""
    return told_steps(steps_of_run(run))


def told_steps(steps: Iterable[Made]) -> list[dict[str, Any]]:
    """Return steps with their numbers, planned and as they were, and whether they are done."""
    rows = []
    for made in steps:
        numbers = [_number(one) for one in made.run.parameters.all()]
        rows.append(
            {"made": made, "numbers": [one for one in numbers if one], "state": _state(made)}
        )
    return rows


def _number(one: Any) -> dict[str, Any] | None:
    """Return a number of a step: its words, planned, and as it was."""
    if one.planned_value is None and one.actual_value is None:
        return None
    known = step_number(one.name)
    return {
        "label": known.label if known else one.name,
        "planned": ""
        if one.planned_value is None
        else number_words(one.name, plain(one.planned_value)),
        "actual": ""
        if one.actual_value is None
        else number_words(one.name, plain(one.actual_value)),
        "is_off": one.tolerance is not None
        and one.actual_value is not None
        and bool(one.tolerance.severity(one.actual_value)),
    }


def _state(made: Made) -> str:
    run = made.run
    if run.skipped_reason:
        return _("left out: %(why)s") % {"why": run.skipped_reason}
    if made_at([made]):
        return _("done")
    return _("running") if run.started_at else _("to do")
