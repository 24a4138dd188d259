"""Architectures, devices, layers and pixels."""

from devices.models.architecture import Architecture
from devices.models.device import Device, Layer, Pixel

__all__ = ["Architecture", "Device", "Layer", "Pixel"]
