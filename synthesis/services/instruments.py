"""The lab's balances, pipettes and syringes: which one measures, and how well."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from labnotebook.records.codes import next_code
from labnotebook.records.history import recorded
from labnotebook.records.permissions import require_lab_editor
from labnotebook.records.reasons import check_reason
from labnotebook.records.refusals import Refusal, WrongState
from synthesis.chemistry.bottles import readable
from synthesis.chemistry.caution import Caution
from synthesis.chemistry.sources import Balance
from synthesis.models import Instrument

CODE_PREFIX = "I"
WHY = "Say why; the reason stays in its history."
# What may be said of an instrument when it is entered, and corrected later; its kind never changes.
INSTRUMENT_FIELDS = (
    "name",
    "serial_number",
    "place",
    "resolution",
    "uncertainty",
    "uncertainty_percent",
    "smallest",
    "largest",
    "calibrated_date",
    "calibration_due_date",
    "is_default",
    "note",
)
KINDS = tuple(Instrument.Kind.values)


def add_instrument(*, by: Any, kind: str, **said: Any) -> Instrument:
    """Enter an instrument of the lab. The first of its kind is taken by default."""
    require_lab_editor(by)
    with recorded(by, "instrument entered"):
        kept = {name: said[name] for name in INSTRUMENT_FIELDS if said.get(name) is not None}
        others = Instrument.objects.in_use().filter(kind=kind)
        kept["is_default"] = kept.get("is_default", False) or not others.exists()
        _give_way(kind, kept)
        instrument = Instrument(kind=kind, code=next_code(CODE_PREFIX), created_by=by, **kept)
        _check(instrument)
        instrument.save()
    return instrument


def correct_instrument(
    *, by: Any, instrument: Instrument, version: int | None, reason: str, **said: Any
) -> Instrument:
    """Change what is said of an instrument, with a reason; what was measured keeps its uncertainty."""
    require_lab_editor(by)
    reason = check_reason(reason, WHY, field="reason")
    with recorded(by, reason):
        instrument = instrument.lock(version=version)
        kept = {name: said[name] for name in INSTRUMENT_FIELDS if name in said}
        if instrument.retired_at is not None and kept.get("is_default"):
            raise WrongState(f"{instrument.code} is retired, so it cannot be taken by default.")
        _give_way(instrument.kind, kept)
        for name, value in kept.items():
            setattr(instrument, name, value)
        _check(instrument)
        instrument.save()
        instrument.refresh_from_db()
    return instrument


def retire_instrument(
    *, by: Any, instrument: Instrument, reason: str, version: int | None = None
) -> Instrument:
    """Take an instrument out of use, with a reason; what it measured keeps naming it."""
    require_lab_editor(by)
    reason = check_reason(reason, WHY, field="reason")
    with recorded(by, reason):
        instrument = instrument.lock(version=version)
        if instrument.retired_at is not None:
            raise WrongState(
                f"{instrument.code} was retired on {timezone.localtime(instrument.retired_at):%-d %b %Y} already:"
                f" {instrument.retired_reason}."
            )
        instrument.set_fields(
            retired_at=timezone.now(), retired_reason=reason[:300], is_default=False
        )
    return instrument


def _give_way(kind: str, kept: Mapping[str, Any]) -> None:
    """Let the one that was taken by default so far give way to a new one."""
    if kept.get("is_default"):
        for other in Instrument.objects.filter(kind=kind, is_default=True):
            other.lock().set_fields(is_default=False)


def _check(instrument: Instrument) -> None:
    today = timezone.localdate()
    if instrument.calibrated_date and instrument.calibrated_date > today:
        raise Refusal(
            f"It cannot have been calibrated on {instrument.calibrated_date:%-d %b %Y}, which is still"
            " to come. The next calibration has a field of its own.",
            field="calibrated_date",
        )
    instrument.full_clean()


def check_instrument(found: Instrument | None, code: str, kind: str, field: str) -> Instrument:
    """Return what was found under a code; refuses nothing, one of the other kind, and a retired one."""
    if found is None:
        raise Refusal(f"There is no instrument {code[:40]}.", field=field)
    if found.kind != kind:
        wanted = Instrument.Kind(kind).label.lower()
        raise Refusal(
            f"{found.code} ({found.name}) is a {found.get_kind_display().lower()}; name a {wanted}"
            " here.",
            field=field,
        )
    if found.retired_at is not None:
        raise Refusal(
            f"{found.code} ({found.name}) is retired: {found.retired_reason}. Name another.",
            field=field,
        )
    return found


def chosen_instruments(
    instruments: Iterable[Instrument], named: Mapping[str, str]
) -> dict[str, Instrument]:
    """Return the balance and the pipette of a plan: those named by kind, else the lab's defaults.

    A kind of which the lab has none entered is left out. Raises Refusal with the kind as its field.
    """
    by_code = {one.code: one for one in instruments}
    chosen = {one.kind: one for one in by_code.values() if one.is_default}
    return chosen | {
        kind: check_instrument(by_code.get(code), code, kind, field=kind)
        for kind, code in named.items()
        if code
    }


def usual_instrument(
    balance: Mapping[str, str], kind: str, instruments: Iterable[Instrument]
) -> Instrument | None:
    """Return what measures when nobody says: what the plan counts with, else the lab's default.

    balance: of a frozen plan. instruments: those in use, of any kind.
    """
    of_kind = [one for one in instruments if one.kind == kind]
    planned = balance.get("pipette" if kind == Instrument.Kind.PIPETTE else "code", "")
    named = [one for one in of_kind if one.code == planned]
    return next(iter(named), None) or next((one for one in of_kind if one.is_default), None)


def balance_of(instruments: Mapping[str, Instrument]) -> Balance:
    """Return what a plan's instruments leave uncertain; what is not entered is as the notebook assumes."""
    said: dict[str, Any] = {}
    if balance := instruments.get(Instrument.Kind.BALANCE):
        said |= {
            "resolution_mg": _plain(balance.resolution),
            "uncertainty_mg": _plain(balance.uncertainty),
            "uncertainty_percent": _plain(balance.uncertainty_percent),
            "code": balance.code,
        }
    if pipette := instruments.get(Instrument.Kind.PIPETTE):
        said |= {
            "volume_uncertainty_ml": _plain(pipette.uncertainty),
            "volume_uncertainty_percent": _plain(pipette.uncertainty_percent),
            "pipette": pipette.code,
        }
    return Balance(**said)


def _plain(number: Decimal) -> Decimal:
    """Return a number without the zeros that only its column has."""
    return Decimal(f"{number.normalize():f}")


def calibration_cautions(instruments: Mapping[str, Instrument], today: date) -> list[Caution]:
    """Say of each instrument of a plan whose calibration is past that it is."""
    sentences = (_overdue(one, today) for one in instruments.values())
    return [Caution("calibration_due", said) for said in sentences if said]


def remarks_on(instrument: Instrument, amount: Decimal, today: date) -> list[str]:
    """Say what a person should know who just measured this amount with it, in its unit."""
    words = {"name": f"{instrument.name} ({instrument.code})"}
    remarks = [said for said in [_overdue(instrument, today)] if said]
    if instrument.largest is not None and amount > instrument.largest:
        words["most"] = readable(instrument.largest, instrument.unit)
        remarks.append(_("%(name)s measures up to %(most)s. Was it another one?") % words)
    if instrument.smallest is not None and 0 < amount < instrument.smallest:
        words["least"] = readable(instrument.smallest, instrument.unit)
        remarks.append(_("%(name)s measures from %(least)s on. Was it another one?") % words)
    if amount % instrument.resolution:
        words["step"] = readable(instrument.resolution, instrument.unit)
        remarks.append(
            _("%(name)s shows steps of %(step)s, and this is finer. Was it another one?") % words
        )
    return remarks


def _overdue(instrument: Instrument, today: date) -> str:
    due = instrument.calibration_due_date
    if due is None or due >= today:
        return ""
    return _("%(name)s (%(code)s) was to be calibrated by %(day)s.") % {
        "name": instrument.name,
        "code": instrument.code,
        "day": f"{due:%-d %b %Y}",
    }
