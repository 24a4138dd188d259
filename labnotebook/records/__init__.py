"""What every record has: projects, people, files, jobs, tokens, revisions."""
