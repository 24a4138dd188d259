"""An integrating sphere as a random walk of photons: wall, port and sample, each hit with its share of the area.

Nothing of de Mello's bookkeeping is in it: photons are sent in, bounce until the wall or the sample takes them or the
port lets them out, and what the sample absorbed is sent out again at the emission, η of it.
"""

from __future__ import annotations

import numpy as np

from analysis.reading import Channel, Reading

WALL, PORT, SAMPLE = 0.97, 0.01, 0.005  # reflectance, share of the area of port and sample
LASER_NM, EMISSION_NM = 405.0, 686.0
AXIS = np.arange(380.0, 800.0, 0.5)


def detected(sample: float, absorbs: float) -> tuple[float, float]:
    """Return which share of diffuse photons leaves by the port, and which the sample absorbs."""
    ends = PORT + (1 - WALL) * (1 - PORT - sample) + sample * absorbs
    return PORT / ends, sample * absorbs / ends


def photons(
    quantum_yield=0.98, absorbs=0.55, first=0.55, again=0.0
) -> dict[str, tuple[float, float]]:
    """Return laser and emission photons at the port for one photon sent in: a, b and c.

    ``first`` is absorbed when the beam hits the sample, ``absorbs`` at a diffuse hit; ``again`` is the share of the emission
    that the sample absorbs before it leaves, and emits anew with the same yield.
    """
    out = quantum_yield * (1 - again) / (1 - quantum_yield * again)
    empty, _ = detected(0.0, 0.0)
    laser, taken = detected(SAMPLE, absorbs)
    glow, _ = detected(SAMPLE, 0.0)
    return {
        "empty": (empty, 0.0),
        "indirect": (laser, taken * out * glow),
        "direct": ((1 - first) * laser, (first + (1 - first) * taken) * out * glow),
    }


def response(x):
    """Return counts for each photon: sphere and detector, falling to the red."""
    return 0.9 - 0.5 * ((x - 500) / 400) ** 2


def measured(seed=0, sent=2e9, drift=0.0, unit="counts", with_response=True, **sample) -> Reading:
    """Return three spectra with counting noise; ``drift`` is a relative error of each integral."""
    rng = np.random.default_rng(seed)
    line = np.exp(-0.5 * ((AXIS - LASER_NM) / 1.0) ** 2)
    band = np.exp(-0.5 * ((AXIS - EMISSION_NM) / 13.0) ** 2)
    channels = []
    for name, (laser, glow) in photons(**sample).items():
        wrong = 1 + drift * rng.normal(size=2)
        seen = sent * (wrong[0] * laser * line / line.sum() + wrong[1] * glow * band / band.sum())
        counts = rng.poisson(seen * response(AXIS) + 30.0).astype(float)
        if not with_response:
            counts = (counts - 30) / response(AXIS)
        if unit != "counts":
            counts = counts / AXIS
        channels.append(Channel(name, unit, counts))
    if with_response:
        channels.append(Channel("response", "", response(AXIS)))
    return Reading("plqy", "test 1", (Channel("wavelength", "nm", AXIS), *channels))
