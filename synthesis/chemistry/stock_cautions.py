"""What to say about stocks: how sure their strength is, how they are drawn, whether they dissolve."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from .amounts import in_digits
from .caution import Caution
from .element_names import species_key
from .formulas import read_formula
from .ratios import ZERO, Known
from .reagent_lines import ReagentLine
from .recipe import RecipeDefinition
from .sources import UnsolvablePlan
from .species import ORGANIC_ELEMENTS

STOCK_SHIFT = Decimal("0.02")
# acid groups per formula unit that a base takes up, by the atoms of its anion
CARBONATE = {"C": Decimal(1), "O": Decimal(3)}
LEAST_ACID, SAFE_ACID = Decimal(1), Decimal("1.2")  # per acid group that the carbonate takes up


def about_drawing(line: ReagentLine, *, correct_for_assay: bool) -> Iterator[Caution]:
    """Say where the strength of a stock comes from, and what drawing it hot does."""
    reagent, stock = line.reagent, line.reagent.stock
    if stock is None or not stock.main:
        return
    main = stock.main
    planned, real = stock.planned[main], stock.real[main]
    if stock.origin == "computed":
        yield Caution(
            "stock_concentration_computed",
            f"{reagent.name}: {planned:.4f} M {main} is computed with additive volumes at room temperature, not measured.",
            "info",
        )
    elif stock.origin == "planned" and reagent.source is not None:
        yield Caution(
            "stock_planned",
            f"{reagent.name}: nobody weighed or titrated {reagent.source.code}. Its {real:.4f} M {main} is planned: "
            "computed from its recipe, not measured.",
        )
    if reagent.source is not None and planned and abs(real / planned - 1) > STOCK_SHIFT:
        yield from _about_strength(line, planned, real, corrected=correct_for_assay)
    if reagent.bias_percent is not None:
        yield Caution("hot_draw", f"{reagent.name}: {reagent.bias_reason}", "info")


def _about_strength(
    line: ReagentLine, planned: Decimal, real: Decimal, *, corrected: bool
) -> Iterator[Caution]:
    """Say which volume carries what is planned; a corrected one follows the real strength already."""
    reagent = line.reagent
    if reagent.stock is None or not reagent.is_given_by_volume or not line.volume_ml:
        return
    carry = "No volume of it carries"
    if real:
        carry = f"{in_digits(line.volume_ml if corrected else line.volume_ml * planned / real, 3)} mL carry"
    main = reagent.stock.main
    yield Caution(
        "stock_concentration",
        f"{reagent.name}: the stock holds {real:.4f} M {main}, the recipe counts on {planned:.4f} M. "
        f"{carry} the recipe's {main}.",
    )


def about_stock_recipe(
    recipe: RecipeDefinition,
    lines: Sequence[ReagentLine],
    composition: Mapping[str, Known],
    reference: str | None,
) -> Iterator[Caution]:
    """Say what a stock's own recipe leaves open: whether it dissolves, and what its strength rests on."""
    if recipe.kind != "stock_solution":
        return
    yield from _about_dissolving(lines)
    if reference is None:
        return
    key = f"{species_key(reference)}_mol_l"
    stock, other = composition.get(key), composition.get(f"{key}_solvent_only")
    if stock is not None and other is not None:
        gas = " and neglects the water and CO2 that form" if _carbonates(lines) else ""
        yield Caution(
            "stock_basis",
            f"{stock.value:.4f} M {reference} assumes additive volumes at room temperature{gas}. Counted on the solvent "
            f"alone it would read {other.value:.4f} M, which is the wrong basis.",
            "info",
        )


def _carbonates(lines: Sequence[ReagentLine]) -> list[ReagentLine]:
    return [line for line in lines if line.mmol and _is_carbonate(line.reagent.formula)]


def _is_carbonate(formula: str) -> bool:
    if not formula:
        return False
    counts = read_formula(formula).anhydrous.counts
    return {e: n for e, n in counts.items() if e in ORGANIC_ELEMENTS} == CARBONATE


def _is_acid(name: str) -> bool:
    return "acid" in name.lower().replace(",", " ").split()


def _about_dissolving(lines: Sequence[ReagentLine]) -> Iterator[Caution]:
    """A carbonate dissolves in a carboxylic acid when two acid groups meet each carbonate."""
    carbonates = _carbonates(lines)
    acids = [line for line in lines if _is_acid(line.reagent.name) and line.mmol]
    if not carbonates or not acids:
        return
    taken = sum((2 * (line.mmol or ZERO) for line in carbonates), ZERO)
    given = sum((line.mmol or ZERO for line in acids), ZERO)
    acid, salt = acids[0].reagent.name, carbonates[0].reagent.name
    share = given / taken
    if share < LEAST_ACID:
        raise UnsolvablePlan(
            f"{acid} per acid group that {salt.lower()} takes up is {in_digits(share, 3)}: below 1 not all of it can dissolve. "
            f"Take more {acid.lower()} or less {salt.lower()}.",
            f"ingredients.{acids[0].key}",
        )
    if share < SAFE_ACID:
        yield Caution(
            "acid_per_carbonate",
            f"{acid} per acid group that {salt.lower()} takes up is {in_digits(share, 3)}. Below 1.2 the stock may stay cloudy.",
        )
