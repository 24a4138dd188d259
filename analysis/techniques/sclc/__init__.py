"""Space-charge-limited current of single-carrier devices: density of traps, mobility."""
