"""Bring the tables up to date, as the role that owns them."""

from django.conf import settings
from django.core.management import call_command

from labnotebook.records.rights import give_rights


def make_tables() -> None:
    """Run the migrations, make the cache's table, and give the application's role its rights to all of them."""
    call_command("migrate", interactive=False, verbosity=0, skip_checks=True)
    call_command("createcachetable", verbosity=0)
    role, password = settings.APPLICATION_ROLE
    if role:
        give_rights(role, password)
