"""What the objects inside a plan and a batch look like, as JSON Schema.

They are plain documents, frozen with a batch, and read by nobody here again; so their shapes are said once, for
the OpenAPI document, and the tests hold the plan of every recipe that ships against them. More may be added.
"""

from __future__ import annotations

from typing import Any

from synthesis.api.fields import ObjectField

Shape = dict[str, Any]
TEXT: Shape = {"type": "string"}
NUMBER: Shape = {"type": "number"}
YES_OR_NO: Shape = {"type": "boolean"}
TYPED: Shape = {"type": ["string", "number", "boolean", "null"], "description": "As it was typed"}


def maybe(shape: Shape) -> Shape:
    """Return the shape of what may be null."""
    return {**shape, "type": [shape["type"], "null"]}


def some(item: Shape) -> Shape:
    """Return the shape of a list."""
    return {"type": "array", "items": item}


def by_key(value: Shape, said: str = "") -> Shape:
    """Return the shape of an object with keys that the recipe or the chemistry names."""
    return {"type": "object", "additionalProperties": value, "description": said}


def made_of(**properties: Shape) -> Shape:
    """Return the shape of an object with these entries."""
    return {"type": "object", "properties": properties}


class ShapedField(ObjectField):
    """A JSON value of a known shape."""

    def __init__(self, shape: Any, **more: Any) -> None:
        super().__init__(**more)
        self._spectacular_annotation = {"field": shape}


KNOWN_AS = made_of(
    value=maybe(NUMBER), uncertainty=maybe(NUMBER), low=maybe(NUMBER), high=maybe(NUMBER), note=TEXT
)
TARGETS = by_key(TYPED, "Inputs of the recipe by key")
LOTS = by_key(maybe(TEXT), "Ingredient key to the code of a bottle or stock")
RECIPE = made_of(slug=TEXT, name=TEXT, kind=TEXT, version={"type": "integer"})
SPECIES = by_key(NUMBER, "By species: Pb, Ca, OA ...")
_ASSAY = made_of(
    value=maybe(NUMBER),
    kind=TEXT,
    assumed=YES_OR_NO,
    low=maybe(NUMBER),
    high=maybe(NUMBER),
    uncertainty=maybe(NUMBER),
)
_CAUSE = made_of(name=TEXT, words=TEXT, assumed=YES_OR_NO, effects=SPECIES)
REAGENT = made_of(
    **dict.fromkeys(("key", "name", "role", "group", "measured_by", "note", "assay_kind"), TEXT),
    **dict.fromkeys(
        (
            *(
                "chemical",
                "formula",
                "lot",
                "stock",
                "supplier",
                "printed_amount",
                "recipe_formula",
            ),
            *("recipe_stock", "concentration_origin", "systematic_reason"),
        ),
        maybe(TEXT),
    ),
    **dict.fromkeys(
        (
            *("amount_mmol", "mass_mg", "weigh_mg", "volume_ml", "assay", "assay_uncertainty"),
            *("density_g_ml", "recipe_density_g_ml", "molar_mass_g_mol", "systematic_percent"),
        ),
        maybe(NUMBER),
    ),
    assay_assumed=YES_OR_NO,
    amount_mmol_range=maybe(some(NUMBER)),
    assay_range=maybe(some(NUMBER)),
    species=SPECIES,
    concentrations_mol_l=SPECIES,
    planned_concentrations_mol_l=SPECIES,
    concentration_unit=SPECIES,
    concentration_causes=some(_CAUSE),
    recipe_assay=_ASSAY,
)
RATIO = made_of(key=TEXT, label=TEXT, asked=YES_OR_NO, numerator=some(TEXT), denominator=some(TEXT))
COMPOSITION = by_key(KNOWN_AS, "Each ratio and concentration; with _effective as it will be")
BALANCE = by_key(
    maybe(TEXT), "What weighing and measuring leave uncertain; codes of the instruments"
)
BUDGET = by_key(
    some(
        made_of(**{"from": TEXT}, share=NUMBER, relative_percent=maybe(NUMBER), assumed=YES_OR_NO)
    ),
    "Of each asked ratio, what its uncertainty comes from",
)
WARNING = made_of(code=TEXT, message=TEXT, severity=TEXT, key=TEXT, lot=TEXT)
VESSEL = made_of(
    key=TEXT,
    name=TEXT,
    heated=YES_OR_NO,
    volume_ml=maybe(NUMBER),
    capacity_ml=maybe(NUMBER),
    fill_percent=maybe(NUMBER),
)
_STEP_VESSEL = made_of(
    key=TEXT, name=TEXT, heated=YES_OR_NO, size=maybe(TEXT), volume_ml=maybe(TEXT)
)
_POURED = made_of(key=TEXT, name=TEXT, formula=maybe(TEXT), amount=maybe(NUMBER), unit=TEXT)
STEP = made_of(
    **dict.fromkeys(("key", "operation", "stage", "text", "note", "until", "atmosphere"), TEXT),
    position={"type": "integer"},
    ingredients=some(_POURED),
    parameters=by_key(TYPED, "Numbers of the operation by name"),
    unknowns=by_key(TEXT, "What the source does not say"),
    vessel=maybe(_STEP_VESSEL),
)
YIELD = maybe(
    made_of(
        product=TEXT,
        limiting=TEXT,
        limiting_element=TEXT,
        amount_mmol=NUMBER,
        mass_mg=NUMBER,
        used_fraction=SPECIES,
    )
)
EXPECTED = maybe(
    made_of(
        **dict.fromkeys(
            ("phase", "structure", "precursor_appearance", "size_nm", "evidence", "note", "where"),
            TEXT,
        ),
        when=by_key(TEXT, "Targets that it was seen with"),
    )
)
_DEVIATION = made_of(key=TEXT, planned=NUMBER, actual=NUMBER, percent=maybe(NUMBER), unit=TEXT)
MADE_OF = made_of(
    amounts_mmol=by_key(KNOWN_AS, "By species, as weighed"),
    effective_amounts_mmol=by_key(KNOWN_AS, "By species, after hydrate and assay"),
    ratios=by_key(KNOWN_AS, "Each ratio as weighed"),
    effective=by_key(KNOWN_AS, "Each ratio after hydrate and assay"),
    complete=YES_OR_NO,
    missing=some(TEXT),
    not_counted=some(TEXT),
    waiting_for=by_key(some(TEXT), "Of each ratio, what is not recorded yet"),
    deviations=some(_DEVIATION),
)
FAULT = made_of(field=TEXT, message=TEXT)
