"""What each kind of bench entry does to its batch; `services.bench` takes the entries."""
