"""`manage.py create_token USERNAME`: an API token, printed once."""

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError

from labnotebook.records.models import ApiToken
from labnotebook.records.refusals import Refusal
from labnotebook.records.services.tokens import DEFAULT_DAYS, create_token


class Command(BaseCommand):
    help = "Make an API token for a person and print it, once."

    def add_arguments(self, parser):
        parser.add_argument("username")
        parser.add_argument("--name", default="command line")
        parser.add_argument("--scope", choices=ApiToken.Scope.values, default="write")
        parser.add_argument("--days", type=int, default=DEFAULT_DAYS)

    def handle(self, *args, username: str, name: str, scope: str, days: int, **options):
        user = get_user_model().objects.filter(username=username).first()
        if user is None:
            raise CommandError(f"There is nobody called {username}.")
        try:
            _, text = create_token(user=user, name=name, scope=scope, days=days)
        except Refusal as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(text)
