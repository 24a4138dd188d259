"""What can be found: for each kind the rows that a person may see, and the line that shows one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Prefetch, Q, QuerySet
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from analysis.models import Measurement
from devices.addresses import page_of_batch
from devices.models import Device
from labnotebook.records.models import Project, StoredFile
from labnotebook.records.templatetags.notebook import marks
from labnotebook.search.numbers import number_places
from labnotebook.search.places import OF_BATCHES, OF_DEVICES, OF_FILES, OF_MATERIALS, Place
from labnotebook.search.words import Words
from synthesis.models import Attachment, Batch, Chemical, Material, MaterialFile, Recipe


@dataclass(frozen=True, slots=True)
class Line:
    """How a record is shown: where it is, what it is called, what else is said of it."""

    address: str
    title: str
    about: str = ""
    marks: str = ""


@dataclass(frozen=True, slots=True)
class Kind:
    """One group of what is found. ``coded`` rows are found by the beginning of their code as well."""

    key: str
    title: str | Promise
    seen_by: Callable[[Any], QuerySet[Any]]  # without what a line needs
    line: Callable[[Any], Line]
    places: Sequence[Place] = ()
    numbers: Callable[[Words], list[Place]] | None = None
    names: Sequence[str] = ()  # columns of a table so short that it is read as a whole
    coded: bool = False
    full: Callable[[QuerySet[Any]], QuerySet[Any]] = field(default=lambda rows: rows)


def _batch_line(batch: Batch) -> Line:
    said = [
        batch.recipe_version.recipe.name,
        batch.get_state_display().lower(),
        batch.precursor_appearance,
        batch.planned_by.username,
    ]
    return Line(page_of_batch(batch.code), batch.code, " · ".join(filter(None, said)), marks(batch))


def _device_line(device: Device) -> Line:
    said = [device.name, device.architecture.name if device.architecture else ""]
    address = reverse("devices:device-detail", args=[device.code])
    return Line(address, device.code, " · ".join(filter(None, said)), marks(device))


def _material_line(material: Material) -> Line:
    address = reverse("synthesis:material-detail", args=[material.code])
    return Line(address, material.code, material.name, marks(material))


def _recipe_line(recipe: Recipe) -> Line:
    said = recipe.get_kind_display()
    address = reverse("synthesis:recipe-detail", args=[recipe.slug])
    return Line(address, recipe.name, f"{said} · {_('retired')}" if recipe.retired_at else said)


def _chemical_line(chemical: Chemical) -> Line:
    said = [chemical.formula, f"CAS {chemical.cas}" if chemical.cas else ""]
    address = reverse("synthesis:chemical-detail", args=[chemical.slug])
    return Line(address, chemical.name, " · ".join(filter(None, said)))


def _file_line(file: StoredFile) -> Line:
    for measurement in file.measurements.all():
        subject = measurement.subject
        address = reverse("analysis:measurement-detail", args=[measurement.pk])
        return Line(address, file.name, f"{measurement.technique_title} · {subject}")
    paper = getattr(file, "of_material", None)
    if paper is not None:
        address = reverse("synthesis:material-detail", args=[paper.material.code])
        return Line(address, file.name, f"{paper.get_kind_display()} · {paper.material.code}")
    kept = getattr(file, "of_batch", None)
    if kept is not None:
        address = reverse("synthesis:batch-detail", args=[kept.batch.code])
        return Line(address, file.name, f"{_('at the bench')} · {kept.batch.code}")
    return Line(reverse("analysis:file-download", args=[file.pk]), file.name)


def _person_line(person: Any) -> Line:
    address = f"{reverse('analysis:history')}?made_by={person.username}"
    name = person.get_full_name()
    return Line(address, name or person.username, f"{person.username} · {_('their batches')}")


def _members_with(user: Any) -> QuerySet[Any]:
    mine = Project.objects.visible_to(user).values("pk")
    return get_user_model().objects.filter(memberships__project__in=mine).distinct()


def _full_batches(rows: QuerySet[Batch]) -> QuerySet[Batch]:
    heavy = ("plan", "composition", "recipe_version__definition")
    return rows.select_related("project", "recipe_version__recipe", "planned_by", "archive").defer(
        *heavy
    )


def _full_files(rows: QuerySet[StoredFile]) -> QuerySet[StoredFile]:
    measured = Measurement.objects.select_related(
        "batch", "device", "pixel__device", "lot", "layer"
    )
    measured = measured.defer("batch__plan", "batch__composition")
    papers = MaterialFile.objects.select_related("material")
    kept = Attachment.objects.select_related("batch").defer("batch__plan", "batch__composition")
    return rows.prefetch_related(
        Prefetch("measurements", measured),
        Prefetch("of_material", papers),
        Prefetch("of_batch", kept),
    )


KINDS = (
    Kind(
        "batches",
        gettext_lazy("Batches"),
        Batch.objects.visible_to,
        _batch_line,
        places=OF_BATCHES,
        numbers=number_places,
        coded=True,
        full=_full_batches,
    ),
    Kind(
        "devices",
        gettext_lazy("Devices"),
        Device.objects.visible_to,
        _device_line,
        places=OF_DEVICES,
        coded=True,
        full=lambda rows: rows.select_related("project", "recipe_version__recipe"),
    ),
    Kind(
        "materials",
        gettext_lazy("Bottles and stocks"),
        Material.objects.visible_to,
        _material_line,
        places=OF_MATERIALS,
        coded=True,
        full=lambda rows: rows.select_related("project"),
    ),
    Kind(
        "recipes",
        gettext_lazy("Recipes"),
        Recipe.objects.visible_to,
        _recipe_line,
        names=("name", "slug"),
    ),
    Kind(
        "chemicals",
        gettext_lazy("Chemicals"),
        Chemical.objects.visible_to,
        _chemical_line,
        names=("name", "formula", "cas", "note"),
    ),
    Kind(
        "files",
        gettext_lazy("Files"),
        StoredFile.objects.visible_to,
        _file_line,
        places=OF_FILES,
        full=_full_files,
    ),
    Kind(
        "people",
        gettext_lazy("People"),
        _members_with,
        _person_line,
        names=("username", "first_name", "last_name"),
    ),
)


def named(kind: Kind, words: Words) -> Q:
    """Return the condition that each word stands in one of the names."""
    wanted = Q()
    for word in words.each:
        one = Q()
        for name in kind.names:
            one |= Q(**{f"{name}__icontains": word})
        wanted &= one
    return wanted


def coded(words: Words) -> Q:
    """Return the condition that a code begins so, or is the one that a bare number stands for."""
    return Q(code__startswith=words.typed.strip().upper()) | Q(code__in=words.codes)
