"""Fill an empty database with made-up batches, to measure on."""

import time
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError

from analysis.history.seed import PROJECT_NAME, seed
from labnotebook.records.refusals import Refusal


class Command(BaseCommand):
    help = (
        f"Writes N made-up batches with phases, outcomes and devices into the project {PROJECT_NAME}, for"
        " benchmarks. They have no revisions, so verify_history will name them; a database with batches"
        " of a lab is refused."
    )

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--batches", type=int, required=True, metavar="N")
        parser.add_argument(
            "--user", default="benchmark", help="who owns the project; made when missing"
        )
        parser.add_argument(
            "--yes", action="store_true", help="yes, write made-up data into this database"
        )

    def handle(self, *args: Any, batches: int, user: str, yes: bool, **options: Any) -> None:
        if not yes:
            raise CommandError(
                f"This writes {batches:,} made-up batches into the database. Add --yes if it is one for"
                " benchmarks."
            )
        people = get_user_model().objects
        by = people.filter(username=user).first() or people.create_user(username=user)
        began = time.monotonic()
        try:
            project = seed(by=by, batches=batches)
        except Refusal as refusal:
            raise CommandError(refusal.sentence) from refusal
        took_s = time.monotonic() - began
        self.stdout.write(
            f"{batches:,} batches in the project {project.name}, owned by {user}, in {took_s:.1f} s."
        )
