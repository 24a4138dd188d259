"""From which batch or bottle the layers of a whole run were made."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from devices.models import Layer
from devices.services.layers import edit_layer
from devices.services.runs import Said, for_each
from labnotebook.records.history import recorded
from labnotebook.records.permissions import require_editor
from labnotebook.records.refusals import Refusal
from synthesis.models import Batch


def set_run_sources(
    *, by: Any, run: Batch, sources: Mapping[str, Said], amount: str | None = None
) -> None:
    """Say for layers of all substrates what they were made from: all of them or nothing.

    sources: layer to the code of a batch or bottle, one for all substrates or one for each, in their order.
    amount: what each substrate took of it, as typed.
    """
    require_editor(by, run.project)
    with recorded(by, f"sources of {run.code}"):
        rows = Layer.objects.filter(device__run=run).select_related(
            "device__project", "source_batch", "source_material", "movement"
        )
        layers: dict[str, list[Layer]] = {}
        for layer in rows.order_by("device_id", "index"):
            layers.setdefault(layer.key, []).append(layer)
        for key, codes in sources.items():
            if key not in layers:
                raise Refusal(
                    f"{run.code} has no layer “{key[:60]}”. It has {', '.join(layers)}.",
                    field=f"sources.{key}",
                )
            each = for_each(codes, len(layers[key]), key, f"sources.{key}")
            for layer, code in zip(layers[key], each, strict=True):
                said = {"source": code} | ({} if amount is None else {"amount": amount})
                try:
                    edit_layer(by=by, layer=layer, version=None, **said)
                except Refusal as refusal:
                    field = "amount" if refusal.field == "amount" else f"sources.{key}"
                    raise Refusal(refusal.sentence, field=field) from refusal
