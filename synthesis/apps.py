"""Register the room, and with it what a signature on one of its batches covers."""

from django.apps import AppConfig


class SynthesisConfig(AppConfig):
    """Chemicals, materials, recipes, batches and the bench."""

    name = "synthesis"

    def ready(self) -> None:
        """Make the parts of a signed batch known."""
        from synthesis.services import signed_parts  # noqa: F401  (importing registers)
