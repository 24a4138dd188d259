"""Projects: who belongs, in which role, and who may change that."""

import pytest

from labnotebook.records.models import Membership, Project, Role
from labnotebook.records.permissions import pick_project, require_editor
from labnotebook.records.refusals import NotPermitted, Refusal
from labnotebook.records.services.projects import remove_member, set_member
from tests.factories import Api, join, make_person, make_project, owner_of

pytestmark = pytest.mark.django_db


def test_whoever_creates_a_project_owns_it():
    person = make_person()
    project = make_project(person)
    assert project.memberships.get().role == Role.OWNER
    assert list(Project.objects.visible_to(person)) == [project]


def test_a_stranger_does_not_see_that_a_project_exists():
    project = make_project()
    stranger = Api(make_person())
    assert stranger.get(f"projects/{project.slug}/").status_code == 404
    assert stranger.get("projects/").json()["results"] == []


def test_only_an_owner_adds_people_and_changes_roles():
    project = make_project()
    editor, newcomer = join(project, Role.EDITOR), make_person()
    with pytest.raises(NotPermitted):
        set_member(by=editor, project=project, username=newcomer.username, role="viewer")
    set_member(by=owner_of(project), project=project, username=newcomer.username, role="viewer")
    set_member(by=owner_of(project), project=project, username=newcomer.username, role="editor")
    assert Membership.objects.get(user=newcomer).role == "editor"


def test_a_viewer_may_not_write():
    project = make_project()
    with pytest.raises(NotPermitted, match="role editor"):
        require_editor(join(project, Role.VIEWER), project)


def test_the_last_owner_can_neither_leave_nor_step_down():
    project = make_project()
    owner = owner_of(project)
    with pytest.raises(Refusal, match="only owner"):
        set_member(by=owner, project=project, username=owner.username, role="viewer")
    with pytest.raises(Refusal, match="only owner"):
        remove_member(by=owner, project=project, membership=project.memberships.get())


def test_a_member_who_left_is_a_stranger_at_once():
    project = make_project()
    member = join(project)
    api = Api(member)
    assert api.get(f"projects/{project.slug}/").status_code == 200
    remove_member(by=member, project=project, membership=project.memberships.get(user=member))
    assert api.get(f"projects/{project.slug}/").status_code == 404


def test_somebody_without_a_project_is_told_what_to_do():
    with pytest.raises(NotPermitted, match="Ask an owner"):
        pick_project(make_person(), None)


@pytest.mark.parametrize("said", [{"username": "nobody"}, {"role": "king"}])
def test_nonsense_members_are_refused_in_words(said):
    project = make_project()
    other = make_person()
    with pytest.raises(Refusal):
        set_member(
            by=owner_of(project),
            project=project,
            **({"username": other.username, "role": "viewer"} | said),
        )


def test_the_pages_create_a_project_and_add_a_member(client):
    person, newcomer = make_person(), make_person()
    client.force_login(person)
    answer = client.post("/projects/", {"name": "Blue emitters", "idempotency_key": "k"})
    assert answer["Location"] == "/projects/blue-emitters/"
    assert (
        client.post("/projects/", {"name": "Blue emitters", "idempotency_key": "k"})["Location"]
        == answer["Location"]
    )
    client.post(answer["Location"], {"add": 1, "username": newcomer.username, "role": "viewer"})
    page = client.get(answer["Location"]).content.decode()
    assert newcomer.username in page


def test_the_menu_switches_the_project_in_use(client):
    person = make_person()
    make_project(person, "First")
    second = make_project(person, "Second")
    client.force_login(person)
    assert (
        client.post("/projects/", {"use": second.slug, "next": "/tokens/"})["Location"]
        == "/tokens/"
    )
    assert client.session["project"] == second.slug
    assert (
        client.post("/projects/", {"use": second.slug, "next": "https://example.org"})["Location"]
        == "/projects/"
    )
