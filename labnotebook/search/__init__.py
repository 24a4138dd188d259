"""Search: where words are looked for, what of it a person may see, and why it was found."""
