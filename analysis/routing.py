"""Where a file belongs by its name alone; pure. The inbox uses it, and whatever brings files in by itself.

A name carries the code of a batch, a device or a bottle (`NC-0042_PL.csv`, `D-0003_P2_JVL.txt`), or the name of a device
(`OLED-004_A1-1_JVL.txt`, `oled 004 ...`); beside a batch it may say which of its devices (`NC-0042_d3_p2_JVL.txt`). What fits nothing, or two
things, goes nowhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from analysis.device_names import (
    NUMBERED,
    Kind,
    Place,
    device_codes_in,
    numbered,
    numbers_in,
    spellings_in,
    spelt,
    without,
)
from analysis.pixel_labels import pixels_named, places_in

# Not a date behind a technique: "PL-2026-01-03".
_CODE = re.compile(r"(?<![A-Z0-9])([A-Z]{1,3})[-_ ]?(\d{4,})(?!\d|-\d{2}(?!\d))", re.IGNORECASE)
# Words of what is measured on devices: beside one of them, or a pixel, "d3" is no third day.
_OF_DEVICES = re.compile(
    r"(?<![^\W_])(?:j-?v-?l?|i-?v|el|eqe|mpp|sclc|lifetime|lt?50)(?![^\W_])", re.IGNORECASE
)
_SUFFIX = re.compile(r"(\.[A-Za-z][A-Za-z0-9]{0,5}){1,2}$")


@dataclass(frozen=True, slots=True)
class Target:
    """What a file may be of."""

    kind: Kind
    code: str
    pixel: str = ""

    @property
    def words(self) -> str:
        """As a person writes it: ``D-0003/P2``."""
        return f"{self.code}/{self.pixel}" if self.pixel else self.code


@dataclass(frozen=True, slots=True)
class Route:
    """Where a name leads: one target, or none with the reason and what it might be."""

    target: Target | None
    why: str = ""
    might_be: tuple[Target, ...] = ()


def codes_in(name: str) -> list[str]:
    """Return what may be codes in a file's name, as the lab writes them.

    >>> codes_in("NC-0042_d3_p2_JVL.txt"), codes_in("nc0042 and D-0001.csv"), codes_in("PL-2026-01-03.csv")
    (['NC-0042'], ['NC-0042', 'D-0001'], [])
    """
    found = [f"{one[1].upper()}-{one[2]}" for one in _CODE.finditer(_stem(name))]
    return list(dict.fromkeys(found))


def names_in(name: str) -> set[str]:
    """Return what in a file's name may be the name of a device; see `spellings_in`."""
    return spellings_in(_stem(name))


def bare_numbers_in(name: str) -> set[int]:
    """Return the numbers of devices in a file's name; beside a batch they say which of its devices."""
    return numbers_in(_CODE.sub(" ", _stem(name)))


def route(name: str, places: Sequence[Place], prefixes: Iterable[str]) -> Route:
    """Return where a file of this name belongs.

    Parameters
    ----------
    name
        as the instrument or a person called the file.
    places
        what its codes and names could mean among what takes files of the person: batches, bottles, devices, and the
        devices made of those batches. What does not take them is not among them, whatever it is.
    prefixes
        of the codes that the lab gives out ("NC", "D", "L"...); what looks like a code and begins otherwise is none.
    """
    codes = codes_in(name)
    said = names_in(name)
    named = [place for place in places if place.code in codes]
    named += [
        place
        for place in places
        if place.kind == "device"
        and place.name
        and spelt(place.name) in said
        and place not in named
    ]
    known = {place.code for place in named}
    ours = set(prefixes)
    unknown = [code for code in codes if code not in known and code.split("-")[0] in ours]
    if unknown:
        might_be = tuple(Target(place.kind, place.code) for place in named)
        return Route(None, f"There is no {unknown[0]} that takes files of yours.", might_be)
    if not named:
        return _of_no_batch(name, places)
    found = _one_of(named)
    if found is None:
        return _open([Target(place.kind, place.code) for place in named])
    if found.kind == "batch":
        return _of_batch(_rest(name), found, [p for p in places if found.code in p.batches])
    if found.kind == "device":
        return _of_device(_rest(name, found.name), found)
    return Route(Target(found.kind, found.code))


def _stem(name: str) -> str:
    return _SUFFIX.sub("", name)


def _rest(name: str, device_name: str = "") -> str:
    """Return the name without its codes and without the name of the device."""
    return without(_CODE.sub(" ", _stem(name)), device_name)


def _of_no_batch(name: str, places: Sequence[Place]) -> Route:
    """Return why a name that names nothing leads nowhere; "d3_p2" may be D-0003, or the third of any batch."""
    rest = _rest(name)
    numbers = numbers_in(rest)
    pixel = pixels_named([NUMBERED.sub(" ", rest)], [])[0]
    if len(numbers) != 1 or not (pixel or _OF_DEVICES.search(rest)):
        return Route(None, "Its name says no batch, device or bottle.")
    (number,) = numbers
    found = [
        one for one in places if one.kind == "device" and device_codes_in(one.code) == {number}
    ]
    might_be = [_of_device(NUMBERED.sub(" ", rest), device) for device in found]
    return Route(
        None,
        f"Its name says device {number}, but not of which batch.",
        tuple(one.target for one in might_be if one.target),
    )


def _one_of(named: Sequence[Place]) -> Place | None:
    """Return the place that is meant: the only one, or the device of a batch that is named with it."""
    devices = [place for place in named if place.kind == "device"]
    if len(devices) == 1:
        others = {place.code for place in named if place is not devices[0]}
        if others <= set(devices[0].batches):
            return devices[0]
    return named[0] if len(named) == 1 else None


def _of_batch(rest: str, batch: Place, devices: Sequence[Place]) -> Route:
    """Return the batch, or the one of its devices (in the order of their making) that the rest speaks of."""
    found = list(NUMBERED.finditer(rest))
    numbers = {int(one[2]) for one in found}
    of_pixels = NUMBERED.sub(" ", rest)
    pixel = pixels_named([of_pixels], [])[0]
    if not numbers:
        said = f"pixel {pixel}" if pixel else f"pixels {', '.join(places_in(of_pixels))}"
        if not places_in(of_pixels):
            return Route(Target("batch", batch.code))
        might_be = [_of_device(rest, device).target for device in devices]
        return Route(
            None,
            f"Its name says the {said}, but not of which device of {batch.code}.",
            (*filter(None, might_be), Target("batch", batch.code)),
        )
    if len(numbers) > 1:
        return _open([Target("device", device.code) for device in devices])
    (number,) = numbers
    meant = numbered(number, devices)
    if not meant:
        return Route(
            None,
            f"Its name says device {number} of {batch.code}, and there is none.",
            (*(Target("device", d.code) for d in devices), Target("batch", batch.code)),
        )
    if len(meant) > 1:
        return _open([Target("device", code) for code in meant])
    if not (pixel or found[0][1] or _OF_DEVICES.search(rest)):
        return _open([*(Target("device", code) for code in meant), Target("batch", batch.code)])
    return _of_device(NUMBERED.sub(" ", rest), next(iter(meant.values())))


def _of_device(rest: str, device: Place) -> Route:
    """Return the device, or the pixel of it that the rest speaks of."""
    whole = Target("device", device.code)
    pixel = pixels_named([rest], device.pixels)[0]
    if not pixel:
        return Route(whole)
    if pixel not in device.pixels:
        return Route(None, f"{device.code} has no pixel {pixel}.", (whole,))
    return Route(Target("device", device.code, pixel))


def _open(might_be: Sequence[Target]) -> Route:
    words = ", ".join(one.words for one in might_be)
    return Route(None, f"It may be of {words}: say which.", tuple(might_be))
