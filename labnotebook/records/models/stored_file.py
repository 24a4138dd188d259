"""Files: stored by content, immutable."""

from __future__ import annotations

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import CheckConstraint, Q

from labnotebook.records.models.base import ProjectRecord
from labnotebook.records.models.searched import words_index

SHOWN_AS_PICTURE = ("image/jpeg", "image/png", "image/webp")


class StoredFile(ProjectRecord):
    """One upload: the name somebody gave it, and the SHA-256 under which its bytes are kept.

    Two uploads of the same bytes share one blob; each keeps its own name, project and person.
    """

    sha256 = models.CharField(
        max_length=64, db_index=True, validators=[RegexValidator(r"^[0-9a-f]{64}$")]
    )
    size_bytes = models.BigIntegerField()
    name = models.CharField(max_length=255)  # data only, never a path
    media_type = models.CharField(max_length=100, default="application/octet-stream")  # sniffed
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("-pk",)
        indexes = [words_index("name", "stored_file_name_words")]
        constraints = [
            CheckConstraint(
                name="stored_file_size_is_not_negative", condition=Q(size_bytes__gte=0)
            ),
            CheckConstraint(
                name="stored_file_sha256_is_a_digest", condition=Q(sha256__regex=r"^[0-9a-f]{64}$")
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_picture(self) -> bool:
        """Whether a browser shows it."""
        return self.media_type in SHOWN_AS_PICTURE
