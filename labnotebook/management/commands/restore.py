"""`manage.py restore DIR`: fill an empty notebook from a backup, and check what came back."""

import sys
from getpass import getpass
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from labnotebook.backup import is_encrypted, restore
from labnotebook.records.refusals import Refusal


class Command(BaseCommand):
    help = "Restore the backup in DIR into an empty notebook, then verify rows, history and files."

    def add_arguments(self, parser):
        parser.add_argument("dir", type=Path)
        parser.add_argument(
            "--without-damaged",
            action="store_true",
            help="restore although some files of the backup are damaged, without those",
        )

    def handle(self, *args, dir: Path, without_damaged: bool, **options):
        folder = dir.expanduser().absolute()
        passphrase = settings.BACKUP_PASSPHRASE
        if not passphrase and is_encrypted(folder) and sys.stdin.isatty():
            passphrase = getpass("The passphrase of this backup: ")
        try:
            done = restore(folder, passphrase, without_damaged=without_damaged)
        except Refusal as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(
            f"{done.rows} rows ({done.revisions} revisions) and {done.blobs} files are back; every"
            " chain of the history is unbroken."
        )
        if done.damaged:
            raise CommandError("These files could not be restored:\n" + "\n".join(done.damaged))
