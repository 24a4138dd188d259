"""Chemicals, materials, instruments, recipes and batches."""

from synthesis.models.attachment import Attachment
from synthesis.models.batch import (
    NOT_RECORDED,
    Addition,
    Batch,
    BatchArchive,
    StepRun,
    StepRunParameter,
)
from synthesis.models.bench import SENSOR, BenchEvent, Condition, Deviation, Observation, Portion
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
    "NOT_RECORDED",
    "SENSOR",
    "Addition",
    "Attachment",
    "Batch",
    "BatchArchive",
    "BatchQuantity",
    "BenchEvent",
    "Chemical",
    "Condition",
    "Deviation",
    "Ingredient",
    "Instrument",
    "LabOperation",
    "Material",
    "MaterialFile",
    "Movement",
    "Observation",
    "Portion",
    "Recipe",
    "RecipeDraft",
    "RecipeStep",
    "RecipeVersion",
    "StepParameter",
    "StepRun",
    "StepRunParameter",
    "Titration",
]
