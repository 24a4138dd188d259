"""People: who may come in, how they join and leave, and what each knows of her own account."""
