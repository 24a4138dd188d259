"""Chemicals, materials, instruments, recipes and batches."""

from synthesis.models.batch import Addition, Batch, StepRun, StepRunParameter
from synthesis.models.bench import BenchEvent, Deviation, Observation
from synthesis.models.instrument import Instrument
from synthesis.models.material import Chemical, Material
from synthesis.models.material_file import MaterialFile
from synthesis.models.movement import Movement
from synthesis.models.quantity import BatchQuantity
from synthesis.models.recipe import (
    Ingredient,
    LabOperation,
    Recipe,
    RecipeDraft,
    RecipeStep,
    RecipeVersion,
    StepParameter,
)
from synthesis.models.titration import Titration

__all__ = [
    "Addition",
    "Batch",
    "BatchQuantity",
    "BenchEvent",
    "Chemical",
    "Deviation",
    "Ingredient",
    "Instrument",
    "LabOperation",
    "Material",
    "MaterialFile",
    "Movement",
    "Observation",
    "Recipe",
    "RecipeDraft",
    "RecipeStep",
    "RecipeVersion",
    "StepParameter",
    "StepRun",
    "StepRunParameter",
    "Titration",
]
