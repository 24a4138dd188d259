"""`manage.py create_person USERNAME`: somebody who can sign in."""

import os
import secrets

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import IntegrityError

from labnotebook.records.services.accounts import create_person


class Command(BaseCommand):
    help = (
        "Create a person; the password comes from PERSON_PASSWORD or is made up and printed once."
    )

    def add_arguments(self, parser):
        parser.add_argument("username")

    def handle(self, *args, username: str, **options):
        password = os.environ.get("PERSON_PASSWORD") or secrets.token_urlsafe(12)
        try:
            create_person(username=username, password=password)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        except IntegrityError as error:
            raise CommandError(f"There is already somebody called {username}.") from error
        self.stdout.write(f"{username} can sign in with the password {password}")
