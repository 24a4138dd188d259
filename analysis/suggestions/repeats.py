"""What is worth making again: flasks that disagree, and the best one before it is believed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from analysis.forecast.labelled import SIGNS
from analysis.suggestions.suggestion import (
    TYPICAL_SCATTER,
    Figure,
    Made,
    NothingToSuggest,
    Suggestion,
    short,
)

ALIKE = 0.03  # of R: the same flask within what weighing and a batch-to-batch scatter tell apart


def repeat_disagreeing(made: Sequence[Made], *, n: int = 1) -> list[Suggestion]:
    """Return where flasks made alike became different phases, the most undecided first."""
    told = sorted(
        (f for f in made if f.phase in SIGNS), key=lambda flask: (flask.ratio, flask.code)
    )
    groups = [[f for f in told if abs(f.ratio - one.ratio) <= ALIKE] for one in told]
    undecided = {
        tuple(f.code for f in group): group for group in groups if len({f.phase for f in group}) > 1
    }
    ranked = sorted(undecided.values(), key=_still_open, reverse=True)
    found: list[Suggestion] = []
    for group in ranked:
        ratio = round(float(np.mean([f.ratio for f in group])), 3)
        if any(abs(ratio - one.ratio) <= ALIKE for one in found):
            continue
        said = ", ".join(f"{f.code} {SIGNS[f.phase or '']}" for f in group[:6])
        found.append(
            Suggestion(
                goal="repeat",
                ratio=ratio,
                why=f"Flasks made alike at R {short(ratio)} disagree ({said}); one more says which is the rule.",
                gain=round(_still_open(group), 4),
                gain_unit="bit",
                about={"batches": [f.code for f in group]},
            )
        )
    if not found:
        raise NothingToSuggest(
            f"No two batches with evidence within {ALIKE:g} in R disagree, so there is nothing to repeat."
        )
    return found[:n]


def _still_open(group: Sequence[Made]) -> float:
    """Return the entropy of what one more such flask would be, in bit; it falls as flasks are added."""
    counts = np.array(list(Counter(f.phase for f in group).values()), dtype=float)
    share = (counts + 0.5) / (counts + 0.5).sum()
    return float(-(share * np.log2(share)).sum() / np.sqrt(len(group)))


def confirm_champion(made: Sequence[Made], figure: Figure, *, n: int = 1) -> list[Suggestion]:
    """Return the best flasks by a figure, to be made again before they are believed.

    The best of many is partly luck: what a repeat is expected to give is drawn towards the mean of all by the
    share of the scatter that is not the flask's own.
    """
    measured = [f for f in made if f.quality is not None]
    if len(measured) < 3:
        raise NothingToSuggest(
            f"{figure.name} of {len(measured)} batches is known here; from three on the best one can be told from luck."
        )
    values = np.array([f.quality for f in measured], dtype=float)
    noise = np.array([max(f.quality_u or 0.0, TYPICAL_SCATTER) for f in measured])
    spread = float(values.var(ddof=1))
    own = max(spread - float(np.mean(noise**2)), 0.0)
    found: list[Suggestion] = []
    for index in np.argsort(-values):
        flask = measured[int(index)]
        if any(abs(flask.ratio - one.ratio) <= ALIKE for one in found):
            continue
        repeats = sum(abs(f.ratio - flask.ratio) <= ALIKE for f in measured)
        kept = own / (own + noise[index] ** 2 / repeats)
        expected = float(values.mean() + kept * (values[index] - values.mean()))
        u_now, u_after = (noise[index] / np.sqrt(m) for m in (repeats, repeats + 1))
        found.append(
            Suggestion(
                goal="confirm",
                ratio=round(flask.ratio, 3),
                why=(
                    f"{flask.code} has the best {figure.name}, {values[index]:.1f} %, from {repeats}"
                    f" {'flask' if repeats == 1 else 'flasks'} at this R; the best of {len(measured)} is partly"
                    f" luck, and a repeat is expected at {expected:.1f} %."
                ),
                gain=round(float(u_now - u_after), 3),
                gain_unit="points less uncertain",
                about={
                    "figure": figure.key,
                    "batch": flask.code,
                    "expected": round(expected, 2),
                    "u": round(float(noise[index] * np.sqrt(1 + kept)), 2),  # of one flask
                },
            )
        )
        if len(found) == n:
            break
    return found
