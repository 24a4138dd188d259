"""What was really done to make a layer: the steps of its run that made it, with their numbers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from devices.models import Device
from synthesis.models import Batch, StepRun


@dataclass(frozen=True, slots=True)
class Made:
    """One step of a run: the layer that it makes, and the substrates that it is for (empty: all)."""

    run: StepRun
    layer: str
    substrates: tuple[str, ...]

    def is_for(self, substrate: str) -> bool:
        """Whether it was done to this substrate."""
        return not self.substrates or substrate in self.substrates


def steps_of_run(run: Batch) -> list[Made]:
    """Return the steps of a run in their order; one that was done again, or added, is of its first one's layer."""
    planned: Mapping[str, Mapping] = {step["key"]: step for step in run.plan["steps"]}
    runs = run.step_runs.select_related("repeat_of").prefetch_related("parameters")
    found = []
    for one in runs.order_by("position"):
        said = planned.get(one.repeat_of.key if one.repeat_of else one.key, {})
        found.append(Made(one, said.get("layer", ""), tuple(said.get("substrates", ()))))
    return found


def made_by_layer(device: Device) -> dict[str, list[Made]]:
    """Return the steps that made each layer of a device, by the layer's key; empty without a run."""
    found: dict[str, list[Made]] = {}
    for one in steps_of_run(device.run) if device.run else []:
        if one.layer and one.is_for(device.made_as or device.substrate):
            found.setdefault(one.layer, []).append(one)
    return found


def made_at(steps: Iterable[Made]) -> datetime | None:
    """Return when a layer was finished: the end of its last step; None while one is still to do."""
    ends = [one.run.finished_at for one in steps if not one.run.skipped_reason]
    return max((end for end in ends if end), default=None) if all(ends) else None
