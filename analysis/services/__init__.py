"""What chemists do with measurements: upload, analyse, accept, forecast."""
