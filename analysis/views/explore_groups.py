"""Groups of the explorer: how each does, and whether two of them differ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from analysis.history.axes import View
from analysis.history.columns import UNKNOWN
from analysis.history.explored import UNSAID, Batch, Group, groups_of
from analysis.two_groups import LEAST, MOST, Difference, compare_groups
from labnotebook.records.presentation.explorer_figures import box
from labnotebook.records.presentation.figure import Figure
from labnotebook.records.presentation.figures import histogram
from labnotebook.records.presentation.markup import Markup

MOST_GROUPS = 24


class GroupRow(NamedTuple):
    """One group of the table."""

    key: str
    label: str
    n: int
    median: float
    low: float | None  # of the middle half, None of fewer than five
    high: float | None
    drawing: Markup


class Choice(NamedTuple):
    """A group that can be compared."""

    key: str
    label: str


def groups_shown(batches: Sequence[Batch], view: View) -> tuple[list[Group], int]:
    """Return the groups that are summed up, the largest, of months the newest; and how many more there are."""
    groups = groups_of(batches, view.by)
    shown = groups[-MOST_GROUPS:] if view.by == "month" else groups[:MOST_GROUPS]
    return shown, len(groups) - len(shown)


def shown_groups(batches: Sequence[Batch], view: View, said: Mapping[str, str]) -> dict[str, Any]:
    """Return what the page shows of the groups; batches: those that count."""
    groups = groups_of(batches, view.by)
    shown, left_out = groups_shown(batches, view)
    values = [one.y for one in batches]
    low, high = min(values), max(values)
    a, b = _chosen(groups, said)
    return {
        "groups": [_row(group, view, low, high) for group in shown],
        "left_out": left_out,
        "histogram": _histogram(values, view),
        "choices": [Choice(_key(group), group.label) for group in groups],
        "a": a and _key(a),
        "b": b and _key(b),
        "verdict": _verdict(a, b, view, len(groups)) if a and b else [],
    }


def _key(group: Group) -> str:
    return group.key or UNKNOWN


def _row(group: Group, view: View, low: float, high: float) -> GroupRow:
    values, middle = group.values, group.middle
    sentence = _("%(group)s: %(n)d batches, median %(median).4g, %(low).4g to %(high).4g") % {
        "group": group.label,
        "n": len(values),
        "median": group.median,
        "low": min(values),
        "high": max(values),
    }
    return GroupRow(
        group.key,
        group.label,
        len(values),
        group.median,
        middle[0] if middle else None,
        middle[1] if middle else None,
        box(values, low, high, sentence),
    )


def _histogram(values: Sequence[float], view: View) -> Figure:
    sentence = _("How often %(what)s occurs among %(n)d batches.") % {
        "what": view.y.label,
        "n": len(values),
    }
    return histogram(values, str(view.y.label), view.y.unit, sentence, counted=_("Batches"))


def _chosen(groups: list[Group], said: Mapping[str, str]) -> tuple[Group | None, Group | None]:
    """Return the groups that are asked for, else the two largest that are known."""
    there = {_key(group): group for group in groups}
    usual = [g for g in sorted(groups, key=lambda g: -len(g.batches)) if g.key != UNSAID]
    a = there.get(said.get("a", ""))
    b = there.get(said.get("b", ""))
    a = a or next((g for g in usual if g is not b), None)
    b = b or next((g for g in usual if g is not a), None)
    return (a, b) if a is not b else (a, None)


def _verdict(a: Group, b: Group, view: View, groups: int) -> list[str]:
    """Return in sentences what can be said of two groups, and what cannot."""
    found = compare_groups(a.values, b.values)
    said = [_claim(found, a, b, view)]
    if found.p_value is not None:
        said.append(
            _("Mann–Whitney p %(p)s, Cliff’s delta %(delta).2f, n %(n_a)d and %(n_b)d.")
            % {
                "p": f"{found.p_value:.2g}" if found.p_value >= 1e-4 else "< 0.0001",
                "delta": found.delta,
                "n_a": found.n_a,
                "n_b": found.n_b,
            }
        )
        pairs = groups * (groups - 1) // 2
        if pairs > 1:
            said.append(
                _(
                    "There are %(pairs)d pairs here: of twenty that are looked at, one differs by chance."
                )
                % {"pairs": pairs}
            )
    if max(len(a.batches), len(b.batches)) > MOST:
        said.append(_("Of each group %(most)d are compared.") % {"most": MOST})
    return said


def _claim(found: Difference, a: Group, b: Group, view: View) -> str:
    numbers = {
        "a": a.label,
        "b": b.label,
        "n_a": found.n_a,
        "n_b": found.n_b,
        "least": LEAST,
        "what": view.y.label,
        "shift": _amount(abs(found.shift), view.y.unit),
    }
    if found.low is None or found.high is None:
        return (
            _(
                "Too few to say: %(n_a)d of %(a)s and %(n_b)d of %(b)s. From %(least)d of each on they are"
                " compared."
            )
            % numbers
        )
    between = {"low": f"{found.low:.3g}", "high": _amount(found.high, view.y.unit)}
    if not found.is_claimed:
        words = _(
            "No difference can be claimed: %(a)s against %(b)s may be anything from %(low)s to %(high)s"
            " (95 %%). That is no proof that there is none."
        )
        return words % (numbers | between)
    words = (
        _(
            "%(what)s of %(a)s is higher than of %(b)s by %(shift)s (95 %%: %(low)s to %(high)s). It does not say"
            " why: the groups may differ in more than this."
        )
        if found.delta > 0
        else _(
            "%(what)s of %(a)s is lower than of %(b)s by %(shift)s (95 %% of the difference: %(low)s to %(high)s)."
            " It does not say why: the groups may differ in more than this."
        )
    )
    return words % (numbers | between)


def _amount(value: float, unit: str) -> str:
    return f"{value:.3g} {unit}".strip()
