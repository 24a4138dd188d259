"""How batches side by side were made: what was asked, what went in, what was done otherwise."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from analysis.comparison import Answer, Group, Piece, Row
from analysis.services.compared import Compared
from labnotebook.records.presentation.numbers import format_quantity, plain_number
from synthesis.chemistry.quantities import PLANNED, is_ratio
from synthesis.models import Addition, Batch, Condition, Deviation, Material, StepRunParameter
from synthesis.views.step_words import place_of, set_point, unit_of, word_of

TYPED = re.compile(r"\s*([+-]?\d+(?:[.,]\d+)?)")
LONG_TIME_S = 600  # from here on a time is told in minutes
SHOWN_UNIT = {"mg": "mg", "ml": "mL"}
WORDS_OF_A_STEP = 34


def asked_rows(compared: Sequence[Compared]) -> Group:
    """Return recipe, version and everything that the plans were asked for."""
    rows = [
        Row(_("Recipe"), tuple(_recipe(one) for one in compared)),
        Row(_("Masses planned"), tuple(_masses(one) for one in compared)),
    ]
    labels = {key: name for one in compared for key, name in _labels(one).items()}
    keys = dict.fromkeys(key for one in compared for key in one.batch.targets)
    for key in keys:
        name = labels.get(key) or key.replace("_", " ")
        rows.append(Row(_in_words(name, key), tuple(_target(one, key) for one in compared)))
    return Group(_("What was asked for"), tuple(rows))


def flask_rows(compared: Sequence[Compared]) -> Group:
    """Return each ratio as weighed, and each reagent as weighed beside its plan."""
    rows = []
    ratios = {key: one.name for c in compared for key, one in c.ratios.items()}
    for key, name in ratios.items():
        answers = tuple(_weighed_ratio(one, key) for one in compared)
        rows.append(Row(_("%(ratio)s weighed") % {"ratio": name}, answers, relative=True))
    for key, unit, name in _reagents(compared):
        answers = tuple(_weighed(one, key, unit) for one in compared)
        words = _("%(name)s weighed") if unit == "mg" else _("%(name)s measured")
        rows.append(Row(words % {"name": name}, answers, SHOWN_UNIT[unit], relative=True))
    return Group(_("What was in the flask"), tuple(rows))


def deviation_rows(compared: Sequence[Compared]) -> Group:
    """Return what was not done as planned, in sentences."""
    answers = tuple(_deviations(one) for one in compared)
    row = Row(_("Deviations"), answers, long=True)
    return Group(_("Deviations"), (row,), _("from each batch’s own plan"))


def bottle_rows(compared: Sequence[Compared]) -> Group:
    """Return the bottle of each reagent, and the instruments."""
    keys = {addition.key: _title(addition) for one in compared for addition in _with_bottle(one)}
    rows = [
        Row(
            _("%(name)s bottle") % {"name": name},
            tuple(_bottle(one, key) for one in compared),
            long=True,
        )
        for key, name in keys.items()
    ]
    rows.append(Row(_("Instruments"), tuple(_instruments(one) for one in compared), long=True))
    return Group(_("Bottles and instruments"), tuple(rows))


def condition_rows(compared: Sequence[Compared]) -> Group:
    """Return the numbers of the steps, what the flask looked like and the air of the room."""
    rows = [
        Row(_("Look of the precursor"), tuple(_look(one) for one in compared)),
        *(
            Row(str(name.label), tuple(_air(one, name) for one in compared), name.unit)
            for name in Condition.Name
        ),
    ]
    steps = {key: step.text for one in compared for key, step in one.steps.items()}
    for key, text in steps.items():
        named = {p.name for one in compared for p in _parameters(one, key)}
        rows += [_step_row(compared, key, text, name) for name in sorted(named, key=place_of)]
    rows.append(Row(_("Seen"), tuple(_seen(one) for one in compared), long=True))
    return Group(_("Conditions"), tuple(rows))


def _words(text: str, **more: Any) -> Answer:
    return Answer(pieces=(Piece(text),), **more) if text else Answer()


def _recipe(one: Compared) -> Answer:
    version = one.batch.recipe_version
    href = reverse("synthesis:recipe-detail", args=[version.recipe.slug])
    name = _("%(recipe)s, version %(n)d") % {"recipe": version.recipe.name, "n": version.number}
    return Answer(pieces=(Piece(name, href=f"{href}?version={version.number}"),))


def _masses(one: Compared) -> Answer:
    return _words(_("for the assay") if one.batch.correct_for_assay else _("as bought"))


def _labels(one: Compared) -> dict[str, str]:
    """Return what the recipe calls its inputs."""
    said = {row.get("key"): row.get("name") for row in one.batch.inputs or () if row.get("name")}
    return said | {q.key: q.name for q in one.quantities if q.basis == PLANNED}


def _in_words(name: str, key: str) -> str:
    return _("%(ratio)s target") % {"ratio": name} if is_ratio(key) else name


def _target(one: Compared, key: str) -> Answer:
    typed = one.batch.targets.get(key)
    if typed in (None, ""):
        return Answer()
    try:
        return Answer(_bare(Decimal(str(typed))))
    except InvalidOperation:
        return _words(str(typed).replace("_", " "))


def _weighed_ratio(one: Compared, key: str) -> Answer:
    ratio = one.ratios.get(key)
    if ratio is None or ratio.weighed is None:
        return Answer()
    return Answer(ratio.weighed.value, ratio.weighed.uncertainty)


def _reagents(compared: Sequence[Compared]) -> list[tuple[str, str, str]]:
    """Return key, unit and name of each reagent; one that is measured two ways is two rows."""
    found = {
        (key, addition.unit): _title(addition)
        for one in compared
        for key, addition in one.additions.items()
    }
    names = list(found.values())
    return [
        (key, unit, name if names.count(name) == 1 else f"{name}, {_place(compared, key)}")
        for (key, unit), name in found.items()
    ]


def _place(compared: Sequence[Compared], key: str) -> str:
    stages = (one.additions[key].stage for one in compared if key in one.additions)
    stage = next(stages, "")
    return stage[:1].lower() + stage[1:] if stage else key.replace("_", " ")


def _title(addition: Addition) -> str:
    salt = addition.formula and "source" in addition.role
    return addition.formula if salt else addition.name


def _weighed(one: Compared, key: str, unit: str) -> Answer:
    addition = one.additions.get(key)
    if addition is None or addition.unit != unit:
        return Answer()
    plan = ""
    if addition.planned_value is not None:
        places = 1 if unit == "mg" else None
        shown = format_quantity(_bare(addition.planned_value), places=places)
        plan = shown.text
    if addition.weighed_value is None:
        return Answer(plan=plan, note=addition.skipped_reason)
    spread = addition.weighed_uncertainty
    if spread is None:
        usual = one.balance.mass_uncertainty if unit == "mg" else one.balance.volume_uncertainty
        spread = usual(addition.weighed_value)
    typed = as_typed(addition.weighed_text, addition.weighed_value)
    note = _("said as planned") if addition.said_as_planned else ""
    return Answer(typed, float(spread), plan=plan, note=note)


def as_typed(text: str, value: Decimal) -> Decimal:
    """Return the number with the digits that were typed, when they were typed in the same unit."""
    found = TYPED.match(text)
    if found is not None:
        typed = Decimal(found[1].replace(",", "."))
        if typed == value:
            return typed
    return _bare(value)


def _bare(value: Decimal) -> Decimal:
    """Return a number without the zeros that its column adds."""
    return Decimal(f"{value.normalize():f}")


def _deviations(one: Compared) -> Answer:
    found: list[Deviation] = one.batch.standing_deviations
    if not found:
        recorded = one.batch.state not in (Batch.State.PLANNED,)
        return Answer(pieces=(Piece(_("none"), "muted"),), kind="any") if recorded else Answer()
    pieces = []
    for deviation in found:
        major = deviation.severity == Deviation.Severity.MAJOR
        pieces.append(Piece(_("major") if major else _("minor"), "flag"))
        pieces.append(Piece(deviation.sentence))
        if deviation.reason and deviation.reason != deviation.sentence:
            pieces.append(Piece(deviation.reason, "cap"))
    return Answer(pieces=tuple(pieces), kind="any")


def _with_bottle(one: Compared) -> list[Addition]:
    return [addition for addition in one.additions.values() if addition.material_id]


def _bottle(one: Compared, key: str) -> Answer:
    addition = one.additions.get(key)
    if addition is None or addition.material is None:
        return Answer()
    bottle = addition.material
    facts = ", ".join(_facts(bottle, addition.source_facts or {}))
    href = reverse("synthesis:material-detail", args=[bottle.code])
    return Answer(pieces=(Piece(bottle.code, href=href), Piece(facts)), kind=facts)


def _facts(bottle: Material, kept: dict[str, Any]) -> list[str]:
    """Return what a bottle holds, as the numbers of its batch take it."""
    words = [kept.get("formula") or bottle.formula or bottle.name]
    if kept.get("assay") and kept.get("assay_kind") in ("mass_fraction", "titration"):
        words.append(f"{plain_number(_bare(Decimal(str(kept['assay'])) * 100))} %")
    for species, (value, spread) in (kept.get("composition") or {}).items():
        shown = format_quantity(float(value), float(spread) if spread else None, "M")
        words.append(f"{species} {shown.text}")
    return words


def _instruments(one: Compared) -> Answer:
    names = [a.instrument.name for a in one.additions.values() if a.instrument]
    return _words(", ".join(dict.fromkeys(names)))


def _look(one: Compared) -> Answer:
    return _words(one.batch.get_precursor_appearance_display().lower())


def _air(one: Compared, name: str) -> Answer:
    """Return the last reading of the air, and from where to where it went."""
    read = [row.value for row in one.batch.conditions.all() if row.name == name]
    if not read:
        return Answer()
    note = ""
    if len(read) > 1:
        low, high = (plain_number(_bare(value)) for value in (min(read), max(read)))
        note = _("%(low)s to %(high)s, n %(n)d") % {"low": low, "high": high, "n": len(read)}
    return Answer(_bare(read[-1]), note=note)


def _seen(one: Compared) -> Answer:
    said = [
        ", ".join(filter(None, (o.get_appearance_display().lower(), o.colour, o.note)))
        for o in one.batch.observations.all()
        if o.colour or o.note  # what it looked like alone has its own row
    ]
    return _words("; ".join(filter(None, said)))


def _parameters(one: Compared, key: str) -> list[StepRunParameter]:
    step = one.steps.get(key)
    return list(step.parameters.all()) if step is not None else []


def _step_row(compared: Sequence[Compared], key: str, text: str, name: str) -> Row:
    found = [next((p for p in _parameters(one, key) if p.name == name), None) for one in compared]
    unit, scale = unit_of(name), Decimal(1)
    numbers = [v for p in found if p for v in (p.planned_value, p.actual_value) if v is not None]
    if unit == "s" and numbers and min(numbers) >= LONG_TIME_S:
        unit, scale = "min", Decimal(60)
    answers = tuple(_step_answer(parameter, scale) for parameter in found)
    return Row(f"{_short(text)}: {word_of(name).lower()}", answers, unit)


def _step_answer(parameter: StepRunParameter | None, scale: Decimal) -> Answer:
    if parameter is None:
        return Answer()
    planned, actual = parameter.planned_value, parameter.actual_value
    plan = "" if planned is None else set_point(parameter.name, planned)
    if actual is None:
        return Answer(plan=plan)
    typed = as_typed(parameter.actual_text, actual) if scale == 1 else _bare(actual / scale)
    return Answer(typed, within=_tolerance(parameter) / float(scale), plan=plan)


def _tolerance(parameter: StepRunParameter) -> float:
    """Return half of what is still as planned, so that two of them make the tolerance."""
    tolerance = parameter.tolerance
    return float(tolerance.allowed) / 2 if tolerance else 0


def _short(text: str) -> str:
    """Return the first words of a step."""
    words = re.split(r"[,:;]| and ", text.rstrip("."), maxsplit=1)[0]
    return (
        words if len(words) <= WORDS_OF_A_STEP else f"{words[:WORDS_OF_A_STEP].rsplit(' ', 1)[0]} …"
    )


GROUPS: tuple[Callable[[Sequence[Compared]], Group], ...] = (
    asked_rows,
    flask_rows,
    deviation_rows,
    bottle_rows,
    condition_rows,
)
