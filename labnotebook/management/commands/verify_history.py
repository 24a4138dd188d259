"""`manage.py verify_history`: say whether the record is what it was."""

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from labnotebook.records.models import StoredFile
from labnotebook.records.refusals import StorageAway
from labnotebook.records.services.checkpoint_copies import copies_in_folders, fetch
from labnotebook.records.services.checkpoint_keys import is_public_key, pin_key
from labnotebook.records.services.checkpoints import Copy, verify_checkpoints
from labnotebook.records.services.fixity import damaged_files
from labnotebook.records.services.signatures import broken_signatures
from labnotebook.records.services.time_stamps import read_stamps, stamp_problems
from labnotebook.records.services.verification import verify_history

SHOWN = 50


class Command(BaseCommand):
    help = (
        "Recompute every revision's chain, compare every row, signature and signed checkpoint, hash"
        " every stored file; exit non-zero on tampering."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "--key",
            action="append",
            default=[],
            help="public key that must have signed every checkpoint, as it stands in their file",
        )
        parser.add_argument(
            "--pin", default="", help="let this public key sign from now on, after one was lost"
        )
        parser.add_argument(
            "--against",
            action="append",
            default=[],
            metavar="FILE_OR_ADDRESS",
            help="a copy of the checkpoints that was kept elsewhere",
        )

    def handle(self, *args, key: list[str], pin: str, against: list[str], **options):
        for text in (*key, *([pin] if pin else ())):
            if not is_public_key(text):
                raise CommandError(
                    f"{text!r} is no public key. Give the 'public_key' of a checkpoint, 44 characters."
                )
        if pin:
            pin_key(pin)
        try:
            self.verify(key, against)
        except StorageAway as away:
            raise CommandError(
                f"The stored files could not be read, so nothing is said: {away}"
            ) from away

    def verify(self, key: list[str], against: list[str]) -> None:
        copies = [*copies_in_folders(), *(_copy(where) for where in against)]
        report, verdict = verify_history(), verify_checkpoints(only=key, copies=copies)
        files = StoredFile.objects.values("sha256").distinct().count()
        found = [
            *verdict.problems,
            *stamp_problems(),
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
        stamps, copied = read_stamps(), ""
        if copies:
            copied = f", and {len(copies)} copies of them agree"
        self.stdout.write(
            f"intact: {report.revisions} revisions of {report.records} rows, every chain unbroken;"
            f" {verdict.checkpoints} signed checkpoints hold{copied}; {files} stored files are what their"
            " hashes say."
        )
        if stamps and settings.TIMESTAMP_ROOTS:
            self.stdout.write(f"{len(stamps)} time stamps on checkpoints hold.")
        elif stamps:
            self.stdout.write(
                f"{len(stamps)} time stamps were not verified: name the certificates that vouch for their"
                " authority in TIMESTAMP_ROOTS."
            )
        if report.direct_sql:
            self.stdout.write(
                f"{report.direct_sql} revisions were written by SQL from outside the notebook."
            )


def _copy(where: str) -> Copy:
    try:
        return Copy(where, fetch(where))
    except (OSError, ValueError) as failure:
        raise CommandError(f"{where} cannot be read: {failure}") from failure
