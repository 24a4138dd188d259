"""The notebook: wiring of the rooms, and what every record has."""
