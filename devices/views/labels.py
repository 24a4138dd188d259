"""What the labels of devices and their pixels say."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from devices.measures import plain
from devices.models import Device, Layer
from devices.services.runs import runs_for
from devices.views.devices import device_crumbs, get_device
from labnotebook.records.presentation.numbers import format_quantity
from labnotebook.records.views.labels import day_of, label_page, name_of
from synthesis.chemistry.layers import materials_line


@require_safe
def device_label(request: HttpRequest, code: str) -> HttpResponse:
    """Show the label of a device's box."""
    device = get_device(request, code)
    layers = list(device.layers.select_related("source_batch"))
    return label_page(
        request,
        device.code,
        [
            _called(device),
            materials_line((layer.role, layer.material_name) for layer in layers),
            _emitter(layers),
            _when(device),
        ],
        leads_to=reverse("qr", args=[device.code]),
        simulated=device.project.is_simulated,
        crumbs=device_crumbs(device, "")[:-1],
        parts=[
            (reverse("devices:pixel-label", args=[device.code, pixel.label]), pixel.label)
            for pixel in device.pixels.all()
        ],
    )


@require_safe
def run_label(request: HttpRequest, code: str) -> HttpResponse:
    """Show the label of a run's box, with the way to those of its substrates."""
    run = get_object_or_404(runs_for(request.user), code=code)
    devices = list(run.substrates.order_by("pk"))
    architecture = run.recipe_version.recipe.name
    crumbs = [
        (reverse("devices:run-list"), _("Runs")),
        (reverse("devices:run-detail", args=[code]), code),
    ]
    labels = ", ".join(device.substrate for device in devices)
    return label_page(
        request,
        run.code,
        [architecture, _("substrates %(labels)s") % {"labels": labels}, day_of(run.planned_at)],
        leads_to=reverse("devices:run-detail", args=[run.code]),
        simulated=run.project.is_simulated,
        crumbs=crumbs,
        parts=[
            (
                reverse("devices:device-label", args=[device.code]),
                f"{device.substrate} {device.code}",
            )
            for device in devices
        ],
    )


@require_safe
def pixel_label(request: HttpRequest, code: str, label: str) -> HttpResponse:
    """Show the label of one pixel; its QR code opens the pixel's files."""
    device = get_device(request, code)
    pixel = get_object_or_404(device.pixels, label=label)
    area = format_quantity(plain(pixel.area_mm2), unit="mm²").text if pixel.area_mm2 else ""
    return label_page(
        request,
        f"{device.code} {pixel.label}",
        [device.called, area, pixel.note, _when(device)],
        leads_to=reverse("analysis:pixel-files", args=[device.code, pixel.label]),
        simulated=device.project.is_simulated,
        crumbs=device_crumbs(device, pixel.label),
    )


def _called(device: Device) -> str:
    """Return what it is called, and which substrate of which run it is."""
    if not device.run:
        return device.called
    which = _("%(run)s, substrate %(label)s") % {"run": device.run.code, "label": device.substrate}
    return f"{device.called}, {which}" if device.called else which


def _emitter(layers: list[Layer]) -> str:
    codes = dict.fromkeys(
        layer.source_code
        for layer in layers
        if layer.role == Layer.Role.EMITTER and layer.source_batch
    )
    return _("emitter from %(codes)s") % {"codes": ", ".join(codes)} if codes else ""


def _when(device: Device) -> str:
    who = name_of(device.built_by)
    if device.built_at is None:
        return who
    return _("built %(day)s, %(who)s") % {"day": day_of(device.built_at), "who": who}
