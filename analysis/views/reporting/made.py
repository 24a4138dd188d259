"""How a batch was planned and made."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from django.utils.translation import gettext as _

from analysis.views.reporting.words import by, day, joined, when
from labnotebook.records.presentation.document import Block, Column, Facts, Section, Table, Words
from labnotebook.records.presentation.numbers import UNKNOWN, format_quantity, plain_number
from synthesis.chemistry.quantities import Estimate
from synthesis.chemistry.sources import Balance
from synthesis.models import Addition, Batch, Material, Portion
from synthesis.services.quantities import ratios_of
from synthesis.views.batch_lines import Line, lines_of
from synthesis.views.batch_log import Number, Step, steps_of
from synthesis.views.bottle_words import came_from, strength_of
from synthesis.views.step_words import left_out


def about(batch: Batch) -> Section:
    """Return which recipe was followed, for whom, and how far it came."""
    rows = [
        (_("State"), batch.get_state_display().lower()),
        (_("Recipe"), batch.recipe_version.title),
        (_("Project"), batch.project.name),
        (_("Asked for"), _asked(batch)),
        (_("Planned"), by(batch.planned_by, batch.planned_at)),
        (_("Begun"), when(batch.started_at)),
        (_("Finished"), when(batch.finished_at)),
        (_("SHA-256 of the plan"), batch.plan_sha256),
    ]
    if batch.abandoned_reason:
        rows.insert(1, (_("Why it was abandoned"), batch.abandoned_reason))
    return Section(_("This batch"), [Facts(rows)])


def weighed(batch: Batch) -> Section:
    """Return what was planned and what really went in, with its uncertainty."""
    balance = Balance.from_dict(batch.plan["balance"])
    lines = lines_of(batch)
    people = _people(batch)
    columns = (
        Column(_("Reagent"), 2.2),
        Column(_("Bottle"), 1),
        Column(_("Planned"), 1.2, numeric=True),
        Column(_("Weighed"), 1.3, numeric=True, strong=True),
        Column(_("Standard uncertainty"), 1.2, numeric=True),
        Column(_("Difference"), 1, numeric=True),
        Column(_("When, by whom"), 1.9),
    )
    table = Table(columns, [_weighed_row(line, balance, people) for line in lines])
    used = joined(balance.code, balance.pipette, between=", ") or _("assumed")
    blocks: list[Block] = [
        table,
        Words(
            _(
                "Balance and pipette of the plan: %(used)s. The uncertainty is that of the instrument named,"
                " else that of the plan."
            )
            % {"used": used}
        ),
    ]
    blocks += [
        Words(f"{line.title}: {left_out(line.stays_empty, line.why)}") for line in lines if line.why
    ]
    return Section(_("Plan and weighing"), blocks)


def bottles(batch: Batch) -> Section:
    """Return the bottles that were poured from, as their records say now."""
    uses = Addition.objects.filter(batch=batch, material__isnull=False).values("material")
    portions = Portion.objects.filter(batch=batch, material__isnull=False).values("material")
    rows = Material.objects.filter(pk__in=uses.union(portions)).select_related(
        "chemical", "produced_by", "aliquot_of"
    )
    columns = (
        Column(_("Bottle"), 0.8),
        Column(_("Content"), 2.4),
        Column(_("Strength"), 1.5),
        Column(_("Source"), 2),
        Column(_("Opened"), 1),
        Column(_("Use before"), 1),
    )
    table = Table(
        columns,
        [
            (
                m.code,
                joined(m.name, m.formula, between=", "),
                strength_of(m) or UNKNOWN,
                came_from(m) or UNKNOWN,
                day(m.opened_date),
                day(m.expires_date),
            )
            for m in rows.order_by("pk")
        ],
        _("Nobody said which bottles were used."),
    )
    return Section(_("Bottles"), [table])


def flask(batch: Batch) -> Section:
    """Return every ratio in the flask, asked for, planned, effective and weighed."""
    columns = (
        Column(_("Ratio"), 1.4),
        Column(_("Asked for"), 1, numeric=True),
        Column(_("Planned"), 1.2, numeric=True),
        Column(_("Effective"), 1.2, numeric=True),
        Column(_("Weighed"), 1.2, numeric=True, strong=True),
    )
    rows = [
        (
            one.name,
            plain_number(one.asked),
            _estimate(one.planned),
            _estimate(one.effective),
            _estimate(one.weighed),
        )
        for one in ratios_of(batch)
    ]
    note = _(
        "Planned: every bottle at face value. Effective: assay and titre of its bottles counted. Weighed: what"
        " was recorded, with assay and titre; never filled in from the plan."
    )
    return Section(_("In the flask"), [Table(columns, rows), Words(note)] if rows else [])


def steps(batch: Batch) -> Section:
    """Return the steps in their order, planned and as they were."""
    columns = (
        Column(_("No."), 0.4),
        Column(_("Step"), 3),
        Column(_("Planned"), 1.3),
        Column(_("As it was"), 1.6, strong=True),
        Column(_("Begun"), 1.4),
        Column(_("Done"), 1.4),
    )
    return Section(_("Steps"), [Table(columns, [_step_row(step) for step in steps_of(batch)])])


def deviations(batch: Batch) -> Section:
    """Return what was not done as planned, and why, the major ones first."""
    rows = batch.deviations.filter(withdrawn_at=None).select_related("event__by")
    found = sorted(rows, key=lambda one: one.severity != "major")
    columns = (
        Column(_("Severity"), 0.8),
        Column(_("What"), 3),
        Column(_("Why"), 2),
        Column(_("Noticed by"), 1.3),
    )
    table = Table(
        columns,
        [
            (
                one.get_severity_display().lower(),
                one.sentence,
                one.reason or UNKNOWN,
                joined(
                    _("the notebook") if one.automatic else one.event.by.username,
                    when(one.at),
                    between=", ",
                ),
            )
            for one in found
        ],
        _("None."),
    )
    return Section(_("Deviations"), [table])


def _asked(batch: Batch) -> str:
    """Return the targets by the words of the recipe's inputs, as they were typed."""
    inputs = {one["key"]: one for one in batch.recipe_version.definition.get("inputs", ())}
    said = []
    for key in dict.fromkeys([*inputs, *batch.targets]):
        value, one = batch.targets.get(key), inputs.get(key, {})
        if value not in (None, ""):
            name = one.get("name") or key.replace("_", " ")
            unit = str(one.get("unit") or "").removeprefix("1")  # a ratio has none
            said.append(f"{name}: {value}\u202f{unit}".strip())
    counted = _("masses corrected for the assay") if batch.correct_for_assay else ""
    return joined(*said, counted) or UNKNOWN


def _weighed_row(line: Line, balance: Balance, people: dict[int, str]) -> Sequence[str]:
    addition = line.addition
    bottle = addition.material.code if addition.material else UNKNOWN
    row = [joined(addition.name, addition.formula, between=", "), bottle, line.planned.text]
    if addition.weighed_value is None:
        return [*row, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN]
    said = addition.weighed_text + (f"\u202f{line.unit}" if line.bare else "")
    if addition.said_as_planned:
        said += f", {_('said as planned')}"
    spread = addition.weighed_uncertainty
    if spread is None:
        of_plan = balance.mass_uncertainty if addition.unit == "mg" else balance.volume_uncertainty
        spread = of_plan(addition.weighed_value)
    told = joined(
        people.get(addition.pk, ""),
        when(addition.weighed_at),
        addition.instrument.name if addition.instrument else "",
        between=", ",
    )
    return [*row, said, _spread(spread, line.unit), line.percent or UNKNOWN, told]


def _people(batch: Batch) -> dict[int, str]:
    rows = batch.additions.filter(weighed_by__isnull=False)
    return dict(rows.order_by("pk").values_list("pk", "weighed_by__username"))


def _spread(value: Decimal, unit: str) -> str:
    return f"±\u202f{format_quantity(float(value), unit=unit, digits=2).text}"


def _estimate(one: Estimate | None) -> str:
    return UNKNOWN if one is None else format_quantity(one.value, one.uncertainty).text


def _step_row(step: Step) -> Sequence[str]:
    run = step.run
    text = joined(run.text, _("once more") if run.repeat_of_id else "")
    planned = joined(*(one.planned for one in step.numbers), between=", ")
    if run.skipped_reason:
        text = joined(text, left_out(step.stays_empty, run.skipped_reason))
    said = joined(*map(_number, step.numbers), between=", ")
    return [
        str(run.position),
        text,
        planned or UNKNOWN,
        said or UNKNOWN,
        when(run.started_at),
        when(run.finished_at, after=run.started_at),
    ]


def _number(number: Number) -> str:
    if not number.actual:
        return ""
    said = f"{number.actual}\u202f{number.shown_unit}".strip()
    return f"{said}, {_('said as planned')}" if number.origin == "as_planned" else said
