"""What is said of a device in words and numbers: its six figures, and whether they agree with one another."""

from __future__ import annotations

from dataclasses import dataclass, replace

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from analysis.crosscheck import EfficiencyCheck, efficiency_check
from analysis.device_consistency import PEAK, WIDTH, findings
from analysis.drawing import DrawnCurve
from analysis.models import Analysis, Measurement, Outcome
from analysis.pixel_numbers import UNMEASURED, PixelSummary
from analysis.result import NoResult
from analysis.services.device_pixels import EQE, DeviceNumbers, OnePixel, standing_run
from analysis.techniques.emission.technique import EL_SPECTRUM
from analysis.views.device_charts import DrawnSweep, voltage_at_top
from devices.models import Pixel
from labnotebook.records.presentation.numbers import format_quantity, plain_number

CE = "current_efficiency_cd_a"
OWN_EQE = "eqe"  # the column of a sweep that brings its own efficiency
CANDELA_PER_AMPERE = "cd A⁻¹"


@dataclass(frozen=True, slots=True)
class Cell:
    """One figure of the strip; without a value the words say why."""

    label: str
    value: float | None = None
    uncertainty: float | None = None
    unit: str = ""
    low: float | None = None
    high: float | None = None
    words: str = ""
    href: str = ""


@dataclass(frozen=True, slots=True)
class Check:
    """One sentence about how two numbers stand to each other. kind: ok, warn, or empty for a remark."""

    kind: str
    sentence: str


def strip_cells(numbers: DeviceNumbers, heavy: DrawnSweep | None) -> list[Cell]:
    """Return the six figures of a device, each naming the pixel that it is of."""
    return [
        _cell(numbers, heavy, EQE, _("Best EQE"), "%"),
        _median(numbers.own),
        _cell(numbers, heavy, "turn_on_v", _("Turn-on, 1 cd m⁻²"), "V"),
        _cell(numbers, heavy, "luminance_cd_m2", _("Peak luminance"), "cd m⁻²"),
        _cell(numbers, heavy, "el_peak_nm", _("EL peak"), "nm"),
        _cell(numbers, heavy, "t50_h", _("T50"), "h"),
    ]


def _cell(
    numbers: DeviceNumbers, heavy: DrawnSweep | None, quantity: str, label: str, unit: str
) -> Cell:
    found = numbers.standing(quantity)
    if found is None:
        waiting = _waiting(numbers, quantity)
        href = reverse("analysis:measurement-detail", args=[waiting.pk]) if waiting else ""
        words = _("read, not yet accepted") if waiting else _("not measured")
        return Cell(label, words=words, href=href)
    outcome, of = found
    words = [of.pixel.label if of else _("the device"), *_more(numbers, heavy, outcome)]
    href = ""
    if outcome.measured:
        href = reverse("analysis:measurement-detail", args=[outcome.measured])
    spread = (outcome.uncertainty, unit, outcome.low, outcome.high)
    cell = Cell(label, outcome.value, *spread, ", ".join(words), href)
    # the bounds of a turn-on are its step, which the words say
    return replace(cell, low=None, high=None) if quantity == "turn_on_v" else cell


def _waiting(numbers: DeviceNumbers, quantity: str) -> Measurement | None:
    """Return a measurement whose figure of this quantity was read, but not yet accepted."""
    for measurement in numbers.measurements:
        run = standing_run(measurement)
        figures = (run.light["figures"] or []) if run and run.accepted_at is None else []
        if any(figure["quantity"] == quantity for figure in figures):
            return measurement
    return None


def _more(numbers: DeviceNumbers, heavy: DrawnSweep | None, outcome: Outcome) -> list[str]:
    """Return what stands behind the pixel's name: at which voltage, in what steps, how far from the PL."""
    if outcome.quantity == "el_peak_nm":
        return _from_pl(numbers, outcome.value)
    if outcome.quantity == "turn_on_v" and outcome.low is not None and outcome.high is not None:
        return [_("step %(v)s V") % {"v": plain_number(outcome.high - outcome.low, 2)}]
    column = {EQE: EQE, "luminance_cd_m2": "luminance"}.get(outcome.quantity)
    if column is None or heavy is None or outcome.analysis_id != heavy.analysis.pk:
        return []
    volts = voltage_at_top(heavy.analysis, column)
    return [] if volts is None else [_("at %(v)s V") % {"v": plain_number(volts, 3)}]


def _from_pl(numbers: DeviceNumbers, el_peak_nm: float) -> list[str]:
    if len(numbers.batches) != 1 or numbers.batches[0].pl_peak_nm is None:
        return []
    off = el_peak_nm - numbers.batches[0].pl_peak_nm
    words = _("%(nm)s nm redder than the PL") if off >= 0 else _("%(nm)s nm bluer than the PL")
    return [words % {"nm": format_quantity(abs(off), places=1).text}]


def _median(own: PixelSummary) -> Cell:
    if not own.pixels:
        words = _("no pixels")
    elif own.seen:
        words = ngettext("%(k)d of %(n)d pixel works", "%(k)d of %(n)d pixels work", own.seen)
        words %= {"k": own.working, "n": own.seen}
        if own.seen < own.pixels:
            words += _(", %(n)d not looked at") % {"n": own.pixels - own.seen}
    else:
        words = _("nobody looked at the pixels yet")
    label = _("Median of working")
    return Cell(label, own.median, None, "%", own.low, own.high, words)


def left_out(said: PixelSummary) -> str:
    """Return which pixels are in no median and mean, and why: ``3 shorted, 1 without an EQE``."""
    words = {state: str(word).lower() for state, word in Pixel.State.choices}
    words[UNMEASURED] = _("without an EQE")
    return ", ".join(f"{n} {words[why]}" for why, n in said.out.items())


def checks_of(numbers: DeviceNumbers, heavy: DrawnSweep | None) -> list[Check]:
    """Return how the numbers of the best pixel, or of the device as a whole, agree with one another."""
    together = _together(numbers)
    if any(check.kind for check in together) and numbers.best is None:
        return together
    return [*_measured_efficiencies(numbers, heavy), *together]


def _together(numbers: DeviceNumbers) -> list[Check]:
    """Return what follows from the numbers that stand, typed ones too, and where they disagree."""
    best = numbers.best
    known = {**numbers.known, **(best.known if best else {})}
    runs = {name: outcome.analysis_id for name, outcome in known.items()}
    name = best.pixel.label if best else numbers.device.code
    checks = []
    for found in findings({name: outcome.value for name, outcome in known.items()}):
        of = {runs[one] for one in found.of if one in runs and one not in (PEAK, WIDTH)}
        # Numbers of one sweep follow from one another, whatever spectrum it took: they agree by construction.
        if of == {None} or len(of) > 1:
            checks.append(Check(found.kind, f"{name}: {found.sentence}"))
    return checks


def _measured_efficiencies(numbers: DeviceNumbers, heavy: DrawnSweep | None) -> list[Check]:
    """Return how the current efficiency of the best pixel agrees with its EQE, or why that cannot be said."""
    best = numbers.best
    if best is None or best.known.get(CE) is None:
        return [
            Check(
                "",
                _(
                    "Nothing to check yet: it takes an accepted EQE and current efficiency of a pixel."
                ),
            )
        ]
    name = {"pixel": best.pixel.label}
    if not _is_measured_by_itself(best, heavy):
        return [
            Check(
                "",
                _(
                    "%(pixel)s cannot be checked: that takes one file with the luminance and an EQE measured"
                    " by itself, in a sphere. This EQE follows from the luminance, or was typed."
                )
                % name,
            )
        ]
    spectrum = _spectrum(numbers, best)
    if spectrum is None:
        words = _(
            "An EL spectrum in nm is missing: EQE and current efficiency of %(pixel)s cannot be compared."
        )
        return [Check("", words % name)]
    drawn, of = spectrum
    try:
        check = efficiency_check(
            best.eqe or 0.0, best.known[CE].value, drawn.x.tolist(), drawn.y.tolist()
        )
    except NoResult as refusal:
        return [Check("", str(refusal))]
    return _said(check, best, of)


def _is_measured_by_itself(best: OnePixel, heavy: DrawnSweep | None) -> bool:
    """Whether EQE and current efficiency are of one sweep whose file has both."""
    if heavy is None or best.known[EQE].analysis_id != heavy.analysis.pk:
        return False
    channels = (heavy.analysis.reading or {}).get("channels") or []
    has_own = any(channel["name"] == OWN_EQE for channel in channels)
    return has_own and best.known[CE].analysis_id == heavy.analysis.pk


def _spectrum(numbers: DeviceNumbers, best: OnePixel) -> tuple[DrawnCurve, str] | None:
    """Return the EL spectrum of the pixel, else another one of the device, and what it was measured on."""
    of_best = [m for m in best.measurements if m.technique == EL_SPECTRUM.name]
    others = [m for m in numbers.measurements if m.technique == EL_SPECTRUM.name]
    for measurement in [*of_best, *others]:
        run = standing_run(measurement)
        if run is None:
            continue
        drawn = Analysis.objects.get(pk=run.pk).drawn().measured
        if drawn is not None and drawn.x_unit == "nm":
            return drawn, measurement.pixel.label if measurement.pixel else numbers.device.code
        return None
    return None


def _said(check: EfficiencyCheck, best: OnePixel, spectrum_of: str) -> list[Check]:
    places = 2 if check.expected < 10 else 1
    expected = format_quantity(
        check.expected, unit=CANDELA_PER_AMPERE, low=check.low, high=check.high, places=places
    )
    words = _(
        "Current efficiency of %(pixel)s from its EQE and the EL spectrum of %(of)s: %(expected)s, measured"
        " %(measured)s. "
    ) % {
        "pixel": best.pixel.label,
        "of": spectrum_of,
        "expected": expected.text,
        "measured": format_quantity(check.measured, places=places).text,
    }
    off = {"percent": plain_number(check.off_percent, 2)}
    if check.agrees:
        said = [Check("ok", words + _("They lie %(percent)s %% apart.") % off)]
    else:
        words += (
            _(
                "They lie %(percent)s %% apart: check area, spectrum, angular pattern and calibration."
            )
            % off
        )
        said = [Check("warn", words)]
    if check.is_fragile:
        fragile = _(
            "Deep red is fragile: 1 nm in the EL peak changes the current efficiency by %(percent)s %%. The"
            " signal is taken as power per nm, the pattern as Lambertian."
        )
        said.append(Check("", fragile % {"percent": plain_number(check.per_nm_percent, 2)}))
    return said
