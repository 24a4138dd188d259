"""The parts of a recipe: chemicals, inputs, ingredients with one amount rule each, and steps."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any, Literal, get_args

from .formulas import UnreadableFormula, read_formula
from .plain import InvalidRecipe, PlainReader, as_decimal

Basis = Literal[
    "mass_mg", "volume_ml", "amount_mmol", "equivalents", "solves",
    "concentration_mol_l", "concentration_mg_ml", "weight_percent", "fills_to_ml",
]  # fmt: skip
BASES: tuple[Basis, ...] = get_args(Basis)
_NEEDS_OF = {"equivalents", "concentration_mol_l", "concentration_mg_ml", "weight_percent"}
_FIXED = {"mass_mg", "volume_ml", "amount_mmol"}

PURITY_KINDS = ("mass_fraction", "titration", "trace_metals", "unknown")
EVIDENCE = ("stated", "inferred")
APPEARANCES = ("clear", "colloidal", "turbid", "precipitate")
PHASES = ("alpha", "beta", "mixed", "gamma", "delta", "failed")
STRUCTURES = ("core_only", "alloy", "seed_core", "seed_core_shell")
ROLES = (
    "lead source", "calcium source", "caesium source", "zinc source", "solvent", "ligand",
    "antisolvent", "base", "polymer", "additive",
)  # fmt: skip
OPERATIONS = (
    "load", "degas", "heat", "inject", "react", "quench", "centrifuge", "redisperse", "stir",
    "spin-coat", "anneal", "evaporate", "clean", "UV-ozone", "observe", "rest",
)  # fmt: skip
# parameter -> unit and the range that is physically possible at a bench
PARAMETERS: dict[str, tuple[str, Decimal, Decimal]] = {
    "temperature_c": ("°C", Decimal(-200), Decimal(1200)),
    "duration_s": ("s", Decimal(0), Decimal(10_000_000)),
    "speed_rpm": ("rpm", Decimal(0), Decimal(150_000)),
    "volume_ml": ("mL", Decimal(0), Decimal(100_000)),
    "pressure_pa": ("Pa", Decimal(0), Decimal(100_000_000)),
    "thickness_nm": ("nm", Decimal(0), Decimal(1_000_000)),
    "repeats": ("1", Decimal(1), Decimal(1000)),
}


@dataclass(frozen=True, slots=True)
class Chemical:
    """What a bottle says, without the bottle: formula with its water, density, hazards."""

    slug: str
    name: str
    formula: str = ""  # empty for polymers and mixtures
    density_g_ml: Decimal | None = None
    density_source: str = ""
    cas: str = ""
    hazards: str = ""
    note: str = ""

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "Chemical":
        """Read one chemical; raises InvalidRecipe."""
        reader = PlainReader(data, "A chemical")
        slug = reader.text("slug", required=True)
        reader.where = f"Chemical “{slug}”"
        chemical = cls(
            slug=slug,
            name=reader.text("name", required=True),
            formula=checked_formula(reader, "formula"),
            density_g_ml=reader.positive("density_g_ml"),
            density_source=reader.text("density_source"),
            cas=reader.text("cas"),
            hazards=reader.text("hazards"),
            note=reader.text("note"),
        )
        reader.finish()
        return chemical


@dataclass(frozen=True, slots=True)
class Purity:
    """A printed purity in percent; ``high_percent`` when the label gives a range."""

    low_percent: Decimal
    high_percent: Decimal | None = None
    kind: str = "unknown"
    uncertainty_percent: Decimal | None = None

    @classmethod
    def from_dict(cls, data: object, where: str) -> "Purity":
        """Read a purity such as ``{low_percent="80", high_percent="90", kind="mass_fraction"}``."""
        reader = PlainReader(data, f"{where}, printed purity")
        low = reader.positive("low_percent", required=True)
        high = reader.positive("high_percent")
        kind = reader.one_of("kind", PURITY_KINDS)
        uncertainty = reader.decimal("uncertainty_percent", low=0)
        reader.finish()
        if low is None or low > 100 or (high is not None and not low <= high <= 100):
            raise InvalidRecipe(f"{reader.where} should lie between 0 and 100 %, low before high.")
        return cls(low, high, kind, uncertainty)


@dataclass(frozen=True, slots=True)
class AmountRule:
    """How much of an ingredient, said in exactly one way.

    ``basis`` is one of BASES. ``value`` is in the unit of the basis, per batch at ``at`` of the
    input ``scales_with`` (not scaled when that is empty). ``of`` is the ingredient referred to;
    ``solves`` the input whose target this ingredient carries.
    """

    basis: Basis
    value: Decimal | None = None
    of: str = ""
    solves: str = ""
    scales_with: str = ""
    at: Decimal | None = None

    @classmethod
    def from_dict(cls, data: object, where: str) -> "AmountRule":
        """Read a rule such as ``{volume_ml="10.0", scales_with="lead_mmol", at="0.376"}``."""
        reader = PlainReader(data, f"{where}, amount")
        given = [basis for basis in BASES if reader.has(basis)]
        if len(given) != 1:
            found = " and ".join(given) or "none"
            raise InvalidRecipe(
                f"{where} needs exactly one way to say how much, but has {found}. Keep one of {', '.join(BASES)}."
            )
        basis = given[0]
        solves = reader.text("solves") if basis == "solves" else ""
        value = None if basis == "solves" else reader.positive(basis, required=True)
        of = reader.text("of", required=basis in _NEEDS_OF)
        scales_with, at = reader.text("scales_with"), reader.positive("at")
        reader.finish()
        if of and basis not in _NEEDS_OF:
            raise InvalidRecipe(f"{where}: “of” has no meaning beside {basis}. Leave it out.")
        if bool(scales_with) != (at is not None):
            raise InvalidRecipe(
                f"{where}: “scales_with” and “at” belong together. Give both or neither."
            )
        if scales_with and basis not in _FIXED | {"fills_to_ml"}:
            raise InvalidRecipe(
                f"{where}: {basis} already follows another amount. Leave out “scales_with”."
            )
        return cls(basis, value, of, solves, scales_with, at)

    def as_dict(self) -> dict[str, str]:
        """Return the rule in the shape that from_dict reads."""
        rule: dict[str, str] = {
            self.basis: self.solves if self.value is None else f"{self.value:f}"
        }
        if self.of:
            rule["of"] = self.of
        if self.at is not None:
            rule |= {"scales_with": self.scales_with, "at": f"{self.at:f}"}
        return rule


@dataclass(frozen=True, slots=True)
class Substance:
    """What an ingredient is made of once its chemical is known."""

    chemical: str
    name: str
    formula: str = ""
    density_g_ml: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Ingredient:
    """One reagent of a recipe: a chemical, a stock made by another recipe, or a required choice."""

    key: str
    role: str
    amount: AmountRule
    stage: str = ""
    substance: Substance | None = None
    stock: str = ""
    stock_name: str = ""
    choice_input: str = ""
    options: Mapping[str, Substance] = field(default_factory=dict)
    printed_amount: str = ""
    printed_purity: Purity | None = None
    supplier: str = ""
    systematic_percent: Decimal | None = None  # one-sided bias of a drawn volume, as of a hot stock
    systematic_reason: str = ""
    note: str = ""

    @classmethod
    def from_dict(cls, data: object, chemicals: Mapping[str, Chemical]) -> "Ingredient":
        """Read one ingredient; a chemical's formula and density come from ``chemicals`` when not given."""
        reader = PlainReader(data, "An ingredient")
        key = reader.text("key", required=True)
        reader.where = where = f"Ingredient “{key}”"
        kinds = [kind for kind in ("chemical", "stock", "choice") if reader.has(kind)]
        if len(kinds) != 1:
            raise InvalidRecipe(
                f"{where} should name exactly one of chemical, stock or choice, not {len(kinds)}."
            )
        substance, stock_name, choice_input = None, "", ""
        options: dict[str, Substance] = {}
        if kinds == ["chemical"]:
            substance = _substance(reader, chemicals)
        elif kinds == ["choice"]:
            choice = PlainReader(reader.take("choice"), f"{where}, choice")
            choice_input = choice.text("input", required=True)
            named = PlainReader(choice.take("options"), f"{where}, options")
            choice.finish()
            for option in named.names():
                value = named.take(option)
                fields = {"chemical": value} if isinstance(value, str) else value
                one = PlainReader(fields, f"{where}, option “{option}”")
                options[option] = _substance(one, chemicals)
                one.finish()
        stock = reader.text("stock")
        if stock:
            stock_name = reader.text("name") or stock
        purity = reader.take("printed_purity")
        ingredient = cls(
            key=key,
            role=reader.one_of("role", ROLES),
            amount=AmountRule.from_dict(reader.take("amount"), where),
            stage=reader.text("stage"),
            substance=substance,
            stock=stock,
            stock_name=stock_name,
            choice_input=choice_input,
            options=options,
            printed_amount=reader.text("printed_amount"),
            printed_purity=None if purity is None else Purity.from_dict(purity, where),
            supplier=reader.text("supplier"),
            systematic_percent=reader.positive("systematic_percent"),
            systematic_reason=reader.text("systematic_reason"),
            note=reader.text("note"),
        )
        reader.finish()
        return ingredient


@dataclass(frozen=True, slots=True)
class Vessel:
    """A flask or tube; ``heated`` flasks foam, so their filling is checked.

    ``size`` names the input by which the chemist says how large it is; its size then goes before
    its name.
    """

    key: str
    name: str
    volume_ml: Decimal | None = None
    heated: bool = False
    size: str = ""

    @classmethod
    def from_dict(cls, data: object) -> "Vessel":
        """Read one vessel; raises InvalidRecipe."""
        reader = PlainReader(data, "A vessel")
        vessel = cls(
            reader.text("key", required=True),
            reader.text("name", required=True),
            reader.positive("volume_ml"),
            reader.flag("heated"),
            reader.text("size"),
        )
        reader.finish()
        if vessel.size and vessel.volume_ml is not None:
            raise InvalidRecipe(
                f"The vessel “{vessel.key}” has a volume and an input for it. Keep one of them."
            )
        return vessel

    def chosen(self, numbers: Mapping[str, Decimal]) -> "Vessel":
        """Return the vessel in the size that was asked for."""
        if not self.size:
            return self
        volume = numbers[self.size]
        return replace(self, name=f"{float(volume):g} mL {self.name}", volume_ml=volume)


@dataclass(frozen=True, slots=True)
class Step:
    """One operation with typed parameters; what the source leaves open stands in ``unknowns``."""

    key: str
    operation: str
    text: str
    stage: str = ""
    parameters: Mapping[str, Decimal] = field(default_factory=dict)
    ingredients: tuple[str, ...] = ()
    atmosphere: str = ""
    vessel: str = ""
    until: str = ""
    unknowns: Mapping[str, str] = field(default_factory=dict)
    note: str = ""

    @classmethod
    def from_dict(cls, data: object) -> "Step":
        """Read one step; raises InvalidRecipe."""
        reader = PlainReader(data, "A step")
        key = reader.text("key", required=True)
        reader.where = where = f"Step “{key}”"
        parameters = reader.take("parameters") or {}
        if not isinstance(parameters, Mapping):
            raise InvalidRecipe(f"{where}: parameters should be a table of names and numbers.")
        step = cls(
            key=key,
            operation=reader.one_of("operation", OPERATIONS),
            text=reader.text("text", required=True),
            stage=reader.text("stage"),
            parameters={name: _parameter(name, value, where) for name, value in parameters.items()},
            ingredients=reader.texts("ingredients"),
            atmosphere=reader.text("atmosphere"),
            vessel=reader.text("vessel"),
            until=reader.text("until"),
            unknowns=reader.text_map("unknowns"),
            note=reader.text("note"),
        )
        reader.finish()
        return step


def _parameter(name: str, value: object, where: str) -> Decimal:
    if name not in PARAMETERS:
        raise InvalidRecipe(
            f"{where}: parameter “{name}” is not known. Use one of {', '.join(PARAMETERS)}."
        )
    unit, low, high = PARAMETERS[name]
    number = as_decimal(value, f"{where}, {name}")
    if not low <= number <= high:
        raise InvalidRecipe(
            f"{where}: {name} is {number} {unit}, but should lie between {low} and {high} {unit}."
        )
    return number


def checked_formula(reader: PlainReader, key: str) -> str:
    """Take a formula that can be read, empty when absent."""
    text = reader.text(key)
    if text:
        try:
            read_formula(text)
        except UnreadableFormula as refusal:
            raise InvalidRecipe(f"{reader.where}: {refusal}") from refusal
    return text


def _substance(reader: PlainReader, chemicals: Mapping[str, Chemical]) -> Substance:
    slug = reader.text("chemical", required=True)
    known = chemicals.get(slug)
    name, formula = reader.text("name"), checked_formula(reader, "formula")
    density = reader.positive("density_g_ml")
    if known is None and not name:
        raise InvalidRecipe(
            f"{reader.where}: the chemical “{slug}” is not in the list of chemicals. Add it there first."
        )
    if known is not None:
        name, formula = name or known.name, formula or known.formula
        density = known.density_g_ml if density is None else density
    return Substance(slug, name, formula, density)
