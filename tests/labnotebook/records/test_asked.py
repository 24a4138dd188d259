"""What somebody typed where a number was asked for is a number, or nothing: never a crash."""

import pytest
from django.urls import reverse

from labnotebook.records.asked import whole_number
from tests.factories import Api, make_person

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("text", "number"), [("0", 0), ("007", 7), ("9" * 18, 10**18 - 1)])
def test_digits_are_a_whole_number(text, number):
    assert whole_number(text) == number


@pytest.mark.parametrize(
    "text", ["", " 1", "-1", "1.0", "1e3", "²", "١", "1_000", "9" * 19, "9" * 9000]
)
def test_anything_else_is_none(text):
    assert whole_number(text) is None


@pytest.mark.parametrize("text", ["²", "9" * 9000])
def test_nonsense_for_a_number_is_refused_by_every_door(client, text):
    person = make_person()
    client.force_login(person)
    assert client.post(reverse("records:token-list"), {"revoke": text}).status_code == 404
    answer = Api(person).get(f"batches/?page_size={text}")
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == "page_size"
