"""Statistics of the pixels that a person may see: in groups by what was varied, and two groups against one another."""
