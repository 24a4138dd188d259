"""Projects and their members."""

from __future__ import annotations

from django.contrib.auth import get_user_model
from django.utils.text import slugify

from labnotebook.records.history import recorded
from labnotebook.records.models import Membership, Project, Role
from labnotebook.records.permissions import require_role
from labnotebook.records.refusals import Refusal


def create_project(
    *, by, name: str, slug: str = "", description: str = "", is_simulated: bool = False
) -> Project:
    """Create a project; whoever creates it owns it.

    is_simulated: its data are made up, for training or trying out; they are marked wherever they are
    shown, and are evidence for nothing else.
    """
    name = name.strip()
    slug = slugify(slug or name)[:60]
    if not slug:
        raise Refusal("Give the project a name with at least one letter or digit.", field="name")
    if Project.objects.filter(slug=slug).exists():
        raise Refusal(
            f"There is already a project called {slug}. Choose another name.", field="name"
        )
    with recorded(by, "project created"):
        project = Project.objects.create(
            name=name, slug=slug, description=description, is_simulated=is_simulated
        )
        Membership.objects.create(project=project, user=by, role=Role.OWNER)
    return project


def set_member(*, by, project: Project, username: str, role: str) -> Membership:
    """Add a person to a project or change their role."""
    require_role(by, project, Role.OWNER)
    if role not in Role.values:
        raise Refusal(f"{role!r} is no role; choose viewer, editor or owner.", field="role")
    person = get_user_model().objects.filter(username=username).first()
    if person is None:
        raise Refusal(
            f"There is no person with the sign-in name {username!r}. The administrator creates people"
            " with `manage.py create_person`.",
            field="username",
        )
    with recorded(by, f"{username} is now {role}"):
        Project.objects.select_for_update().get(pk=project.pk)
        membership = Membership.objects.filter(project=project, user=person).first()
        if membership is None:
            return Membership.objects.create(project=project, user=person, role=role)
        if membership.role == Role.OWNER and role != Role.OWNER:
            _keep_an_owner(project, membership)
        membership.set_fields(role=role)
    return membership


def remove_member(*, by, project: Project, membership: Membership) -> None:
    """Take a person out of a project; what they recorded stays."""
    if membership.user_id != by.pk:
        require_role(by, project, Role.OWNER)
    with recorded(by, f"{membership.user.username} left the project"):
        Project.objects.select_for_update().get(pk=project.pk)
        if membership.role == Role.OWNER:
            _keep_an_owner(project, membership)
        membership.delete()


def _keep_an_owner(project: Project, membership: Membership) -> None:
    others = project.memberships.filter(role=Role.OWNER).exclude(pk=membership.pk)
    if not others.exists():
        raise Refusal(
            f"{membership.user.username} is the only owner of {project.name}. Make somebody else an"
            " owner first.",
            field="role",
        )
