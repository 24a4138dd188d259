"""`manage.py load_reference`: the paper's chemicals and recipes, those of its devices too."""

from django.core.management.base import BaseCommand

from synthesis.services.recipes import load_shipped


class Command(BaseCommand):
    help = "Write the chemicals and recipes, those of devices too, that ship with the notebook; safe to repeat."

    def handle(self, *args, **options):
        versions = load_shipped()
        self.stdout.write(f"{len(versions)} recipes are there, of devices too.")
