"""The axes that a spectrum of light may have."""

from analysis.technique import Axis

LIGHT = (
    Axis(
        "wavelength",
        "nm",
        "a wavelength",
        (150, 3500),
        rivals=("angstrom", "um", "m"),
        sure=(150, 3500),
    ),
    Axis("photon_energy", "eV", "an energy", (0.3, 8), sure=(1.8, 8)),
    Axis("wavenumber", "1/cm", "a wavenumber", (2500, 70000), sure=(35000, 70000)),
)
