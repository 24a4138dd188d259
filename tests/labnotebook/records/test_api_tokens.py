"""Tokens: shown once, kept as a digest, revocable, expiring, to read or to write."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from labnotebook.records.models import ApiToken, Revision
from labnotebook.records.refusals import Refusal
from labnotebook.records.services.tokens import create_token, find_token, revoke_token
from tests.factories import Api, make_person, make_project

pytestmark = pytest.mark.django_db


def test_a_token_is_256_random_bits_of_which_only_the_digest_is_kept():
    person = make_person()
    token, text = create_token(user=person, name="script")
    assert len(text.removeprefix("lab_")) == 43
    row = str(ApiToken.objects.values().get(pk=token.pk))
    assert text not in row
    assert text not in "".join(Revision.objects.of(token).values_list("data", flat=True))


def test_finding_a_token_takes_one_query(django_assert_num_queries):
    _token, text = create_token(user=make_person(), name="script")
    with django_assert_num_queries(1):
        assert find_token(text).user.username


def test_a_revoked_an_expired_and_a_made_up_token_open_nothing():
    person = make_person()
    revoked, first = create_token(user=person, name="a")
    revoke_token(by=person, token=revoked)
    expired, second = create_token(user=person, name="b")
    ApiToken.objects.filter(pk=expired.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    for text in (first, second, "lab_" + "x" * 43, "", "ä"):
        response = Client(headers={"authorization": f"Bearer {text}"}).get("/api/v1/projects/")
        assert response.status_code == 401
        assert response["Content-Type"] == "application/problem+json"


def test_a_person_who_left_cannot_use_their_tokens():
    person = make_person()
    _token, text = create_token(user=person, name="script")
    person.is_active = False
    person.save()
    assert find_token(text) is None


def test_a_reading_token_cannot_write():
    person = make_person()
    make_project(person)
    reader = Api(person, scope="read")
    assert reader.get("projects/").status_code == 200
    answer = reader.post("projects/", {"name": "new"})
    assert answer.status_code == 403
    assert "only read" in answer.json()["detail"]


@pytest.mark.parametrize(
    "said", [{"name": " "}, {"name": "a", "days": 0}, {"name": "a", "scope": "all"}]
)
def test_nonsense_is_refused_in_words(said):
    with pytest.raises(Refusal):
        create_token(user=make_person(), **said)


def test_the_page_shows_a_new_token_once_and_revokes_it(client):
    person = make_person()
    client.force_login(person)
    page = client.post("/tokens/", {"name": "upload", "scope": "read", "days": 30}).content.decode()
    assert "lab_" in page
    assert "lab_" not in client.get("/tokens/").content.decode()
    client.post("/tokens/", {"revoke": ApiToken.objects.get().pk})
    assert ApiToken.objects.get().revoked_at


def test_nobody_revokes_another_persons_token(client):
    token, _text = create_token(user=make_person(), name="mine")
    client.force_login(make_person())
    assert client.post("/tokens/", {"revoke": token.pk}).status_code == 404
