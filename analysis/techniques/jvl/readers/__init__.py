"""Files of device testers."""
