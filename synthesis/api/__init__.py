"""API resources of planning and making."""
