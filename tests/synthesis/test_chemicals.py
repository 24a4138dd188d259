"""The lab's chemicals: added, asked about, corrected, kept."""

import uuid

import pytest
from django.db import IntegrityError, connection, transaction

from labnotebook.records.history import recorded
from labnotebook.records.models import Revision, Role
from labnotebook.records.refusals import Refusal
from synthesis.models import Chemical, Material
from synthesis.services.chemicals import add_chemical, correct_chemical
from synthesis.services.materials import add_bottle
from synthesis.services.recipes import load_shipped
from tests.factories import Api, join, make_person
from tests.synthesis.factories import browser
from tests.synthesis.test_plan_a_batch import text_of

URL = "/api/v1/chemicals/"


def add(api, **said):
    return api.post(URL, {"name": "check", **said})


def correct(api, slug, **said):
    etag = api.get(f"{URL}{slug}/").headers["ETag"]
    return api("PATCH", f"{URL}{slug}/", {"reason": "as the label says", **said}, If_Match=etag)


@pytest.mark.parametrize(
    ("formula", "mass", "waters", "species"),
    [  # g/mol: sums of the IUPAC 2021 weights, written out
        ("CaI2.4H2O", 365.947, 4, {"Ca": 1, "I": 2}),
        ("MgCl2 * 6 H2O", 203.295, 6, {"Mg": 1, "Cl": 2}),
        ("Ca(H2O)4I2", 365.947, 4, {"Ca": 1, "I": 2}),
        ("Zn(OAc)2", 183.468, 0, {"Zn": 1, "OAc": 2}),
        ("PbBr2", 367.008, 0, {"Pb": 1, "Br": 2}),
        ("FAI", 171.969, 0, {"FA": 1, "I": 1}),
        ("CH(NH2)2I", 171.969, 0, {"FA": 1, "I": 1}),
    ],
)
def test_a_chemical_is_added_and_its_formula_read_back(lab, formula, mass, waters, species):
    answer = add(Api(lab.mira), name="check of a salt", formula=formula)
    assert answer.status_code == 201, answer.json()
    body = answer.json()
    assert body["molar_mass_g_mol"] == pytest.approx(mass, abs=2e-3)
    assert (body["waters"], body["species"]) == (waters, species)
    assert answer.headers["Location"] == f"{URL}{body['slug']}/"
    assert answer.headers["ETag"] == body["etag"]
    assert ("hydrate" in body["name"]) == bool(waters)
    revision = Revision.objects.of(Chemical.objects.get(slug=body["slug"])).get()
    assert revision.actor == "mira"


@pytest.mark.parametrize(
    ("said", "field", "word"),
    [
        ({"formula": "CaI2 4H2O"}, "formula", "CaI2·4H2O"),
        ({"formula": "Sn02"}, "formula", "SnO2"),
        ({"formula": "PBI2"}, "formula", "PbI2"),
        ({"formula": "Xx2Q"}, "formula", "no element"),
        ({"formula": ""}, "formula", "leave it out"),
        ({"formula": "CaI2·4H2O", "name": "Calcium iodide, anhydrous"}, "name", "tetrahydrate"),
        ({"formula": "PbI2", "cas": "10101-63-1"}, "cas", "ask for 0"),
        ({"formula": "PbI2", "pictograms": ["GHS10"]}, "pictograms", "GHS10"),
        ({"formula": "PbI2", "hazard_statements": ["P280"]}, "hazard_statements", "P280"),
        ({"formula": "PbI2", "species": {"FA": 1}}, "species", "needs 1 C"),
        ({"formula": "PbI2", "density_g_ml": "-1"}, "density_g_ml", "above 0"),
        ({"formula": "PbI2", "density_source": "a book"}, "density_g_ml", "without the density"),
        ({"formula": "PbI2", "name": "lead(II) iodide"}, "name", "in the list already"),
        ({"formula": "PbI2", "colour": "yellow"}, "colour", ""),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(lab, said, field, word):
    before = Chemical.objects.count()
    answer = add(Api(lab.mira), **said)
    assert answer.status_code == 400
    errors = [error for error in answer.json()["errors"] if error["field"].startswith(field)]
    assert errors, answer.json()
    assert word in errors[0]["message"]
    assert Chemical.objects.count() == before


def test_a_polymer_is_added_without_a_formula(lab):
    body = add(Api(lab.mira), name="PMMA").json()
    assert (body["slug"], body["formula"], body["molar_mass_g_mol"]) == ("pmma", "", None)
    assert body["species"] == {}


def test_a_ligand_says_the_species_that_its_formula_hides(lab):
    said = {"formula": "C18H34O2", "species": {"OA": 1}, "density_g_ml": "0.895"}
    body = add(Api(lab.mira), name="Oleic acid, 99 %", **said).json()
    assert body["species"] == {"OA": 1}
    again = correct(Api(lab.mira), body["slug"], species=body["species"], note="kept cold").json()
    assert again["species"] == {"OA": 1}


def test_the_same_request_again_adds_one(lab):
    api, key = Api(lab.mira), uuid.uuid4().hex
    first = api.post(URL, {"name": "salt", "formula": "SrI2"}, Idempotency_Key=key)
    second = api.post(URL, {"name": "salt", "formula": "SrI2"}, Idempotency_Key=key)
    assert first.json() == second.json()
    assert Chemical.objects.filter(formula="SrI2").count() == 1


def test_a_correction_keeps_the_old_value_and_its_reason(lab):
    api = Api(lab.mira)
    slug = add(api, name="lead salt", formula="PbBr2").json()["slug"]
    body = correct(api, slug, density_g_ml="6.66", reason="from the safety sheet").json()
    assert float(body["density_g_ml"]) == 6.66
    assert body["density_source"] == "from the safety sheet"
    old, new = Revision.objects.of(Chemical.objects.get(slug=slug))
    assert (old.row["density_g_ml"], new.reason) == (None, "from the safety sheet")
    assert correct(api, slug, density_g_ml=None).json()["density_source"] == ""


def test_a_correction_needs_the_version_that_was_read_and_a_reason(lab):
    api = Api(lab.mira)
    slug = add(api, name="lead salt", formula="PbBr2").json()["slug"]
    etag = api.get(f"{URL}{slug}/").headers["ETag"]
    assert api("PATCH", f"{URL}{slug}/", {"note": "x", "reason": "y"}).status_code == 428
    assert api("PATCH", f"{URL}{slug}/", {"note": "x"}, If_Match=etag).status_code == 400
    assert correct(api, slug, note="first").status_code == 200
    stale = api("PATCH", f"{URL}{slug}/", {"note": "x", "reason": "y"}, If_Match=etag)
    assert stale.status_code == 412


def test_only_an_editor_of_some_project_writes(lab):
    slug = add(Api(lab.mira), name="lead salt", formula="PbBr2").json()["slug"]
    viewer = join(lab.project, Role.VIEWER)
    for person in (viewer, make_person()):
        assert add(Api(person), formula="SrI2").status_code == 403
        assert correct(Api(person), slug, note="x").status_code == 403
        assert Api(person).get(f"{URL}{slug}/").status_code == 200
    assert add(Api(join(lab.project)), formula="SrI2").status_code == 201


def test_the_list_is_searched(lab):
    found = Api(lab.mira).get(f"{URL}?q=oleyl").json()["results"]
    assert {"oleylamine", "oleylammonium-bromide"} <= {one["slug"] for one in found}
    assert all("oleyl" in one["name"].lower() for one in found)
    by_cas = Api(lab.mira).get(f"{URL}?q=10101-63").json()["results"]
    assert [one["slug"] for one in by_cas] == ["lead-iodide"]


def test_a_chemical_with_bottles_cannot_become_another_salt(lab):
    chemical = add_chemical(by=lab.mira, name="Strontium iodide", formula="SrI2")
    add_bottle(by=lab.mira, project=lab.project, chemical=chemical)
    with pytest.raises(Refusal, match="There are bottles of SrI2") as refused:
        correct_chemical(
            by=lab.mira, chemical=chemical, version=None, reason="typed wrongly", formula="BaI2"
        )
    assert refused.value.field == "formula"
    kept = correct_chemical(
        by=lab.mira, chemical=chemical, version=None, reason="it is a hydrate",
        formula="SrI2·6H2O",
    )  # fmt: skip
    assert (kept.formula, kept.name) == ("SrI2·6H2O", "Strontium iodide hexahydrate")


def test_a_bottle_of_another_hydrate_is_not_titled_anhydrous(lab):
    anhydrous = Chemical.objects.get(slug="calcium-iodide")
    bottle = add_bottle(by=lab.mira, project=lab.project, chemical=anhydrous, formula="CaI2·4H2O")
    assert bottle.name == "Calcium iodide tetrahydrate"
    same = add_bottle(by=lab.mira, project=lab.project, chemical=anhydrous)
    assert same.name == "Calcium iodide, anhydrous"


def test_what_ships_follows_the_product_until_the_lab_corrects_it(lab):
    load_shipped()
    with recorded("reference data", "as an older version shipped it"):
        Chemical.objects.filter(slug__in=["toluene", "oleic-acid"]).update(
            pictograms=[], species={}
        )
    toluene = Chemical.objects.get(slug="toluene")
    correct_chemical(
        by=lab.mira, chemical=toluene, version=None, reason="our bottle", note="from the still"
    )
    load_shipped()
    assert Chemical.objects.get(slug="oleic-acid").species == {"OA": "1"}
    toluene.refresh_from_db()
    assert (toluene.note, toluene.pictograms) == ("from the still", [])
    before = Revision.objects.count()
    load_shipped()
    assert Revision.objects.count() == before


def test_the_database_keeps_the_codes_as_lists(lab):
    add_chemical(by=lab.mira, name="Strontium iodide", formula="SrI2")
    for column in ("pictograms", "hazard_statements", "species"):
        with (
            pytest.raises(IntegrityError, match="codes_are_lists"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(f"UPDATE synthesis_chemical SET {column} = '7'")


def form(**said):
    return {"idempotency_key": uuid.uuid4().hex, "name": "Strontium iodide", **said}


def test_a_chemical_is_added_on_the_page_and_shown(lab):
    client = browser(lab.mira)
    answer = client.post(
        "/chemicals/new/",
        form(
            formula="SrI2·6H2O", cas="73796-25-5", density_g_ml="2,67", density_source="a handbook",
            pictograms=["GHS07"], hazard_statements="H315, H319", species="",
        ),
    )  # fmt: skip
    assert answer.headers["Location"] == "/chemicals/strontium-iodide-hexahydrate/"
    page = text_of(client.get(answer.headers["Location"]))
    for words in (
        "Strontium iodide hexahydrate", "449.5", "2.67", "a handbook", "GHS07 Harmful or irritant",
        "H315, H319", "73796-25-5", "1 Sr", "2 I",
    ):  # fmt: skip
        assert words in page
    assert "Strontium iodide hexahydrate" in text_of(client.get("/chemicals/?q=SrI2"))
    assert "Nothing has these letters" in text_of(client.get("/chemicals/?q=zzz"))


def test_the_page_lists_by_name(lab):
    page = text_of(browser(lab.mira).get("/chemicals/"))
    names = ("1-Octadecene", "Acetone", "Caesium iodide", "Zinc acetate, anhydrous")
    assert sorted(names, key=page.index) == list(names)


def test_a_form_that_is_refused_keeps_what_was_typed(lab):
    answer = browser(lab.mira).post("/chemicals/new/", form(formula="PBI2", note="yellow"))
    assert answer.status_code == 422
    assert "PbI2 of Pb and I" in text_of(answer)
    assert 'value="PBI2"' in answer.content.decode()
    empty = browser(lab.mira).post("/chemicals/new/", form(formula=""))
    assert "leave it out" in text_of(empty)
    polymer = browser(lab.mira).post("/chemicals/new/", form(formula="", no_formula="on"))
    assert polymer.status_code == 302


def test_the_formula_is_read_back_while_it_is_typed(lab):
    client = browser(lab.mira)
    read = client.get(
        "/chemicals/new/", {"formula": "HC(NH2)2I", "name": "FAI"}, headers={"HX-Request": "true"}
    )
    words = text_of(read)
    assert "171.969" in words
    assert "formamidinium" in words
    assert "<html" not in read.content.decode()
    asked = client.get("/chemicals/new/", {"formula": "HCI"}, headers={"HX-Request": "true"})
    assert "HCl of H and Cl" in text_of(asked)
    hydrate = client.get(
        "/chemicals/new/",
        {"formula": "CaI2.4H2O", "name": "Calcium iodide"},
        headers={"HX-Request": "true"},
    )
    assert "Calcium iodide tetrahydrate" in text_of(hydrate)


def test_a_chemical_is_corrected_on_the_page_with_a_reason(lab):
    chemical = add_chemical(by=lab.mira, name="Oleic acid", formula="C18H34O2", species={"OA": 1})
    client = browser(lab.mira)
    page = client.get(f"/chemicals/{chemical.slug}/correct/").content.decode()
    assert 'value="1 OA"' in page
    assert "oleate" in page  # read back, not 18 C and 34 H
    typed = {"name": "Oleic acid", "formula": "C18H34O2", "species": "1 OA", "version": "1"}
    refused = client.post(f"/chemicals/{chemical.slug}/correct/", form(**typed))
    assert refused.status_code == 422
    answer = client.post(
        f"/chemicals/{chemical.slug}/correct/", form(**typed, reason="density", density_g_ml="0.9")
    )
    assert answer.status_code == 302
    chemical.refresh_from_db()
    assert (chemical.density_source, chemical.species) == ("density", {"OA": "1"})
    assert "density" in text_of(client.get(f"/chemicals/{chemical.slug}/"))


def test_a_viewer_reads_and_is_told_why_not_to_write(lab):
    client = browser(lab.vera)
    assert "Correct" not in text_of(client.get("/chemicals/toluene/"))
    assert "role does not allow" in text_of(client.get("/chemicals/new/"))
    assert client.get("/chemicals/toluene/correct/").status_code == 403
    assert not Material.objects.exists()
