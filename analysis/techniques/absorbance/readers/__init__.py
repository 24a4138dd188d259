"""Files of absorbance spectrometers."""
