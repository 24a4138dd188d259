"""Counters behind the short codes that are printed on vials."""

from django.db import models


class CodeCounter(models.Model):
    """The last number given out for one prefix; `codes.next_code` raises it."""

    prefix = models.CharField(max_length=8, primary_key=True)
    last = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.prefix}-{self.last:04d}"
