"""Files of fluorimeters and spectrometers."""
