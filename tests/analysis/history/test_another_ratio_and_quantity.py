"""A ratio that some recipe asks for, and a number that some lab adds: asked, sorted, exported by name."""

from __future__ import annotations

import csv
import io

import pytest
from django.test import Client

from analysis.models import HistoryNumber, LabQuantity
from analysis.quantities import QUANTITIES
from analysis.quantity import Place
from analysis.services.lab_quantities import add_quantity
from analysis.services.outcomes import current_outcomes, type_outcome
from analysis.services.quantities import typable_for
from labnotebook.records.history import recorded
from labnotebook.records.refusals import Refusal
from synthesis.models import BatchQuantity
from tests.analysis.history.factories import accept, make_batch, make_device
from tests.factories import Api, entry

pytestmark = pytest.mark.django_db
# weighed R and its u by code; two batches of another recipe know nothing of it
KNOWN = {"MN-1": 0.487, "MN-2": 0.251, "MN-3": 0.752, "MN-4": 0.487}
WITHOUT = ["CS-1", "CS-2"]


def say(batch, basis: str, value: float, key: str = "ratio_yb_pb") -> None:
    BatchQuantity.objects.create(
        batch=batch, key=key, basis=basis, value=value, uncertainty=0.003,
        origin="a test", name="Yb/Pb", position=0,
    )  # fmt: skip


@pytest.fixture
def mixed(lab):
    for code, value in KNOWN.items():
        batch = make_batch(lab.project, lab.mira, code=code, ratio_ca_pb=None)
        say(batch, "planned", 0.5)
        say(batch, "weighed", value)
    for code in WITHOUT:
        make_batch(lab.project, lab.mira, code=code)
    return lab


@pytest.fixture
def ask(mixed):
    visitor = Client()
    visitor.force_login(mixed.mira)

    def ask(address: str = "/api/v1/history/", **query):
        return visitor.get(address, query)

    return ask


def codes(answer) -> list[str]:
    assert answer.status_code == 200, answer.content
    return [row["code"] for row in answer.json()["results"]]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"ratio_yb_pb_weighed__gte": "0.4"}, {"MN-1", "MN-3", "MN-4"}),
        ({"ratio_yb_pb_weighed__lte": "0.3"}, {"MN-2"}),
        ({"ratio_yb_pb_weighed__gte": "0.4", "ratio_yb_pb_weighed__lte": "0.5"}, {"MN-1", "MN-4"}),
        ({"ratio_yb_pb": "0.5"}, set(KNOWN)),
        ({"ratio_yb_pb__gte": "0.6"}, set()),
        ({"ratio_yb_pb_weighed_uncertainty__lte": "0.002"}, set()),
    ],
)
def test_it_is_a_filter(ask, query, found):
    assert set(codes(ask(**query))) == found


def test_it_stands_in_the_rows_that_it_is_asked_for(ask):
    row = ask(ratio_yb_pb_weighed__lte="0.3").json()["results"][0]
    assert row["ratio_yb_pb_weighed"] == 0.251
    assert "ratio_yb_pb_weighed" not in ask().json()["results"][0]


@pytest.mark.parametrize("sign", ["", "-"])
@pytest.mark.parametrize("size", [1, 2, 3, 4, 5, 6])
def test_it_sorts_page_by_page_with_unknown_last_and_back_again(ask, sign, size):
    values = sorted(KNOWN.values(), reverse=bool(sign))
    page = ask(ordering=f"{sign}ratio_yb_pb_weighed", page_size=size).json()
    there = [*page["results"]]
    pages = [page]
    while page["next"]:
        page = ask(page["next"]).json()
        pages.append(page)
        there += page["results"]
    assert [row["ratio_yb_pb_weighed"] for row in there] == [*values, None, None]
    assert len({row["code"] for row in there}) == 6
    back = [*page["results"]]
    while page["previous"]:
        page = ask(page["previous"]).json()
        back = page["results"] + back
    assert [row["code"] for row in back] == [row["code"] for row in there]


def test_columns_choose_what_comes_and_in_what_order(ask):
    answer = ask(columns="ratio_yb_pb_weighed,code", ordering="-ratio_yb_pb_weighed")
    row = answer.json()["results"][0]
    assert list(row.items()) == [("ratio_yb_pb_weighed", 0.752), ("code", "MN-3")]
    sorted_by_another = ask(columns="code", ordering="ratio_yb_pb_weighed").json()["results"][0]
    assert sorted_by_another == {"code": "MN-2"}


def test_the_csv_has_the_chosen_columns_with_their_numbers(ask):
    answer = ask("/api/v1/history.csv", columns="code,ratio_yb_pb,ratio_yb_pb_weighed")
    rows = list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode())))
    assert rows[0] == ["code", "ratio_yb_pb", "ratio_yb_pb_weighed"]
    told = {code: weighed for code, _, weighed in rows[1:]}
    assert float(told["MN-1"]) == 0.487
    assert told["CS-1"] == ""


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"ratio_xx_yy_weighed__gte": "1"}, "ratio_xx_yy_weighed__gte"),
        ({"ratio_yb_pb_weigthed": "1"}, "ratio_yb_pb_weigthed"),
        ({"ratio_yb_pb_weighed__gt": "1"}, "ratio_yb_pb_weighed__gt"),
        ({"ratio_yb_pb_weighed__gte": "much"}, "ratio_yb_pb_weighed__gte"),
        ({"ordering": "ratio_xx_yy"}, "ordering"),
        ({"columns": "code,nothing"}, "columns"),
        ({"columns": "code,"}, "columns"),
    ],
)
def test_an_unknown_name_is_refused_at_its_field(ask, query, field):
    answer = ask(**query)
    assert answer.status_code == 400
    assert [error["field"] for error in answer.json()["errors"]] == [field]


def test_a_ratio_of_other_peoples_batches_is_not_known(mixed, ask):
    stranger = Client()
    stranger.force_login(make_batch_of_a_stranger(mixed))
    assert stranger.get("/api/v1/history/", {"ratio_yb_pb_weighed": "1"}).status_code == 400


def make_batch_of_a_stranger(lab):
    from tests.analysis.history.factories import make_person, make_project

    person = make_person()
    make_batch(make_project(person), person)
    return person


def test_the_page_shows_the_ratio_of_the_newest_batch_unless_another_is_asked(mixed, ask):
    newest = make_batch(mixed.project, mixed.mira, code="MN-5")
    say(newest, "weighed", 0.333)
    page = ask("/history/").content.decode()
    assert "Yb/Pb weighed" in page
    assert "0.333" in page


# the lab's own quantity


ZETA = {
    "name": "zeta_potential_mv",
    "unit": "mV",
    "label": "Zeta potential",
    "low": -200,
    "high": 200,
    "subjects": ["batch"],
}


@pytest.fixture
def zeta(mixed):
    return add_quantity(by=mixed.mira, project=mixed.project, **ZETA)


def test_a_quantity_that_a_package_brings_later_stands_for_the_labs_own(mixed, ask, zeta):
    with recorded(mixed.mira, "as if before the package"):
        zeta.name = "xrd_tilt"
        zeta.save()
    accept(make_batch(mixed.project, mixed.mira, code="Q-1"), "xrd_tilt", 0.97)
    assert codes(ask(xrd_tilt__gte="0.9")) == ["Q-1"]
    listed = [
        row for row in ask("/api/v1/quantities/").json()["results"] if row["name"] == "xrd_tilt"
    ]
    assert [row["of_the_lab"] for row in listed] == [False]


def test_it_is_typed_filtered_sorted_and_exported(mixed, ask, zeta):
    from synthesis.models import Batch

    for code, text in (("MN-1", "-31.5 mV"), ("CS-1", "12")):
        batch = Batch.objects.get(code=code)
        made = type_outcome(by=mixed.mira, subject=batch, quantity=zeta.name, text=text)
    assert (made.value, made.unit, made.label) == (12.0, "mV", "Zeta potential")
    assert codes(ask(zeta_potential_mv__lte="-20")) == ["MN-1"]
    assert codes(ask(ordering="zeta_potential_mv"))[:2] == ["MN-1", "CS-1"]
    answer = ask(
        "/api/v1/history.csv", columns="code,zeta_potential_mv", zeta_potential_mv__gte="0"
    )
    content = b"".join(answer.streaming_content).decode()
    assert content.split() == ["code,zeta_potential_mv", "CS-1,12"]
    assert "Zeta potential" in ask("/history/").content.decode()  # a field of the form
    with pytest.raises(Refusal, match="outside what makes sense"):
        type_outcome(by=mixed.mira, subject=batch, quantity=zeta.name, text="900")


def test_the_better_of_two_devices_stands_for_the_batch(mixed):
    said = ZETA | {"name": "dark_current_na", "unit": "nA", "low": 0, "high": 1e6}
    said |= {"subjects": ["pixel"], "better": "lower"}
    add_quantity(by=mixed.mira, project=mixed.project, **said)
    batch = make_batch(mixed.project, mixed.mira)
    first, second = make_device(batch, "P1", "P2").pixels.order_by("label")
    accept(first, "dark_current_na", 5.0)
    accept(second, "dark_current_na", 3.0)
    row = HistoryNumber.objects.get(batch=batch, name="dark_current_na")
    assert row.value == 3.0
    second.set_fields(state="shorted")
    row.refresh_from_db()
    assert row.value == 5.0


def test_a_number_that_no_longer_holds_is_no_longer_found(mixed, ask, zeta):
    batch = make_batch(mixed.project, mixed.mira, code="ZP-1")
    type_outcome(by=mixed.mira, subject=batch, quantity=zeta.name, text="5")
    current_outcomes(batch)[zeta.name].set_fields(superseded_at=batch.planned_at)
    assert codes(ask(zeta_potential_mv__gte="0")) == []


@pytest.mark.parametrize(
    ("wrong", "field", "words"),
    [
        ({"name": "pl_peak_nm"}, "name", "already"),
        ({"name": "phase"}, "name", "already"),
        ({"name": "ordering"}, "name", "already"),
        ({"name": "ratio_mn_cd"}, "name", "recipe"),
        ({"name": "Zeta potential"}, "name", "no name"),
        ({"name": "zeta__mv"}, "name", "no name"),
        ({"unit": "blargh"}, "unit", "not known"),
        ({"label": "  "}, "label", "what the number is"),
        ({"low": 5, "high": 5}, "low", "range"),
        ({"high": float("nan")}, "low", "range"),
        ({"subjects": []}, "subjects", "one or more"),
        ({"subjects": ["flask"]}, "subjects", "flask"),
    ],
    ids=str,
)
def test_what_cannot_be_a_quantity_is_refused_in_words(mixed, wrong, field, words):
    with pytest.raises(Refusal, match=words) as refused:
        add_quantity(by=mixed.mira, project=mixed.project, **(ZETA | wrong))
    assert refused.value.field == field
    assert not LabQuantity.objects.exists()


def test_a_name_is_given_once(mixed, zeta):
    with pytest.raises(Refusal, match="already"):
        add_quantity(by=mixed.mira, project=mixed.project, **ZETA)


def test_the_api_lists_the_built_in_ones_and_the_labs_own(ask, zeta):
    rows = {row["name"]: row for row in ask("/api/v1/quantities/").json()["results"]}
    assert rows["pl_peak_nm"]["unit"] == "nm"
    assert rows["pl_peak_nm"]["history_column"] == "of the batch"
    assert rows["eqe_percent"]["history_column"] == "best of its devices"
    assert rows["reduced_chi2"]["history_column"] == "none"
    own = rows["zeta_potential_mv"]
    assert (own["unit"], own["low"], own["subjects"]) == ("mV", -200, ["batch"])
    assert own["of_the_lab"]
    names = {row["name"] for row in ask("/api/v1/techniques/").json()["results"]}
    assert {"xrd", "pl", "trpl", "jvl"} <= names


def test_the_openapi_document_names_what_the_lab_added(ask, zeta):
    document = ask("/api/v1/schema/", format="json").json()
    asked = {one["name"] for one in document["paths"]["/api/v1/history/"]["get"]["parameters"]}
    assert {"zeta_potential_mv__gte", "gap_ev__lte", "columns", "ratio_ca_pb_effective"} <= asked


# what one more of each costs


@pytest.mark.parametrize(
    "quantity",
    [q for q in QUANTITIES.values() if q.place not in (Place.NOWHERE, Place.PIXELS)],
    ids=lambda q: q.name,
)
def test_a_line_in_the_registry_is_all_that_a_quantity_takes(mixed, ask, quantity):
    batch = make_batch(mixed.project, mixed.mira, code="Q-1")
    subject = batch if quantity.place is Place.BATCH else make_device(batch).pixels.get()
    accept(subject, quantity.name, 3.25)
    assert codes(ask(**{quantity.name: "3.25"})) == ["Q-1"]
    assert codes(ask(ordering=f"-{quantity.name}"))[0] == "Q-1"
    answer = ask("/api/v1/history.csv", columns=quantity.name, batch="Q-1")
    assert b"".join(answer.streaming_content).decode().split() == [quantity.name, "3.25"]
    if quantity.subjects:
        assert quantity in typable_for(subject)


def test_a_recipe_is_all_that_a_ratio_takes(mixed, ask):
    """A recipe that asks for Yb/Pb, written by API; two weighings by hand give what must come out."""
    api = Api(mixed.mira)
    for name, formula in (("lead chloride, test", "PbCl2"), ("ytterbium chloride, test", "YbCl3")):
        assert api.post("chemicals/", {"name": name, "formula": formula}).status_code == 201
    ratio = {"key": "ratio_yb_pb", "name": "Yb/Pb", "kind": "ratio", "numerator": "Yb"}
    lead = {"key": "lead_mmol", "name": "Lead", "kind": "amount", "element": "Pb", "unit": "mmol"}
    definition = {
        "slug": "yb-cspbcl3-test",
        "name": "Yb:CsPbCl3",
        "kind": "nanocrystals",
        "inputs": [
            ratio | {"denominator": "Pb", "default": "0.1"},
            lead | {"default": "1", "reference": "1"},
        ],
        "ingredients": [
            {"key": "pbcl2", "chemical": "lead-chloride-test", "role": "lead source",
             "amount": {"solves": "lead_mmol"}},
            {"key": "ybcl3", "chemical": "ytterbium-chloride-test", "role": "dopant",
             "amount": {"solves": "ratio_yb_pb"}},
        ],
        "steps": [{"key": "load", "operation": "load", "text": "Load.", "ingredients": ["pbcl2"]}],
    }  # fmt: skip
    made = api.post("recipes/", {"project": mixed.project.slug, "definition": definition})
    assert made.status_code == 201, made.content
    slug = made.json()["slug"]
    assert api.post(f"recipes/{slug}/publish/", {"change_note": "first"}).status_code in (200, 201)
    body = {"project": mixed.project.slug, "recipe": slug, "ratio_yb_pb": 0.1, "lead_mmol": 1}
    made = api.post("batches/", body)
    assert made.status_code == 201, made.content
    code = made.json()["code"]
    entries = [entry("weighing", "pbcl2", "278.4 mg"), entry("weighing", "ybcl3", "27.6 mg")]
    assert api.post(f"batches/{code}/events/", entries).status_code == 200
    truth = 27.6 / 279.40 / (278.4 / 278.1)  # g/mol: YbCl3 279.40, PbCl2 278.1
    assert codes(ask(ratio_yb_pb_weighed__gte="0.09", ratio_yb_pb_weighed__lte="0.11")) == [code]
    row = ask(columns="ratio_yb_pb,ratio_yb_pb_weighed", batch=code).json()["results"][0]
    assert row["ratio_yb_pb"] == pytest.approx(0.1, rel=1e-3)
    assert row["ratio_yb_pb_weighed"] == pytest.approx(truth, rel=2e-3)
    for page in (f"/b/{code}/", f"/b/{code}/bench/load/", f"/b/{code}/label/", "/b/", "/history/"):
        assert "Yb/Pb" in ask(page).content.decode(), page
