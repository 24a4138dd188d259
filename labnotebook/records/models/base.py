"""What every record has: a version that each write raises, and a history."""

from __future__ import annotations

from typing import Any, Self

from django.db import models

from labnotebook.records.models.role import read_by
from labnotebook.records.refusals import StaleWrite


class Record(models.Model):
    """A table whose every write is kept as a revision.

    ``version`` is raised by the database itself, so it is right whoever writes (ORM, bulk update,
    plain SQL); see `labnotebook.records.history`.
    """

    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        abstract = True

    @property
    def etag(self) -> str:
        """Entity tag of this version, for If-Match."""
        return f'"{self._meta.model_name}-{self.pk}-{self.version}"'

    def lock(self, *, version: int | None = None) -> Self:
        """Read this row again, locked until the transaction ends; refuse when it has moved on."""
        current = type(self)._default_manager.select_for_update(of=("self",)).get(pk=self.pk)
        if version is not None and current.version != version:
            raise StaleWrite(
                f"Somebody changed this since you opened it (you have version {version}, it is now "
                f"version {current.version}). Look at both, then send your change again.",
                current=current,
            )
        return current

    def set_fields(self, **values: Any) -> None:
        """Save just these fields."""
        for name, value in values.items():
            setattr(self, name, value)
        self.save(update_fields=list(values))
        self.refresh_from_db(fields=["version"])


class ProjectRecordQuerySet(models.QuerySet):
    """Rows as one person may see and change them."""

    def visible_to(self, user) -> Self:
        """Return the rows of the projects that ``user`` may read, and what the lab shares."""
        rows = read_by(user)
        if any(f.name == "shared_with_lab" for f in self.model._meta.fields):
            mine = self.model._default_manager.filter(rows).values("pk")
            return self.filter(models.Q(shared_with_lab=True) | models.Q(pk__in=mine))
        return self.filter(rows)

    def reached_by(self, user) -> Self:
        """Return the rows of the projects that ``user`` belongs to, to find what a file is sent for.

        An instrument reaches what it may not read; whether it may do what it asks is asked next.
        """
        return self.filter(project__memberships__user=user)


class ProjectRecord(Record):
    """A record that belongs to one project."""

    project = models.ForeignKey("records.Project", models.PROTECT, related_name="+")

    objects = ProjectRecordQuerySet.as_manager()

    class Meta:
        abstract = True
