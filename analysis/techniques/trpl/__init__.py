"""Time-resolved photoluminescence."""
