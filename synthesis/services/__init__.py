"""Use-cases of planning and making."""
