"""The resources of this room."""

from analysis.api.analyses import AnalysisViewSet
from analysis.api.batches import BatchStoryViewSet
from analysis.api.files import FileViewSet
from analysis.api.forecasts import ForecastViewSet
from analysis.api.measurements import MeasurementViewSet
from analysis.api.outcomes import OutcomeViewSet
from analysis.api.phases import PhaseViewSet

__all__ = [
    "AnalysisViewSet",
    "BatchStoryViewSet",
    "FileViewSet",
    "ForecastViewSet",
    "MeasurementViewSet",
    "OutcomeViewSet",
    "PhaseViewSet",
]
