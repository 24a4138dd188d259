"""Rows read in the shape of a serializer: columns follow from fields, or are said."""

import pytest
from rest_framework import serializers

from labnotebook.records.api.rows import Rows
from labnotebook.records.models import Membership, Project
from tests.factories import join, make_person, make_project

pytestmark = pytest.mark.django_db


class MemberShape(serializers.Serializer):
    who = serializers.CharField(source="user.username")
    role = serializers.CharField()


class ProjectShape(serializers.Serializer):
    title = serializers.CharField(source="name")
    created_at = serializers.DateTimeField()
    members = MemberShape(many=True)


MEMBERS = "records_membership m JOIN auth_user u ON u.id = m.user_id WHERE m.project_id = p.id"
PROJECT = "records_project p WHERE p.slug = %(slug)s"


def read(project: Project, **how) -> dict:
    members = Rows(
        MemberShape, "m", f"{MEMBERS} ORDER BY m.id", columns={"who": "u.username"}, **how
    )
    rows = Rows(ProjectShape, "p", PROJECT, columns={"members": members})
    (found,) = rows.fetch({"slug": project.slug})
    return found


def test_rows_below_a_row_come_with_it_as_the_serializer_writes_them(settings):
    settings.TIME_ZONE = "Asia/Tokyo"
    project = make_project(make_person("mira"), "Red LEDs")
    join(project, "viewer", make_person("vera"))
    when = ProjectShape(Project.objects.get(pk=project.pk)).fields["created_at"]
    assert read(project) == {
        "title": "Red LEDs",
        "created_at": when.to_representation(project.created_at),
        "members": [{"who": "mira", "role": "owner"}, {"who": "vera", "role": "viewer"}],
    }


def test_rows_come_as_one_or_by_a_key():
    project = make_project(make_person("mira"))
    owner = {"who": "mira", "role": "owner"}
    assert read(project, one=True)["members"] == owner
    assert read(project, keyed_by="u.username")["members"] == {"mira": owner}
    Membership.objects.all().delete()
    assert read(project, one=True)["members"] is None
    assert read(project)["members"] == []


def test_a_field_without_a_column_of_its_own_must_be_told_one():
    rows = Rows(MemberShape, "m", MEMBERS)
    with pytest.raises(TypeError, match=r"MemberShape\.who: say from which column it is read"):
        rows.statement  # noqa: B018
