"""X-ray diffraction: patterns over 2θ, and which phase they show."""
