"""Plan and make: chemicals, lots, recipes, batches, the bench."""
