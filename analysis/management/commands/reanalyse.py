"""Analyse again what older versions of the methods made, or an older calibration of the instrument."""

import time
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError

from analysis.services import reanalysing
from analysis.services.proposals import proposals
from labnotebook.records.models import Project, Role
from labnotebook.records.permissions import NotPermitted
from labnotebook.records.refusals import Refusal

ACTOR = "manage.py reanalyse"
DAWDLE_S = 2.0


class Command(BaseCommand):
    help = (
        "Asks the workers to analyse again what an older version of a method made, or what was counted with another"
        " calibration than the record of the instrument has now, with the settings it had."
        " Nothing accepted is touched: what would change is proposed on the page of the project. Safe to run"
        " again; what was asked for already is not asked for twice."
    )

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument(
            "--method", action="append", metavar="NAME", help="only this method; may be repeated"
        )
        parser.add_argument("--project", metavar="SLUG", help="only this project")
        parser.add_argument(
            "--user", metavar="USERNAME", help="who asks; else an owner of each project"
        )
        parser.add_argument("--cancel", action="store_true", help="take back what has not begun")
        parser.add_argument("--wait", action="store_true", help="stay and say how far it is")

    def handle(self, *args: Any, cancel: bool, wait: bool, **said: Any) -> None:
        projects = Project.objects.order_by("slug")
        if said["project"]:
            projects = projects.filter(slug=said["project"])
            if not projects:
                raise CommandError(f"There is no project called {said['project']!r}.")
        try:
            for project in projects:
                by = self._person(said["user"], project)
                if cancel:
                    taken = reanalysing.cancel(by=by, project=project, names=said["method"])
                    self.stdout.write(f"{project.slug}: {taken} taken back.")
                else:
                    for sentence, runs in reanalysing.progress(project, said["method"]).why:
                        self.stdout.write(f"{project.slug}: {runs} out of date. {sentence}")
                    asked = reanalysing.start(
                        by=by,
                        project=project,
                        names=said["method"],
                        actor="" if said["user"] else ACTOR,
                    )
                    self.stdout.write(f"{project.slug}: {asked} to be analysed again.")
            for project in projects if wait else ():
                self._wait(project, said["method"])
        except (Refusal, NotPermitted) as refusal:
            raise CommandError(refusal.sentence) from refusal

    def _person(self, username: str | None, project: Project) -> Any:
        if username:
            person = get_user_model().objects.filter(username=username).first()
            if person is None:
                raise CommandError(f"There is nobody called {username!r}.")
            return person
        owner = project.memberships.filter(role=Role.OWNER).order_by("pk").first()
        if owner is None:
            raise CommandError(f"{project.slug} has no owner; say who asks with --user.")
        return owner.user

    def _wait(self, project: Project, methods: list[str] | None) -> None:
        while True:
            now = reanalysing.under_way(project, methods)
            self.stdout.write(f"{project.slug}: {now.ended} of {now.asked} done")
            if not now.open:
                break
            time.sleep(DAWDLE_S)
        found = proposals(project, methods)
        accepted = sum(one.accepted for one in found)
        self.stdout.write(
            f"{project.slug}: {len(found)} would change, {accepted} of them accepted numbers."
        )
