"""Finishing at the bench: what is asked before a batch ends, by group, with the usual reasons."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from labnotebook.records.reasons import is_reason
from synthesis.models import Addition, Batch, Deviation, StepRun
from synthesis.services.finishing import OpenQuestions, open_questions

MOST_NAMED = 6
EMPTY = ("Not looked at", "No instrument", "As in the recipe, not measured")
SMALL = ("Within what is usual", "On purpose")
FAR = ("By mistake", "On purpose", "The instrument failed")


@dataclass(frozen=True, slots=True)
class Group:
    """What shares one reason; ``given`` is the usual one that was chosen, ``own`` one in own words."""

    name: str
    severity: str
    word: str
    title: str
    text: str
    usual: tuple[str, ...]
    is_needed: bool
    targets: tuple[str, ...]
    given: str = ""
    own: str = ""
    was_asked: bool = False

    @property
    def reason(self) -> str:
        """The reason for all of the group: own words before a usual one."""
        return self.own.strip() or self.given

    @property
    def is_missing(self) -> bool:
        """Whether it was asked for a reason that it needs, and has none that says anything."""
        return self.was_asked and self.is_needed and not is_reason(self.reason)


@dataclass(frozen=True, slots=True)
class Finish:
    """The groups of one batch, and why it was not finished."""

    groups: list[Group] = field(default_factory=list)
    refused: str = ""

    @classmethod
    def of(
        cls, batch: Batch, said: Mapping[str, str] | None = None, *, refused: str = ""
    ) -> Finish:
        """Return the groups of a batch with what a form said of them."""
        groups = [_filled(group, said) for group in _groups(open_questions(batch))]
        missing = sum(group.is_missing for group in groups)
        if missing and not refused:
            refused = ngettext(
                "%(n)d group needs a reason. Nothing is finished yet.",
                "%(n)d groups need a reason. Nothing is finished yet.",
                missing,
            ) % {"n": missing}
        return cls(groups, refused)

    @property
    def reasons(self) -> dict[str, Any]:
        """What the service takes: a reason by deviation, and one by what stays empty."""
        deviations = {
            target: group.reason
            for group in self.groups
            if group.name != "empty" and group.reason
            for target in group.targets
        }
        empty = {
            target: group.reason
            for group in self.groups
            if group.name == "empty"
            for target in group.targets
        }
        return {"deviations": deviations, "unrecorded": empty}


def _groups(asked: OpenQuestions) -> list[Group]:
    major = [
        Group(f"d{one.pk}", "major", _("major"), one.sentence, "", FAR, True, (str(one.pk),))
        for one in asked.major
    ]
    groups = [*major]
    if asked.missing:
        names = [_name(row) for row in asked.missing]
        more = len(names) - MOST_NAMED
        text = "; ".join(names[:MOST_NAMED]) + (f"; {more} more" if more > 0 else "")
        title = ngettext(
            "%(n)d thing is not recorded", "%(n)d things are not recorded", len(names)
        ) % {"n": len(names)}
        keys = tuple(row.key for row in asked.missing)
        groups.append(Group("empty", "open", _("empty"), title, text, EMPTY, True, keys))
    if asked.minor:
        groups.append(_small(asked.minor))
    return groups


def _small(minor: list[Deviation]) -> Group:
    title = ngettext("%(n)d small difference", "%(n)d small differences", len(minor)) % {
        "n": len(minor)
    }
    text = ". ".join(one.sentence for one in minor[:3])
    keys = tuple(str(one.pk) for one in minor)
    return Group("small", "minor", _("minor"), title, text, SMALL, False, keys)


def _name(row: Addition | StepRun) -> str:
    return row.name if isinstance(row, Addition) else row.text.rstrip(".")


def _filled(group: Group, said: Mapping[str, str] | None) -> Group:
    if said is None:
        return group
    given, own = said.get(f"usual-{group.name}", ""), said.get(f"other-{group.name}", "")[:250]
    return Group(
        group.name,
        group.severity,
        group.word,
        group.title,
        group.text,
        group.usual,
        group.is_needed,
        group.targets,
        given,
        own,
        was_asked=True,
    )
