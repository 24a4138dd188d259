"""Idempotency keys."""

import threading
import uuid

import pytest
from django.db import connection

from labnotebook.records.models import Project
from tests.factories import Api, make_person


@pytest.mark.django_db
def test_the_same_key_gives_the_first_answer():
    api = Api(make_person())
    key = str(uuid.uuid4())
    first = api.post("projects/", {"name": "One"}, idempotency_key=key)
    again = api.post("projects/", {"name": "One"}, idempotency_key=key)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert again["Location"] == first["Location"]
    assert again["Idempotent-Replayed"] == "true"
    assert Project.objects.count() == 1


@pytest.mark.django_db
def test_the_same_key_for_something_else_is_refused():
    api = Api(make_person())
    api.post("projects/", {"name": "One"}, idempotency_key="k")
    answer = api.post("projects/", {"name": "Two"}, idempotency_key="k")
    assert answer.status_code == 422
    assert Project.objects.count() == 1


@pytest.mark.django_db
def test_keys_of_two_people_do_not_meet():
    for _ in range(2):
        assert (
            Api(make_person())
            .post("projects/", {"name": f"P{uuid.uuid4()}"}, idempotency_key="k")
            .status_code
            == 201
        )
    assert Project.objects.count() == 2


@pytest.mark.django_db
def test_a_refused_request_does_not_use_up_its_key():
    api = Api(make_person())
    assert api.post("projects/", {"name": "!!!"}, idempotency_key="k").status_code == 400
    assert api.post("projects/", {"name": "Fine"}, idempotency_key="k").status_code == 201


@pytest.mark.django_db(transaction=True)
def test_eight_callers_at_once_create_one():
    person = make_person()
    apis = [Api(person) for _ in range(8)]
    answers = []

    def call(api):
        try:
            answers.append(
                api.post("projects/", {"name": "Race"}, idempotency_key="race").json()["id"]
            )
        finally:
            connection.close()

    threads = [threading.Thread(target=call, args=(api,)) for api in apis]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 8
    assert len(set(answers)) == 1
    assert Project.objects.count() == 1
