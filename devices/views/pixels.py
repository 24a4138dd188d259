"""Pages of what belongs to one device: its pixels and the thickness of its layers."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from devices.forms import LayerForm, NewPixelForm, PixelForm
from devices.measures import plain
from devices.models import Layer, Pixel
from devices.run_table import told_steps
from devices.services.layers import edit_layer, sources_for
from devices.services.making import made_by_layer
from devices.services.pixels import add_pixel, edit_pixel
from devices.views.devices import device_crumbs, get_device, must_edit
from labnotebook.records.pages import create_once, form_version
from labnotebook.records.refusals import Refusal, StaleWrite


@require_http_methods(["GET", "POST"])
def pixel_state(request: HttpRequest, code: str, label: str) -> HttpResponse:
    """Say how a pixel behaves; also its area and a note."""
    device = get_device(request, code)
    must_edit(request, device)
    pixel = get_object_or_404(device.pixels, label=label)
    form, stale, status = PixelForm(request.POST or None, initial=_said_so_far(pixel)), None, 200
    if request.method == "POST" and form.is_valid():
        try:
            version = form_version(request) or 0
            edit_pixel(by=request.user, pixel=pixel, version=version, **form.said)
            return redirect(reverse("devices:device-detail", args=[code]) + "#pixels")
        except StaleWrite as refusal:
            stale, pixel, status = refusal, refusal.current, 412
            form = PixelForm(initial={**_said_so_far(pixel), **form.said})
        except Refusal as refusal:
            # A button sends the state alone: the other fields stay as they are.
            form = PixelForm({**_said_so_far(pixel), **request.POST.dict()})
            form.add_refusal(refusal)
    if form.errors:
        status = 422
    crumbs = device_crumbs(device, pixel.label)
    shown = {"device": device, "pixel": pixel, "form": form, "stale": stale, "crumbs": crumbs}
    shown["area"] = plain(pixel.area_mm2)
    return render(request, "devices/pixel_page.html", shown, status=status)


@require_http_methods(["GET", "POST"])
def pixel_new(request: HttpRequest, code: str) -> HttpResponse:
    """Add a pixel."""
    device = get_device(request, code)
    must_edit(request, device)
    form = NewPixelForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        said = {name: form.cleaned_data[name] for name in ("label", "area_mm2")}
        there = reverse("devices:device-detail", args=[code]) + "#pixels"

        def create() -> str:
            add_pixel(by=request.user, device=device, **said)
            return there

        try:
            return create_once(request, create)
        except Refusal as refusal:
            form.add_refusal(refusal)
    shown = {"device": device, "form": form, "crumbs": device_crumbs(device, _("New pixel"))}
    status = 422 if form.is_bound else 200
    return render(request, "devices/pixel_new_page.html", shown, status=status)


@require_http_methods(["GET", "POST"])
def layer_edit(request: HttpRequest, code: str, index: int) -> HttpResponse:
    """Record the measured thickness of a layer, and the batch or bottle that it was made from."""
    device = get_device(request, code)
    must_edit(request, device)
    layers = device.layers.select_related("source_batch", "source_material")
    layer = get_object_or_404(layers, index=index)
    form = LayerForm(request.POST or None, initial=_known_so_far(layer))
    stale, status = None, 200
    if request.method == "POST" and form.is_valid():
        try:
            version = form_version(request) or 0
            edit_layer(by=request.user, layer=layer, version=version, **form.cleaned_data)
            return redirect(reverse("devices:device-detail", args=[code]) + "#layers")
        except StaleWrite as refusal:
            stale, layer, status = refusal, refusal.current, 412
        except Refusal as refusal:
            form.add_refusal(refusal)
    if form.errors:
        status = 422
    crumbs = device_crumbs(device, layer.material_name)
    shown = {"device": device, "layer": layer, "form": form, "stale": stale, "crumbs": crumbs}
    shown["target"] = plain(layer.thickness_target_nm)
    shown["measured"] = plain(layer.thickness_measured_nm)
    shown["tolerance"] = plain(layer.thickness_tolerance_nm)
    shown["made"] = told_steps(made_by_layer(device).get(layer.key, []))
    shown["sources"] = sources_for(layer)
    return render(request, "devices/layer_page.html", shown, status=status)


def _known_so_far(layer: Layer) -> dict:
    return {
        "thickness_measured_nm": plain(layer.thickness_measured_nm),
        "thickness_uncertainty_nm": plain(layer.thickness_uncertainty_nm),
        "thickness_method": layer.thickness_method,
        "amount": layer.amount_text,
        "source": layer.source_code,
    }


def _said_so_far(pixel: Pixel) -> dict:
    return {"state": pixel.state, "area_mm2": plain(pixel.area_mm2) or "", "note": pixel.note}
