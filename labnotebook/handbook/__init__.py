"""The handbook: the pages of ``docs`` inside the product, rendered, linked and searched."""
