"""Pages of devices: list, new, one, its history, and what was made from a batch."""

from __future__ import annotations

from functools import partial
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Prefetch, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from devices.drawing import stack_of_architecture, stack_of_device
from devices.forms import ArchiveForm, DeviceForm, NewDeviceForm
from devices.measures import plain
from devices.models import Device, Layer, Pixel
from devices.services.architectures import Architecture, architectures_for, read_architecture
from devices.services.devices import archive_device, build_device, edit_device, project_of
from devices.views.device_history import tellers_of
from labnotebook.records.models import Role
from labnotebook.records.pages import create_once, form_version, saved
from labnotebook.records.permissions import require_editor, role_in
from labnotebook.records.refusals import Refusal, StaleWrite
from labnotebook.records.services.telling import tell
from synthesis.chemistry.layers import materials_line
from synthesis.models import Batch, Recipe

PER_PAGE = 50
PREVIEW = "devices/_architecture.html"


def must_edit(request: HttpRequest, device: Device) -> None:
    """Answer 403 with a sentence unless the person may write in the device's project."""
    require_editor(request.user, device.project)


@require_GET
def device_list(request: HttpRequest) -> HttpResponse:
    """List the devices that the person may see, newest first."""
    archived = request.GET.get("archived") == "1"
    devices = Device.objects.visible_to(request.user).filter(archived_at__isnull=not archived)
    devices = _listed(devices)
    architectures = architectures_for(request.user)
    chosen = next((a for a in architectures if a.slug == request.GET.get("architecture")), None)
    if chosen:
        devices = devices.filter(recipe_version__recipe=chosen.version.recipe_id)
    page = Paginator(devices, PER_PAGE).get_page(request.GET.get("page"))
    shown = {"page": page, "rows": list(map(_row, page)), "architectures": architectures}
    return render(
        request, "devices/device_list_page.html", {**shown, "chosen": chosen, "archived": archived}
    )


@require_http_methods(["GET", "POST"])
def device_new(request: HttpRequest) -> HttpResponse:
    """Pick a stack, say which batch is the emitter, count the pixels.

    htmx asks for the same address when another stack is picked, and gets its drawing.
    """
    architectures = architectures_for(request.user)
    picked = request.POST.get("architecture") or request.GET.get("architecture")
    architecture = next((a for a in architectures if a.slug == picked), None)
    preview = {"architecture": architecture, **_preview(architecture)}
    if request.htmx and request.method == "GET":
        return render(request, PREVIEW, preview)
    start = {"architecture": picked, "batch": request.GET.get("batch", "")}
    form = NewDeviceForm(
        request.POST or None, initial=start, user=request.user, architectures=architectures
    )
    if request.method == "POST" and form.is_valid():
        try:
            return create_once(request, lambda: _build(request, form))
        except Refusal as refusal:
            form.add_refusal(refusal)
    crumbs = [devices_crumb(), ("", _("New device"))]
    return render(
        request,
        "devices/device_new_page.html",
        {"form": form, "crumbs": crumbs, "architectures": architectures, **preview},
        status=422 if form.is_bound else 200,
    )


@require_GET
def device_detail(request: HttpRequest, code: str) -> HttpResponse:
    """Show one device: stack, layers, pixels; the numbers come as a panel of another room."""
    device = get_device(request, code)
    layers = list(device.layers.select_related("source_batch", "source_material"))
    return render(
        request,
        "devices/device_page.html",
        {
            "device": device,
            "architecture": read_architecture(device.recipe_version)
            if device.recipe_version
            else None,
            "layers": [(layer, _thickness(layer)) for layer in layers],
            "processed": [layer for layer in layers if layer.process_text],
            "line": materials_line((layer.role, layer.material_name) for layer in layers),
            "batches": _batches(layers),
            "pixels": [(pixel, plain(pixel.area_mm2)) for pixel in device.pixels.all()],
            "states": Pixel.State.choices,
            "drawing": stack_of_device(layers, to_scale="scale" in request.GET),
            "to_scale": "scale" in request.GET,
            "asked": f"?{urlencode({'show': request.GET['show']})}"
            if "show" in request.GET
            else "",
            "crumbs": [devices_crumb(), ("", device.code)],
            "may_edit": _may_edit(request, device),
        },
    )


@require_http_methods(["GET", "POST"])
def device_edit(request: HttpRequest, code: str) -> HttpResponse:
    """Change name and note."""
    device = get_device(request, code)
    must_edit(request, device)
    start = {"name": device.name, "note": device.note}
    form, stale, status = DeviceForm(request.POST or None, initial=start), None, 200
    if request.method == "POST" and form.is_valid():
        try:
            edit_device(
                by=request.user,
                device=device,
                version=form_version(request) or 0,
                **form.cleaned_data,
            )
            return redirect("devices:device-detail", code=device.code)
        except StaleWrite as refusal:
            stale, status = refusal, 412
            device = refusal.current
        except Refusal as refusal:
            form.add_refusal(refusal)
    if form.errors:
        status = 422
    crumbs = device_crumbs(device, _("Edit"))
    shown = {"device": device, "form": form, "stale": stale, "crumbs": crumbs}
    return render(request, "devices/device_edit_page.html", shown, status=status)


@require_http_methods(["GET", "POST"])
def device_archive(request: HttpRequest, code: str) -> HttpResponse:
    """Put a device away, with a reason, or take it out of the archive."""
    device = get_device(request, code)
    must_edit(request, device)
    back = device.archived_at is not None
    form = ArchiveForm(request.POST or None)

    def save() -> str:
        archive_device(
            by=request.user,
            device=device,
            version=form_version(request),
            reason=form.cleaned_data["reason"],
            back=request.POST.get("do") == "bring_back",
        )
        return reverse("devices:device-detail", args=[device.code])

    answer = saved(request, form, save)
    if answer:
        return answer
    title = _("Take it out of the archive") if back else _("Archive")
    shown = {"device": device, "form": form, "back": back, "crumbs": device_crumbs(device, title)}
    status = 422 if form.errors else 200
    return render(request, "devices/device_archive_page.html", shown, status=status)


@require_GET
def device_history(request: HttpRequest, code: str) -> HttpResponse:
    """Tell who changed what on the device, its layers and its pixels."""
    device = get_device(request, code)
    pixels = list(device.pixels.all())
    ruled = [pixel.ruled for pixel in pixels if hasattr(pixel, "ruled")]
    records = [device, *device.layers.all(), *pixels, *ruled]
    visits = tell(records, partial(tellers_of, device))
    crumbs = device_crumbs(device, _("History"))
    shown = {"device": device, "visits": visits, "crumbs": crumbs}
    return render(request, "devices/device_history_page.html", shown)


@require_GET
def batch_devices(request: HttpRequest, code: str) -> HttpResponse:
    """List the devices made from a batch: a panel of the batch page, and a page of its own."""
    batches = Batch.objects.visible_to(request.user).select_related("recipe_version__recipe")
    batch = get_object_or_404(batches.defer("recipe_version__definition"), code=code)
    made = Layer.objects.filter(source_batch=batch).values("device")
    seen = Device.objects.visible_to(request.user)
    devices = _listed(seen.filter(Q(pk__in=made) | Q(run=batch)))
    crumbs = [
        (reverse("synthesis:batch-list"), _("Batches")),
        (reverse("synthesis:batch-detail", args=[batch.code]), batch.code),
        ("", _("Devices")),
    ]
    template = "devices/_batch_devices.html" if request.htmx else "devices/batch_devices_page.html"
    shown = {
        "batch": batch,
        "rows": list(map(_row, devices[:PER_PAGE])),
        "is_run": batch.recipe_version.recipe.kind == Recipe.Kind.DEVICE,
        "crumbs": crumbs,
    }
    return render(request, template, shown)


def get_device(request: HttpRequest, code: str) -> Device:
    """Return a device that the person may see, or answer 404."""
    devices = Device.objects.visible_to(request.user)
    return get_object_or_404(
        devices.select_related("recipe_version__recipe", "project", "built_by", "run"), code=code
    )


def device_crumbs(device: Device, here: str) -> list[tuple[str, str]]:
    """Return the way to a page under a device."""
    return [
        devices_crumb(),
        (reverse("devices:device-detail", args=[device.code]), device.code),
        ("", here),
    ]


def devices_crumb() -> tuple[str, str]:
    """Return the first part of the way to every page of devices."""
    return reverse("devices:device-list"), _("Devices")


def _build(request: HttpRequest, form: NewDeviceForm) -> str:
    asked = form.cleaned_data
    device = build_device(
        by=request.user,
        project=project_of(request.user, asked["project"], asked["batch"].strip()),
        architecture_slug=asked["architecture"],
        emitter_batch_code=asked["batch"],
        pixels=form.pixels,
        layout=form.said_layout,
        name=asked["name"],
        note=asked["note"],
        built_at=asked["built_at"],
    )
    messages.success(request, _("%(code)s is built.") % {"code": device.code})
    return reverse("devices:device-detail", args=[device.code])


def _preview(architecture: Architecture | None) -> dict:
    if architecture is None:
        return {}
    return {"preview": stack_of_architecture(architecture.layers)}


def _listed(devices):
    emitters = Layer.objects.filter(role=Layer.Role.EMITTER, source_batch__isnull=False)
    return (
        devices.select_related("project", "recipe_version__recipe", "built_by")
        .prefetch_related(
            Prefetch("layers", emitters.select_related("source_batch"), "emitters"), "pixels"
        )
        .order_by("-pk")
    )


def _row(device: Device) -> dict:
    pixels = list(device.pixels.all())
    return {
        "device": device,
        "batches": _batches(device.emitters),
        "pixels": len(pixels),
        "working": sum(pixel.standing_state == Pixel.State.WORKING for pixel in pixels),
        "unseen": sum(not pixel.standing_state for pixel in pixels),
    }


def _batches(layers) -> list[Batch]:
    """Return the batches behind the emitter layers."""
    emitters = (layer for layer in layers if layer.role == Layer.Role.EMITTER)
    return list({layer.source_batch: None for layer in emitters if layer.source_batch})


def _thickness(layer: Layer) -> dict:
    """Return how thick it should be and is; with an uncertainty as many digits as that leaves."""
    measured, u = layer.thickness_measured_nm, layer.thickness_uncertainty_nm
    rounded = measured is not None and u is not None
    return {
        "target": plain(layer.thickness_target_nm),
        "measured": float(measured) if rounded else plain(measured),
        "uncertainty": float(u) if rounded else None,
    }


def _may_edit(request: HttpRequest, device: Device) -> bool:
    role = role_in(request.user, device.project)
    return role is not None and role.includes(Role.EDITOR)
