"""The pixels of a device: their labels, areas and states."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from devices.measures import read_area_mm2
from devices.models import Device, Pixel, RuledState
from labnotebook.records.history import recorded
from labnotebook.records.permissions import require_editor
from labnotebook.records.refusals import Refusal
from synthesis.chemistry.layers import MOST_PIXELS, PIXEL_LABEL
from synthesis.chemistry.typed import UnreadableQuantity

LONGEST_NOTE = 300


def checked_pixels(pixels: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return the columns of new pixels; refuse labels that are bad or come twice."""
    if not 1 <= len(pixels) <= MOST_PIXELS:
        raise Refusal(f"A device has 1 to {MOST_PIXELS} pixels, not {len(pixels)}.", field="pixels")
    checked = [
        {"label": label_of(pixel.get("label", "")), "area_mm2": area_of(pixel.get("area_mm2"))}
        for pixel in pixels
    ]
    seen: set[str] = set()
    for pixel in checked:
        label = pixel["label"].casefold()
        if label in seen:
            raise Refusal(
                f"Two pixels are called {pixel['label']}. Give each one a label of its own.",
                field="pixels",
            )
        seen.add(label)
    return checked


def label_of(text: Any) -> str:
    """Return a label that fits on a page and into an address."""
    label = text.strip() if isinstance(text, str) else ""
    if not PIXEL_LABEL.fullmatch(label):
        raise Refusal(
            f"{label!r} is no label for a pixel. Write up to 20 letters and digits, such as P1.",
            field="label",
        )
    return label


def area_of(typed: Any) -> Decimal | None:
    """Return an area in mm² from typed text or a number; None when it is empty."""
    text = "" if typed is None else str(typed)
    if not text.strip():
        return None
    try:
        return read_area_mm2(text)
    except UnreadableQuantity as unreadable:
        raise Refusal(str(unreadable), field="area_mm2") from None


def add_pixel(*, by: Any, device: Device, label: str, area_mm2: Any = None) -> Pixel:
    """Add a pixel that was forgotten or made later."""
    require_editor(by, device.project)
    label, area = label_of(label), area_of(area_mm2)
    with recorded(by, "pixel added"):
        device.lock()
        if device.pixels.filter(label__iexact=label).exists():
            raise Refusal(f"{device.code} already has a pixel {label}.", field="label")
        if device.pixels.count() >= MOST_PIXELS:
            raise Refusal(f"A device has at most {MOST_PIXELS} pixels.", field="label")
        return Pixel.objects.create(device=device, label=label, area_mm2=area)


def set_pixel_state(
    *, by: Any, pixel: Pixel, state: str, note: str | None = None, version: int | None
) -> Pixel:
    """Say how a pixel behaves (empty: nobody looked yet); a stale version is refused."""
    values = {"state": state} if note is None else {"state": state, "note": note}
    return edit_pixel(by=by, pixel=pixel, version=version, **values)


def edit_pixel(*, by: Any, pixel: Pixel, version: int | None, **values: Any) -> Pixel:
    """Change ``state``, ``area_mm2`` (typed) or ``note`` of a pixel; a stale version is refused.

    A state that the sweep of the pixel speaks against is taken with a note that says why.
    """
    require_editor(by, pixel.device.project)
    if "state" in values:
        _check_state(values["state"])
    if "area_mm2" in values:
        values["area_mm2"] = area_of(values["area_mm2"])
    if "note" in values:
        values["note"] = _short_note(values["note"])
    with recorded(by, _reason(pixel, values)):
        current = pixel.lock(version=version)
        changed = {key: value for key, value in values.items() if getattr(current, key) != value}
        if "state" in changed:
            _require_reason(current, changed["state"], values.get("note", current.note))
        if changed:
            current.set_fields(**changed)
    return current


def rule_pixel(*, pixel: Pixel, state: str, because: str) -> None:
    """Keep what the newest sweep of a pixel says of its state; the same again changes nothing.

    Called within the transaction that wrote the sweep, under its name. What a person said is not touched.
    """
    said = {"state": state, "because": because[:LONGEST_NOTE]}
    found, made = RuledState.objects.get_or_create(pixel=pixel, defaults=said)
    if not made and (found.state, found.because) != (said["state"], said["because"]):
        found.set_fields(**said)


def _require_reason(pixel: Pixel, state: str, note: str) -> None:
    ruled = pixel.ruled_state
    if state and ruled and state != ruled and not note.strip():
        raise Refusal(
            f"The sweep of {pixel.label} says {ruled}: {pixel.ruled_because} Say in the note why it is"
            f" {state} nevertheless.",
            field="note",
        )


def _check_state(state: Any) -> None:
    if state != "" and state not in Pixel.State.values:
        raise Refusal(
            f"{state!r} is no state of a pixel. Use {', '.join(Pixel.State.values)}, or nothing while"
            " nobody has looked.",
            field="state",
        )


def _short_note(note: str) -> str:
    note = note.strip()
    if len(note) > LONGEST_NOTE:
        raise Refusal(
            f"The note has {len(note)} characters; write at most {LONGEST_NOTE}.", field="note"
        )
    return note


def _reason(pixel: Pixel, values: Mapping[str, Any]) -> str:
    if "state" in values and values["state"] != pixel.state:
        return f"{pixel.label} {values['state'] or 'not looked at'}"
    return f"{pixel.label} edited"
