"""Architectures, runs, devices and pixels over HTTP."""

from devices.api.architectures import ArchitectureViewSet
from devices.api.devices import DeviceViewSet, LotLineageViewSet, PixelViewSet
from devices.api.runs import RunViewSet

__all__ = [
    "ArchitectureViewSet",
    "DeviceViewSet",
    "LotLineageViewSet",
    "PixelViewSet",
    "RunViewSet",
]
