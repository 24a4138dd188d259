"""Formats of ΔA(λ, t) maps."""
