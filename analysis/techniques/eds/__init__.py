"""Composition by energy-dispersive X-ray spectroscopy."""
