"""Register the room, and with it the work that its jobs ask for."""

from django.apps import AppConfig


class AnalysisConfig(AppConfig):
    """Measurements, analyses, outcomes, history and the phase forecast."""

    name = "analysis"

    def ready(self) -> None:
        """Make the handlers of this room's jobs known."""
        from analysis.services import (  # noqa: F401  (importing registers)
            analysing,
            forecasts,
            signed_parts,
        )
