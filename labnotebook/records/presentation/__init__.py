"""Numbers, formulas, figures and codes as they are drawn. Pure: no Django, no model."""
