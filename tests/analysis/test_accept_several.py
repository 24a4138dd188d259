"""Several analyses are accepted in one call: each is answered by itself."""

import pytest

from analysis.models import Outcome
from labnotebook.records.history import recorded
from tests.analysis.evidence import NO_RESULT, kept
from tests.analysis.factories import make_batch
from tests.factories import Api, join, make_project, owner_of

pytestmark = pytest.mark.django_db


def figure(value):
    return {
        "quantity": "pl_peak_nm",
        "value": value,
        "uncertainty": 0.1,
        "unit": "nm",
        "label": "",
        "low": None,
        "high": None,
        "note": "",
    }


def finished(batch, value):
    run = kept(batch, "pl", f"{value}".encode()).analyses.get()
    with recorded("test", "as if by the worker"):
        run.set_fields(state="done", result={**NO_RESULT, "figures": [figure(value)], "detail": {}})
    return run


@pytest.fixture
def project():
    return make_project()


@pytest.fixture
def runs(project):
    return [finished(make_batch(project), 680.0 + n) for n in range(3)]


def test_one_refused_entry_holds_back_no_other(project, runs):
    strange = finished(make_batch(), 700.0)
    body = [
        {"analysis": runs[0].pk},
        {"analysis": strange.pk},
        {"analysis": runs[1].pk, "quantities": ["plqy_percent"]},
        {"analysis": "seven", "colour": "red"},
        {"analysis": runs[2].pk, "quantities": ["pl_peak_nm"]},
    ]
    answer = Api(owner_of(project)).post("analyses/accept/", body)
    assert answer.status_code == 200, answer.content
    said = answer.json()
    assert said["accepted"] == [runs[0].pk, runs[2].pk]
    assert [(one["index"], one["field"]) for one in said["refused"]] == [
        (1, "analysis"),
        (2, "quantities"),
        (3, "colour"),
    ]
    assert "no figure 'plqy_percent'" in said["refused"][1]["message"]
    assert sorted(Outcome.objects.values_list("value", flat=True)) == [680.0, 682.0]


def test_sent_again_it_says_the_same_and_changes_nothing(project, runs):
    api, body = Api(owner_of(project)), [{"analysis": one.pk} for one in runs]
    first = api.post("analyses/accept/", body).json()
    assert api.post("analyses/accept/", body).json() == first
    assert Outcome.objects.count() == 3


def test_what_somebody_decided_meanwhile_is_refused(project, runs):
    said = Api(owner_of(project)).post(
        "analyses/accept/",
        [{"analysis": runs[0].pk, "version": runs[0].version - 1}, {"analysis": runs[1].pk}],
    )
    assert said.json()["accepted"] == [runs[1].pk]
    assert said.json()["refused"][0]["analysis"] == runs[0].pk


def test_where_nothing_was_taken_the_answer_is_a_refusal_that_names_each(project, runs):
    viewer = Api(join(project, "viewer"))
    answer = viewer.post("analyses/accept/", [{"analysis": runs[0].pk}])
    assert answer.status_code == 400
    assert "role editor" in answer.content.decode()
    assert not Outcome.objects.exists()
    assert viewer.post("analyses/accept/", {"analysis": runs[0].pk}).status_code == 400
