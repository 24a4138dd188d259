"""The page of what a project learns from: an owner of both decides, nobody sees a project that is not theirs."""

import pytest

from analysis.models import LabelSource
from analysis.services.label_sources import add_source
from tests.analysis.factories import address, text
from tests.factories import join, make_person, make_project, owner_of

pytestmark = pytest.mark.django_db
HERE = address("label-sources")


@pytest.fixture
def person():
    return make_person("mira")


@pytest.fixture
def two(person):
    return make_project(person, "Perovskites"), make_project(person, "Glovebox B")


def test_an_owner_of_both_adds_one_and_ends_it_with_a_reason(client, person, two):
    client.force_login(person)
    assert "Glovebox B" in text(client.get(HERE))
    client.post(HERE, {"source": two[1].slug, "reason": "the same bottles"})
    source = LabelSource.objects.get()
    assert (source.project, source.source) == two
    shown = text(client.get(HERE))
    assert "the same bottles" in shown
    end = address("label-source-end", source.pk)
    assert client.post(end, {"reason": ""}).status_code == 422
    client.post(end, {"reason": "the bottles are empty"})
    assert "the bottles are empty" in text(client.get(HERE))
    source.refresh_from_db()
    assert source.ended_at is not None


def test_a_member_sees_it_without_what_is_not_hers(client, person, two):
    add_source(by=person, project=two[0], source=two[1], reason="the same bottles")
    client.force_login(join(two[0], "editor"))
    shown = text(client.get(HERE))
    assert "a project that you do not see" in shown
    assert "Glovebox B" not in shown
    assert "An owner of both projects decides" in shown
    assert client.post(HERE, {"source": two[1].slug, "reason": "x"}).status_code == 403


def test_a_project_that_is_not_hers_cannot_be_named(client, person, two):
    foreign = make_project()
    client.force_login(person)
    assert client.post(HERE, {"source": foreign.slug, "reason": "x"}).status_code == 422
    assert not LabelSource.objects.exists()
    assert owner_of(foreign) != person
