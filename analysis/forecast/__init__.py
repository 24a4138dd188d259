"""The phase forecast: what a flask will probably become, said before it is heated.

Pure: no Django, no database. Version 0 knows the paper and its priors; `LabModel.learn` adds what the
lab's labelled batches teach.
"""

from analysis.forecast.card import model_card
from analysis.forecast.conditions import Conditions, UnforecastableConditions
from analysis.forecast.labelled import Labelled, UnlearnableRow
from analysis.forecast.learned import LabModel
from analysis.forecast.model import PHASES
from analysis.forecast.predict import CurvePoint, curve_along_ratio, forecast_phase
from analysis.forecast.result import Chance, Evidence, PhaseForecast
from analysis.forecast.scoring import Score, UnscorablePhase, score
from analysis.forecast.stored import UnreadableModel

__all__ = [
    "PHASES",
    "Chance",
    "Conditions",
    "CurvePoint",
    "Evidence",
    "LabModel",
    "Labelled",
    "PhaseForecast",
    "Score",
    "UnforecastableConditions",
    "UnlearnableRow",
    "UnreadableModel",
    "UnscorablePhase",
    "curve_along_ratio",
    "forecast_phase",
    "model_card",
    "score",
]
