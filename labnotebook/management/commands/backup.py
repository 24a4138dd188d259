"""`manage.py backup DIR`: the database, the files, and a list with their checksums."""

from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from labnotebook.backup import MANIFEST, back_up
from labnotebook.records.refusals import Refusal


class Command(BaseCommand):
    help = (
        "Write a backup into DIR; again into the same DIR copies only the files that are new."
        " It is encrypted when LABNOTEBOOK_BACKUP_PASSPHRASE is set."
    )

    def add_arguments(self, parser):
        parser.add_argument("dir", type=Path)

    def handle(self, *args, dir: Path, **options):
        try:
            done = back_up(dir.expanduser().absolute(), settings.BACKUP_PASSPHRASE)
        except Refusal as refusal:
            raise CommandError(str(refusal)) from refusal
        except OSError as failure:
            raise CommandError(f"{failure.filename or dir}: {failure.strerror}") from failure
        how = "encrypted" if settings.BACKUP_PASSPHRASE else "not encrypted"
        self.stdout.write(
            f"{done.rows} rows ({done.revisions} revisions) and {done.blobs} files"
            f" ({done.blobs_copied} new) are in {dir}, {how}; {MANIFEST} has their checksums."
        )
        if done.damaged:
            raise CommandError(
                f"{len(done.damaged)} files of the notebook itself are damaged:\n"
                + "\n".join(done.damaged)
            )
