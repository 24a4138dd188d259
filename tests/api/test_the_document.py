"""The OpenAPI document: valid, without warnings, and what the notebook serves."""

import io
import subprocess
import sys

import jsonschema
import pytest
import yaml
from django.core.management import call_command

from synthesis.models import Recipe
from tests.factories import Api, make_made_batch, make_person, make_project

REFUSALS = {"400", "401", "404"}


@pytest.fixture(scope="module")
def document():
    out = io.StringIO()
    call_command("spectacular", "--validate", "--fail-on-warn", stdout=out)
    return yaml.safe_load(out.getvalue())


def test_the_document_is_valid_and_nothing_in_it_is_guessed(document):
    assert document["openapi"].startswith("3.1")
    assert len(document["paths"]) > 30


def test_every_operation_says_how_it_refuses(document):
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            answers = operation["responses"]
            assert set(answers) >= REFUSALS, f"{method} {path}"
            for status in set(answers) - {"200", "201", "202", "204", "304"}:
                assert "application/problem+json" in answers[status]["content"], f"{method} {path}"


@pytest.mark.django_db
def test_the_served_document_is_this_one(client, document):
    served = client.get("/api/v1/schema/", headers={"accept": "application/json"}).json()
    assert served["paths"].keys() == document["paths"].keys()
    assert served["components"].keys() == document["components"].keys()


def test_two_who_ask_first_at_once_both_get_it():
    """Loaded while threads ask, an extension of drf-spectacular fails in the second one."""
    script = (
        "import django; django.setup()\n"
        "from django.urls import get_resolver; get_resolver().url_patterns\n"
        "from labnotebook.records.api.schema import EXTENSIONS\n"
        "print(*(one.__name__ for kind in EXTENSIONS for one in kind._registry"
        " if isinstance(one.target_class, str)))"
    )
    said = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert (said.returncode, said.stdout.strip()) == (0, ""), said.stderr[-500:]


# POSTs that make nothing, or that say of a record what it then is: sent twice, they say the same again. Lines of
# the bench and readings of the air carry their own keys. What an invitation and a webhook answer is kept nowhere, as it is secret.
WITHOUT_KEY = """
analyses/accept/
batches/{code}/abandon/ batches/{code}/archive/ batches/{code}/attachments/ batches/{code}/events/
batches/{code}/finish/ batches/{code}/recompute/ batches/{code}/sign/ batches/{code}/start/ conditions/
devices/{code}/archive/ people/invite/ people/{username}/switch-off/ people/{username}/switch-on/ projects/{slug}/members/ projects/{slug}/reanalysis/cancel/
recipes/check/ recipes/{slug}/bring-back/ recipes/{slug}/plan/ recipes/{slug}/publish/ recipes/{slug}/retire/
recipes/{slug}/series/ recipes/{slug}/share/ webhooks/ webhooks/{id}/renew-secret/
"""


def test_every_post_that_makes_something_takes_an_idempotency_key_and_says_so(document):
    without = {
        path.removeprefix("/api/v1/")
        for path, operations in document["paths"].items()
        if "post" in operations
        and all(p["name"] != "Idempotency-Key" for p in operations["post"].get("parameters", ()))
    }
    assert without == set(WITHOUT_KEY.split())


def test_every_list_of_records_can_be_asked_for_what_changed_since(document):
    without = {
        path.removeprefix("/api/v1/")
        for path, operations in document["paths"].items()
        if "next" in str(operations.get("get", {}).get("responses", {}))
        or "cursor" in {p["name"] for p in operations.get("get", {}).get("parameters", ())}
        if "changed_since" not in {p["name"] for p in operations["get"].get("parameters", ())}
    }
    # Rows of no one record, and what was sealed once for good.
    assert without == {"history/", "suggestions/taken/"}


# What is of any kind, and why.
UNTYPED = """
AnalyseRequest.parameters Analysis.parameters UploadRequest.parameters: settings of a method, that the method names
Analysis.provenance Data.metadata Result.detail: what an instrument or a method has to say, each its own
Chemical.hazard_statements Chemical.pictograms: as the supplier's sheet has them
Corrections.quantities Fact.then Fact.now: any value of a record, before and after
DefinitionRequest.definition Draft.definition NewRecipeRequest.definition Recipe.definition: see recipes/schema/
EventRequest.value Note.text: as it was typed at the bench
Forecast.conditions Forecast.structure Forecast.evidence Forecast.model: of each version of the model
ModelCard.backtest ModelCard.compared ModelCard.summary: of each version of the model
MyData.other_servers: of each server of OpenID Connect
Layer.process StackLayer.steps: of each kind of layer
NewOperationRequest.parameters NewOperationRequest.rows Operation.parameters Operation.rows: see recipes/schema/
Problem.current: whatever record it was
Suggestion.about: the numbers that the goal rests on, each goal its own
"""


def untyped(schema) -> bool:
    """Whether a schema says nothing of what is in it."""
    inner = [one for kind in ("allOf", "oneOf", "anyOf") for one in schema.get(kind, ())]
    if inner:
        return any(map(untyped, inner))
    if {"$ref", "enum", "const"} & set(schema):
        return False
    kinds = schema.get("type", [])
    kinds = [kinds] if isinstance(kinds, str) else kinds
    if "object" in kinds and "properties" not in schema:
        others = schema.get("additionalProperties")
        return not isinstance(others, dict) or not others or untyped(others)
    return not kinds or ("array" in kinds and untyped(schema.get("items", {})))


def test_every_field_has_a_type_but_a_few_with_a_reason(document):
    fields, found = 0, set()

    def look(name, schema, path=""):
        nonlocal fields
        for key, value in schema.get("properties", {}).items():
            fields += 1
            if untyped(value):
                found.add(f"{name}.{path}{key}")
            look(name, value, f"{path}{key}.")
        for kind in ("allOf", "oneOf", "anyOf"):
            for one in schema.get(kind, ()):
                look(name, one, path)
        if isinstance(schema.get("items"), dict):
            look(name, schema["items"], path)

    for name, schema in document["components"]["schemas"].items():
        look(name, schema)
    assert fields > 1500
    lines = UNTYPED.strip().splitlines()
    assert found == {name for line in lines for name in line.partition(":")[0].split()}


def closed(schema):
    """Return a schema that also refuses what it does not name."""
    if isinstance(schema, list):
        return [closed(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    more = {"additionalProperties": False} if "properties" in schema else {}
    return {**more, **{key: closed(value) for key, value in schema.items()}}


@pytest.mark.django_db
def test_the_plan_of_every_recipe_and_a_made_batch_are_what_the_document_says(document):
    project = make_project(mira := make_person("mira"))
    api, schemas = Api(mira), document["components"]["schemas"]
    asked = {
        "cspbi3-pbs-seeds": {"ratio_ca_pb": 0, "lead_mmol": 0.376},
        "zno-nanocrystals": {"zinc_acetate": "dihydrate"},
    }
    usual = [{}, {"ratio_ca_pb": 0.4, "lead_mmol": 0.376}]
    held = 0
    flasks = Recipe.objects.exclude(kind="device")
    for recipe in flasks.exclude(slug="free-experiment"):
        tries = [asked.get(recipe.slug, {}), *usual]
        answers = (api.post(f"recipes/{recipe.slug}/plan/", body) for body in tries)
        plan = next((one.json() for one in answers if one.status_code == 200), None)
        if plan is not None:
            jsonschema.validate(plan, closed(schemas["Plan"]))
            held += 1
    assert held >= flasks.count() - 3
    story = api.get(f"batches/{make_made_batch(project).code}/").json()
    known = schemas["BatchStory"]["properties"]
    for name in ("targets", "lots", "composition"):
        jsonschema.validate(story[name], closed(known[name]))
    jsonschema.validate(story["plan"], closed(schemas["FrozenPlan"]))
