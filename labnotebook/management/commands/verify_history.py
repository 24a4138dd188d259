"""`manage.py verify_history`: say whether the record is what it was."""

from django.core.management.base import BaseCommand, CommandError

from labnotebook.records.services.verification import verify_history

SHOWN = 50


class Command(BaseCommand):
    help = "Recompute every revision's chain and compare every row; exit non-zero on tampering."

    def handle(self, *args, **options):
        report = verify_history()
        for finding in report.findings[:SHOWN]:
            self.stderr.write(f"{finding.table} {finding.record_id}: {finding.sentence}")
        if report.findings:
            more = len(report.findings) - SHOWN
            raise CommandError(
                f"{len(report.findings)} places are not as they were recorded"
                + (f" ({more} more not shown)." if more > 0 else ".")
            )
        self.stdout.write(
            f"intact: {report.revisions} revisions of {report.records} rows, every chain unbroken."
        )
        if report.direct_sql:
            self.stdout.write(
                f"{report.direct_sql} revisions were written by SQL from outside the notebook."
            )
