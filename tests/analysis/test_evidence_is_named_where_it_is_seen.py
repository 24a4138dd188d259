"""On the page of a measurement: what it may say of the structure of its batch, named there."""

import re

import pytest

from analysis.models import StructureEvidence
from tests.analysis.evidence import kept, say_gamma, told
from tests.analysis.factories import address, text
from tests.factories import owner_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def visitor(client, batch):
    client.force_login(owner_of(batch.project))
    say_gamma(batch, owner_of(batch.project))
    return client


def fields(page, button):
    """Return the hidden fields of the form with this button."""
    form = next(one for one in page.split("<form")[1:] if button in one.split("</form>")[0])
    return dict(re.findall(r'type="hidden" name="(\w+)" value="(\w*)"', form))


def test_a_run_that_found_calcium_is_named_for_the_shell_on_its_own_page(visitor, batch):
    run = told(batch, "xps", {"calcium": True})
    here = address("measurement-detail", run.measurement_id)
    page = text(visitor.get(here))
    assert f"Structure of {batch.code}" in page
    assert "Confirm the CaI" in page
    sent = fields(page, "Confirm the CaI")
    assert "seed" not in sent.values()  # photoelectrons come from outside
    assert visitor.post(address("batch-structure", batch.code), sent).url == here
    named = StructureEvidence.objects.get()
    assert (named.part, named.analysis_id) == ("shell", run.pk)
    page = text(visitor.get(here))
    assert "Confirm the CaI" not in page
    assert "confirmed by" in page


def test_a_micrograph_is_named_on_its_own_page_with_what_it_shows(visitor, batch):
    picture = kept(batch, "tem", b"\x89PNG\r\n\x1a\n", "rim.png")
    picture.analyses.update(state="failed", failure="no scale")
    here = address("measurement-detail", picture.pk)
    sent = fields(text(visitor.get(here)), "Name it")
    said = {**sent, "part": "shell", "verdict": "confirms", "note": "rim of 2 nm"}
    assert visitor.post(address("batch-structure", batch.code), said).url == here
    assert "rim of 2 nm" in text(visitor.get(here))


def test_a_file_that_says_nothing_of_a_structure_is_not_asked_about_it(visitor, batch):
    for run in (told(batch, "pl", {}), told(batch, "xrd", {})):
        page = text(visitor.get(address("measurement-detail", run.measurement_id)))
        assert f"Structure of {batch.code}" not in page
