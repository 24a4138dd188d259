"""A recipe as a form: its definition as named fields, and the posted fields as a definition again.

Every part (input, vessel, ingredient, step) has a number of the page; its fields are called
``ingredients-3-role``. The parts stand in the order in which their numbers are posted. What a form does not
show travels with its part as JSON and comes back unchanged.
"""
