"""Stacks, devices, layers and pixels."""
