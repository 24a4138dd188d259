"""External quantum efficiency of a solar cell against wavelength: drawn, nothing is computed of it."""
