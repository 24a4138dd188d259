"""Tags of the recipe editor."""
