"""What the instruments add to every figure of a sweep until they have records of their own.

The stated defaults of the house, one standard uncertainty each: 5 % of a luminance (a luminance meter or a
silicon diode against a standard lamp) and 3 % of an emitting area (a mask, edges of some 10 µm).
"""

LUMINANCE_U = 0.05
AREA_U = 0.03
SAID = f"calibration {LUMINANCE_U:.0%} of luminance and {AREA_U:.0%} of area (defaults)"
LEVEL = "standard uncertainty"
