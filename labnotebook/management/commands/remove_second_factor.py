"""`manage.py remove_second_factor USERNAME`: for an administrator who lost it, and no other is there."""

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError

from labnotebook.records.services.second_factors import take_away


class Command(BaseCommand):
    help = "Take second factors and recovery codes from a person who lost them."

    def add_arguments(self, parser):
        parser.add_argument("username")

    def handle(self, *args, username: str, **options):
        person = get_user_model().objects.filter(username=username).first()
        if person is None:
            raise CommandError(f"There is nobody called {username}.")
        removed = take_away("manage.py", person)
        self.stdout.write(f"{username}: {removed} removed; the password alone signs in now")
