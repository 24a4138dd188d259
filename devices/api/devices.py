"""Devices with their layers, pixels, and what a bottle touched."""

from __future__ import annotations

from typing import Any

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import mixins
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from devices.api.by_code import ByCode
from devices.filters import DeviceFilter
from devices.models import Device, Layer, Pixel
from devices.serializers import (
    DeviceChangeSerializer,
    DeviceSerializer,
    LayerChangeSerializer,
    LayerSerializer,
    NewDeviceSerializer,
    PixelChangeSerializer,
    PixelSerializer,
)
from devices.services.devices import (
    archive_device,
    build_device,
    edit_device,
    project_of,
)
from devices.services.layers import edit_layer
from devices.services.lineage import lineage_of_device, with_devices
from devices.services.pixels import edit_pixel
from labnotebook.records.api import RecordViewSet, answer_once, read_body, require_match
from labnotebook.records.api.schema import IF_MATCH, MAY_MATCH
from synthesis.api.lineage import LineageSerializer
from synthesis.api.movements import ArchiveSerializer
from synthesis.api.shelf import LotViewSet
from synthesis.models import Material
from synthesis.services.lineage import Lineage


def _tagged(record: Device | Layer | Pixel, data: Any, status: int = 200) -> Response:
    return Response(data, status=status, headers={"ETag": record.etag})


class DeviceViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ByCode):
    """Build, read and describe devices. What was built stays."""

    queryset = Device.objects.select_related(
        "project", "recipe_version__recipe", "built_by", "run"
    ).prefetch_related("layers__source_batch", "layers__source_material", "pixels")
    serializer_class = DeviceSerializer
    filterset_class = DeviceFilter

    @extend_schema(request=NewDeviceSerializer, responses={201: DeviceSerializer})
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Build a device with the layers of an architecture; the emitter points at the batch."""
        said = read_body(NewDeviceSerializer, request)
        return answer_once(request, lambda: self._build(request, said))

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Return one device with its layers and pixels."""
        device = self.get_object()
        return _tagged(device, self.get_serializer(device).data)

    @extend_schema(
        request=DeviceChangeSerializer, responses=DeviceSerializer, parameters=[IF_MATCH]
    )
    def partial_update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Change name or note."""
        device = self.get_object()
        said = read_body(DeviceChangeSerializer, request)
        version = require_match(request, device, body=lambda: self.get_serializer(device).data)
        edit_device(by=request.user, device=device, version=version, **said)
        return self._answer(device.pk)

    @extend_schema(
        operation_id="devices_archive",
        parameters=[MAY_MATCH],
        request=ArchiveSerializer,
        responses=DeviceSerializer,
    )
    @action(detail=True, methods=["post"])
    def archive(self, request: Request, code: str) -> Response:
        """Put the device away, with a reason, or with `back` take it out; lists of pages leave it out."""
        device = self.get_object()
        said = read_body(ArchiveSerializer, request)
        version = require_match(request, device) if "If-Match" in request.headers else None
        archive_device(by=request.user, device=device, version=version, **said)
        return self._answer(device.pk)

    @extend_schema(responses=LayerSerializer)
    @action(detail=True, methods=["get"], url_path=r"layers/(?P<index>[0-9]{1,4})")
    def layer(self, request: Request, code: str, index: str) -> Response:
        """Return one layer, numbered from the substrate (0) up."""
        layer = self._layer(index)
        return _tagged(layer, LayerSerializer(layer).data)

    @extend_schema(request=LayerChangeSerializer, responses=LayerSerializer, parameters=[IF_MATCH])
    @layer.mapping.patch
    def change_layer(self, request: Request, code: str, index: str) -> Response:
        """Say which batch or bottle a layer was made from, and how thick it was measured."""
        layer = self._layer(index)
        said = read_body(LayerChangeSerializer, request)
        version = require_match(request, layer, body=lambda: LayerSerializer(layer).data)
        layer = edit_layer(by=request.user, layer=layer, version=version, **said)
        return _tagged(layer, LayerSerializer(layer).data)

    def _layer(self, index: str) -> Layer:
        layers = self.get_object().layers.select_related(
            "device__project", "source_batch", "source_material"
        )
        return get_object_or_404(layers, index=index)

    @extend_schema(responses=LineageSerializer)
    @action(detail=True, methods=["get"])
    def lineage(self, request: Request, code: str) -> Response:
        """Return its layers and what went into them, down to the bottles, with amounts."""
        return Response(lineage_of_device(request.user, self.get_object()).as_dict())

    def _build(self, request: Request, asked: dict[str, Any]) -> Response:
        batch = asked.get("batch") or ""
        device = build_device(
            by=request.user,
            project=project_of(request.user, asked.get("project", ""), batch),
            architecture_slug=asked["architecture"],
            emitter_batch_code=batch,
            pixels=asked.get("pixels"),
            layout=asked.get("layout", ""),
            name=asked.get("name", ""),
            note=asked.get("note", ""),
            built_at=asked.get("built_at"),
        )
        response = self._answer(device.pk, status=201)
        response["Location"] = f"{request.path.rstrip('/')}/{device.code}/"
        return response

    def _answer(self, pk: int, status: int = 200) -> Response:
        device = self.get_queryset().get(pk=pk)
        return _tagged(device, self.get_serializer(device).data, status)


class LotLineageViewSet(LotViewSet):
    """Bottles and stocks, addressed by code, and everything that they touched."""

    def lineage_graph(self, material: Material) -> Lineage:
        """Return the graph with the layers and devices that a bottle ended in."""
        return with_devices(super().lineage_graph(material), self.request.user)


class PixelViewSet(mixins.RetrieveModelMixin, RecordViewSet):
    """Pixels of devices: how they behave and how large they are."""

    queryset = Pixel.objects.select_related("device__project")
    serializer_class = PixelSerializer

    def get_queryset(self):
        """Return the pixels of the devices that the person may see."""
        if getattr(self, "swagger_fake_view", False):
            return self.queryset.none()
        return self.queryset.filter(device__in=Device.objects.visible_to(self.request.user))

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Return one pixel."""
        pixel = self.get_object()
        return _tagged(pixel, self.get_serializer(pixel).data)

    @extend_schema(request=PixelChangeSerializer, responses=PixelSerializer, parameters=[IF_MATCH])
    def partial_update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Change state, area or note."""
        pixel = self.get_object()
        said = read_body(PixelChangeSerializer, request)
        version = require_match(request, pixel, body=lambda: self.get_serializer(pixel).data)
        edit_pixel(by=request.user, pixel=pixel, version=version, **said)
        pixel.refresh_from_db()
        return _tagged(pixel, self.get_serializer(pixel).data)
