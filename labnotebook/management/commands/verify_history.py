"""`manage.py verify_history`: say whether the record is what it was."""

from django.core.management.base import BaseCommand, CommandError

from labnotebook.records.models import StoredFile
from labnotebook.records.services.checkpoints import verify_checkpoints
from labnotebook.records.services.fixity import damaged_files
from labnotebook.records.services.signatures import broken_signatures
from labnotebook.records.services.verification import verify_history

SHOWN = 50


class Command(BaseCommand):
    help = (
        "Recompute every revision's chain, compare every row, signature and signed checkpoint, hash"
        " every stored file; exit non-zero on tampering."
    )

    def handle(self, *args, **options):
        report, verdict = verify_history(), verify_checkpoints()
        files = StoredFile.objects.values("sha256").distinct().count()
        found = [
            *verdict.problems,
            *(f"stored file {damage}" for damage in damaged_files()),
            *(
                f"signature of {s.user} on {s.table_name} {s.record_id}: {told}"
                for s, told in broken_signatures()
            ),
            *(f"{f.table} {f.record_id}: {f.sentence}" for f in report.findings),
        ]
        for sentence in found[:SHOWN]:
            self.stderr.write(sentence)
        if found:
            more = len(found) - SHOWN
            raise CommandError(
                f"{len(found)} places are not as they were recorded"
                + (f" ({more} more not shown)." if more > 0 else ".")
            )
        self.stdout.write(
            f"intact: {report.revisions} revisions of {report.records} rows, every chain unbroken;"
            f" {verdict.checkpoints} signed checkpoints hold; {files} stored files are what their"
            " hashes say."
        )
        if report.direct_sql:
            self.stdout.write(
                f"{report.direct_sql} revisions were written by SQL from outside the notebook."
            )
