"""What a page is about, as the person may see it, and the way back."""

from __future__ import annotations

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from analysis.services.subjects import Measured
from devices.models import Device, Layer, Pixel
from labnotebook.records.templatetags.notebook import SECTIONS
from synthesis.models import Batch, Material
from synthesis.services.quantities import with_leading_ratio


def find_batch(request: HttpRequest, code: str) -> Batch:
    """Return a batch that the person may see, or 404."""
    rows = Batch.objects.visible_to(request.user).select_related(
        "project", "recipe_version__recipe"
    )
    return get_object_or_404(with_leading_ratio(rows), code=code)


def find_device(request: HttpRequest, code: str) -> Device:
    """Return a device that the person may see, or 404."""
    rows = Device.objects.visible_to(request.user).select_related(
        "project", "recipe_version__recipe"
    )
    return get_object_or_404(rows, code=code)


def find_pixel(request: HttpRequest, code: str, label: str) -> Pixel:
    """Return a pixel of a device that the person may see, or 404."""
    rows = Pixel.objects.select_related("device__project")
    return get_object_or_404(rows, device=find_device(request, code), label=label)


def find_lot(request: HttpRequest, code: str) -> Material:
    """Return a bottle that the person may see, or 404."""
    rows = Material.objects.visible_to(request.user).select_related("project")
    return get_object_or_404(rows, code=code)


def find_layer(request: HttpRequest, code: str, index: int) -> Layer:
    """Return a layer of a device that the person may see, or 404."""
    rows = Layer.objects.select_related("device__project")
    return get_object_or_404(rows, device=find_device(request, code), index=index)


def page_of(subject: Measured) -> str:
    """Return the address of the batch, bottle or device that the subject is or belongs to."""
    if isinstance(subject, Batch):
        return reverse("synthesis:batch-detail", args=[subject.code])
    if isinstance(subject, Material):
        return reverse("synthesis:material-detail", args=[subject.code])
    device = subject.device if isinstance(subject, Pixel | Layer) else subject
    return reverse("devices:device-detail", args=[device.code])


def section_of(subject: Measured) -> str:
    """Return the word of the navigation under which the subject lies."""
    return {Batch: "batches", Material: "materials"}.get(type(subject), "devices")


def crumbs_of(subject: Measured, *rest: str) -> list[tuple[str, str]]:
    """Return the breadcrumbs down to this page."""
    section = SECTIONS[section_of(subject)]
    top = (reverse(section.url_name), _(section.word))
    return [top, (page_of(subject), str(subject)), *(("", words) for words in rest)]
