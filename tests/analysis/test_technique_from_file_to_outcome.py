"""An image, a table of elements and an XPS region: uploaded, analysed by the worker, looked at and accepted."""
