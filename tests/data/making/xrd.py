"""XRD: 12.5 nm crystals of γ-CsPbI3, a cubic perovskite of 6.28 Å, and quartz."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np

from tests.data.making.signals import Floats, counted, rows

DEBYE = Path(__file__).resolve().parents[1] / "diffraction" / "debye_reference.npz"

# 2θ under Cu Kα and heights of quartz, strongest first.
QUARTZ = ((26.64, 100), (20.86, 16), (50.14, 13), (36.54, 9), (39.46, 9), (42.45, 6), (59.96, 9))
CUBIC_ANGSTROM = 6.28
CUBIC_HEIGHTS = {1: 100, 2: 9, 3: 10, 4: 50, 5: 37, 6: 10, 8: 10, 9: 7}  # of h² + k² + l²
COPPER_ANGSTROM = 1.54184


def gamma_pattern() -> tuple[Floats, Floats]:
    """Return 2θ and counts of 12.5 nm crystals of γ-CsPbI3, from the Debye equation."""
    table = np.load(DEBYE)
    angle, signal = table["tt"], table["gamma_12.5"]
    inside = angle > 9.98
    angle, signal = angle[inside], signal[inside]
    net = np.maximum(signal - 0.95 * signal[angle > 11.5].min(), 0)
    net = net / net[(angle > 26) & (angle < 31)].max()
    return angle, 3000 * (net + 0.2 * np.exp(-(angle - 10) / 12) + 0.1)


def powder(angle: Floats, places: Iterable[tuple[float, float]], width: float) -> Floats:
    """Return Gaussian lines of the given places and heights over a falling background."""
    total = 60 * np.exp(-(angle - 10) / 15) + 40
    for place, height in places:
        total = total + 80 * height * np.exp(-4 * np.log(2) * ((angle - place) / width) ** 2)
    return total


def cubic_lines() -> list[tuple[float, float]]:
    """Return the lines of a cubic perovskite of 6.28 Å by Bragg's law."""
    sines = {n: COPPER_ANGSTROM * np.sqrt(n) / 2 / CUBIC_ANGSTROM for n in CUBIC_HEIGHTS}
    return [(float(np.degrees(2 * np.arcsin(sines[n]))), h) for n, h in CUBIC_HEIGHTS.items()]


def two_theta_xy() -> str:
    angle, signal = gamma_pattern()
    return rows("{:.5f} {:.3f}", angle, counted(signal, 1), end="\r\n")


def three_columns_xye() -> str:
    angle, signal = gamma_pattern()
    seen = counted(signal, 2)
    return rows("{:.3f}\t{:10.3f}\t{:10.3f}", angle, seen, np.sqrt(seen))


def theta_header_xy() -> str:
    angle, signal = gamma_pattern()
    return "theta,intensity\n" + rows("{:.4f},{:.3f}", angle, counted(signal, 3) / 10)


def methylammonium_xy() -> str:
    angle = np.arange(10.0, 60.0, 0.02)
    return rows("{:.5f} {:.3f}", angle, counted(powder(angle, cubic_lines(), 0.12), 4), end="\r\n")


def panalytical_csv() -> str:
    angle, signal = gamma_pattern()
    head = f"""[Measurement conditions]
Sample identification,
Comment - 1,"Configuration=Spinner, Owner=Simulated, Creation date=1/1/2026 9:00:00 AM"
Comment - 2,"Goniometer=Theta/2Theta; Minimum step size 2Theta:0.001; Minimum step size Omega:0.001"
Anode material,Cu
K-Alpha1 wavelength,1.5405980
K-Alpha2 wavelength,1.5444260
Ratio K-Alpha2/K-Alpha1,0.500
Divergence slit,Fixed,  1
Monochromator used,NO
Generator voltage, 45
Tube current, 40
File date and time,01/Jan/2026 09:00
Scan axis,Gonio
Scan range,{angle[0]:.9f},{angle[-1]:.9f}
Scan step size,0.0400000
No. of points, {angle.size}
Scan type,CONTINUOUS
Time per step,50.000
[Scan points]
Angle,Intensity
"""
    return head + rows("{:.9f},{:.1f}", angle, counted(signal, 5))


def xrdml(angle: Floats, element: str, values: Iterable[int], attenuation: str = "") -> str:
    factors = (
        f"<beamAttenuationFactors>{attenuation}</beamAttenuationFactors>" if attenuation else ""
    )
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<xrdMeasurements xmlns="http://www.xrdml.com/XRDMeasurement/2.0" status="Completed">
  <comment><entry>Simulated, not measured</entry></comment>
  <sample type="To be analyzed"><id></id><name>simulated</name><preparedBy></preparedBy></sample>
  <xrdMeasurement measurementType="Scan" status="Completed" sampleMode="Reflection">
    <usedWavelength intended="K-Alpha">
      <kAlpha1 unit="Angstrom">1.5405980</kAlpha1>
      <kAlpha2 unit="Angstrom">1.5444260</kAlpha2>
      <kBeta unit="Angstrom">1.3922500</kBeta>
      <ratioKAlpha2KAlpha1>0.5000</ratioKAlpha2KAlpha1>
    </usedWavelength>
    <incidentBeamPath>
      <radius unit="mm">240.00</radius>
      <xRayTube id="1" name="simulated tube">
        <tension unit="kV">45.0</tension>
        <current unit="mA">40.0</current>
        <anodeMaterial>Cu</anodeMaterial>
      </xRayTube>
    </incidentBeamPath>
    <scan appendNumber="0" mode="Continuous" scanAxis="Gonio" status="Completed">
      <header><startTimeStamp>2026-01-01T09:00:00+00:00</startTimeStamp></header>
      <dataPoints>
        <positions axis="2Theta" unit="deg">
          <startPosition>{angle[0]:.5f}</startPosition>
          <endPosition>{angle[-1]:.5f}</endPosition>
        </positions>
        <positions axis="Omega" unit="deg">
          <startPosition>{angle[0] / 2:.5f}</startPosition>
          <endPosition>{angle[-1] / 2:.5f}</endPosition>
        </positions>
        <commonCountingTime unit="seconds">133.620</commonCountingTime>
        {factors}
        <{element} unit="counts">{" ".join(str(value) for value in values)}</{element}>
      </dataPoints>
    </scan>
  </xrdMeasurement>
</xrdMeasurements>
"""


def quartz_xrdml() -> str:
    angle = np.arange(10.0, 62.0, 0.04)
    return xrdml(angle, "intensities", counted(powder(angle, QUARTZ, 0.1), 6))


def attenuated_xrdml() -> str:
    """The strongest line was counted behind an absorber of 10; <counts> are as the detector saw them."""
    angle, signal = gamma_pattern()
    behind = (angle > 28.0) & (angle < 30.0)
    seen = counted(np.where(behind, signal / 10, signal), 7)
    return xrdml(angle, "counts", seen, " ".join("10.0" if b else "1.0" for b in behind))


def bruker_uxd() -> str:
    angle, signal = gamma_pattern()
    head = f"""; simulated.raw (simulated, not measured) converted by XCH V1.0
_FILEVERSION=2
_SAMPLE='simulated'
_USER='nobody'
_ATTACHMENTS_CODE=0
_GONIOMETER_RADIUS=200.500000
_DATEMEASURED='01-Jan-2026 09:00:00'
_WL_UNIT='A'
_WL1=1.540600
_WL2=1.544390
_WL3=1.392220
_WLRATIO=0.500000
_ANODE='Cu'
; (Data for Range number 1)
_DRIVE='COUPLED'
_STEPTIME=0.500000
_STEPSIZE=0.040000
_STEPMODE='C'
_START={angle[0]:.6f}
_2THETA={angle[0]:.6f}
_KV=45
_MA=40
_2THETACOUNTS
"""
    return head + rows("{:.3f}\t{:.0f}", angle, counted(signal, 8))
