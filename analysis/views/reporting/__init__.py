"""The report of a batch: everything that is known of it, section by section, for page and PDF alike."""
