"""What was measured on the substrates of a run: a number of each, against what was varied, and small multiples."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from analysis.curves.overlaid import MOST
from analysis.services.device_statistics.question import EQE, TARGET, Question
from analysis.services.device_statistics.statistics import (
    Group,
    Statistics,
    askable,
    statistics_of,
)
from analysis.services.run_series import PixelSweep, in_turn, read_whole, sweeps_of_run
from analysis.techniques.jvl.drawing import efficiency_against_density
from analysis.views.charts import marked
from analysis.views.device_charts import lit_sweep
from analysis.views.device_statistics import left_out
from analysis.views.pages import render_panel
from devices.models import Device
from devices.run_table import RunTable
from devices.services.architectures import read_architecture
from devices.services.runs import runs_for
from labnotebook.records.presentation import series_figures
from labnotebook.records.presentation.figure import Curve, Figure
from labnotebook.records.presentation.numbers import format_quantity
from labnotebook.records.refusals import Refusal
from synthesis.chemistry.typed import UnreadableQuantity, parse_quantity
from synthesis.models import Batch
from synthesis.services.operations import lab_operations

SUBSTRATE = "substrate"
MOST_PANELS = 12
MOST_SWEEPS = 12  # of a panel; the first pixel of each substrate, then the second


@dataclass(frozen=True, slots=True)
class Varied:
    """What differs between the substrates: ``key`` as a run has it, words and unit."""

    key: str
    words: str
    unit: str

    def number(self, typed: str) -> float | None:
        """Return a value as a number in the unit; None for one that is none."""
        try:
            return float(parse_quantity(typed, self.unit or "1", negative=True).value)
        except UnreadableQuantity:
            return None

    def named(self, typed: str) -> str:
        """Return a value with its unit, as it is told."""
        return f"{typed} {self.unit}" if self.unit and typed.replace(".", "").isdigit() else typed


@require_safe
def run_series(request: HttpRequest, code: str) -> HttpResponse:
    """Show a number of every substrate of a run, and its sweeps group by group; ``?quantity=`` and ``?by=`` choose."""
    run = get_object_or_404(runs_for(request.user), code=code)
    devices = list(run.substrates.order_by("pk"))
    varied = _varied(run, devices)
    asked = request.GET.get("by", "")
    chosen = next((one for one in varied if one.key == asked), _most_varied(varied, devices))
    context: dict[str, Any] = {
        "run": run,
        "varied": varied,
        "chosen": chosen,
        "quantities": askable(),
    }
    context["crumbs"] = [
        (reverse("devices:device-list"), _("Devices")),
        (reverse("devices:run-detail", args=[code]), code),
        ("", _("Measured")),
    ]
    quantity = request.GET.get("quantity", "").strip() or EQE
    try:
        of_each = _statistics(request, run, quantity, SUBSTRATE)
    except Refusal as refusal:
        return _panel(request, run, context | {"refused": refusal.sentence}, status=422)
    by = _statistics(request, run, quantity, TARGET + chosen.key) if chosen else of_each
    context |= {"found": of_each, "unit": of_each.quantity.written_unit}
    context["rows"] = _rows(devices, varied, of_each)
    context["out"] = left_out(of_each.whole)
    if chosen:
        context["groups"] = [
            (chosen.named(one.name), one, left_out(one.statistics)) for one in by.groups
        ]
        context["against"] = _against(run, chosen, by)
    context |= _multiples(run, devices, chosen)
    return _panel(request, run, context)


def _panel(
    request: HttpRequest, run: Batch, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    title = _("Measured on %s") % run.code
    crumbs = context.pop("crumbs")
    return render_panel(request, "run_series", context, title=title, crumbs=crumbs, status=status)


def _statistics(request: HttpRequest, run: Batch, quantity: str, by: str) -> Statistics:
    project = run.project.slug if run.project.is_simulated else ""
    return statistics_of(
        request.user, Question(quantity=quantity, by=by, run=run.code, project=project)
    )


def _varied(run: Batch, devices: Sequence[Device]) -> list[Varied]:
    table = RunTable.asked(read_architecture(run.recipe_version), {}, lab_operations())
    keys = dict.fromkeys(key for device in devices for key in device.varied)
    return [Varied(key, table.words(key), table.unit(key)) for key in keys]


def _most_varied(varied: Sequence[Varied], devices: Sequence[Device]) -> Varied | None:
    """Return what has the most values in a run; None where nothing differs."""
    return max(varied, key=lambda one: len({d.varied.get(one.key) for d in devices}), default=None)


def _rows(
    devices: Sequence[Device], varied: Sequence[Varied], found: Statistics
) -> list[dict[str, Any]]:
    of = {one.name: one.statistics for one in found.groups}
    return [
        {
            "device": device,
            "typed": [device.varied.get(one.key, "") for one in varied],
            "said": of.get(device.code),
            "out": left_out(of[device.code]) if device.code in of else "",
        }
        for device in devices
    ]


def _against(run: Batch, chosen: Varied, found: Statistics) -> Figure | None:
    """Return the number of each group against what was varied; None where that is no number, or one value."""
    spreads = []
    for one in found.groups:
        x = chosen.number(one.name)
        if x is not None and one.values:
            spreads.append(_spread(x, one, chosen, found))
    if len(spreads) < 2:
        return None
    sentence = _(
        "%(y)s of the pixels of %(run)s against %(x)s: every pixel, median and middle half."
    )
    numbers = {"y": found.quantity.label, "run": run.code, "x": chosen.words}
    figure = series_figures.against(
        sorted(spreads, key=lambda one: one.x), chosen.words, chosen.unit, found.quantity.short or found.quantity.label,
        found.quantity.written_unit, sentence % numbers,
    )  # fmt: skip
    note = _("every pixel that counts; bar: the middle half; n: pixels")
    return marked(figure.titled("", note), run.project)


def _spread(x: float, one: Group, chosen: Varied, found: Statistics) -> series_figures.Spread:
    said, unit = one.statistics, found.quantity.written_unit
    words = _("%(at)s: median %(median)s, n %(n)d on %(k)d substrates") % {
        "at": chosen.named(one.name),
        "median": format_quantity(said.median, unit=unit, digits=3).text,
        "n": said.measured,
        "k": said.measured_on,
    }
    return series_figures.Spread(
        x, one.values, said.median, said.q1, said.q3, words, f"n {said.measured}"
    )


def _multiples(run: Batch, devices: Sequence[Device], chosen: Varied | None) -> dict[str, Any]:
    """Return J-V-L and EQE-J of every group, all on the same axes; a group is a value of what was varied, or a device."""
    sweeps = sweeps_of_run(run)
    groups: dict[str, list[Device]] = {}
    for device in devices:
        typed = device.varied.get(chosen.key, "") if chosen else ""
        name = chosen.named(str(typed)) if chosen and typed != "" else device.substrate
        groups.setdefault(name, []).append(device)
    order = sorted(groups.items(), key=lambda one: _size(chosen, one[1][0]))
    measured = [one for one in order if any(device.code in sweeps for device in one[1])]
    picked = {
        name: in_turn([one.code for one in of], sweeps, MOST_SWEEPS)
        for name, of in measured[:MOST_PANELS]
    }
    whole = read_whole([one for each in picked.values() for one in each])
    panels = [
        _group_panel(name, of, picked[name], whole, sum(len(sweeps.get(d.code, [])) for d in of))
        for name, of in measured[:MOST_PANELS]
    ]
    jvl = series_figures.sweeps(panels, _("Current density and luminance against voltage of {}."))
    eqe = series_figures.efficiencies(panels, _("EQE against current density of {}."))
    return {
        "jvl": [marked(one, run.project) for one in jvl],
        "eqe": [marked(one, run.project) for one in eqe],
        "overlay": _over_one_another(devices, sweeps),
        "more_panels": max(len(measured) - MOST_PANELS, 0),
        "without_sweeps": [name for name, of in order if (name, of) not in measured],
        "key": series_figures.SWEEP_KEY,
    }


def _over_one_another(devices: Sequence[Device], sweeps: Mapping[str, list[PixelSweep]]) -> str:
    """Return the address of the sweeps of all devices over one another."""
    picked = in_turn([one.code for one in devices], sweeps, MOST)
    query = urlencode({"m": [one.measurement for one in picked], "show": "j-v"}, doseq=True)
    return f"{reverse('analysis:overlay')}?{query}"


def _size(chosen: Varied | None, device: Device) -> tuple[float, int]:
    number = chosen.number(str(device.varied.get(chosen.key, ""))) if chosen else None
    return (float("inf") if number is None else number, device.pk)


def _group_panel(
    name: str, of: Sequence[Device], picked: Sequence[PixelSweep], whole: dict[int, Any], there: int
) -> series_figures.Panel:
    lit, curves = [], []
    for one in picked:
        analysis = whole.get(one.analysis)
        if analysis is None:
            continue
        sweep = lit_sweep(analysis)
        if sweep is not None:
            lit.append(sweep)
        efficiency = efficiency_against_density(analysis.drawn())
        if efficiency is not None:
            curves.append(Curve(f"{one.device} {one.pixel}", *efficiency))
    substrates = ngettext("%(k)d substrate", "%(k)d substrates", len(of)) % {"k": len(of)}
    pixels = ngettext("%(n)d pixel", "%(n)d pixels", there) % {"n": there}
    note = f"{pixels}, {substrates}"
    if there > len(picked):
        note = _("%(drawn)d of %(pixels)s, %(substrates)s") % {
            "drawn": len(picked), "pixels": pixels, "substrates": substrates,
        }  # fmt: skip
    return series_figures.Panel(name, note, lit, curves)
