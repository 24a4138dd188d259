"""`manage.py verify_history`: say whether the record is what it was."""

from django.core.management.base import BaseCommand, CommandError

from labnotebook.records.services.checkpoints import verify_checkpoints
from labnotebook.records.services.verification import verify_history

SHOWN = 50


class Command(BaseCommand):
    help = (
        "Recompute every revision's chain, compare every row and every signed checkpoint; exit"
        " non-zero on tampering."
    )

    def handle(self, *args, **options):
        report, verdict = verify_history(), verify_checkpoints()
        for problem in verdict.problems[:SHOWN]:
            self.stderr.write(problem)
        for finding in report.findings[:SHOWN]:
            self.stderr.write(f"{finding.table} {finding.record_id}: {finding.sentence}")
        found = len(report.findings) + len(verdict.problems)
        if found:
            more = len(report.findings) - SHOWN
            raise CommandError(
                f"{found} places are not as they were recorded"
                + (f" ({more} more not shown)." if more > 0 else ".")
            )
        self.stdout.write(
            f"intact: {report.revisions} revisions of {report.records} rows, every chain unbroken;"
            f" {verdict.checkpoints} signed checkpoints hold."
        )
        if report.direct_sql:
            self.stdout.write(
                f"{report.direct_sql} revisions were written by SQL from outside the notebook."
            )
