"""What an instrument's own scale adds to an uncertainty until the instrument has a record.

The stated defaults of the house: one standard uncertainty each. A reader's wavelength scale is checked
against lines of a pencil lamp to a few tenths of a nanometre (ASTM E275, E1866: 0.3 to 0.5 nm).
"""

WAVELENGTH_U_NM = 0.3
SAID = f"wavelength scale {WAVELENGTH_U_NM:g} nm (default)"
LEVEL = "standard uncertainty"
