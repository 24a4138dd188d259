"""Projects and their members."""

from __future__ import annotations

from django.contrib.auth import get_user_model
from django.utils.text import slugify

from labnotebook.records.history import recorded
from labnotebook.records.models import Membership, Project, Role
from labnotebook.records.permissions import require_more_than_an_instrument, require_role
from labnotebook.records.refusals import Refusal
from labnotebook.records.services.security import Kind, note


def create_project(
    *, by, name: str, slug: str = "", description: str = "", is_simulated: bool = False
) -> Project:
    """Create a project; whoever creates it owns it.

    is_simulated: its data are made up, for training or trying out; they are marked wherever they are
    shown, and are evidence for nothing else.
    """
    require_more_than_an_instrument(by)
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
        note(Kind.RIGHTS, person=by, project=project, about=_now(Role.OWNER, project))
    return project


def set_member(*, by, project: Project, username: str, role: str) -> Membership:
    """Add a person to a project or change their role."""
    require_role(by, project, Role.OWNER)
    if role not in Role.values:
        raise Refusal(f"{role!r} is no role; choose one of {', '.join(Role.values)}.", field="role")
    person = get_user_model().objects.filter(username=username).first()
    if person is None:
        raise Refusal(
            f"There is no person with the sign-in name {username!r}. The administrator creates people"
            " with `manage.py create_person`.",
            field="username",
        )
    with recorded(by, f"{username} is now {role}"):
        _lock(person, project)
        require_role(by, project, Role.OWNER)  # it may have been taken from her meanwhile
        membership = Membership.objects.filter(project=project, user=person).first()
        if membership is None:
            membership = Membership.objects.create(project=project, user=person, role=role)
        else:
            if membership.role == Role.OWNER and role != Role.OWNER:
                _keep_an_owner(project, membership)
            membership.set_fields(role=role)
        note(Kind.RIGHTS, person=person, by=by, project=project, about=_now(role, project))
    return membership


def remove_member(*, by, project: Project, membership: Membership) -> None:
    """Take a person out of a project; what they recorded stays."""
    if membership.user_id != by.pk:
        require_role(by, project, Role.OWNER)
    with recorded(by, f"{membership.user.username} left the project"):
        _lock(membership.user, project)
        membership = Membership.objects.select_related("user").get(pk=membership.pk)
        if membership.user_id != by.pk:
            require_role(by, project, Role.OWNER)  # as it is now
        if membership.role == Role.OWNER:
            _keep_an_owner(project, membership)
        person = membership.user
        membership.delete()
        about = f"no member of {project.name} any more"
        note(Kind.RIGHTS, person=person, by=by, project=project, about=about)


def owned_alone(person) -> list[Project]:
    """Return the projects that would be without an owner if ``person`` were none."""
    owners = Membership.objects.filter(role=Role.OWNER)
    others = owners.filter(user__is_active=True).exclude(user=person)
    hers = Project.objects.filter(pk__in=owners.filter(user=person).values("project"))
    return list(hers.exclude(pk__in=others.values("project")))


def hand_over(*, by, person, new_owner: str) -> None:
    """See that every project of ``person`` keeps an owner without her, inside a `recorded` that locked her.

    ``new_owner``: the sign-in name of who owns from now on what she owns alone.
    """
    hers = Membership.objects.filter(user=person, role=Role.OWNER).values("project")
    list(Project.objects.select_for_update(no_key=True).filter(pk__in=hers).order_by("pk"))
    projects = owned_alone(person)
    if not projects:
        return
    names = " and ".join(project.name for project in projects)
    if not new_owner:
        raise Refusal(
            f"{person.get_username()} is the only owner of {names}. Say who owns it from now on, or"
            " make somebody else an owner first.",
            field="new_owner",
        )
    heir = get_user_model().objects.filter(username=new_owner, is_active=True).first()
    if heir is None or heir.pk == person.pk:
        raise Refusal(
            f"{new_owner!r} cannot own {names}: name somebody else who can sign in.",
            field="new_owner",
        )
    for project in projects:
        membership = Membership.objects.filter(project=project, user=heir).first()
        if membership is None:
            Membership.objects.create(project=project, user=heir, role=Role.OWNER)
        else:
            membership.set_fields(role=Role.OWNER)
        note(Kind.RIGHTS, person=heir, by=by, project=project, about=_now(Role.OWNER, project))


def _now(role: str, project: Project) -> str:
    return f"{Role(role).label.lower()} of {project.name}"


def _lock(person, project: Project) -> None:
    """Let nobody else change who owns what: first the person, then the project, as `hand_over` does."""
    get_user_model().objects.select_for_update(no_key=True).get(pk=person.pk)
    Project.objects.select_for_update(no_key=True).get(pk=project.pk)
    project.read_for = None


def _keep_an_owner(project: Project, membership: Membership) -> None:
    others = project.memberships.filter(role=Role.OWNER, user__is_active=True).exclude(
        pk=membership.pk
    )
    if not others.exists():
        raise Refusal(
            f"{membership.user.username} is the only owner of {project.name}. Make somebody else an"
            " owner first.",
            field="role",
        )
