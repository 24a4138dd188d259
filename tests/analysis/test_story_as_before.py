"""The story of a batch, read by one statement, is byte for byte what the serializers told."""

import pytest

from labnotebook.records.api.rendering import dumps
from synthesis.models import Batch
from tests.analysis.story_by_instances import BatchStorySerializer
from tests.factories import Api, make_batch, make_made_batch, make_person, make_project
from tests.stories import make_told_batch

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("zone", ["UTC", "Asia/Tokyo"])
def test_the_story_is_byte_for_byte_what_it_was(settings, zone):
    settings.TIME_ZONE = zone
    person = make_person("mira")
    project, api = make_project(person), Api(person)
    for make in (make_batch, make_made_batch, make_told_batch):
        code = make(project, by=person).code
        batch = Batch.objects.get(code=code)
        before = dumps(BatchStorySerializer(batch, context={"user": person}).data)
        assert api.get(f"batches/{code}/").content == before
