"""Files of photon counters."""
