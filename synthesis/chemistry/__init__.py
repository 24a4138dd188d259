"""The chemistry of planning and making: pure Python, exact decimals, no Django."""
