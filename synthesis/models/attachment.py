"""Photos and other files that were kept while a batch was made."""

from __future__ import annotations

from django.db import models

from labnotebook.records.models import Record, StoredFile
from labnotebook.records.models.searched import words_index
from synthesis.models.batch import Batch, StepRun
from synthesis.models.bench import BenchEvent, SaidQuerySet


class Attachment(Record):
    """One file that an entry of the bench kept: a photo of the flask, a page of paper, a log of the oven."""

    batch = models.ForeignKey(Batch, models.PROTECT, related_name="attachments")
    step_run = models.ForeignKey(StepRun, models.PROTECT, null=True, related_name="attachments")
    event = models.OneToOneField(BenchEvent, models.PROTECT, related_name="attachment")
    file = models.OneToOneField(StoredFile, models.PROTECT, related_name="of_batch")
    note = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField()

    objects = SaidQuerySet.as_manager()

    class Meta:
        ordering = ("at", "pk")
        indexes = [words_index("note", "attachment_note_words")]

    def __str__(self) -> str:
        return self.file.name
