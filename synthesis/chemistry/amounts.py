"""From moles to milligrams to millilitres and back, with the assay on both ways."""

from decimal import Decimal

ONE = Decimal(1)


def mass_mg_from_mmol(
    amount_mmol: Decimal, molar_mass_g_mol: Decimal, assay: Decimal = ONE
) -> Decimal:
    """Mass to weigh, in mg, so that ``amount_mmol`` of the pure compound is in it.

    >>> mass_mg_from_mmol(Decimal("0.5"), Decimal("100"), Decimal("0.5"))
    Decimal('100.0')
    """
    return amount_mmol * molar_mass_g_mol / assay


def mmol_from_mass_mg(mass_mg: Decimal, molar_mass_g_mol: Decimal, assay: Decimal = ONE) -> Decimal:
    """Amount of the pure compound, in mmol, in a weighed mass."""
    return mass_mg * assay / molar_mass_g_mol


def volume_ml_from_mass_mg(mass_mg: Decimal, density_g_ml: Decimal) -> Decimal:
    """Volume in mL of a weighed mass."""
    return mass_mg / (density_g_ml * 1000)


def mass_mg_from_volume_ml(volume_ml: Decimal, density_g_ml: Decimal) -> Decimal:
    """Mass in mg of a measured volume."""
    return volume_ml * density_g_ml * 1000


def in_digits(number: Decimal, digits: int) -> str:
    """Return a number for a sentence in so many significant digits, never as a power of ten.

    >>> in_digits(Decimal(12345), 3), in_digits(Decimal("99.7"), 2)
    ('12300', '100')
    """
    return f"{Decimal(f'{number:.{digits}g}'):f}"
