"""Balance of species: solve the ingredients that carry a target, and prove that each target is met."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from .amounts import in_digits
from .ratios import ZERO
from .recipe_inputs import RecipeInput
from .sources import ImpossibleTarget, UnsolvablePlan

LARGEST_RESIDUAL = Decimal("0.001")  # relative, per target: an absolute one hides a missing dopant


@dataclass(slots=True)
class Affine:
    """An amount in mmol: a constant plus multiples of the unknown amounts."""

    constant: Decimal = ZERO
    of_unknown: dict[str, Decimal] = field(default_factory=dict)

    def times(self, factor: Decimal) -> "Affine":
        """Return the amount scaled."""
        return Affine(self.constant * factor, {k: v * factor for k, v in self.of_unknown.items()})

    def plus(self, other: "Affine") -> "Affine":
        """Return the sum of two amounts."""
        total = Affine(self.constant + other.constant, dict(self.of_unknown))
        for key, value in other.of_unknown.items():
            total.of_unknown[key] = total.of_unknown.get(key, ZERO) + value
        return total

    def at(self, unknowns: Mapping[str, Decimal]) -> Decimal:
        """Return the amount once the unknowns are known."""
        return self.constant + sum(v * unknowns[k] for k, v in self.of_unknown.items())


Contents = Mapping[
    str, Mapping[str, Decimal]
]  # ingredient -> species -> mmol per mmol of ingredient


class Totals:
    """Sums of species over the flask in mmol; each is added up once."""

    def __init__(self, amounts: Mapping[str, Affine], contents: Contents) -> None:
        self.amounts, self.contents = amounts, contents
        self._known: dict[tuple[str, ...], Affine] = {}

    def of(self, species: tuple[str, ...]) -> Affine:
        """Return the sum of some species."""
        if species not in self._known:
            self._known[species] = self._added_up(species)
        return self._known[species]

    def _added_up(self, species: tuple[str, ...]) -> Affine:
        total = Affine()
        for key, amount in self.amounts.items():
            inside = self.contents[key]
            count = sum(inside[one] for one in species if one in inside)
            if count:
                total = total.plus(amount.times(count))
        return total


def solve_targets(
    targets: Sequence[tuple[RecipeInput, Decimal]],
    carriers: Mapping[str, str],
    amounts: Mapping[str, Affine],
    contents: Contents,
) -> tuple[dict[str, Decimal], dict[str, Decimal]]:
    """Return the unknown amounts in mmol and the relative residual of each target.

    ``carriers`` names the ingredient that carries each target. Raises PlanRefused, with the target
    as its field, when a species has no source, when the system has no solution, or when a target is
    left unmet.
    """
    totals = Totals(amounts, contents)
    for target, value in targets:
        _check_sources(target, value, totals)
    asked = [(target, value) for target, value in targets if target.key in carriers]
    rows = [_equation(target, value, totals) for target, value in asked]
    solution = _solve(rows, [carriers[target.key] for target, _ in asked], [t for t, _ in asked])
    residuals = {}
    for target, value in targets:
        residual = _residual(target, value, totals, solution)
        if residual > LARGEST_RESIDUAL:
            raise UnsolvablePlan(
                f"{target.name} = {value} is missed by {in_digits(residual * 100, 3)} %. No ingredient can be adjusted to reach "
                "it: let one ingredient carry this target.",
                target.key,
            )
        residuals[target.key] = residual
    for target, value in asked:
        key = carriers[target.key]
        if solution[key] < 0:
            raise UnsolvablePlan(
                f"The other ingredients already bring more than {target.name} = {value} allows: “{key}” would have to "
                f"be {in_digits(solution[key], 4)} mmol. Ask for a higher value or take less of the others.",
                target.key,
            )
    return solution, residuals


def _sides(target: RecipeInput) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What is counted, and over what; an amount stands over nothing."""
    if target.kind == "amount":
        return (target.element,), ()
    return target.numerator, target.denominator


def _check_sources(target: RecipeInput, value: Decimal, totals: Totals) -> None:
    above, below = _sides(target)
    wanted = above if value else ()
    missing = [one for one in (*wanted, *below) if not _has_source(one, totals)]
    # of a sum it is enough that one part has a source, as Pb+Mn without Mn at a share of 0
    left = [one for one in below if one not in missing]
    if any(one in wanted for one in missing) or (below and not left):
        named = missing[0]
        raise UnsolvablePlan(
            f"No ingredient brings {named}, so {target.name} = {value} cannot be reached. "
            f"Add an ingredient that holds {named}, or ask for 0.",
            target.key,
        )
    if set(above) < set(below) and value >= 1:
        raise ImpossibleTarget(
            f"{target.name} = {value} is a share: {'+'.join(above)} is part of {'+'.join(below)}, so it stays below 1.",
            target.key,
        )


def _has_source(species: str, totals: Totals) -> bool:
    total = totals.of((species,))
    return bool(total.constant) or any(total.of_unknown.values())


def _equation(
    target: RecipeInput, value: Decimal, totals: Totals
) -> tuple[dict[str, Decimal], Decimal]:
    above, below = _sides(target)
    total = totals.of(above)
    if not below:
        return total.of_unknown, value - total.constant
    total = total.plus(totals.of(below).times(-value))
    return total.of_unknown, -total.constant


def _solve(
    rows: list[tuple[dict[str, Decimal], Decimal]],
    unknowns: list[str],
    targets: Sequence[RecipeInput],
) -> dict[str, Decimal]:
    """Gauss-Jordan elimination with the largest pivot: small, exact enough, and it sees a missing source."""
    table = [[row.get(key, ZERO) for key in unknowns] + [right] for row, right in rows]
    for column, key in enumerate(unknowns):
        pivot = max(range(column, len(table)), key=lambda index: abs(table[index][column]))
        if not table[pivot][column]:
            raise UnsolvablePlan(
                f"“{key}” should carry {targets[column].name} but brings none of its species. "
                "Choose an ingredient or a bottle that holds it.",
                targets[column].key,
            )
        table[column], table[pivot] = table[pivot], table[column]
        head = table[column][column]
        table[column] = [value / head for value in table[column]]
        for index, row in enumerate(table):
            if index != column and row[column]:
                table[index] = [
                    a - row[column] * b for a, b in zip(row, table[column], strict=True)
                ]
    return {key: table[index][-1] for index, key in enumerate(unknowns)}


def _residual(
    target: RecipeInput, value: Decimal, totals: Totals, solution: Mapping[str, Decimal]
) -> Decimal:
    above, below = _sides(target)
    reached = totals.of(above).at(solution)
    if below:
        whole = totals.of(below).at(solution)
        reached = reached / whole if whole else ZERO
    return abs(reached - value) / value if value else abs(reached)
