"""The shipped architectures are in every notebook, written once and brought up to date."""

import pytest

from devices.models import Architecture
from devices.services.architectures import load_shipped_architectures
from labnotebook.records.models import Revision
from labnotebook.records.refusals import Refusal
from tests.devices.factories import make_device, make_project
from tests.factories import make_person


def test_loading_twice_writes_once(db):
    load_shipped_architectures()
    revisions = Revision.objects.count()
    loaded = load_shipped_architectures()
    assert len(loaded) == 5
    assert Revision.objects.count() == revisions
    assert set(Architecture.objects.values_list("version", flat=True)) == {1}


def test_they_belong_to_the_whole_lab(db):
    load_shipped_architectures()
    anybody = make_person("anybody")
    assert Architecture.objects.visible_to(anybody).count() == 5


def test_only_the_one_that_changed_in_the_file_is_written(db):
    load_shipped_architectures()
    Architecture.objects.filter(slug="fret").update(note="an older text")
    load_shipped_architectures()
    versions = dict(Architecture.objects.values_list("slug", "version"))
    assert versions.pop("fret") == 3  # shipped, altered, brought up to date
    assert set(versions.values()) == {1}
    assert Architecture.objects.get(slug="fret").note.startswith("Poly-TPD")
    assert Revision.objects.filter(table_name="devices_architecture").last().actor == (
        "load_reference"
    )


def test_a_projects_own_architecture_is_not_taken_over(without_reference_data):
    project = make_project(make_person("mira"))
    Architecture.objects.create(slug="fret", name="Ours", project=project, layers=[])
    with pytest.raises(Refusal, match="belongs to a project"):
        load_shipped_architectures()
    assert not Architecture.objects.filter(project=None).exists()


def test_every_shipped_architecture_can_be_built(lab):
    for architecture in Architecture.objects.all():
        device = make_device(lab.mira, lab.project, architecture.slug)
        assert device.layers.count() == len(architecture.layers)
        assert device.layers.filter(role="emitter").count() == 1
