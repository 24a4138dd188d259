"""Angular emission: the light of an LED against the angle from its normal."""
