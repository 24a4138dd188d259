"""The axes that a spectrum of light may have."""

from analysis.technique import Axis

LIGHT = (
    Axis("wavelength", "nm", "a wavelength", (150, 3500)),
    Axis("photon_energy", "eV", "an energy", (0.3, 8)),
    Axis("wavenumber", "1/cm", "a wavenumber", (2500, 70000)),
)
