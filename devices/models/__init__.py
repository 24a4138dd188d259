"""Devices, layers and pixels."""

from devices.models.device import Device, Layer, Pixel, RuledState, standing

__all__ = ["Device", "Layer", "Pixel", "RuledState", "standing"]
