"""Bring the database up to date: tables, what ships with the product, the first user."""

import os
import secrets
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandParser, call_command, get_commands

from labnotebook.static_stamp import stamp_static, static_is_collected
from labnotebook.tables import make_tables


class Command(BaseCommand):
    """Safe to run again; says at the end how to sign in."""

    help = "Update the tables, load the recipes that ship, make the first user, collect assets."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--sign-in", type=Path, help="write how to sign in to this file")

    def handle(self, *args: Any, **options: Any) -> None:
        make_tables()
        if "load_reference" in get_commands():
            call_command("load_reference", verbosity=0)
        if settings.STATIC_MANIFEST and not static_is_collected():
            call_command("collectstatic", interactive=False, clear=True, verbosity=0)
            stamp_static()
        sentence = _sign_in_sentence()
        if options["sign_in"]:
            with open(os.open(options["sign_in"], os.O_WRONLY | os.O_CREAT, 0o600), "w") as file:
                file.write(sentence)
        else:
            self.stdout.write(sentence)


def _sign_in_sentence() -> str:
    from labnotebook.records.services.accounts import ensure_first_user

    given = os.environ.get("LABNOTEBOOK_ADMIN_PASSWORD", "")
    password = given or secrets.token_urlsafe(12)
    user, created = ensure_first_user(password)
    name = user.get_username()
    if created and given:
        return f"Sign in as '{name}' with the password from LABNOTEBOOK_ADMIN_PASSWORD."
    if created:
        return f"Sign in as '{name}' with the password {password} (printed only this once)."
    return (
        f"Sign in as '{name}' with the password of the first start; "
        f"'.venv/bin/python manage.py changepassword {name}' sets another."
    )
