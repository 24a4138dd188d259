"""What came out of batches side by side, and what had been expected."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from analysis.comparison import Answer, Group, Piece, Row
from analysis.models.outcome import PhaseEvidence, Structure, StructureLevel
from analysis.quantity import Quantity
from analysis.services.compared import Compared, quantities_named
from analysis.services.rates import rates_from

RATES = {
    "k_r_per_s": gettext_noop("Radiative rate"),
    "k_nr_per_s": gettext_noop("Non-radiative rate"),
}


def outcome_rows(compared: Sequence[Compared]) -> Group:
    """Return phase, structure and every accepted number, and the best pixel's."""
    rows = [
        Row(_("Phase"), tuple(_phase(one) for one in compared)),
        Row(_("Structure"), tuple(_structure(one) for one in compared)),
    ]
    for quantity in quantities_named({name for one in compared for name in one.outcomes}):
        answers = tuple(_outcome(one, quantity) for one in compared)
        rows.append(Row(_title(quantity), answers, quantity.written_unit))
    for name, words in RATES.items():
        rows.append(Row(_(words), tuple(_rate(one, name) for one in compared), "s⁻¹"))
    for quantity in quantities_named({name for one in compared for name in one.best}):
        answers = tuple(_best(one, quantity) for one in compared)
        short = quantity.short or quantity.label
        if short[1:2].islower():  # a word, no abbreviation such as EQE
            short = short[:1].lower() + short[1:]
        rows.append(Row(_("Best %(what)s") % {"what": short}, answers, quantity.written_unit))
    return Group(_("Outcomes"), tuple(rows), _("accepted results only"))


def forecast_rows(compared: Sequence[Compared]) -> Group:
    """Return what the model had given the phase that was found, and what it held likeliest."""
    rows = (
        Row(_("Likeliest phase"), tuple(_likeliest(one) for one in compared)),
        Row(_("P of the phase found"), tuple(_chance_of_found(one) for one in compared)),
    )
    return Group(_("Forecast before heating"), rows, _("80 % intervals"))


def _title(quantity: Quantity) -> str:
    return (
        f"PL {quantity.short.lower()}"
        if quantity.name == "pl_peak_nm"
        else quantity.short or quantity.label
    )


def _phase(one: Compared) -> Answer:
    said = one.phase
    if said is None:
        return Answer()
    return Answer(
        phase=said.phase,
        note="" if said.evidence == PhaseEvidence.XRD else said.get_evidence_display(),
    )


def _structure(one: Compared) -> Answer:
    said = one.phase
    if said is None or not said.structure:
        return Answer()
    label = str(Structure(said.structure).label)
    return Answer(pieces=(Piece(label),), note=str(StructureLevel(said.structure_level).label))


def _outcome(one: Compared, quantity: Quantity) -> Answer:
    found = one.outcomes.get(quantity.name)
    if found is None:
        return Answer()
    return Answer(found.value, found.uncertainty, found.low, found.high)


def _rate(one: Compared, name: str) -> Answer:
    found = next((rate for rate in rates_from(one.outcomes) if rate.quantity == name), None)
    if found is None:
        return Answer()
    return Answer(found.value, found.uncertainty, found.low, found.high)


def _best(one: Compared, quantity: Quantity) -> Answer:
    best = one.best.get(quantity.name)
    if best is None:
        return Answer()
    note = ""
    if best.pixels > 1:
        note = _("median %(median)s, n %(n)d") % {"median": f"{best.median:.4g}", "n": best.pixels}
    return Answer(best.outcome.value, best.outcome.uncertainty, note=note)


def _likeliest(one: Compared) -> Answer:
    chances = (one.forecast or {}).get("phase") or {}
    if not chances:
        return Answer()
    phase = max(chances, key=lambda name: chances[name]["value"])
    return Answer(phase=phase, note=f"{chances[phase]['value']:.2f}")


def _chance_of_found(one: Compared) -> Answer:
    chances = (one.forecast or {}).get("phase") or {}
    said = chances.get(one.phase.phase) if one.phase else None
    if said is None:
        return Answer()
    return Answer(said["value"], low=said["low"], high=said["high"])
