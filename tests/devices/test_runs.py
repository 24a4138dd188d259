"""A run makes many substrates at once: planned, made at the bench, and traced back to the bottle."""

import uuid
from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from devices.models import Device, Layer
from devices.services.making import made_at, made_by_layer, steps_of_run
from devices.services.run_sources import set_run_sources
from devices.services.run_substrates import add_substrate
from devices.services.runs import make_run
from labnotebook.records.refusals import NotPermitted, Refusal
from synthesis.models import Batch, Movement
from synthesis.services.batches import start_batch
from synthesis.services.movements import left_in
from tests.devices.factories import api, make_batch, make_project
from tests.synthesis.factories import make_bottle

SPEEDS = ["1000", "1000", "2000", "2000", "2000", "3000", "3000", "3000"]
SPEED = "ncs_spin_coat.speed_rpm"


def run_of_eight(lab, **said) -> Batch:
    said = {"substrates": 8, "vary": {SPEED: SPEEDS}, **said}
    return make_run(by=lab.mira, project=lab.project, architecture_slug="fret", **said)


def entry(kind, target, value=None, **more):
    return {"id": str(uuid.uuid4()), "kind": kind, "target": target, "value": value, **more}


def test_eight_substrates_are_one_bench_and_eight_devices(lab):
    batch = make_batch(lab.mira, lab.project)
    run = run_of_eight(lab, sources={"ncs": batch.code})
    assert run.code == "RUN-0001"
    devices = list(run.substrates.order_by("pk"))
    assert [one.code for one in devices] == [f"D-{n:04}" for n in range(1, 9)]
    assert [one.substrate for one in devices] == list("12345678")
    assert [one.varied[SPEED] for one in devices] == SPEEDS
    emitters = Layer.objects.filter(device__run=run, role="emitter")
    assert {layer.source_batch for layer in emitters} == {batch}
    assert Layer.objects.filter(device__run=run).count() == 8 * 8


def test_a_number_that_differs_is_a_step_for_every_value_and_what_is_the_same_is_one_step(lab):
    steps = steps_of_run(run_of_eight(lab))
    spun = [one for one in steps if one.layer == "ncs"]
    assert [one.substrates for one in spun] == [("1", "2"), ("3", "4", "5"), ("6", "7", "8")]
    planned = [one.run.parameters.get(name="speed_rpm").planned_value for one in spun]
    assert planned == [1000, 2000, 3000]
    assert spun[1].run.text == "Spin-coat CsPbI3 NCs: substrates 3, 4, 5."
    assert spun[0].run.stage == "4 CsPbI3 NCs"
    assert [one.run.key for one in steps if one.layer == "pedot_pss"] == [
        "pedot_pss_spin_coat",
        "pedot_pss_anneal",
    ]
    assert all(not one.substrates for one in steps if one.layer != "ncs")


def test_the_bench_says_with_what_and_in_which_order(lab):
    steps = {one.run.key: one.run.text for one in steps_of_run(run_of_eight(lab, vary={}))}
    assert steps["clean"] == (
        "Wash the patterned ITO glass in the order given: soap, deionised water, ethanol, chloroform,"
        " acetone, isopropanol."
    )
    assert steps["poly_tpd_spin_coat"] == "Spin-coat poly-TPD from chlorobenzene."


def test_a_film_knows_how_thick_it_should_be(lab):
    run = run_of_eight(lab, substrates=["a", "b"], vary={"tpbi.thickness_nm": ["40", "60 nm"]})
    layers = Layer.objects.filter(device__run=run, key="tpbi").order_by("device_id")
    assert [layer.thickness_target_nm for layer in layers] == [40, 60]
    planned = {
        one.run.key: one.run.parameters.get(name="thickness_nm").planned_value
        for one in steps_of_run(run)
        if one.run.operation == "evaporate"
    }
    assert planned == {"tpbi_evaporate": 40, "tpbi_evaporate_2": 60, "lif_evaporate": 1, "al_evaporate": 100}  # fmt: skip


def test_nanocrystals_of_several_batches_are_spun_one_after_the_other(lab):
    first, second = (make_batch(lab.mira, lab.project) for _ in range(2))
    run = run_of_eight(
        lab, substrates=3, vary={}, sources={"ncs": [first.code, second.code, second.code]}
    )
    spun = [one for one in steps_of_run(run) if one.layer == "ncs"]
    assert [one.run.text for one in spun] == [
        f"Spin-coat CsPbI3 NCs, from {first.code}: substrate 1.",
        f"Spin-coat CsPbI3 NCs, from {second.code}: substrates 2, 3.",
    ]


def test_a_run_is_made_at_the_bench_half_of_it_offline_and_nothing_is_lost(lab):
    """A robot taps through the whole run; what it did without a network arrives later, in another order."""
    run = start_batch(by=lab.mira, batch=run_of_eight(lab))
    client, began = api(lab.mira), timezone.now()
    entries = []
    for place, made in enumerate(steps_of_run(run)):
        at = (began + timedelta(seconds=place)).isoformat()
        entries.append(entry("step_start", made.run.key, at=at))
        if made.run.operation == "evaporate":
            entries.append(entry("parameter", f"{made.run.key}.rate_nm_s", "1.0 Å/s", at=at))
            entries.append(entry("parameter", f"{made.run.key}.mass_before_mg", "52.4", at=at))
        entries.append(entry("step_finish", made.run.key, at=at))
    online, offline = entries[::2], entries[1::2]
    address = f"/api/v1/batches/{run.code}/events/"
    for part in (online, offline[::-1], online):  # the last one again: the network was slow
        answer = client.post(address, part, format="json").json()
        assert answer["refused"] == []
    steps = steps_of_run(run)
    assert all(one.run.started_at and one.run.finished_at for one in steps)
    assert run.events.count() == len(entries)
    rates = [
        number.actual_value
        for one in steps
        for number in one.run.parameters.all()
        if number.name == "rate_nm_s"
    ]
    assert rates == [Decimal("0.1")] * 3


def test_what_was_done_to_a_layer_is_that_of_its_own_substrate(lab):
    run = start_batch(by=lab.mira, batch=run_of_eight(lab))
    at = timezone.now().isoformat()
    client = api(lab.mira)
    done = [entry(kind, "ncs_spin_coat_2", at=at) for kind in ("step_start", "step_finish")]
    typed = entry("parameter", "ncs_spin_coat_2.speed_rpm", "2500", at=at)
    client.post(f"/api/v1/batches/{run.code}/events/", [*done, typed], format="json")
    third, first = (run.substrates.get(substrate=label) for label in "31")
    (made,) = made_by_layer(third)["ncs"]
    assert made.run.parameters.get(name="speed_rpm").actual_value == 2500
    assert made_at([made]) is not None
    (not_yet,) = made_by_layer(first)["ncs"]
    assert made_at([not_yet]) is None
    assert run.deviations.get(kind="speed").step_run == made.run


@pytest.mark.parametrize(
    ("said", "field", "sentence"),
    [
        ({"substrates": 0}, "substrates", "1 to 100 substrates"),
        ({"substrates": ["a", "a"]}, "substrates", "Two substrates are called a"),
        ({"substrates": ["a/b"]}, "substrates", "no label for a substrate"),
        ({"vary": {SPEED: ["1", "2"]}}, f"vary.{SPEED}", "2 values for 8 substrates"),
        ({"vary": {SPEED: ["fast"] * 8}}, f"vary.{SPEED}", "number"),
        ({"vary": {SPEED: ["9e9"] * 8}}, f"vary.{SPEED}", "between 0 and 150000"),
        ({"vary": {"al.thickness_nm": ["0"] * 8}}, "vary.al.thickness_nm", "not be 0"),
        ({"vary": {"gold.speed_rpm": ["1"] * 8}}, "vary.gold.speed_rpm", "no number of"),
        ({"sources": {"gold": "NC-0001"}}, "sources.gold", "has no layer “gold”"),
        ({"sources": {"ncs": ["NC-0001"]}}, "sources.ncs", "1 values for 8 substrates"),
        ({"sources": {"ncs": "NC-9999"}}, "sources.ncs", "no batch and no bottle"),
        ({"pixels": []}, "pixels", "1 to 200 pixels"),
        ({"name": "x" * 121}, "name", "at most 120"),
        ({"targets": {"warp": "9"}}, "warp", "warp"),
    ],
)  # fmt: skip
def test_a_run_that_cannot_be_is_refused_whole_with_its_field(lab, said, field, sentence):
    with pytest.raises(Refusal, match=sentence) as refusal:
        run_of_eight(lab, **said)
    assert refusal.value.field == field
    assert not Device.objects.exists()
    assert not Batch.objects.filter(code__startswith="RUN").exists()


def test_a_viewer_plans_no_run(lab):
    with pytest.raises(NotPermitted):
        make_run(by=lab.viewer, project=lab.project, architecture_slug="fret", substrates=2)


def test_a_device_recipe_is_not_planned_as_a_flask(lab):
    answer = api(lab.mira).post(
        "/api/v1/batches/", {"project": lab.project.slug, "recipe": "fret"}, format="json"
    )
    assert answer.status_code == 409
    assert "Make a run of it" in answer.json()["detail"]


def test_an_architecture_is_forked_changed_and_published_over_the_api(lab):
    client, base = api(lab.mira), "/api/v1/recipes/"
    said = {"project": lab.project.slug, "name": "Our FRET"}
    fork = client.post(f"{base}fret/fork/", said, format="json").json()
    draft = client.get(f"{base}{fork['slug']}/draft/")
    definition = draft.json()["definition"]
    definition["layers"][-1] |= {"thickness_nm": "120", "thickness_tolerance_nm": "10"}
    kept = client.put(
        f"{base}{fork['slug']}/draft/",
        {"definition": definition},
        format="json",
        headers={"If-Match": draft.headers["ETag"]},
    )
    assert kept.status_code == 200, kept.json()
    client.post(f"{base}{fork['slug']}/publish/", {"change_note": "thicker"}, format="json")
    run = make_run(by=lab.mira, project=lab.project, architecture_slug=fork["slug"], substrates=1)
    cathode = Layer.objects.get(device__run=run, key="al")
    assert (cathode.thickness_target_nm, cathode.thickness_tolerance_nm) == (120, 10)


def test_the_source_of_a_layer_is_said_for_all_substrates_and_taken_out_of_its_bottle(lab):
    bottle = make_bottle(lab, "pedot-pss", amount_received="5", amount_unit="ml")
    run = run_of_eight(lab, vary={})
    set_run_sources(by=lab.mira, run=run, sources={"pedot_pss": bottle.code}, amount="60 µL")
    assert left_in(bottle).value == Decimal("5") - 8 * Decimal("0.06")
    touched = Device.objects.filter(layers__source_material=bottle)
    assert touched.count() == 8
    set_run_sources(by=lab.mira, run=run, sources={"pedot_pss": bottle.code}, amount="50 µL")
    assert left_in(bottle).value == Decimal("5") - 8 * Decimal("0.05")
    set_run_sources(by=lab.mira, run=run, sources={"pedot_pss": ""}, amount="")
    assert left_in(bottle).value == Decimal("5")
    assert Movement.objects.filter(material=bottle, kind="taken").count() == 16


def test_more_than_a_bottle_holds_is_refused_for_the_whole_run(lab):
    bottle = make_bottle(lab, "pedot-pss", amount_received="0.1", amount_unit="ml")
    run = run_of_eight(lab, vary={})
    with pytest.raises(Refusal, match="left") as refusal:
        set_run_sources(by=lab.mira, run=run, sources={"pedot_pss": bottle.code}, amount="60 µL")
    assert refusal.value.field == "amount"
    assert left_in(bottle).value == Decimal("0.1")
    assert not Layer.objects.filter(source_material=bottle).exists()


def test_a_run_is_planned_and_read_over_the_api(lab):
    client = api(lab.mira)
    body = {
        "project": lab.project.slug,
        "architecture": "fret",
        "substrates": ["a", "b", "c"],
        "vary": {SPEED: ["1000", "2000", "2000"]},
        "pixels": [{"label": "P1", "area_mm2": "4"}],
    }
    made = client.post("/api/v1/runs/", body, format="json")
    assert made.status_code == 201
    told = client.get(made["Location"]).json()
    assert told["architecture"] == "fret"
    assert [row["substrate"] for row in told["substrates"]] == ["a", "b", "c"]
    assert told["substrates"][2]["varied"] == {SPEED: "2000"}
    assert [one["substrates"] for one in told["steps"] if one["layer"] == "ncs"] == [
        ["a"],
        ["b", "c"],
    ]
    batch = make_batch(lab.mira, lab.project)
    said = {"sources": {"ncs": [batch.code, batch.code, ""]}}
    told = client.post(f"{made['Location']}sources/", said, format="json").json()
    assert [row["sources"].get("ncs") for row in told["substrates"]] == [
        batch.code,
        batch.code,
        None,
    ]
    assert [row["code"] for row in client.get("/api/v1/runs/").json()["results"]] == [told["code"]]
    device = client.get(f"/api/v1/devices/{told['substrates'][0]['device']}/").json()
    assert (device["run"], device["substrate"]) == (told["code"], "a")
    assert api(lab.stranger).get(made["Location"]).status_code == 404


def test_a_batch_of_another_project_makes_no_layer(lab):
    theirs = make_batch(lab.mira, make_project(lab.mira, "Blue LEDs"))
    with pytest.raises(Refusal, match="Blue LEDs"):
        run_of_eight(lab, sources={"ncs": theirs.code})


def test_a_substrate_is_added_to_a_planned_run_as_another_one_is_made(lab):
    batch = make_batch(lab.mira, lab.project)
    run = run_of_eight(lab, sources={"ncs": batch.code}, layout="6x4.5")
    added = add_substrate(by=lab.mira, run=run, made_as="4")
    assert (added.substrate, added.made_as, added.varied) == ("9", "4", {SPEED: "2000"})
    assert added.layers.get(key="ncs").source_batch == batch
    assert added.pixels.count() == 6
    made = made_by_layer(added)["ncs"]
    assert [one.run.key for one in made] == ["ncs_spin_coat_2"]
    assert made[0].run.text.endswith("substrates 3, 4, 5, 9.")
    again = add_substrate(by=lab.mira, run=run, made_as="9", label="9b")
    assert again.made_as == "4"
    plan = run.plan
    run.refresh_from_db()
    assert run.plan == plan  # frozen


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"made_as": "99"}, "has no substrate '99'"),
        ({"made_as": "1", "label": "2"}, "already has a substrate 2"),
        ({"made_as": "1", "label": "a b"}, "no label for a substrate"),
    ],
)
def test_a_substrate_that_cannot_be_added_is_refused_in_words(lab, said, words):
    with pytest.raises(Refusal, match=words):
        add_substrate(by=lab.mira, run=run_of_eight(lab), **said)


def test_a_begun_run_takes_no_more_substrates(lab):
    run = run_of_eight(lab)
    start_batch(by=lab.mira, batch=run)
    answer = api(lab.mira).post(
        f"/api/v1/runs/{run.code}/substrates/", {"made_as": "1"}, format="json"
    )
    assert answer.status_code == 409
    assert "only a batch that is planned" in answer.json()["detail"]
