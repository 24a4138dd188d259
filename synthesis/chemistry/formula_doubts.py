"""Ask when a formula looks mistyped: what was typed is no likely compound, but a look-alike is.

The kinds of slips: capitals (``PBI2``, ``CaCo3``), I for l and back (``HCI``, ``Pbl2``), zero for O
and back (``Sn02``), 1 for l or I (``PbC12``), a digit typed twice (``PbI22``). A formula that is
likely as it stands is never asked about, but for two kinds: what no supplier writes (C before I),
and a molecule that is a well-known salt with one letter small (``COCl2`` and ``CoCl2``).
A part that stands in brackets as a whole is taken as written.
"""

import itertools
import re
from collections.abc import Iterator, Mapping
from decimal import Decimal

from .atomic_weights import ATOMIC_WEIGHTS
from .charges import balances, is_anion, is_cation, is_metal, is_possible, is_salt
from .formula_parts import TOKEN, FormulaPart, UnreadableFormula, read_part
from .species import GROUPS, expanded

_LEADING_ZERO = re.compile(r"(?<![\d.])0\d*(?![\d.])")
# Forms that no supplier writes, whatever they add up to: CI for Cl, C12 at the end for Cl2, O.9 for 0.9.
_NEVER_WRITTEN = (
    (re.compile(r"CI(?![a-z])"), "Cl"),
    (re.compile(r"(?<!^)C1(?=\d*(?:[^\d.H]|$))"), "Cl"),
    (re.compile(r"O(?=\.\d)"), "0"),
)
MOST_SEGMENTATIONS = 200


class DoubtfulFormula(UnreadableFormula):
    """A formula that can be read in two ways; ``readings`` are how to write each."""

    def __init__(self, sentence: str, readings: tuple[str, ...]) -> None:
        super().__init__(sentence)
        self.readings = readings


def is_in_brackets(body: str) -> bool:
    """Whether one bracket holds the whole part: (PBI2) is phosphorus, boron and iodine."""
    inner = re.sub(r"[\d.]+$", "", body)
    depth = 0
    for position, sign in enumerate(inner):
        depth += (sign in "([{") - (sign in ")]}")
        if depth == 0:
            return 0 < position == len(inner) - 1
    return False


def ask_about(body: str, part: FormulaPart, whole: str) -> None:
    """Raise DoubtfulFormula when ``body``, a part of ``whole``, looks like a slip of the keyboard."""
    if not part.species or is_in_brackets(body):
        return
    other = _likelier(body, part.species)
    if other is not None:
        raise DoubtfulFormula(_two_readings(body, part, other, whole), (other, f"({body})"))
    if is_salt(part.species) and _is_whole(part.species) and not is_possible(part.species):
        raise _unbalanced(body, part.species, whole)


def ask_about_zeros(body: str, whole: str) -> None:
    """Refuse a count that starts with a zero: an O is meant, or no count at all."""
    zero = _LEADING_ZERO.search(body)
    if zero is None:
        return
    mended = next((text for text in _with_letter_o(body) if _possible(text)), None)
    means = f"Write {_swapped(whole, body, mended)} if so" if mended else "Write O for oxygen"
    raise DoubtfulFormula(
        f"“{whole}” holds the count {zero.group()}: is the letter O of oxygen meant? {means}; a count "
        "starts with 1 to 9, a share is written 0.5, and an element that is not there is left out.",
        (mended,) if mended else (),
    )


def hint_for(body: str, whole: str) -> str:
    """Return “Did you mean PbI2?” for text that cannot be read, or nothing."""
    for text in itertools.chain(_look_alikes(body, {}), _any_case(body)):
        if text != body and _possible(text):
            return f" Did you mean {_swapped(whole, body, text)}?"
    return ""


def _likelier(body: str, typed: Mapping[str, Decimal]) -> str | None:
    """Return the look-alike to ask about, None when the formula stands as it is."""
    for pattern, meant in _NEVER_WRITTEN:
        for text in _replaced(body, pattern, meant):
            if _possible(text):
                return text
    likely = is_possible(typed)
    for text in _merged(body):
        species = _read(text)
        if (
            species
            and is_possible(species)
            and (not likely or _is_salt_of_molecule(species, typed))
        ):
            return text
    if likely:
        return None
    return next((text for text in _look_alikes(body, typed) if _possible(text)), None)


def _is_salt_of_molecule(salt: Mapping[str, Decimal], typed: Mapping[str, Decimal]) -> bool:
    """Whether one is a plain salt of a metal, the other a molecule without any: CoCl2 and COCl2."""
    plain = any(map(is_metal, salt)) and all(
        is_metal(name) or is_anion(name) or name in {"O", "S", "Se", "Te"} for name in salt
    )
    return plain and len(salt) > 1 and not any(map(is_cation, typed))


def _read(body: str) -> Mapping[str, Decimal] | None:
    try:
        return read_part(body, body).species
    except UnreadableFormula:
        return None


def _possible(body: str) -> bool:
    species = None if _LEADING_ZERO.search(body) else _read(body)
    if species is None:
        return False
    if not species:  # all of it is water
        return True
    return is_possible(species)


def _look_alikes(body: str, typed: Mapping[str, Decimal]) -> Iterator[str]:
    """Yield what may have been meant, one kind of slip at a time, in one place and in all."""
    yield from _merged(body)
    for match in re.finditer(r"[A-Z][a-z]", body):  # CaCo3 -> CaCO3, Co2 -> CO2
        first, second = match.group()[0], match.group()[1].upper()
        text = body[: match.start() + 1] + second + body[match.end() :]
        if {first, second} <= ATOMIC_WEIGHTS.keys() and (len(typed) == 1 or _holds_group(text)):
            yield text
    yield from _replaced(body, re.compile(r"l"), "I")
    yield from _replaced(body, re.compile(r"(?<=[A-Z])I"), "l")
    yield from _with_letter_o(body)
    yield from _replaced(body, re.compile(r"(?<=C)1"), "l")
    yield from (t for t in _replaced(body, re.compile(r"(?<=[A-Za-z)])1"), "I") if _holds_salt(t))
    yield from _replaced(body, re.compile(r"(\d)\1"), None)
    if body.isupper():
        yield from _any_case(body)


def _holds_group(body: str) -> bool:
    return bool((_read(body) or {}).keys() & GROUPS.keys())


def _holds_salt(body: str) -> bool:
    return is_salt(_read(body) or {})


def _merged(body: str) -> Iterator[str]:
    """Yield two capitals read as one symbol: PBI2 -> PbI2; abbreviations such as TMS stay whole."""
    whole = {
        place
        for m in TOKEN.finditer(body)
        for place in range(m.start(), m.end() - 1)
        if m["short"] and m.group().capitalize() not in ATOMIC_WEIGHTS
    }
    pairs = [
        m.start()
        for m in re.finditer(r"[A-Z](?=[A-Z](?![a-z]))", body)
        if m.start() not in whole and body[m.start()] + body[m.end()].lower() in ATOMIC_WEIGHTS
    ]
    for places in [[place] for place in pairs] + ([pairs] if len(pairs) > 1 else []):
        letters = list(body)
        for place in places:
            letters[place + 1] = letters[place + 1].lower()
        yield "".join(letters)


def _with_letter_o(body: str) -> Iterator[str]:
    yield from _replaced(body, re.compile(r"0(?!\.)(?<!\.0)"), "O")


def _replaced(body: str, pattern: re.Pattern[str], by: str | None) -> Iterator[str]:
    """Yield ``body`` with one match replaced, for each, then with all (None: its first group)."""
    matches = list(pattern.finditer(body))
    for match in matches:
        yield body[: match.start()] + (by or match.group(1)) + body[match.end() :]
    if len(matches) > 1:
        yield pattern.sub(by if by is not None else r"\1", body)


def _any_case(body: str) -> Iterator[str]:
    """Yield readings of text whose capitals tell nothing: pbi2, NACL, ZNO."""
    readings = [""]
    for run in re.findall(r"[A-Za-z]+|[^A-Za-z]+", body):
        ends = _symbols(run) if run.isalpha() else [run]
        readings = [left + right for left in readings for right in ends][:MOST_SEGMENTATIONS]
    yield from readings


def _symbols(letters: str) -> list[str]:
    if not letters:
        return [""]
    found: list[str] = []
    for symbol in dict.fromkeys((letters[:2].capitalize(), letters[0].upper())):
        if symbol in ATOMIC_WEIGHTS:
            found += [symbol + rest for rest in _symbols(letters[len(symbol) :])]
        if len(found) > MOST_SEGMENTATIONS:
            break
    return found


def _two_readings(body: str, part: FormulaPart, other: str, whole: str) -> str:
    second = read_part(other, other)
    return (
        f"“{whole}” can be read in two ways: {_words(body, part)}, or {_words(other, second)}. "
        f"Write {_swapped(whole, body, other)}, or {_swapped(whole, body, f'({body})')} in brackets if "
        "it is meant as it stands."
    )


def _words(body: str, part: FormulaPart) -> str:
    counts = part.counts
    mass = sum(ATOMIC_WEIGHTS[e] * n for e, n in counts.items())
    return f"{body} of {' and '.join(counts)} ({mass:.1f} g/mol)"


def _swapped(whole: str, body: str, other: str) -> str:
    """Return ``whole`` with one part written otherwise; only that part when it was typed otherwise."""
    return whole.replace(body, other) if body in whole else other


def _is_whole(species: Mapping[str, Decimal]) -> bool:
    return all(number == number.to_integral_value() for number in species.values())


def _unbalanced(body: str, species: Mapping[str, Decimal], whole: str) -> DoubtfulFormula:
    better = _balanced(body)
    means = (
        f"Write {_swapped(whole, body, better)} if it is meant" if better else "Check the counts"
    )
    atoms = ", ".join(expanded(species))
    return DoubtfulFormula(
        f"In “{whole}” the charges cannot balance: no common oxidation states of {atoms} add up to "
        f"zero with these counts. {means}, or write {_swapped(whole, body, f'({body})')} in brackets if "
        "it is meant as it stands.",
        (better, f"({body})") if better else (f"({body})",),
    )


def _balanced(body: str) -> str | None:
    """Return the formula with one count changed so that it balances: PbI7 -> PbI2."""
    found = []
    for match in re.finditer(r"(?<=[A-Za-z)\]])(\d*)(?=[A-Z(\[]|$)", body):
        for count in ("", *map(str, range(2, 7))):
            text = body[: match.start()] + count + body[match.end() :]
            species = _read(text)
            if species and is_salt(species) and balances(species):
                found.append(text)
    return min(found, key=len, default=None)
