"""What is known of a device pixel by pixel, and of the devices built alike from its batch and its repeats."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.db.models import F, Q, QuerySet

from analysis.models import Analysis, Measurement, Outcome
from analysis.pixel_numbers import COUNTED, PixelNumber, PixelSummary, summary_of
from analysis.quantities import QUANTITIES, Better
from analysis.services.lists import best_run, with_analyses
from devices.models import Device, Layer, Pixel
from synthesis.models import Batch

EQE = "eqe_percent"
MOST_SISTERS = 13  # the newest; with the device itself one figure


@dataclass(slots=True)
class OnePixel:
    """One pixel with its accepted numbers and its measurements, newest first."""

    pixel: Pixel
    known: dict[str, Outcome] = field(default_factory=dict)
    measurements: list[Measurement] = field(default_factory=list)

    @property
    def eqe(self) -> float | None:
        """Its accepted peak EQE."""
        found = self.known.get(EQE)
        return found.value if found else None

    @property
    def counts(self) -> bool:
        """Whether its numbers stand for the device: nobody said that it does not work."""
        return self.pixel.standing_state in COUNTED

    @property
    def state_word(self) -> str:
        """The state that counts, as it stands in a sentence."""
        return str(dict(Pixel.State.choices).get(self.pixel.standing_state, "")).lower()

    @property
    def waiting(self) -> Measurement | None:
        """A measurement that was read and that nobody decided on."""
        return next((m for m in self.measurements if _waits(m)), None)

    @property
    def read(self) -> dict[str, dict[str, Any]]:
        """The figures that were read and that nobody decided on, by quantity, where nothing is accepted."""
        waiting = [m for m in reversed(self.measurements) if _waits(m)]
        runs = [run for m in waiting if (run := standing_run(m)) is not None]
        figures = {f["quantity"]: f for run in runs for f in run.light["figures"] or []}
        return {name: one for name, one in figures.items() if name not in self.known}

    @property
    def number(self) -> PixelNumber:
        """What counts of it in a statistic."""
        return PixelNumber(self.pixel.standing_state, self.eqe)


@dataclass(slots=True)
class OneDevice:
    """A device with its pixels, in the order of their labels' making."""

    device: Device
    pixels: list[OnePixel]


@dataclass(slots=True)
class DeviceNumbers:
    """A device, what was measured of it as a whole, and the devices built alike."""

    device: Device
    pixels: list[OnePixel]
    known: dict[str, Outcome]  # of the device as a whole
    measurements: list[Measurement]  # all of them, newest first
    batches: list[Batch]  # of its emitter, with their ``pl_peak_nm``
    sisters: list[OneDevice]

    @property
    def best(self) -> OnePixel | None:
        """The pixel of the highest accepted EQE among those that count."""
        having = [one for one in self.pixels if one.counts and one.eqe is not None]
        return max(having, key=lambda one: one.eqe or 0.0, default=None)

    @property
    def of_the_device(self) -> list[Measurement]:
        """The measurements of the device as a whole."""
        return [m for m in self.measurements if m.pixel_id is None]

    @property
    def more_sisters(self) -> bool:
        """Whether there may be more devices built alike than stand here."""
        return len(self.sisters) == MOST_SISTERS

    @property
    def own(self) -> PixelSummary:
        """What its pixels say together."""
        return summary_of([one.number for one in self.pixels])

    @property
    def together(self) -> PixelSummary:
        """What its pixels and those of the devices built alike say together."""
        alike = [one for sister in self.sisters for one in sister.pixels]
        return summary_of([one.number for one in (*self.pixels, *alike)])

    def standing(self, quantity: str) -> tuple[Outcome, OnePixel | None] | None:
        """Return the number that stands for the device, and whose it is.

        That of the best pixel, else of the device as a whole, else the best of the other pixels that count.
        """
        best = self.best
        if best and quantity in best.known:
            return best.known[quantity], best
        if quantity in self.known:
            return self.known[quantity], None
        having = [one for one in self.pixels if one.counts and quantity in one.known]
        lower = QUANTITIES[quantity].better is Better.LOWER
        pick = min if lower else max
        chosen = pick(having, key=lambda one: one.known[quantity].value, default=None)
        return (chosen.known[quantity], chosen) if chosen else None


def numbers_of(user: Any, device: Device) -> DeviceNumbers:
    """Return what ``user`` may know of a device that was read with its project."""
    batches = list(_batches(device))
    rows = Measurement.objects.filter(Q(device=device) | Q(pixel__device=device))
    measurements = list(with_analyses(rows))
    devices = _with_sisters(user, device, batches)
    pixels = {one.pixel.pk: one for row in devices for one in row.pixels}
    known: dict[str, Outcome] = {}
    for outcome in _outcomes(device, list(pixels)):
        of = pixels[outcome.pixel_id].known if outcome.pixel_id else known
        of[outcome.quantity] = outcome
    for measurement in measurements:
        if measurement.pixel_id in pixels:
            pixels[measurement.pixel_id].measurements.append(measurement)
    return DeviceNumbers(
        device, devices[0].pixels, known, measurements, batches, sisters=devices[1:]
    )


def _batches(device: Device) -> QuerySet[Batch]:
    rows = Batch.objects.filter(layers__device=device, layers__role=Layer.Role.EMITTER)
    rows = rows.annotate(pl_peak_nm=F("history_row__pl_peak_nm")).order_by("pk").distinct()
    return rows.only("code", "recipe_version_id", "targets")


def _with_sisters(user: Any, device: Device, batches: list[Batch]) -> list[OneDevice]:
    """Return the device and those built alike, each with its pixels, in one query."""
    wanted = Q(device=device)
    if batches:
        wanted |= Q(device__in=_sisters(user, device, batches).values("pk")[:MOST_SISTERS])
    found = {device.pk: OneDevice(device, [])}
    rows = Pixel.objects.filter(wanted).select_related("device__project", "ruled")
    for pixel in rows.order_by("-device_id", "pk"):
        row = found.setdefault(pixel.device_id, OneDevice(pixel.device, []))
        row.pixels.append(OnePixel(pixel))
    return list(found.values())


def _sisters(user: Any, device: Device, batches: list[Batch]) -> QuerySet[Device]:
    """Return the devices of the same architecture whose emitter is of these batches or of a repeat.

    A repeat followed the same version of the recipe to the same targets. Simulated devices stand beside
    those of their own project alone.
    """
    alike = Q()
    for batch in batches:
        alike |= Q(source_batch=batch)
        alike |= Q(
            source_batch__recipe_version=batch.recipe_version_id,
            source_batch__targets=batch.targets,
        )
    layers = Layer.objects.filter(alike, role=Layer.Role.EMITTER)
    rows = Device.objects.visible_to(user).exclude(pk=device.pk)
    alike_stack = Q(recipe_version__recipe=device.architecture)
    rows = rows.filter(alike_stack, pk__in=layers.values("device"))
    if device.project.is_simulated:
        return rows.filter(project=device.project_id).order_by("-pk")
    return rows.filter(project__is_simulated=False).order_by("-pk")


def _outcomes(device: Device, pixels: list[int]) -> QuerySet[Outcome]:
    """Return every accepted number of the device and its pixels, and the EQE of the others' pixels."""
    of = Q(device=device) | Q(pixel__device=device) | Q(pixel__in=pixels, quantity=EQE)
    rows = Outcome.objects.filter(of, superseded_at=None)
    return rows.annotate(measured=F("analysis__measurement")).order_by("pk")


def standing_run(measurement: Measurement) -> Analysis | None:
    """Return the finished run whose numbers count, None when there is none or it was rejected."""
    run = best_run(measurement)
    usable = run is not None and run.state == Analysis.State.DONE and not run.rejected_at
    return run if usable else None


def _waits(measurement: Measurement) -> bool:
    run = standing_run(measurement)
    return run is not None and run.accepted_at is None
