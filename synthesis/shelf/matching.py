"""Which chemical of the lab's list a row of a table means: by name, CAS number or formula, never guessed."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from urllib.parse import urlencode

from synthesis.chemistry.formulas import UnreadableFormula, normalise_formula

MOST_NAMED = 3


@dataclass(frozen=True, slots=True)
class Listed:
    """One chemical of the list."""

    slug: str
    name: str
    formula: str
    cas: str


@dataclass(frozen=True, slots=True)
class Match:
    """The chemical that a row means, or the sentence that says why it means none.

    ``field`` is the column of the sentence, ``remark`` what was understood, ``to_add`` the query with
    which the form of a new chemical is filled in.
    """

    listed: Listed | None
    field: str = ""
    sentence: str = ""
    remark: str = ""
    to_add: str = ""


class Shelf:
    """The chemicals of the list, to be found again."""

    def __init__(self, chemicals: Iterable[Listed]) -> None:
        self.by_slug: dict[str, Listed] = {}
        self.by_name: dict[str, list[Listed]] = {}
        self.by_cas: dict[str, list[Listed]] = {}
        self.by_formula: dict[str, list[Listed]] = {}
        self.names: dict[str, Listed] = {}
        for one in chemicals:
            self.by_slug[one.slug] = one
            for key in {_key(one.name), *_short_names(one.name)}:
                self.by_name.setdefault(key, []).append(one)
            if one.cas:
                self.by_cas.setdefault(one.cas, []).append(one)
            if one.formula:
                self.by_formula.setdefault(one.formula, []).append(one)
            self.names[one.name.casefold()] = one

    def find(self, name: str, cas: str, formula: str) -> Match:
        """Return the chemical that these name; what contradicts itself or is not listed is told."""
        if name:
            named = self._named(name)
            if len(named) == 1:
                return self._agrees(named[0], name, cas)
            if named:
                return Match(None, "chemical", f"“{name}” may be {_either(named)}. Write which.")
        of_cas = self.by_cas.get(cas, []) if cas else []
        if len(of_cas) == 1:
            remark = f"“{name}” is entered as {of_cas[0].name} (CAS {cas})." if name else ""
            return Match(of_cas[0], remark=remark)
        if of_cas:
            return Match(
                None, "cas", f"CAS {cas} may be {_either(of_cas)}. Write the name as well."
            )
        if formula and not name:
            of_formula = self._of_formula(formula)
            if len(of_formula) == 1:
                return Match(of_formula[0], remark=f"{formula} is entered as {of_formula[0].name}.")
            if of_formula:
                sentence = f"{formula} may be {_either(of_formula)}. Write the name as well."
                return Match(None, "formula", sentence)
        return self._unknown(name, cas, formula)

    def _named(self, name: str) -> list[Listed]:
        if name in self.by_slug:
            return [self.by_slug[name]]
        exact = [one for one in self.by_name.get(_key(name), []) if _key(one.name) == _key(name)]
        return exact or self.by_name.get(_key(name), []) or self._of_formula(name)

    def _of_formula(self, text: str) -> list[Listed]:
        try:
            return self.by_formula.get(normalise_formula(text), [])
        except UnreadableFormula:
            return []

    def _agrees(self, listed: Listed, name: str, cas: str) -> Match:
        """Take a chemical by its name unless the CAS number beside it is another's."""
        if cas and listed.cas and cas != listed.cas:
            others = [one.name for one in self.by_cas.get(cas, [])]
            of = f"that of {others[0]}" if others else "another"
            return Match(
                None,
                "cas",
                f"{listed.name} has the CAS number {listed.cas} in the list; {cas} is {of}. Correct the"
                " name or the number.",
            )
        same = name == listed.slug or _key(name) == _key(listed.name)
        return Match(listed, remark="" if same else f"“{name}” is entered as {listed.name}.")

    def _unknown(self, name: str, cas: str, formula: str) -> Match:
        field = "chemical" if name else "cas" if cas else "formula" if formula else ""
        if not field:
            return Match(
                None, "chemical", "Nothing says what is in it. Write the name or the CAS number."
            )
        said = name or cas or formula
        near = [
            one for one in self.names.values() if name and _key(one.name).startswith(_key(name))
        ]
        spelled_alike = get_close_matches(name.casefold(), self.names, MOST_NAMED, 0.75)
        near = near or [self.names[key] for key in spelled_alike]
        meant = f" If it is {_either(near)}, write that." if near else ""
        told = {"name": name, "cas": cas, "formula": formula}
        return Match(
            None,
            field,
            f"There is no chemical “{said}” in the list.{meant} Otherwise add it to the list first.",
            to_add=urlencode({key: value for key, value in told.items() if value}),
        )


def _key(name: str) -> str:
    return re.sub(r"[\s,\-‐–_]+", "", name.casefold())


def _short_names(name: str) -> set[str]:
    """Return the two names in “Oleic acid (OA)”."""
    found = re.fullmatch(r"(.+\S)\s+\(([^()]+)\)", name)
    return {_key(part) for part in found.groups()} if found else set()


def _either(listed: list[Listed]) -> str:
    names = [one.name for one in listed[:MOST_NAMED]]
    more = len(listed) > MOST_NAMED
    if more:
        return ", ".join(names) + " or another"
    return " or ".join(part for part in (", ".join(names[:-1]), names[-1]) if part)
