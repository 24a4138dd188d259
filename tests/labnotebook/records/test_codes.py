"""Codes are given out once, also when many ask at once."""

import threading

import pytest
from django.db import connection, transaction

from labnotebook.records.codes import next_code, next_codes


@pytest.mark.django_db
def test_codes_count_up_for_each_prefix():
    assert [next_code("NC"), next_code("NC"), next_code("D")] == ["NC-0001", "NC-0002", "D-0001"]


@pytest.mark.django_db
def test_several_codes_follow_each_other():
    assert next_code("NC") == "NC-0001"
    assert next_codes("NC", 3) == ["NC-0002", "NC-0003", "NC-0004"]
    assert next_code("NC") == "NC-0005"


@pytest.mark.django_db
def test_a_code_of_a_rolled_back_record_is_given_out_again():
    with pytest.raises(RuntimeError), transaction.atomic():
        next_code("NC")
        raise RuntimeError
    assert next_code("NC") == "NC-0001"


@pytest.mark.django_db(transaction=True)
def test_codes_asked_for_at_once_differ():
    codes = []

    def ask():
        for _ in range(10):
            with transaction.atomic():
                codes.append(next_code("NC"))
        connection.close()

    threads = [threading.Thread(target=ask) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(codes) == [f"NC-{n:04d}" for n in range(1, 61)]
