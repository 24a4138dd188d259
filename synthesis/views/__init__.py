"""Pages of planning and making."""
