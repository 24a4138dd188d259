"""`manage.py verify FILE`: check an exported signed record; `python -m labnotebook.verify` does the same without a notebook."""

import sys

from django.core.management.base import BaseCommand

from labnotebook.verify import main


class Command(BaseCommand):
    help = "Check an exported signed record (.eln): signatures, revisions, files and checkpoints."
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("file", help="what was exported: NC-0042.eln")
        parser.add_argument(
            "--key", default="", help="public key that must have signed its checkpoints"
        )
        parser.add_argument("--roots", default="", help="PEM file of who vouches for time stamps")

    def handle(self, *args, file: str, key: str, roots: str, **options):
        asked = [file, *(["--key", key] if key else []), *(["--roots", roots] if roots else [])]
        if code := main(asked):
            sys.exit(code)
