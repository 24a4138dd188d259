"""Files of diffractometers."""
