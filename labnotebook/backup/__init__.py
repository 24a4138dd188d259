"""Backups: one consistent dump of the database, the files by their content, and a list of both.

The dump and the counts in the list are of one snapshot. Files are copied after the dump: blobs are
only ever added, so every file that the dump knows is there. ``MANIFEST.json`` is written last and
names the dump, so that a backup that was interrupted leaves the one before it whole.
"""

from labnotebook.backup.contents import Done
from labnotebook.backup.folders import MANIFEST, is_encrypted
from labnotebook.backup.restoring import restore
from labnotebook.backup.taking import back_up

__all__ = ["MANIFEST", "Done", "back_up", "is_encrypted", "restore"]
