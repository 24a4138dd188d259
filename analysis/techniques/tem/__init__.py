"""Sizes of particles by electron microscopy."""
