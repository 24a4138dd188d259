"""Transient absorption: ΔA(λ, t) maps."""
