#!/usr/bin/env python
"""Run one of the notebook's commands, e.g. ``python manage.py up``."""

import os
import sys

# What makes or fills tables connects as the role that owns them; all else as the application.
OWNERS = {"createcachetable", "migrate", "prepare", "rebuild_history", "restore", "seed_history"}


def main() -> int:
    """Hand the command line to Django; say in one sentence what the environment got wrong."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "labnotebook.settings")
    if OWNERS.intersection(sys.argv[1:2]):
        os.environ["LABNOTEBOOK_DATABASE_ROLE"] = "owner"
    try:
        from django.core.exceptions import ImproperlyConfigured
        from django.core.management import execute_from_command_line
        from django.db import OperationalError
    except ImportError:
        print(
            "Django is not installed for this Python. Run the command as "
            "'.venv/bin/python manage.py ...' after 'make venv'.",
            file=sys.stderr,
        )
        return 1
    try:
        if sys.argv[1:2] == ["up"]:
            # The supervisor outlives everything and computes nothing: it loads no rooms.
            from labnotebook.management.commands.up import Command

            Command().run_from_argv(sys.argv)
        else:
            execute_from_command_line(sys.argv)
    except ImproperlyConfigured as refusal:
        print(refusal, file=sys.stderr)
        return 1
    except OperationalError as failure:
        from labnotebook.environment import database_is_down_sentence

        print(database_is_down_sentence(failure), file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
