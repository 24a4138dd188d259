"""Current, voltage and luminance of LEDs."""
