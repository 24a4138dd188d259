"""Which name whole crystals get: ``make confusion`` writes docs/reference/xrd-confusion.md.

Every pattern is a draw of `debye.powder`, analysed with default settings. The suite tries 20 of each.
"""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

from analysis.result import Result
from analysis.techniques.xrd.diffraction import XRD_PHASE
from tests.analysis.techniques.xrd.diffraction.debye import powder
from tests.analysis.techniques.xrd.diffraction.simulated import reading

TABLE = Path(__file__).resolve().parents[5] / "docs" / "reference" / "xrd-confusion.md"
# What it is: tilt, and the share of untilted crystals beside it.
CASES = {
    "α": (0.0, 0.0),
    "γ, half its tilt": (0.5, 0.0),
    "γ, three quarters of its tilt": (0.75, 0.0),
    "γ": (1.0, 0.0),
    "α and γ, half each": (1.0, 0.5),
}
EITHER = "γ of that tilt, or α beside γ"
ANSWERS = ("α", "γ", EITHER, "α beside γ", "undetermined, another")
HEAD = """# Which phase XRD names

Whole crystals of 6 to 12 nm from the Debye equation (all pairs of atoms), which shares nothing with the notebook's own
calculation: random mixtures of sizes, thermal motion, zero error, line width, background and 300 to 5,000 counts at
the strongest line; default settings. Made by `make confusion`; {draws} patterns a line.

| it is | {answers} |
| --- | {rules} |
"""


def analysed(case: str, seed: int) -> Result:
    """Return the result of one pattern."""
    drawn = powder(*CASES[case], seed)
    return XRD_PHASE.run(reading(drawn.two_theta_deg, drawn.counts, anode="Cu"), {})


def answer(result: Result) -> str:
    """Return which of `ANSWERS` a result gives."""
    named = {"alpha": "α", "gamma": "γ", "mixed": "α beside γ"}.get(result.phase or "")
    if named:
        return named
    either = "does not tell them apart" in result.summary and "γ beside it" in result.summary
    return EITHER if either else "undetermined, another"


def main(draws: int) -> None:
    lines = []
    for case in CASES:
        found = Counter(answer(analysed(case, seed)) for seed in range(draws))
        cells = " | ".join(f"{found[one] / draws:.0%}" for one in ANSWERS)
        lines.append(f"| {case} | {cells} |")
        print(lines[-1], dict(found), flush=True)
    head = HEAD.format(
        draws=draws, answers=" | ".join(ANSWERS), rules=" | ".join("---" for _ in ANSWERS)
    )
    TABLE.write_text(head + "\n".join(lines) + "\n")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200)
