"""Recompute every row of the history and compare."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from analysis.history.rebuild import differences, repair
from analysis.models import HistoryRow


class Command(BaseCommand):
    help = (
        "Compares every row of the history with what its batch, measurements and devices say, prints"
        " what differs and puts it right. With --check nothing is changed, and any difference is an error."
    )

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument(
            "--check", action="store_true", help="only compare; fail when rows differ"
        )

    def handle(self, *args: Any, check: bool, **options: Any) -> None:
        found = list(differences())
        for difference in found:
            self.stdout.write(str(difference))
            if not check:
                repair(difference)
        rows = f"{HistoryRow.objects.count()} rows compared"
        if not found:
            self.stdout.write(f"{rows}, all as they should be.")
        elif check:
            raise CommandError(
                f"{rows}, {len(found)} differ. Run `manage.py rebuild_history` to put them right."
            )
        else:
            self.stdout.write(f"{rows}, {len(found)} put right.")
