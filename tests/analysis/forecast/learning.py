"""How the forecast learns in simulated labs and on a real table: ``make learning`` writes
docs/reference/forecast-learning.md. The suite tries a few labs in test_forecast_learning.py.

The labs of the table are others than those that the engine's few constants were chosen on (seeds below 100).
"""

from __future__ import annotations

import csv
import sys
import time
from collections import defaultdict
from concurrent.futures import ProcessPoolExecutor
from itertools import product
from pathlib import Path

import numpy as np

from analysis.forecast import PHASES, Labelled, LabModel
from analysis.forecast.backtest import by_rule
from analysis.forecast.generic import ClassModel, Experiment
from analysis.forecast.mixing import frequencies
from analysis.forecast.numbers import NumberModel
from analysis.forecast.predict import published
from analysis.forecast.rolling import marks
from tests.analysis.forecast.boundaries import BATCHES, SCATTER, WHERE, WITHIN, errors_of
from tests.analysis.forecast.families import FAMILIES, Flasks, SimulatedLab
from tests.analysis.instruments import SHARED

TABLE = Path(__file__).resolve().parents[3] / "docs" / "reference" / "forecast-learning.md"
REAL = SHARED / "synthesis" / "CsPbBr3_antisolvent_synthesizer.csv"
LABELS = (0, 5, 10, 20, 50, 100)
TESTED = 600  # flasks that each forecast is held against
FIRST_SEED = 1000
REAL_INPUTS = ("V (PbBr2 prec.)", "c (PbBr2)", "V (Cs-OA)", "c (Cs-OA)", "V (antisolvent)")
BOUNDARY = "## The boundary, by suggested batches"
HEAD = """# How the forecast learns

Mean log-loss / hits / calibration error over {labs} simulated labs of each family, {tested} flasks each, for a forecast that
has seen so many labelled flasks of its lab. Knowing nothing is 1.61. *Oracle* knows the lab's true chances, *rule* is the paper's
rule of thumb (α up to R = 0.25, γ from 0.5), *frequencies* the lab's own so far. *Worst* is the log-loss of the
lab that was told worst. Made by `make learning`; none of these labs was seen while the engine was written.
"""


def told(lab: SimulatedLab, rows, labels: int, lies: float = 0.0):
    """Return the model of the first rows, a share of them with a label drawn by lot."""
    dice = np.random.default_rng(labels)
    some = [
        Labelled(row.conditions, str(dice.choice(PHASES)), key=row.key)
        if dice.random() < lies
        else row
        for row in rows[:labels]
    ]
    return LabModel.learn(some)


def one_lab(family: str, seed: int, counts=LABELS, tested: int = TESTED, more: bool = True):
    """Return {(what, labels): (log-loss, hits, calibration error)} of one lab."""
    lab = SimulatedLab(family, seed)
    rows, _ = lab.made(max(max(counts), 1))
    test, chances = lab.made(tested)
    far = lab.labelled(Flasks.far(tested, lab.dice))[0] if more else []
    flasks = [row.conditions for row in test]
    became = np.array([PHASES.index(row.phase) for row in test])
    found = {
        ("oracle", 0): marks(chances, became),
        ("rule", 0): marks(np.array([by_rule(flask) for flask in flasks]), became),
    }
    for n in counts:
        model = told(lab, rows, n)
        found["ours", n] = marks(published(flasks, model), became)
        seen = np.bincount([PHASES.index(row.phase) for row in rows[:n]], minlength=len(PHASES))
        plain = np.tile(frequencies(seen.astype(float)), (tested, 1))
        found["frequencies", n] = marks(plain, became)
        if more and n in (0, 20, 100):
            there = np.array([PHASES.index(row.phase) for row in far])
            found["far", n] = marks(published([row.conditions for row in far], model), there)
        if more and n in (20, 50):
            found["lies", n] = marks(published(flasks, told(lab, rows, n, 0.1)), became)
    return {key: (m.log_loss, m.hits, m.ece) for key, m in found.items()}


def means(results):
    """Return {key: (mean log-loss, hits, calibration error, worst log-loss)} over labs."""
    gathered = defaultdict(list)
    for result in results:
        for key, value in result.items():
            gathered[key].append(value)
    return {
        key: (*np.mean(values, axis=0), np.max(values, axis=0)[0])
        for key, values in gathered.items()
    }


def cell(values) -> str:
    return "{:.2f} / {:.2f} / {:.2f}".format(*values[:3])


def family_lines(family: str, of) -> list[str]:
    lines = [
        f"## {family.replace('_', ' ')} (oracle {cell(of['oracle', 0])}; rule {cell(of['rule', 0])})",
        "",
        "| labels | ours | worst | frequencies | ours, 10 % of labels wrong | ours, far outside |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for n in LABELS:
        lies, far = of.get(("lies", n)), of.get(("far", n))
        parts = (
            f"{n}{' (paper)' if n == 0 else ''}",
            cell(of["ours", n]),
            f"{of['ours', n][3]:.2f}",
            cell(of["frequencies", n]),
            cell(lies) if lies else "",
            cell(far) if far else "",
        )
        lines.append(f"| {' | '.join(parts)} |")
    return [*lines, ""]


def real_rows():
    """Return the rows of the public CsPbBr3 table as dictionaries."""
    with REAL.open(newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))


def real_inputs(row):
    return {**{name: float(row[name]) for name in REAL_INPUTS}, "antisolvent": row["antisolvent"]}


def shapes():
    return [Experiment(real_inputs(r), r["S/P"]) for r in real_rows() if r["S/P"] in ("S", "P")]


def quantities(column: str):
    return [Experiment(real_inputs(r), float(r[column])) for r in real_rows() if r[column]]


def split_classes(rows, n: int, seed: int):
    """Return log-loss of ours and of the frequencies, and our calibration error, on one split."""
    order = np.random.default_rng(seed).permutation(len(rows))
    model = ClassModel.learn([rows[i] for i in order[:n]], ("P", "S"))
    rest = [rows[i] for i in order[n:]]
    became = np.array([model.classes.index(str(row.outcome)) for row in rest])
    ours = marks(model.chances([row.inputs for row in rest]), became)
    plain = marks(np.tile(frequencies(model.seen), (len(rest), 1)), became)
    return ours.log_loss, plain.log_loss, ours.ece


def split_numbers(rows, n: int, seed: int):
    """Return root-mean-square error of ours and of the mean, and the share inside 80 %."""
    order = np.random.default_rng(seed).permutation(len(rows))
    seen, rest = [rows[i] for i in order[:n]], [rows[i] for i in order[n:]]
    said = NumberModel.learn(seen).expected([row.inputs for row in rest])
    became = np.array([float(row.outcome) for row in rest])
    ours = np.sqrt(np.mean((became - [one.value for one in said]) ** 2))
    plain = np.sqrt(np.mean((became - np.mean([float(row.outcome) for row in seen])) ** 2))
    inside = [one.low <= value <= one.high for one, value in zip(said, became, strict=True)]
    return ours, plain, np.mean(inside)


def real_lines(splits: int) -> list[str]:
    lines = [
        "## A real table",
        "",
        f"CsPbBr3 nanocrystals by antisolvent (289 syntheses, public, MIT), {splits} random splits: five amounts and the antisolvent",
        "tell shape (two classes; log-loss), PL peak in nm, relative width and PLQY (error against the mean's). No prior of the paper is in it.",
        "",
        "| labels | shape: ours | frequencies | calibration error | PL peak: ours | mean | inside 80 % | width: ours | mean | inside 80 % | PLQY: ours | mean | inside 80 % |",
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    for n in (3, 5, 10, 20, 50, 100, 200):
        parts = [str(n)]
        parts += [
            f"{v:.3f}"
            for v in np.mean([split_classes(shapes(), n, s) for s in range(splits)], axis=0)
        ]
        for column, digits in (("peak_pos", 1), ("fwhm", 4), ("PLQY", 3)):
            rows = quantities(column)
            ours, plain, inside = np.mean(
                [split_numbers(rows, n, s) for s in range(splits)], axis=0
            )
            parts += [f"{ours:.{digits}f}", f"{plain:.{digits}f}", f"{inside:.0%}"]
        lines.append(f"| {' | '.join(parts)} |")
    return [*lines, ""]


def boundary_lines(labs: int) -> list[str]:
    """Return how soon suggested batches find the boundary; other labs than anybody looked at."""
    lines = [
        BOUNDARY,
        "",
        f"{labs} labs each of the paper's family (failures that tell nothing of the boundary, 3 % wrong labels), whose boundary moves by"
        f" {SCATTER:g} from batch",
        "to batch; each next batch is the first suggestion of the goal *find the boundary*. Share of labs whose boundary is then"
        f" known within ± {WITHIN:g},",
        "mean error, and share of labs in which the 80 % interval holds it.",
        "",
        "| boundary | batches | within | mean error | inside 80 % |",
        "| --- | --- | --- | --- | --- |",
    ]
    seeds = range(FIRST_SEED, FIRST_SEED + labs)
    for where in WHERE:
        with ProcessPoolExecutor(2) as pool:
            found = np.array(list(pool.map(errors_of, [where] * labs, seeds)))  # (labs, n, 2)
        for k, batches in enumerate(BATCHES):
            error, held = found[:, k, 0], found[:, k, 1]
            within = f"{np.mean(error <= WITHIN):.0%}"
            lines.append(
                f"| {where} | {batches} | {within} | {error.mean():.3f} | {held.mean():.0%} |"
            )
    return [*lines, ""]


def without_boundaries(table: str) -> list[str]:
    """Return the lines of the table as it stands but those of the boundary."""
    before, _, after = table.partition(BOUNDARY)
    rest = after.partition("\n## ")
    return [*before.splitlines(), *f"{rest[1].strip()}{rest[2]}".strip().splitlines()]


def main() -> None:
    labs = int(sys.argv[1]) if len(sys.argv) > 1 else 24
    if "boundaries" in sys.argv:  # that section alone, of a table that is there
        lines = without_boundaries(TABLE.read_text())
        TABLE.write_text("\n".join([*lines, "", *boundary_lines(labs)]).rstrip() + "\n")
        return
    start = time.monotonic()
    asked = list(product(FAMILIES, range(FIRST_SEED, FIRST_SEED + labs)))
    with ProcessPoolExecutor(2) as pool:
        found = list(pool.map(one_lab, *zip(*asked, strict=True)))
    lines = [HEAD.format(labs=labs, tested=TESTED)]
    for family in FAMILIES:
        of_family = [
            result for (name, _), result in zip(asked, found, strict=True) if name == family
        ]
        lines += family_lines(family, means(of_family))
    if REAL.exists():
        lines += real_lines(labs)
    lines += boundary_lines(labs)
    TABLE.write_text("\n".join(lines).rstrip() + "\n")
    print(f"{TABLE.name}: {len(asked)} labs in {time.monotonic() - start:.0f} s")


if __name__ == "__main__":
    main()
