"""Register the room, and with it the work that its jobs ask for."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate


class AnalysisConfig(AppConfig):
    """Measurements, analyses, outcomes, history and the phase forecast."""

    name = "analysis"

    def ready(self) -> None:
        """Make the handlers of this room's jobs known, and its derived objects follow `migrate`."""
        from analysis.history import derived
        from analysis.services import (  # noqa: F401  (importing registers)
            analysing,
            forecasts,
            learning,
            learning_recipes,
            measured,
            signed_parts,
        )
        from labnotebook.records.history import DERIVED_SQL

        DERIVED_SQL[self.name] = derived.INSTALL
        pre_migrate.connect(derived.take_away, sender=self)
        post_migrate.connect(derived.make_anew, sender=self)
