"""Element balance: solve the ingredients that carry a target, and prove that each target is met."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from .recipe_inputs import RecipeInput
from .sources import UnsolvablePlan

LARGEST_RESIDUAL = Decimal("0.001")  # relative, per target: an absolute one hides a missing dopant
ZERO = Decimal(0)


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
        return self.constant + sum((v * unknowns[k] for k, v in self.of_unknown.items()), ZERO)


Contents = Mapping[
    str, Mapping[str, Decimal]
]  # ingredient -> species -> mmol per mmol of ingredient


def species_total(
    species: Sequence[str], amounts: Mapping[str, Affine], contents: Contents
) -> Affine:
    """Sum one species, or several, over the flask."""
    total = Affine()
    for key, amount in amounts.items():
        count = sum((contents.get(key, {}).get(one, ZERO) for one in species), ZERO)
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

    ``carriers`` names the ingredient that carries each target. Raises UnsolvablePlan when a
    target element has no source, when the system has no solution, or when one is left unmet.
    """
    for target, value in targets:
        for species in _sides(target):
            if (value or species == target.denominator) and not _has_source(
                species, amounts, contents
            ):
                named = " or ".join(species)
                raise UnsolvablePlan(
                    f"No ingredient brings {named}, so {target.name} = {value} cannot be reached. "
                    f"Add an ingredient that holds {named}, or ask for 0.",
                    field=target.key,
                )
    rows = [
        _equation(target, value, amounts, contents)
        for target, value in targets
        if target.key in carriers
    ]
    solution = _solve(rows, list(carriers.values()))
    residuals = {}
    for target, value in targets:
        residual = _residual(target, value, amounts, contents, solution)
        if residual > LARGEST_RESIDUAL:
            raise UnsolvablePlan(
                f"{target.name} = {value} is missed by {residual * 100:.3g} %. No ingredient can be adjusted to reach "
                "it: let one ingredient carry this target."
            )
        residuals[target.key] = residual
    for key, amount in solution.items():
        if amount < 0:
            raise UnsolvablePlan(
                f"The other ingredients already bring more than asked for: “{key}” would have to be {amount:.4g} mmol. "
                "Ask for a higher ratio or take less of the others."
            )
    return solution, residuals


def _sides(target: RecipeInput) -> tuple[tuple[str, ...], ...]:
    if target.kind == "amount":
        return ((target.element,),)
    return target.numerator, target.denominator


def _has_source(species: Sequence[str], amounts: Mapping[str, Affine], contents: Contents) -> bool:
    total = species_total(species, amounts, contents)
    return bool(total.constant) or any(total.of_unknown.values())


def _equation(
    target: RecipeInput, value: Decimal, amounts: Mapping[str, Affine], contents: Contents
) -> tuple[dict[str, Decimal], Decimal]:
    if target.kind == "amount":
        total, right = species_total((target.element,), amounts, contents), value
    else:
        below = species_total(target.denominator, amounts, contents).times(-value)
        total, right = species_total(target.numerator, amounts, contents).plus(below), ZERO
    return total.of_unknown, right - total.constant


def _solve(
    rows: list[tuple[dict[str, Decimal], Decimal]], unknowns: list[str]
) -> dict[str, Decimal]:
    """Gauss-Jordan elimination with the largest pivot: small, exact enough, and it sees a missing source."""
    table = [[row.get(key, ZERO) for key in unknowns] + [right] for row, right in rows]
    for column, key in enumerate(unknowns):
        pivot = max(
            range(column, len(table)), key=lambda index: abs(table[index][column]), default=None
        )
        if pivot is None or not table[pivot][column]:
            raise UnsolvablePlan(
                f"“{key}” should carry a target but brings none of its element. "
                "Choose an ingredient or a bottle that holds it."
            )
        table[column], table[pivot] = table[pivot], table[column]
        table[column] = [value / table[column][column] for value in table[column]]
        for index, row in enumerate(table):
            if index != column and row[column]:
                table[index] = [
                    a - row[column] * b for a, b in zip(row, table[column], strict=True)
                ]
    return {key: table[index][-1] for index, key in enumerate(unknowns)}


def _residual(
    target: RecipeInput,
    value: Decimal,
    amounts: Mapping[str, Affine],
    contents: Contents,
    solution: Mapping[str, Decimal],
) -> Decimal:
    if target.kind == "amount":
        reached = species_total((target.element,), amounts, contents).at(solution)
    else:
        below = species_total(target.denominator, amounts, contents).at(solution)
        reached = (
            species_total(target.numerator, amounts, contents).at(solution) / below
            if below
            else ZERO
        )
    return abs(reached - value) / value if value else abs(reached)
