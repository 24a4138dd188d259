"""A demonstration lab, filled through the same services that people use."""

from labnotebook.demo.lab import Loaded, load_demo

__all__ = ["Loaded", "load_demo"]
