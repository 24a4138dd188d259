"""Curves after an analysis: along another axis, thinned, over one another, in print and as a table. Pure: no Django, no database."""
