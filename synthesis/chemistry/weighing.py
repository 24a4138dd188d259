"""What to read off the balance, and what to do when that is less than it can tell."""

from collections.abc import Mapping
from decimal import ROUND_CEILING, Decimal

from .reagents import Reagent
from .recipe_inputs import RecipeInput
from .sources import Balance, UnsolvablePlan

TELLING = 10  # uncertainties of the balance in a mass that would do: 10 % or better
LARGEST_FACTOR = 100  # a batch that much larger is another experiment
DRAWN_ML = Decimal("0.1")  # a volume that a syringe still draws well


def to_weigh(
    reagent: Reagent,
    carries: str,
    mass_mg: Decimal,
    amount_mmol: Decimal | None,
    balance: Balance,
    inputs: Mapping[str, RecipeInput],
    targets: Mapping[str, Decimal],
) -> Decimal:
    """Return a mass as the balance shows it, mg.

    Refuses a mass of less than one digit of the balance, with the scale and the stock that would
    do; ``carries`` is the target that the reagent is solved for, empty when it is given.
    """
    if not mass_mg or mass_mg >= balance.resolution_mg:
        return balance.rounded_mg(mass_mg)
    least = TELLING * max(balance.mass_uncertainty(mass_mg), balance.resolution_mg)
    advice = []
    scale = next(
        (
            one
            for one in inputs.values()
            if one.kind in ("amount", "scale") and targets.get(one.key) and one.key != carries
        ),
        None,
    )
    factor = _two_digits(least / mass_mg)
    if scale is not None and factor <= LARGEST_FACTOR:
        larger = targets[scale.key] * factor
        unit = "" if scale.unit == "1" else f" {scale.unit}"
        advice.append(
            f"make it {factor:f} times as large ({scale.name} {larger.normalize():f}{unit})"
        )
    if amount_mmol and reagent.formula:
        strength = _one_two_five(amount_mmol / DRAWN_ML)
        volume = amount_mmol / strength
        advice.append(
            f"take {float(volume):.3g} mL of a stock of {float(strength * 1000):.4g} mmol/L {reagent.formula}"
        )
    raise UnsolvablePlan(
        f"{reagent.name}: {mass_mg:.2g} mg cannot be weighed on a balance that shows {balance.resolution_mg} mg."
        + (f" It would do to {', or to '.join(advice)}." if advice else " Take more of it."),
        carries or f"ingredients.{reagent.key}",
    )


def _two_digits(number: Decimal) -> Decimal:
    """Round up to two digits: 344.8 -> 350."""
    step = Decimal(1).scaleb(number.adjusted() - 1)
    return (number / step).to_integral_value(ROUND_CEILING) * step


def _one_two_five(number: Decimal) -> Decimal:
    """Round down to 1, 2 or 5 times a power of ten, so that the drawn volume is not smaller."""
    power = Decimal(1).scaleb(number.adjusted())
    return max(
        step * power for step in (Decimal(1), Decimal(2), Decimal(5)) if step * power <= number
    )
