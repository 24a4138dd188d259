"""Lifetime traces: a signal of a device against operating time, and on/off cycles."""
