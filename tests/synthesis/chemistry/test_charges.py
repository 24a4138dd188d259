"""Which compositions are likely: charges that balance, molecules whose valences are met."""

from decimal import Decimal

import pytest

from synthesis.chemistry.charges import (
    STATES,
    balances,
    is_anion,
    is_cation,
    is_metal,
    is_possible,
    is_salt,
)


def of(**species):
    """Return counts by species as the reader gives them."""
    return {name: Decimal(str(number)) for name, number in species.items()}


@pytest.mark.parametrize(
    "species",
    [
        of(Pb=1, I=2),
        of(Cs=1, Pb=1, Br=3),
        of(Fe=3, O=4),  # one +2 and two +3
        of(Na=2, O=2),  # peroxide
        of(K=1, O=2),  # superoxide
        of(Fe=1, S=2),  # pyrite
        of(Ca=1, C=2),  # acetylide
        of(Al=4, C=3),
        of(S=2, Cl=2),
        of(Cs=1, I=3),  # triiodide
        of(K=1, I=1, O=3),  # iodate: positive iodine beside oxygen
        of(I=1, Cl=3),
        of(Na=1, B=1, H=4),  # hydride
        of(In=1, Sb=1),
        of(N=2, H=4),
        of(FA=1, Pb=1, I=3),
        of(NH4=2, SO4=1),
        of(Cs="0.9", Rb="0.1", Pb=1, I="2.95"),  # rounded counts of an alloy
        of(Zr="0.95", Hf="0.05", O="2.1"),  # 0.2 of 4 charges is rounding
        of(Ca=1, O=2),  # peroxide
        of(Na=2, Se=2),
        of(Cd=1, P=2),
        of(Cd=1, As=2),
        of(K=1, Br=3),
        of(NH4=1, I=3),
        of(Se=2, Cl=2),
        of(S=1, O=2),
        of(S=1, F=6),
        of(S=2, Br=2),
        of(S=4, N=4),
        of(Cl=1, O=3, F=1),  # perchloryl fluoride
        of(K=1, Br=1, F=4),
    ],
    ids=str,
)
def test_what_exists_balances(species):
    assert balances(species)


@pytest.mark.parametrize(
    "species",
    [
        of(Pb=1, I=3),
        of(Pb=1, I=22),
        of(Cs=1, Pb=1, I=2),
        of(Ca=1, O=3),
        of(Ca=1, I=3),  # a triiodide needs a single charge
        of(P=1, B=1, I=2),
        of(N=1, I=1, O=1),  # no iodine above zero beside a nitride
        of(Na=1, I=1, Cl=1),  # nor beside a chloride
        of(S=1, Cl=1),
        of(FA=1, I=2),
        of(NH4=1, SO4=1),
        of(Ca="1.4", I=3),  # further off than rounding
        of(Zr="0.95", Hf="0.05", O="2.11"),
        of(Ca=30, I=61),  # whole numbers are not rounded
        of(S=1, I=2),  # sulfur is positive beside lighter partners only
        of(Se=1, I=2),
        of(He=1, O=1),
        of(Ca=1, O=4),  # a superoxide of an alkali metal only
        of(Na=1, O=4),
        of(Na=1, O=3),
        of(Pb=1, O=4),
        of(Na=1, S=2),
        of(Na=1, N=2),
        of(Na=1, C=2),
        of(K=1, I=6),
        of(K=1, Cl=3),
        of(NH4=1, Cs=1, I=3),
    ],
    ids=str,
)
def test_what_does_not_exist_does_not(species):
    assert not balances(species)


@pytest.mark.parametrize(
    "species",
    [
        of(C=1, O=1),
        of(C=1, O=2),
        of(C=1, S=2),
        of(C=60),
        of(S=8),
        of(S=1),
        of(Pb=1),
        of(C=6, H=6),
        of(C=72, H=14, O=2),  # PCBM: little hydrogen, but enough
        of(C=2, Cl=4),
        of(C=18, H=38, N=1, Cl=1),
        of(C=3, H=9, Si=1, Cl=1),
        of(C=10, H=10, Fe=1),
        of(C=18, H=39, O=3, P=1),
        of(C=4, H=9, Li=1),
        *(of(**{name: 1}) for name in ("C", "Se", "P", "As", "Kr")),
        of(C=4, D=12, Pb=1),  # tetramethyllead, deuterated
        of(C=4, H=12, Pb=1),
        of(C=7, H=5, O=2, Co=1),  # CpCo(CO)2: a metal takes the odd bond
        of(FA=1, C=7, H=5, O=2),  # a benzoate
        of(C=6, H=8, N=1, NO3=1),  # anilinium nitrate
        of(C=2, H=6),
        of(C=6, H=15, B=1),  # triethylborane: boron has three bonds
        of(C=16, H=2),  # one hydrogen to eight carbons
        of(Ca=1, C=2),
        of(Al=4, C=3),
        of(Ti=1, C=1),
    ],
    ids=str,
)
def test_molecules_and_elements_are_likely(species):
    assert is_possible(species)


@pytest.mark.parametrize(
    "species",
    [
        of(Al=203),
        of(H=20),
        of(I=12),
        of(C=18, H=3402),
        of(C=1, H=3),  # an odd number of bonds
        of(C=1, D=3),
        of(C=4, H=8, Li=1),
        of(FA=2, C=1, H=4),  # more bonds than carbon has
        of(C=2, F=8),
        of(C=1, H=6),  # a carbon has four bonds, beside another three and so on
        of(C=2, H=8),
        of(C=1, H=12, N=2),  # a nitrogen four
        of(C=1, H=12, P=2),
        of(C=1, H=10, Si=2),
        of(C=1, H=11, Pb=1),  # a metal six to eight
        of(C=17, H=2),
        of(C=8, O=2),
        of(C=20, H=2),  # hardly any hydrogen
        of(C=9, H=18, N=1, O=1),  # TEMPO is a radical: likely only to those who know it
        of(Pb=1, C=12),
        of(Na=1, C=1, I=1),
        of(Cu=1, C=1, Cl=2),
        of(C="1.5", H=4),
    ],
    ids=str,
)
def test_slips_are_not(species):
    assert not is_possible(species)


def test_a_salt_is_made_of_ions_only():
    assert is_salt(of(Pb=1, I=2))
    assert is_salt(of(FA=1, Pb=1, I=3))
    assert is_salt(of(Zn=1, O=1))
    assert not is_salt(of(C=1, O=2))
    assert not is_salt(of(Pb=1, S=1))
    assert not is_salt(of(Ni=1, Ti=1))
    assert not is_salt(of(Pb=1, I=2, C=1))


def test_metals_cations_and_anions_are_told_apart():
    assert all(map(is_metal, ("Pb", "Sb", "Ge", "Cs", "U")))
    assert not any(map(is_metal, ("Si", "As", "Te", "H", "Xe", "Kr", "FA", "Xx")))
    assert all(map(is_cation, ("Pb", "FA", "NH4")))
    assert all(map(is_anion, ("I", "OAc", "SO4")))
    assert not any(map(is_cation, ("I", "OAc", "C")))
    assert not any(map(is_anion, ("O", "FA", "Pb")))


# Charges of the ions in the chlorides and oxides that suppliers list, element by element.
SUPPLIED = """
Li 1  Na 1  K 1  Rb 1  Cs 1  Be 2  Mg 2  Ca 2  Sr 2  Ba 2  Al 3  Ga 3  In 3  Tl 1  Sn 2  Sn 4  Pb 2  Pb 4
Bi 3  Sb 3  Sb 5  Sc 3  Y 3  La 3  Ti 3  Ti 4  Zr 4  Hf 4  V 3  V 5  Nb 5  Ta 5  Cr 2  Cr 3  Cr 6  Mo 5
Mo 6  W 6  Mn 2  Mn 4  Mn 7  Re 7  Fe 2  Fe 3  Ru 3  Ru 4  Os 4  Os 8  Co 2  Co 3  Rh 3  Ir 3  Ir 4  Ni 2
Pd 2  Pt 2  Pt 4  Cu 1  Cu 2  Ag 1  Au 1  Au 3  Zn 2  Cd 2  Hg 1  Hg 2  Ce 3  Ce 4  Pr 3  Nd 3  Sm 2  Sm 3
Eu 2  Eu 3  Gd 3  Tb 3  Tb 4  Dy 3  Ho 3  Er 3  Tm 3  Yb 2  Yb 3  Lu 3  Th 4  U 4  U 6  Ge 2  Ge 4
"""
WORDS = SUPPLIED.split()


@pytest.mark.parametrize(("element", "charge"), zip(WORDS[::2], map(int, WORDS[1::2]), strict=True))
def test_every_charge_that_is_sold_is_known(element, charge):
    assert charge in STATES[element]
    assert balances(of(**{element: 1, "Cl": charge}))
    assert not balances(of(**{element: 1, "Cl": 9}))
