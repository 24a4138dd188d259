"""`manage.py fill_bucket`: send what the data folder has to the bucket that keeps the files from now on."""

from django.core.management.base import BaseCommand, CommandError

from labnotebook.records.blobs import blob_damage, blob_path
from labnotebook.records.bucket import bucket
from labnotebook.records.models import StoredFile
from labnotebook.records.refusals import StorageAway


class Command(BaseCommand):
    help = (
        "Send every stored file that the bucket lacks from the data folder to it; safe to repeat."
    )

    def handle(self, *args, **options):
        store = bucket()
        if store is None:
            raise CommandError(
                "No bucket is named. Set LABNOTEBOOK_S3_BUCKET, then run this again."
            )
        sent = there = 0
        lacking = []
        rows = StoredFile.objects.order_by("sha256", "pk").distinct("sha256")
        try:
            for sha256, name in rows.values_list("sha256", "name").iterator():
                path = blob_path(sha256)
                if damage := blob_damage(path, sha256):
                    lacking.append(f"{name} ({sha256}): {damage}")
                elif store.has(sha256, path):
                    there += 1
                else:
                    store.put(path, sha256)
                    sent += 1
        except StorageAway as away:
            raise CommandError(f"After {sent} files that were sent: {away}") from away
        self.stdout.write(f"{sent} files were sent, and {there} were in the bucket already.")
        if lacking:
            self.stdout.write(
                f"{len(lacking)} are not in this data folder; 'manage.py verify_history' says whether the"
                " bucket has them."
            )
