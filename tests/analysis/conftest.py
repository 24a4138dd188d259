"""A batch, and its owner in the pages."""

import pytest

from tests.analysis.factories import make_batch
from tests.factories import owner_of


@pytest.fixture
def batch():
    return make_batch()


@pytest.fixture
def page(client, batch):
    client.force_login(owner_of(batch.project))
    return client
