"""`manage.py load_demo`: a demonstration lab with simulated batches, files and devices."""

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError

from labnotebook.demo import load_demo


class Command(BaseCommand):
    help = "Fill the project Demonstration with simulated batches and devices; safe to run twice."

    def add_arguments(self, parser):
        parser.add_argument("--username", default="", help="who owns it (default: first person)")

    def handle(self, *args, username: str, **options):
        loaded = load_demo(_owner(username))
        if not loaded.is_new:
            self.stdout.write("The demonstration is already there.")
        self.stdout.write(
            f"{loaded.project.name}: {loaded.batches} batches, {loaded.measurements} measurements,"
            f" {loaded.accepted} of them accepted. Everything in it is simulated."
        )
        if loaded.unfinished:
            self.stdout.write(
                f"{loaded.unfinished} analyses are still being done; run load_demo again to accept them."
            )


def _owner(username: str):
    people = get_user_model().objects.order_by("pk")
    found = people.filter(username=username).first() if username else people.first()
    if found is None:
        said = f"called {username}" if username else "who could own it"
        raise CommandError(f"There is nobody {said}. Create a person with 'create_person'.")
    return found
