"""A list shows what its details open, and nothing else; nothing of a project is seen outside it."""

import io
import re
import uuid

import pandas as pd
import pytest

from analysis.exports.forms import FORMS
from devices.models import Device
from labnotebook.records.models import Project, StoredFile
from synthesis.models import Batch, Material, Recipe
from tests.access.routes import KINDS, Route, all_routes

pytestmark = pytest.mark.django_db

ROUTES = {route.name: route for route in all_routes()}
LISTS = {name: name.replace("-list", "-detail") for name in ROUTES if name.endswith("-list")}
API_LISTS = {
    name: detail for name, detail in LISTS.items() if ROUTES[name].is_api and detail in ROUTES
}
PEOPLE = ("stranger", "viewer", "owner")
OWN = [("viewer", "notice"), ("viewer", "webhook")]  # hers alone, or owners' alone


def rows_of(client, address):
    """Return the results of all pages."""
    found = []
    while address:
        page = client.get(address).json()
        found += page["results"]
        address = page["next"]
    return found


def keys_in_database(kind: str) -> list[str]:
    """Return every key there is, whoever it belongs to."""
    from django.apps import apps

    names = {
        "lot": "material",
        "architecture": "recipe",
        "run": "batch",
        "phase": "phaseassignment",
        "structure_evidence": "structureevidence",
        "file": "storedfile",
        "measuring_instrument": "measuringinstrument",
        "model_version": "modelversion",
        "label_source": "labelsource",
        "saved_question": "savedquestion",
        "person": "user",
        "security_event": "securityevent",
    }
    model = next(m for m in apps.get_models() if m._meta.model_name == names.get(kind, kind))
    field = next(
        (f for f in ("code", "slug", "username") if any(c.name == f for c in model._meta.fields)),
        "pk",
    )
    keys = [str(key) for key in model.objects.values_list(field, flat=True)]
    return ["0", *keys] if kind == "model_version" else keys  # the paper's is no row


@pytest.mark.parametrize("who", PEOPLE)
@pytest.mark.parametrize("name", API_LISTS)
def test_an_api_list_holds_exactly_what_its_details_open(name, who, house):
    client = house.doors[who]
    route = ROUTES[name]
    kind = KINDS[route.pattern.removeprefix("api/v1/").lstrip("^").split("/")[0]]
    key = ROUTES[API_LISTS[name]].parameters[0]
    listed = [str(row[key if key in row else "id"]) for row in rows_of(client, route.address({}))]
    opened = []
    for one in keys_in_database(kind):
        status = client.get(ROUTES[API_LISTS[name]].address({kind: one})).status_code
        assert status in (200, 404)
        opened += [one] * (status == 200)
    assert sorted(listed) == sorted(opened)
    assert opened or (who, kind) in OWN, "the list is empty, so this proves nothing"


RUN = {"recipe_version__recipe__kind": "device"}  # what it makes has a page of its own
PAGE_LISTS = {
    "synthesis:batch-list": (Batch.objects.exclude(**RUN), "code", "synthesis:batch-detail"),
    "runs in synthesis:batch-list": (Batch.objects.filter(**RUN), "code", "devices:run-detail"),
    "synthesis:material-list": (Material.objects.all(), "code", "synthesis:material-detail"),
    "synthesis:recipe-list": (Recipe.objects.all(), "slug", "synthesis:recipe-detail"),
    "devices:device-list": (Device.objects.all(), "code", "devices:device-detail"),
    "records:project-list": (Project.objects.all(), "slug", "records:project-detail"),
}


@pytest.mark.parametrize("who", PEOPLE)
@pytest.mark.parametrize("name", PAGE_LISTS)
def test_a_page_list_links_exactly_to_what_opens(name, who, house):
    there_are, key, detail = PAGE_LISTS[name]
    client, route = house.doors[who], ROUTES[detail]
    page = client.get(ROUTES[name.split()[-1]].address({})).content.decode()
    kind = KINDS[route.pattern.split("/")[0]]
    keys = list(there_are.values_list(key, flat=True))
    assert keys, "there is none, so this proves nothing"
    for one in keys:
        address = route.address({kind: one})
        assert (f'href="{address}"' in page) == (client.get(address).status_code == 200), one


SEES_ALL = ("today", "search", "analysis:history", "analysis:history-csv", "analysis:forecast")
SEES_ALL += ("analysis:plan-earlier", "history-api", "history-csv-api", "synthesis:plan")
SEES_ALL += ("analysis:explore", "analysis:explore-svg", "analysis:explore-csv", "explore-api")
SEES_ALL += ("analysis:history-groups", "analysis:history-pivot", "history-groups-api")
SEES_ALL += ("analysis:try-next",)


@pytest.mark.parametrize("who", ["stranger", "instrument"])
@pytest.mark.parametrize("name", SEES_ALL)
def test_pages_that_gather_from_everywhere_stay_in_the_persons_projects(name, who, house, tried):
    address = ROUTES[name].address({})
    for question in ("", "?q=NC", "?q=Perovskites", "?ratio_ca_pb=0.5"):
        answer = tried(house.doors[who], "GET", address + question)
        text = (answer.whole if answer.streaming else answer.content).decode()
        for word in (house.lab["batch"], house.lab["device"], house.lab["lot"], "Perovskites"):
            told_back = word in question
            assert told_back or not re.search(rf"\b{word}\b", text), (
                f"{word} in {address}{question}"
            )


TABLES = [
    "history-api",
    *(f"analysis:history-{form}" for form in FORMS),
    *(f"{table}-{form}-api" for table in ("history", "measurements") for form in FORMS),
]


def text_of(answer) -> str:
    """Return the words of an answer, also of one that is no text."""
    content = answer.whole if answer.streaming else answer.content
    if content.startswith(b"PAR1"):
        return pd.read_parquet(io.BytesIO(content)).to_csv()
    if content.startswith(b"PK"):
        return pd.read_excel(io.BytesIO(content)).to_csv()
    return content.decode()


@pytest.mark.parametrize("name", TABLES)
def test_the_history_has_one_row_per_batch_of_the_persons_projects(name, house, tried):
    for who, lab in (("stranger", house.other), ("viewer", house.lab)):
        answer = tried(house.doors[who], "GET", ROUTES[name].address({}))
        text = text_of(answer)
        assert set(re.findall(r"NC-\d{4}", text)) == {lab["batch"]}


def test_a_code_of_another_project_leads_nowhere(house):
    client = house.doors["stranger"]
    answer = client.get(f"/q/{house.lab['batch']}/", follow=True)
    assert house.lab["batch"] not in answer.redirect_chain[-1][0].split("?")[0]
    assert "/search/" in answer.redirect_chain[-1][0]


def test_files_open_for_members_only_and_never_inline(house):
    kept = StoredFile.objects.filter(project=house.project).values_list("pk", flat=True)
    assert len(kept) == 4  # of two measurements, one that waits in the inbox, and a certificate
    for address in (
        door.format(key) for key in kept for door in ("/files/{}/", "/api/v1/files/{}/")
    ):
        assert house.doors["stranger"].get(address).status_code == 404
        answer = house.doors["viewer"].get(address)
        assert answer.status_code == 200
        assert answer["Content-Disposition"].startswith("attachment")
        assert answer["X-Content-Type-Options"] == "nosniff"
        list(answer.streaming_content)


def bodies(lab):
    """Requests in whose body a key of a lab stands; each says kind, address and body."""
    plan = {"recipe": lab["recipe"], "ratio_ca_pb": 0.5, "lead_mmol": 0.376}
    for kind in ("batch", "device"):
        number = {"quantity": "plqy_percent", "value": "97"}
        yield kind, "outcomes/", {kind: lab[kind], **number}
    yield (
        "pixel",
        "outcomes/",
        {"pixel": f"{lab['device']}/P1", "quantity": "eqe_percent", "value": "9"},
    )
    yield (
        "pixel",
        "outcomes/",
        {"pixel": str(lab["pixel"]), "quantity": "eqe_percent", "value": "9"},
    )
    yield "batch", "phases/", {"batch": lab["batch"], "phase": "gamma", "reason": "seen"}
    evidence = {"part": "seed", "verdict": "confirms", "note": "seen"}
    yield (
        "batch",
        "structure-evidence/",
        {"batch": lab["batch"], "measurement": lab["micrograph"], **evidence},
    )
    yield "batch", "devices/", {"architecture": "fret", "batch": lab["batch"]}
    yield "project", "devices/", {"architecture": "fret", "project": lab["project"]}
    yield "project", "batches/", {**plan, "project": lab["project"]}
    yield "lot", "batches/", {**plan, "lots": {"cai2": lab["lot"]}}
    yield "lot", f"recipes/{lab['recipe']}/plan/", {**plan, "lots": {"cai2": lab["lot"]}}
    yield "batch", "lots/", {"batch": lab["batch"], "concentration_mol_l": 0.1}
    yield "project", "lots/", {"chemical": lab["chemical"], "project": lab["project"]}
    yield "project", "forecasts/", {"ratio_ca_pb": 0.5, "project": lab["project"]}


MADE_UP = {"batch": "NC-9999", "device": "D-9999", "lot": "L-9999", "project": "no-such"}
NUMBER = "999999"


def test_naming_anothers_record_says_no_more_than_naming_none(house, tried):
    """The answer to a real key of another project is the answer to a key that does not exist."""
    unreal = {**house.lab, **MADE_UP, "pixel": NUMBER}
    client = house.doors["stranger"]
    for (kind, address, real), (_, _, made_up) in zip(
        bodies(house.lab), bodies(unreal), strict=True
    ):
        said = []
        for body in (real, made_up):
            body = {
                name: v for name, v in body.items() if not (name == "recipe" and "plan/" in address)
            }
            answer = tried(
                client, "POST", f"/api/v1/{address}", data=body, content_type="application/json"
            )
            assert answer.status_code in (400, 404), f"{address} {body}: {answer.content}"
            assert answer.revisions == 0
            text = answer.content.decode()
            for name in ("batch", "device", "lot", "project", "pixel"):
                for lab in (house.lab, unreal):
                    text = re.sub(rf"(?<![\w-]){re.escape(str(lab[name]))}(?![\w-])", name, text)
            said.append((answer.status_code, text))
        assert said[0] == said[1], f"{kind} in {address}"


def test_an_upload_to_anothers_record_is_refused(house, tried):
    from tests.access.bodies import spectrum

    for subject in (
        {"batch": house.lab["batch"]},
        {"device": house.lab["device"]},
        {"pixel": f"{house.lab['device']}/P1"},
    ):
        answer = tried(
            house.doors["stranger"],
            "POST",
            "/api/v1/measurements/",
            data={**subject, "technique": "pl", "file": spectrum()},
        )
        assert answer.status_code == 400
        assert answer.revisions == 0


def test_a_bench_entry_cannot_take_anothers_bottle(house, tried):
    for value in (house.lab["lot"], "L-9999"):
        entry = {
            "id": str(uuid.uuid4()),
            "kind": "lot",
            "target": "cai2",
            "value": value,
            "reason": "took another bottle",
        }
        answer = tried(
            house.doors["stranger"],
            "POST",
            f"/api/v1/batches/{house.other['batch']}/events/",
            data=[entry],
            content_type="application/json",
        )
        assert answer.status_code == 400, answer.content
        assert "no bottle" in answer.json()["detail"]


def test_who_left_finds_nothing_with_the_next_request(house, tried, django_db_blocker):
    from django.db import transaction

    from labnotebook.records.models import Role
    from labnotebook.records.services.projects import remove_member
    from tests.access.conftest import signed_in, with_token
    from tests.factories import join

    with transaction.atomic():
        leaver = join(house.project, Role.EDITOR)
        doors = {True: with_token(leaver), False: signed_in(leaver)}
        closed = [
            route
            for route in ROUTES.values()
            if route.parameters
            and KINDS.get(_first_word(route)) in ("batch", "device", "measurement", "file", "pixel")
            and route.name != "qr"
        ]
        before = {r.name: _status(doors, r, house) for r in closed}
        membership = house.project.memberships.get(user=leaver)
        remove_member(by=house.people["owner"], project=house.project, membership=membership)
        after = {r.name: _status(doors, r, house) for r in closed}
        transaction.set_rollback(True)
    assert sum(status == 200 for status in before.values()) > 20
    assert {name: s for name, s in after.items() if s not in (404, 405)} == {}


def _first_word(route: Route) -> str:
    return route.pattern.removeprefix("api/v1/").lstrip("^").split("/")[0]


def _status(doors, route: Route, house) -> int:
    answer = doors[route.is_api].get(route.address(house.lab))
    if answer.streaming:
        list(answer.streaming_content)
    return answer.status_code
