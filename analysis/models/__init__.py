"""Measurements, analyses, outcomes, phases, forecasts and the history."""

from analysis.models.board import Board
from analysis.models.column_mapping import ColumnMapping
from analysis.models.forecast import Forecast, Guess, Score
from analysis.models.history import HistoryRow, OwnColumns
from analysis.models.inbox import InboxFile
from analysis.models.instrument import Calibration, MeasuringInstrument
from analysis.models.learned_recipe import LearnedRecipe
from analysis.models.measurement import Analysis, Measurement
from analysis.models.model_version import LabelSource, ModelParameters, ModelPin, ModelVersion
from analysis.models.outcome import Outcome, PhaseAssignment, StructureEvidence
from analysis.models.quantity import HistoryNumber, LabQuantity
from analysis.models.saved_question import SavedQuestion
from analysis.models.suggestion import TakenSuggestion

__all__ = [
    "Analysis",
    "Board",
    "Calibration",
    "ColumnMapping",
    "Forecast",
    "Guess",
    "HistoryNumber",
    "HistoryRow",
    "InboxFile",
    "LabQuantity",
    "LabelSource",
    "LearnedRecipe",
    "Measurement",
    "MeasuringInstrument",
    "ModelParameters",
    "ModelPin",
    "ModelVersion",
    "Outcome",
    "OwnColumns",
    "PhaseAssignment",
    "SavedQuestion",
    "Score",
    "StructureEvidence",
    "TakenSuggestion",
]
