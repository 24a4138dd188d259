"""The techniques of measurement, one folder each; what several need is in ``shared``. Pure: no Django."""
