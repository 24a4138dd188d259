"""`manage.py load_reference`: the paper's chemicals, recipes and architectures."""

from django.core.management.base import BaseCommand

from devices.services.architectures import load_shipped_architectures
from synthesis.services.recipes import load_shipped


class Command(BaseCommand):
    help = "Write the chemicals, recipes and device architectures that ship with the notebook; safe to repeat."

    def handle(self, *args, **options):
        versions = load_shipped()
        architectures = load_shipped_architectures()
        self.stdout.write(
            f"{len(versions)} recipes and {len(architectures)} device architectures are there."
        )
