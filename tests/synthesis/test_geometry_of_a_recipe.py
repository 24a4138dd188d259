"""Tolerance factors, matches and surface on the page of a recipe and in its API."""

import pytest
from django.utils import timezone

from labnotebook.records.history import recorded
from synthesis.models import Recipe
from tests.factories import make_person, make_project
from tests.synthesis.factories import browser
from tests.synthesis.test_plan_a_batch import text_of

pytestmark = pytest.mark.django_db
PAPER = "cspbi3-seed-core-shell"


@pytest.fixture
def mira(lab):
    return lab.mira


def told(client, **asked):
    return client.get(f"/api/v1/recipes/{PAPER}/geometry/", asked)


def test_the_recipe_of_the_paper_says_its_factors_and_matches(mira):
    body = told(browser(mira)).json()
    factors = {(one["formula"], one["radii"].split(",")[0]): one["tolerance"] for one in body["factors"]}  # fmt: skip
    # caesium comes with a stock, so its recipe is read too
    assert factors["CsPbI3", "Cs (VI) 1.67 Å"] == pytest.approx(0.807, abs=5e-4)
    assert factors["CsPbI3", "Cs (XII) 1.88 Å"] == pytest.approx(0.851, abs=5e-4)
    assert {one["source"] for one in body["factors"]} == {"Shannon, Acta Cryst. A 1976, 32, 751"}
    assert [round(one["percent"], 1) for one in body["matches"]] == [3.6, 3.9, 3.0]
    assert body["asked"] is None
    assert {one["edge_nm"] for one in body["surfaces"]} == {12}


def test_two_faces_are_matched_as_asked(mira):
    client = browser(mira)
    asked = {"cell_a": "pbs", "hkl_a": "200", "times_a": 3, "cell_b": "8.577", "hkl_b": "100"}
    found = told(client, **asked).json()["asked"]
    assert found["percent"] == pytest.approx(3.8, abs=0.05)
    assert (found["a"]["times"], found["b"]["times"]) == (3, 1)
    del asked["times_a"]
    assert told(client, **asked).json()["asked"]["a"]["times"] == 3
    page = text_of(client.get(f"/recipes/{PAPER}/geometry/", asked))
    assert "3 × PbS (200)" in page


def test_an_edge_is_typed_with_its_unit(mira):
    client = browser(mira)
    for text, nm in (("12 nm", 12), ("0,01 µm", 10), ("120 Å", 12)):
        surfaces = told(client, edge_nm=text).json()["surfaces"]
        assert [one["edge_nm"] for one in surfaces] == pytest.approx([nm] * len(surfaces))


def test_a_retired_recipe_still_says_its_geometry(mira):
    client = browser(mira)
    recipe = Recipe.objects.get(slug=PAPER)
    with recorded("test", "retired"):
        recipe.set_fields(retired_at=timezone.now(), retired_reason="superseded")
    assert client.get(f"/recipes/{PAPER}/geometry/").status_code == 200
    assert len(told(client).json()["matches"]) == 3


@pytest.mark.parametrize(("field", "value"), [
    ("cell_a", "nothing"), ("hkl_b", "1"), ("times_b", "0"), ("edge_nm", "-3"), ("edge_nm", "nan"),
    ("edge_nm", "12 mg"), ("times_a", "1.9"), ("hkl_a", "a1x0;2"),
])  # fmt: skip
def test_a_refusal_names_its_field(mira, field, value):
    asked = {"cell_a": "cai2", "hkl_a": "102", "cell_b": "gamma", "hkl_b": "002", field: value}
    client = browser(mira)
    answer = told(client, **asked)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == field
    page = client.get(f"/recipes/{PAPER}/geometry/", asked)
    assert page.status_code == 422  # a part that is swapped in
    assert answer.json()["errors"][0]["message"][:12] in page.content.decode()


def test_the_page_of_the_recipe_asks_for_it_and_reads_little(mira, django_assert_max_num_queries):
    client = browser(mira)
    address = f"/recipes/{PAPER}/geometry/"
    assert f'hx-get="{address}"' in client.get(f"/recipes/{PAPER}/").content.decode()
    with django_assert_max_num_queries(7):
        assert "Shannon" in text_of(client.get(address))
    for slug in ("zno-nanocrystals", "free-experiment"):
        assert client.get(f"/recipes/{slug}/geometry/").status_code == 200


def test_a_stranger_finds_no_recipe_of_others(lab):
    stranger = make_person("stranger")
    make_project(stranger, "Elsewhere")
    assert browser(stranger).get("/recipes/no-such/geometry/").status_code == 404
