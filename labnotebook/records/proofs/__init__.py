"""What proves a signed record away from the notebook: how it is digested, gathered and checked."""
