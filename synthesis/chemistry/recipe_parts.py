"""The parts of a recipe: chemicals, ingredients with exactly one amount rule each, vessels."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Annotated, Any, Literal, get_args

from pydantic import AfterValidator, ValidationInfo, model_validator

from .documents import Document, Keyed, NotNegative, Positive, Said, Text, refuse
from .formulas import UnreadableFormula, read_formula

Basis = Literal[
    "mass_mg", "volume_ml", "amount_mmol", "equivalents", "solves",
    "concentration_mol_l", "concentration_mg_ml", "weight_percent", "fills_to_ml",
]  # fmt: skip
BASES: tuple[Basis, ...] = get_args(Basis)
_NEEDS_OF = ("equivalents", "concentration_mol_l", "concentration_mg_ml", "weight_percent")
_CONCENTRATIONS = ("concentration_mol_l", "concentration_mg_ml")
_SCALES = ("mass_mg", "volume_ml", "amount_mmol", "fills_to_ml")

PurityKind = Literal["mass_fraction", "titration", "trace_metals", "unknown"]
PURITY_KINDS: tuple[str, ...] = get_args(PurityKind)
HIGHEST_PERCENT = {"titration": Decimal(105)}  # a titration scatters about 100 %

Role = Literal[
    "lead source", "calcium source", "caesium source", "zinc source", "manganese source",
    "cation source", "halide source", "dopant", "precursor", "seed", "solvent", "ligand",
    "antisolvent", "base", "acid", "polymer", "dispersion", "additive",
]  # fmt: skip
ROLES: tuple[str, ...] = get_args(Role)


def _readable(text: str) -> str:
    if text:
        try:
            read_formula(text)
        except UnreadableFormula as refusal:
            raise refuse(str(refusal)) from refusal
    return text


FormulaText = Annotated[Text, AfterValidator(_readable)]


class Chemical(Document):
    """What a bottle says, without the bottle: formula with its water, density, hazards."""

    slug: Said
    name: Said
    formula: FormulaText = ""  # empty for polymers and mixtures
    density_g_ml: Positive | None = None
    density_source: Text = ""
    cas: Text = ""
    hazards: Text = ""
    hazard_statements: tuple[Text, ...] = ()
    pictograms: tuple[Text, ...] = ()
    species: Mapping[
        str, Positive
    ] = {}  # named groups per formula unit, where the formula hides them
    note: Text = ""


class Purity(Document):
    """A printed purity in percent; ``high_percent`` when the label gives a range.

    ``assumed`` says that the source prints no such number (or not its kind): it is ours.
    """

    low_percent: Positive
    high_percent: Positive | None = None
    kind: PurityKind = "unknown"
    uncertainty_percent: NotNegative | None = None
    assumed: Text = ""  # what of it is ours, in words

    @model_validator(mode="after")
    def _possible(self) -> Purity:
        highest = HIGHEST_PERCENT.get(self.kind, Decimal(100))
        high = self.low_percent if self.high_percent is None else self.high_percent
        if not self.low_percent <= high <= highest:
            raise refuse(f"a purity lies between 0 and {highest} %, low before high.")
        return self


class AmountRule(Document):
    """How much of an ingredient, said in exactly one way (one of BASES, in the unit of its name).

    Per batch at ``at`` of the input ``scales_with`` (not scaled when that is empty), times the
    input ``times`` (such as a number of washes). ``of`` is the ingredient referred to: a
    concentration counts per volume of that solvent, or of the whole solution when ``per`` says so.
    ``solves`` names the input whose target this ingredient carries.
    """

    mass_mg: Positive | None = None
    volume_ml: Positive | None = None
    amount_mmol: Positive | None = None
    equivalents: Positive | None = None
    solves: Text = ""
    concentration_mol_l: Positive | None = None
    concentration_mg_ml: Positive | None = None
    weight_percent: Positive | None = None
    fills_to_ml: Positive | None = None
    of: Text = ""
    per: Literal["", "solvent", "solution"] = ""
    scales_with: Text = ""
    at: Positive | None = None
    times: Text = ""

    @cached_property
    def basis(self) -> Basis:
        """The one way in which the amount is said."""
        return next(name for name in BASES if getattr(self, name))

    @property
    def value(self) -> Decimal | None:
        """The number of the rule; None where a target is solved for."""
        return None if self.basis == "solves" else getattr(self, self.basis)

    @model_validator(mode="after")
    def _said_once(self) -> AmountRule:
        given = [name for name in BASES if getattr(self, name)]
        if len(given) != 1:
            found = " and ".join(given) or "none"
            raise refuse(
                f"give exactly one way to say how much; it has {found}. Keep one of {', '.join(BASES)}."
            )
        basis = given[0]
        if basis in _NEEDS_OF and not self.of:
            raise refuse(f"{basis} needs “of”: the ingredient that it refers to.", at="of")
        if self.of and basis not in _NEEDS_OF:
            raise refuse(f"“of” has no meaning beside {basis}. Leave it out.", at="of")
        if self.per and basis not in _CONCENTRATIONS:
            raise refuse(f"“per” has no meaning beside {basis}. Leave it out.", at="per")
        if bool(self.scales_with) != (self.at is not None):
            raise refuse("“scales_with” and “at” belong together. Give both or neither.", at="at")
        if self.scales_with and basis not in _SCALES:
            raise refuse(
                f"{basis} already follows another amount. Leave out “scales_with”.",
                at="scales_with",
            )
        return self


@dataclass(frozen=True, slots=True)
class Substance:
    """What an ingredient is made of once its chemical is known."""

    chemical: str
    name: str
    formula: str = ""
    density_g_ml: Decimal | None = None
    species: Mapping[str, Decimal] = field(default_factory=dict)


class Option(Document):
    """One of the chemicals that an ingredient can be."""

    chemical: Said
    name: Text = ""
    formula: FormulaText = ""
    density_g_ml: Positive | None = None
    species: Mapping[str, Positive] = {}

    @model_validator(mode="before")
    @classmethod
    def _from_the_list(cls, data: Any, info: ValidationInfo) -> Any:
        return filled_in({"chemical": data} if isinstance(data, str) else data, info)

    @property
    def substance(self) -> Substance:
        """What it is made of."""
        return Substance(self.chemical, self.name, self.formula, self.density_g_ml, self.species)


class Choice(Document):
    """Which of several chemicals it is, said by an input of the kind choice."""

    input: Said
    options: Mapping[str, Option]


class Ingredient(Keyed):
    """One reagent of a recipe: a chemical, a stock made by another recipe, or a choice of chemicals."""

    role: Role
    amount: AmountRule
    stage: Text = ""
    chemical: Text = ""
    stock: Text = ""
    name: Text = ""
    formula: FormulaText = ""
    density_g_ml: Positive | None = None
    species: Mapping[str, Positive] = {}  # as Chemical.species
    choice: Choice | None = None
    when: Mapping[str, Text] = {}  # only for these choices of an input
    printed_amount: Text = ""
    printed_purity: Purity | None = None
    supplier: Text = ""
    systematic_percent: Positive | None = (
        None  # one-sided bias of a drawn volume, as of a hot stock
    )
    systematic_reason: Text = ""
    note: Text = ""

    @model_validator(mode="before")
    @classmethod
    def _from_the_list(cls, data: Any, info: ValidationInfo) -> Any:
        return filled_in(data, info)

    @model_validator(mode="after")
    def _one_origin(self) -> Ingredient:
        given = [name for name in ("chemical", "stock", "choice") if getattr(self, name)]
        if len(given) != 1:
            raise refuse(
                "name exactly one of chemical, stock or choice,"
                f" not {' and '.join(given) or 'none'}."
            )
        if not self.chemical and (self.formula or self.density_g_ml is not None):
            raise refuse("formula and density belong to a chemical. Leave them out.", at="formula")
        return self

    @cached_property
    def substance(self) -> Substance | None:
        """What it is made of; None for a stock or a choice."""
        if not self.chemical:
            return None
        return Substance(self.chemical, self.name, self.formula, self.density_g_ml, self.species)

    @property
    def stock_name(self) -> str:
        """What a stock is called."""
        return (self.name or self.stock) if self.stock else ""

    @property
    def choice_input(self) -> str:
        """The input that says which chemical it is, empty when there is no choice."""
        return self.choice.input if self.choice else ""

    @cached_property
    def options(self) -> Mapping[str, Substance]:
        """What it can be, by the options of the input."""
        if self.choice is None:
            return {}
        return {name: one.substance for name, one in self.choice.options.items()}


def filled_in(data: Any, info: ValidationInfo) -> Any:
    """Fill in what the list of chemicals says and the recipe leaves out; refuse an unknown one."""
    if info.context is None or not isinstance(data, Mapping):
        return data
    known: Mapping[str, Chemical] = info.context["chemicals"]
    if not isinstance(data.get("chemical"), str):
        return data
    slug = data["chemical"].strip()
    chemical = known.get(slug)
    if chemical is None:
        if slug and not data.get("name"):
            raise refuse(
                f"the chemical “{slug[:80]}” is not in the list of chemicals. Add it there first.",
                at="chemical",
            )
        return data
    filled: dict[str, Any] = {"name": chemical.name, "formula": chemical.formula}
    if chemical.density_g_ml is not None:
        filled["density_g_ml"] = chemical.density_g_ml
    if chemical.species:
        filled["species"] = dict(chemical.species)
    return filled | {key: value for key, value in data.items() if value not in (None, "")}


class Vessel(Keyed):
    """A flask or tube; ``heated`` flasks foam, so their filling is checked.

    ``size`` names the input by which the chemist says how large it is; its size then goes before
    its name.
    """

    name: Said
    volume_ml: Positive | None = None
    heated: bool = False
    size: Text = ""

    @model_validator(mode="after")
    def _one_size(self) -> Vessel:
        if self.size and self.volume_ml is not None:
            raise refuse("it has a volume and an input for it. Keep one of them.", at="size")
        return self

    def chosen(self, numbers: Mapping[str, Decimal]) -> Vessel:
        """Return the vessel in the size that was asked for."""
        if not self.size:
            return self
        volume = numbers[self.size]
        named = f"{float(volume):g} mL {self.name}"
        return self.model_copy(update={"name": named, "volume_ml": volume})
