"""What came with a bottle on paper: its certificate of analysis, its safety data sheet."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint

from labnotebook.records.models import Record, StoredFile
from synthesis.models.material import Material


class MaterialFile(Record):
    """One file of one bottle. It stays for good; one that was attached wrongly is withdrawn with a reason."""

    class Kind(models.TextChoices):
        """What the file is."""

        CERTIFICATE = "certificate", "Certificate of analysis"
        SAFETY = "safety", "Safety data sheet"
        OTHER = "other", "Other"

    material = models.ForeignKey(Material, models.PROTECT, related_name="files")
    file = models.OneToOneField(StoredFile, models.PROTECT, related_name="of_material")
    sha256 = models.CharField(
        max_length=64, editable=False
    )  # of the file, so that each is there once
    kind = models.CharField(max_length=11, choices=Kind)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    added_at = models.DateTimeField(auto_now_add=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ("pk",)
        constraints = [
            UniqueConstraint(
                fields=["material", "sha256"],
                condition=Q(withdrawn_at=None),
                name="material_file_is_there_once",
                violation_error_message="This very file is attached already.",
            ),
            CheckConstraint(
                name="material_file_withdrawn_says_why",
                condition=Q(withdrawn_at=None, withdrawn_reason="")
                | (Q(withdrawn_at__isnull=False) & ~Q(withdrawn_reason="")),
                violation_error_message="Say why it is withdrawn.",
            ),
            CheckConstraint(
                name="material_file_kind_is_known",
                condition=Q(kind__in=["certificate", "safety", "other"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} of {self.material}"
