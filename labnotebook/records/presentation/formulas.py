"""Chemical formulas inside plain text: CsPbI3 becomes CsPbI₃, NC-0042 and poly-TPD stay.

A word is a formula when it reads as elements with counts from its first to its last letter.
Counts are numbers or the unknowns x, y, z. Codes that happen to read so (B2, P1) are left alone:
one element with a count is a formula only when it is a known molecule.
"""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

from .markup import Markup, escape

# As regular-expression alternatives: two letters come before one.
ELEMENTS = (
    "He|Li|Be|Ne|Na|Mg|Al|Si|Cl|Ar|Ca|Sc|Ti|Cr|Mn|Fe|Co|Ni|Cu|Zn|Ga|Ge|As|Se|Br|Kr|Rb|Sr|Zr|Nb|"
    "Mo|Tc|Ru|Rh|Pd|Ag|Cd|In|Sn|Sb|Te|Xe|Cs|Ba|La|Ce|Pr|Nd|Pm|Sm|Eu|Gd|Tb|Dy|Ho|Er|Tm|Yb|Lu|Hf|"
    "Ta|Re|Os|Ir|Pt|Au|Hg|Tl|Pb|Bi|Po|At|Rn|Fr|Ra|Ac|Th|Pa|Np|Pu|Am|H|B|C|N|O|F|P|S|K|V|Y|I|W|U"
)
GROUPS = "PEA|OAc|FA|MA|BA|GA|Me|Et|Ph|Bu|X"  # cations, ligands and the halide X
MOLECULES = {"H2", "N2", "O2", "O3", "F2", "Cl2", "Br2", "I2", "C60", "C70"}
LARGEST_LONE_COUNT = 20  # NC42 is a code; C18H34O2 has more counts and is not

_SYMBOL = f"(?:{GROUPS}|{ELEMENTS})"
_COUNT = r"(?:(?:0\.\d+|[1-9]\d?(?:\.\d+)?)(?:[-−+][xyz])*|[xyz]|\((?:1[-−])?[xyz]\))"
_ATOM = f"{_SYMBOL}{_COUNT}?"
_INNER = rf"[(\[](?:{_ATOM})+[)\]]{_COUNT}?"
_OUTER = rf"[(\[](?:{_ATOM}|{_INNER})+[)\]]{_COUNT}?"
FORMULA = re.compile(
    rf"(?<![A-Za-z0-9])(?P<coefficient>\d+(?:\.\d+)?)?(?P<body>(?:{_ATOM}|{_OUTER}|{_INNER})+)(?![A-Za-z0-9+])"
)
ION = re.compile(rf"(?<![A-Za-z0-9])(?P<symbol>{ELEMENTS})(?P<charge>\d?[+−])(?![\w+])")
PIECE = re.compile(rf"(?P<symbol>{_SYMBOL})|(?P<count>{_COUNT})|(?P<bracket>[()\[\]])")
# What every formula has somewhere, a count behind a symbol or a bracket, and every ion: most texts do not.
POSSIBLE = re.compile(r"[A-Za-z)\]][0-9xyz+−]")
SUBSCRIPTS = str.maketrans("0123456789x+-−", "₀₁₂₃₄₅₆₇₈₉ₓ₊₋₋")
SUPERSCRIPTS = str.maketrans("0123456789+-−", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻")
NO_SUBSCRIPT = set("yz.")  # Unicode has none for these

Kind = Literal["plain", "sub", "sup"]


class Token(NamedTuple):
    """A run of text and how it stands."""

    text: str
    kind: Kind


def tokens(text: str) -> list[Token]:
    """Return text as runs that stand on the line, below it (counts) or above it (charges)."""
    if not POSSIBLE.search(text):
        return [Token(text, "plain")] if text else []
    found: list[Token] = []
    position = 0
    while match := _next(text, position):
        found.append(Token(text[position : match.start()], "plain"))
        found += _ion(match) if match.re is ION else _formula(match)
        position = match.end()
    found.append(Token(text[position:], "plain"))
    return _merged(found)


def formula_html(text: str) -> Markup:
    """Return text as HTML with its formulas' counts in <sub> and charges in <sup>."""
    parts = []
    for token in tokens(text):
        inner = escape(token.text)
        if token.kind == "plain":
            parts.append(inner)
        else:
            inner = inner.strip("()").replace("-", "−")  # CsPb(y)Ca(1-y)I3
            parts.append(f"<{token.kind}>{inner}</{token.kind}>")
    return Markup("".join(parts))


def formula_text(text: str) -> str:
    """Return text with Unicode subscripts, for titles, drawings, labels and file names."""
    parts = []
    for run, kind in tokens(text):
        if kind == "sub" and not NO_SUBSCRIPT & set(run):
            parts.append(run.strip("()").translate(SUBSCRIPTS))
        elif kind == "sup":
            parts.append(run.translate(SUPERSCRIPTS))
        else:
            parts.append(run)
    return "".join(parts)


def _next(text: str, position: int) -> re.Match[str] | None:
    """Return the next formula or ion at or after position, whichever comes first."""
    ion = ION.search(text, position)
    formula = FORMULA.search(text, position)
    while formula and not _is_formula(formula["body"]):
        formula = FORMULA.search(text, formula.end())
    if ion and formula:
        return ion if ion.start() <= formula.start() else formula
    return ion or formula


def _is_formula(body: str) -> bool:
    pieces = list(PIECE.finditer(body))
    symbols = [piece["symbol"] for piece in pieces if piece["symbol"]]
    counts = [piece["count"] for piece in pieces if piece["count"]]
    if not counts:
        return False
    if len(symbols) == 1:
        return body in MOLECULES
    if body.isupper() and len(counts) == 1 and counts[0].isdigit():
        return int(counts[0]) <= LARGEST_LONE_COUNT
    return True


def _formula(match: re.Match[str]) -> list[Token]:
    found = [Token(match["coefficient"] or "", "plain")]
    for piece in PIECE.finditer(match["body"]):
        found.append(Token(piece.group(), "sub" if piece["count"] else "plain"))
    return found


def _ion(match: re.Match[str]) -> list[Token]:
    return [Token(match["symbol"], "plain"), Token(match["charge"], "sup")]


def _merged(found: list[Token]) -> list[Token]:
    merged: list[Token] = []
    for token in found:
        if not token.text:
            continue
        if merged and merged[-1].kind == token.kind:
            merged[-1] = Token(merged[-1].text + token.text, token.kind)
        else:
            merged.append(token)
    return merged
