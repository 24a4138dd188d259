"""A batch, or a list of them, is made in few statements, and answered from what was written."""

from types import SimpleNamespace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from labnotebook.records.models import Job, Revision
from synthesis.models import Batch
from tests.factories import Api
from tests.synthesis.factories import make_bottle, make_lab

MOST_STATEMENTS = 15  # of a request: the token's look-up, BEGIN and COMMIT included
ORDER = {"recipe": "cspbi3-seed-core-shell", "ratio_ca_pb": 0.5, "lead_mmol": 0.376}


@pytest.fixture
def committed(transactional_db) -> SimpleNamespace:
    """A lab outside any transaction, where a request commits as it does in use."""
    return make_lab()


def statements(api: Api, body: object, **headers: str) -> list[str]:
    """Return what posting a batch sends to the database, after the token's first use was noted."""
    assert api.get("me/").status_code == 200
    with CaptureQueriesContext(connection) as sent:
        answer = api.post("batches/", body, **headers)
    assert answer.status_code == 201, answer.content
    return [one["sql"] for one in sent]


def test_a_batch_of_nine_reagents_and_twelve_steps_takes_few_statements(committed):
    api, bottle = Api(committed.mira), make_bottle(committed)
    sent = statements(
        api, {**ORDER, "project": committed.project.slug, "lots": {"cai2": bottle.code}}
    )
    made = Batch.objects.get()
    assert (made.additions.count(), made.step_runs.count()) == (9, 12)
    assert len(sent) <= MOST_STATEMENTS, "\n".join(sent)
    assert not [one for one in sent if "SAVEPOINT" in one]
    assert len(statements(api, ORDER, Idempotency_Key="once")) <= MOST_STATEMENTS + 1


def test_twenty_batches_take_as_many_statements_as_one(committed):
    api = Api(committed.mira)
    one, many = statements(api, ORDER), statements(api, [ORDER] * 20)
    assert len(many) == len(one)
    assert Batch.objects.count() == Job.objects.filter(kind="forecast_batch").count() == 21


def test_a_list_has_its_codes_in_its_order_and_each_batch_its_own_rows(lab):
    api, shares = Api(lab.mira), ["0.1", "0.2", "0.3"]
    orders = [{**ORDER, "ratio_ca_pb": share} for share in shares]
    stock = {"recipe": "cs-oleate"}
    answer = api.post("batches/", [orders[0], stock, *orders[1:]]).json()
    assert [one["code"] for one in answer] == ["NC-0001", "ST-0001", "NC-0002", "NC-0003"]
    made = Batch.objects.filter(code__startswith="NC").order_by("code")
    assert [batch.targets["ratio_ca_pb"] for batch in made] == shares
    for batch in made:
        planned = {line["key"]: line["mass_mg"] for line in batch.plan["reagents"]}
        calcium = batch.additions.get(key="cai2")
        assert float(calcium.planned_value) == pytest.approx(planned["cai2"], abs=1e-6)
        leading = batch.quantities.get(key="ratio_ca_pb", basis="planned")
        assert leading.value == pytest.approx(float(batch.ratio_ca_pb))
        assert [step["key"] for step in batch.plan["steps"]] == [
            run.key for run in batch.step_runs.all()
        ]


@pytest.mark.parametrize(
    ("ratio", "kept"), [("0.5", 0.5), ("0.1234565", 0.123457), ("0.33333333333", 0.333333)]
)
def test_what_a_creation_answers_is_what_is_then_read(lab, ratio, kept):
    api = Api(lab.mira)
    made = api.post("batches/", {**ORDER, "ratio_ca_pb": ratio})
    (listed,) = api.get("batches/").json()["results"]
    assert made.json() == listed
    assert listed["ratio_ca_pb"] == kept  # six decimals, halves up
    assert made.headers["ETag"] == listed["etag"]
    assert made.headers["Location"] == "/api/v1/batches/NC-0001/"


def test_the_revisions_of_a_batch_say_who_and_why(committed):
    Api(committed.mira).post("batches/", ORDER, Idempotency_Key="once")
    batch = Batch.objects.get()
    for record in (batch, batch.additions.first(), batch.step_runs.first()):
        (revision,) = Revision.objects.of(record)
        assert (revision.actor, revision.reason) == ("mira", "batch planned")


def test_a_refused_list_leaves_no_code_and_no_batch_behind(committed):
    api = Api(committed.mira)
    refused = api.post("batches/", [ORDER, {**ORDER, "lots": {"cai2": "L-9999"}}])
    assert refused.json()["errors"][0]["field"] == "1.lots.cai2"
    assert not Batch.objects.exists()
    assert api.post("batches/", ORDER).json()["code"] == "NC-0001"


def test_a_recipe_that_is_not_there_is_named_with_its_place(lab):
    refused = Api(lab.mira).post("batches/", [ORDER, {**ORDER, "recipe": "nothing"}])
    assert refused.json()["errors"] == [
        {"field": "1.recipe", "message": "There is no recipe 'nothing' for you."}
    ]
