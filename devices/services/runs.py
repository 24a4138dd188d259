"""Runs: many substrates made at once, after one version of a device recipe.

A run is a batch of that recipe, so that its bench, timers, deviations, offline entries and signature are
those of every batch; its products are devices.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, Prefetch, Q, QuerySet
from django.db.models.lookups import Exact

from devices.models import Device, Layer, Pixel, standing
from devices.services.architectures import Architecture, architecture_named
from devices.services.devices import layers_of, short_name
from devices.services.layers import Source, found_source
from devices.services.layouts import pixels_for
from devices.substrates import NotVariable, Substrate, for_substrates, unit_of
from labnotebook.records.codes import next_codes
from labnotebook.records.history import recorded
from labnotebook.records.models import Project
from labnotebook.records.permissions import require_editor
from labnotebook.records.refusals import Refusal
from synthesis.chemistry.layers import PIXEL_LABEL
from synthesis.chemistry.operations import Operations
from synthesis.chemistry.typed import UnreadableQuantity, parse_quantity
from synthesis.models import Batch, Material, Recipe
from synthesis.services.batches import BatchOrder, create_batches
from synthesis.services.operations import lab_operations
from synthesis.services.plans import Planner

MOST_SUBSTRATES = 100
Said = str | Sequence[str]  # one for all substrates, or one for each


@dataclass(frozen=True, slots=True)
class _Row:
    """One substrate as it will be made: what differs as typed, and from what its layers come."""

    substrate: Substrate
    typed: Mapping[str, str]
    sources: Mapping[str, Source]


def make_run(
    *,
    by: Any,
    project: Project,
    architecture_slug: str,
    substrates: int | Sequence[str],
    vary: Mapping[str, Sequence[str]] | None = None,
    sources: Mapping[str, Said] | None = None,
    pixels: Sequence[Mapping[str, Any]] | None = None,
    layout: str = "",
    targets: Mapping[str, Any] | None = None,
    name: str = "",
) -> Batch:
    """Plan a run: its batch ``RUN-0001`` and a device ``D-0001`` on for every substrate.

    substrates: how many (labelled 1, 2, ...), or their labels. vary: ``step.parameter`` or
    ``layer.thickness_nm`` to a value for each substrate, as typed. sources: layer to the code of the batch
    or bottle, one for all or one for each. targets: the inputs of the recipe. pixels or layout: those
    of every substrate (`pixels_for`). Raises Refusal.
    """
    require_editor(by, project)
    architecture = architecture_named(by, architecture_slug)
    labels = _labels(substrates)
    operations = lab_operations()
    numbers = _numbers(architecture, operations, vary or {}, len(labels))
    checked = pixels_for(by, architecture, pixels, layout)
    name = short_name(name)
    with recorded(by, "run planned"):
        made_from = _sources(by, project, architecture, sources or {}, len(labels))
        rows = [
            _Row(
                Substrate(
                    label,
                    {key: values[place] for key, values in numbers.items()},
                    {key: each[place].code for key, each in made_from.items() if each[place]},
                ),
                {key: str(values[place]).strip() for key, values in (vary or {}).items()},
                {key: source for key, each in made_from.items() if (source := each[place])},
            )
            for place, label in enumerate(labels)
        ]
        recipe = for_substrates(
            architecture.definition, [row.substrate for row in rows], operations
        )
        planner = Planner(by, architecture.version, definition=recipe)
        (run,) = create_batches(by=by, orders=[BatchOrder(project, planner, targets or {})])
        _make_devices(by, run, name, architecture, rows, checked)
    return run


def runs_for(user: Any) -> QuerySet[Batch]:
    """Return the runs that a person may see, newest first, each with its ``substrates_count``."""
    return (
        Batch.objects.visible_to(user)
        .filter(recipe_version__recipe__kind=Recipe.Kind.DEVICE)
        .annotate(substrates_count=Count("substrates"))
        .select_related("project", "recipe_version__recipe", "planned_by")
        .order_by("-pk")
    )


def with_substrates(run: Batch) -> Batch:
    """Return a run with its devices as ``rows``, each with ``known_sources`` and its counts of pixels."""
    works = Exact(standing("pixels__"), Pixel.State.WORKING)
    unseen = Exact(standing("pixels__"), "")
    devices = run.substrates.annotate(
        pixel_count=Count("pixels"),
        working_count=Count("pixels", filter=works),
        seen_count=Count("pixels", filter=~Q(unseen)),
    )
    layers = Layer.objects.select_related("source_batch", "source_material").order_by("index")
    run.rows = list(devices.order_by("pk").prefetch_related(Prefetch("layers", layers)))
    for device in run.rows:
        known = ((layer.key, layer.source_code) for layer in device.layers.all())
        device.known_sources = {key: code for key, code in known if code}
    return run


def _labels(substrates: int | Sequence[str]) -> list[str]:
    labels = (
        [str(n) for n in range(1, substrates + 1)]
        if isinstance(substrates, int)
        else [str(one).strip() for one in substrates]
    )
    if not 1 <= len(labels) <= MOST_SUBSTRATES:
        raise Refusal(
            f"A run has 1 to {MOST_SUBSTRATES} substrates, not {len(labels)}.", field="substrates"
        )
    labels = [checked_label(label, field="substrates") for label in labels]
    twice = next((one for one in labels if labels.count(one) > 1), "")
    if twice:
        raise Refusal(
            f"Two substrates are called {twice}. Give each one a label of its own.",
            field="substrates",
        )
    return labels


def checked_label(typed: str, *, field: str = "label") -> str:
    """Return a label of a substrate; refuses what fits on no sticker."""
    label = typed.strip()
    if not PIXEL_LABEL.fullmatch(label):
        raise Refusal(
            f"{label[:20]!r} is no label for a substrate. Write up to 20 letters and digits, such as"
            " 3 or A2.",
            field=field,
        )
    return label


def _numbers(
    architecture: Architecture,
    operations: Operations,
    vary: Mapping[str, Sequence[str]],
    count: int,
) -> dict[str, list[Decimal]]:
    """Read what differs, each number in the unit of its name."""
    found = {}
    for key, values in vary.items():
        field = f"vary.{key}"
        try:
            unit = unit_of(key, architecture.definition, operations)
        except NotVariable as refusal:
            raise Refusal(str(refusal), field=field) from None
        _check_count(values, count, key, field)
        found[key] = [_number(key, value, unit, operations, field) for value in values]
    return found


def _number(key: str, typed: Any, unit: str, operations: Operations, field: str) -> Decimal:
    name = key.rpartition(".")[2]
    measure = operations.measures[name]
    try:
        value = parse_quantity(str(typed), unit, negative=True).value
    except UnreadableQuantity as refusal:
        raise Refusal(str(refusal), field=field) from None
    if not measure.low <= value <= measure.high or (name == "thickness_nm" and not value):
        raise Refusal(
            f"{measure.label} is {value} {unit}, but should lie between {measure.low} and"
            f" {measure.high} {unit}{' and not be 0' if name == 'thickness_nm' else ''}.",
            field=field,
        )
    return value


def for_each(said: Said, count: int, key: str, field: str) -> list[str]:
    """Return what was said for each substrate, where it may have been said once for all."""
    each = [said] * count if isinstance(said, str) else list(said)
    _check_count(each, count, key, field)
    return each


def _check_count(values: Sequence[Any], count: int, key: str, field: str) -> None:
    """Refuse a list that does not have one value for each substrate."""
    if len(values) != count:
        raise Refusal(
            f"{key} has {len(values)} values for {count} substrates. Give one for each.",
            field=field,
        )


def _sources(
    by: Any,
    project: Project,
    architecture: Architecture,
    said: Mapping[str, Said],
    count: int,
) -> dict[str, list[Source]]:
    """Find from which batch or bottle each layer of each substrate is made."""
    layers = {one.layer.key: one.layer for one in architecture.layers}
    found = {}
    for key, codes in said.items():
        field = f"sources.{key}"
        if key not in layers:
            raise Refusal(
                f"“{architecture.name}” has no layer “{key[:60]}”. It has {', '.join(layers)}.",
                field=field,
            )
        each = for_each(codes, count, key, field)
        known = {
            code: found_source(by, project, code, emitter=layers[key].is_emitter, field=field)
            for code in dict.fromkeys(str(code or "").strip() for code in each)
        }
        found[key] = [known[str(code or "").strip()] for code in each]
    return found


def _make_devices(
    by: Any,
    run: Batch,
    name: str,
    architecture: Architecture,
    rows: Sequence[_Row],
    pixels: Sequence[Mapping[str, Any]],
) -> None:
    devices = Device.objects.bulk_create(
        Device(
            project=run.project,
            code=code,
            recipe_version=architecture.version,
            run=run,
            substrate=row.substrate.label,
            varied=dict(row.typed),
            name=name,
            built_by=by,
        )
        for row, code in zip(rows, next_codes("D", len(rows)), strict=True)
    )
    layers = []
    for device, row in zip(devices, rows, strict=True):
        for layer in layers_of(device, architecture, substrate=row.substrate):
            source = row.sources.get(layer.key)
            layer.source_batch = source if isinstance(source, Batch) else None
            layer.source_material = source if isinstance(source, Material) else None
            layers.append(layer)
    Layer.objects.bulk_create(layers)
    Pixel.objects.bulk_create(Pixel(device=d, **pixel) for d in devices for pixel in pixels)
