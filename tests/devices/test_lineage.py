"""What something was made of and what was made of it: by page, by API, with amounts, never without end."""

import itertools
from collections import defaultdict
from types import SimpleNamespace

import pytest

from devices.services.lineage import lineage_of_lot
from labnotebook.records.presentation.numbers import NARROW_SPACE
from synthesis.models import Addition, Material, Recipe
from synthesis.services.batches import create_batch
from synthesis.services.bench import record_events
from synthesis.services.finishing import finish_batch
from synthesis.services.lineage import lineage_of
from synthesis.services.materials import add_stock, make_aliquots
from tests.devices import factories
from tests.factories import entry
from tests.synthesis.factories import browser, make_bottle

pytestmark = pytest.mark.django_db


def experiment(lab, *entries):
    """Make a batch without a recipe: what was weighed, and nothing else."""
    version = Recipe.objects.get(slug="free-experiment").current
    batch = create_batch(by=lab.mira, project=lab.project, version=version, targets={})
    taken = record_events(by=lab.mira, batch=batch, events=list(entries))
    assert not taken.refused
    batch.refresh_from_db()
    return finish_batch(by=lab.mira, batch=batch)


def poured(key, amount, material):
    return entry("weighing", key, {"text": amount, "lot": material.code})


def stock_of(lab, batch, millilitres):
    return add_stock(by=lab.mira, batch=batch, amount_received=millilitres, amount_unit="ml")


@pytest.fixture
def story(lab):
    """Seed to core to shell to a device: 1.5 of 10 mL seeds, 4 mL in a vial, and two shells of it."""
    lead = make_bottle(lab, "lead-iodide", amount_received=5000, amount_unit="mg")
    calcium = make_bottle(lab, "calcium-iodide", amount_received=1000, amount_unit="mg")
    seed = experiment(lab, poured("cai2", "55.3 mg", calcium), poured("pbi2", "173.0 mg", lead))
    seeds = stock_of(lab, seed, 10)
    core = experiment(lab, poured("seeds", "1.5 mL", seeds), poured("pbi2", "461.0 mg", lead))
    cores = stock_of(lab, core, 8)
    (vial,) = make_aliquots(by=lab.mira, material=cores, amounts=["4 mL"])
    shell = experiment(lab, poured("cores", "2.5 mL", vial), poured("cai2", "20.0 mg", calcium))
    other = experiment(lab, poured("cores", "1.0 mL", vial))
    device = factories.make_device(lab.mira, lab.project, emitter_batch_code=shell.code)
    return SimpleNamespace(
        lead=lead,
        calcium=calcium,
        seed=seed,
        seeds=seeds,
        core=core,
        cores=cores,
        vial=vial,
        shell=shell,
        other=other,
        device=device,
    )


def graph_of(lab, path):
    answer = factories.api(lab.mira).get(f"/api/v1/{path}/lineage/")
    assert answer.status_code == 200, answer.content
    return answer.json()


def test_a_device_goes_back_to_the_bottles_through_shell_core_and_seed(lab, story):
    graph = graph_of(lab, f"devices/{story.device.code}")
    sides = {node["code"]: node["side"] for node in graph["nodes"]}
    assert sides.pop(story.device.code) == "self"
    assert set(sides.values()) == {"origin"}
    assert {story.lead.code, story.seed.code, story.core.code, story.shell.code} <= set(sides)
    assert story.other.code not in sides  # a sister is no origin
    edges = {(edge["from"], edge["to"]): edge for edge in graph["edges"]}
    way = [story.lead, story.seed, story.seeds, story.core, story.cores, story.vial, story.shell]
    assert all((a.code, b.code) in edges for a, b in itertools.pairwise(way))
    poured_seeds = edges[story.seeds.code, story.core.code]
    # 1 % of 1.5 mL, as the plan says of volumes
    assert (poured_seeds["amount"], poured_seeds["unit"]) == (1.5, "mL")
    assert poured_seeds["uncertainty"] == pytest.approx(0.015)
    weighed = edges[story.lead.code, story.seed.code]
    assert (weighed["amount"], weighed["uncertainty"], weighed["unit"]) == (173.0, 0.1, "mg")


def test_what_a_bottle_held_is_what_went_out_and_what_is_left(lab, story):
    for bottle, held, gone in (
        (story.lead, 5000, 173.0 + 461.0),
        (story.calcium, 1000, 55.3 + 20.0),
        (story.seeds, 10, 1.5),
        (story.cores, 8, 4.0),
        (story.vial, 4, 2.5 + 1.0),
    ):
        graph = graph_of(lab, f"lots/{bottle.code}")
        out = sum(e["amount"] for e in graph["edges"] if e["from"] == bottle.code)
        (node,) = (node for node in graph["nodes"] if node["code"] == bottle.code)
        assert out == pytest.approx(gone)
        assert node["held"]["value"] == held
        assert node["left"]["value"] == pytest.approx(held - gone)
        assert node["held"]["unit"] == node["left"]["unit"]


def test_a_bottle_names_the_batches_layers_and_devices_that_it_touched(lab, story):
    graph = graph_of(lab, f"lots/{story.lead.code}")
    touched = defaultdict(set)
    for node in graph["nodes"]:
        if node["side"] == "product":
            touched[node["kind"]].add(node["code"])
    assert touched["batch"] == {b.code for b in (story.seed, story.core, story.shell, story.other)}
    assert touched["stock"] == {story.seeds.code, story.cores.code, story.vial.code}
    assert touched["device"] == {story.device.code}
    assert len(touched["layer"]) == 1


def test_a_bottle_spun_as_a_layer_touches_the_device(lab):
    bottle, device = make_bottle(lab, "pedot-pss"), factories.make_device(lab.mira, lab.project)
    api, there = factories.api(lab.mira), f"/api/v1/devices/{device.code}/layers/2/"
    layer = api.get(there)
    assert (layer.data["material"], layer.data["lot"]) == ("PEDOT:PSS", None)
    said = {"source": bottle.code, "thickness_measured_nm": "31,5 nm"}
    assert api.patch(there, said, format="json").status_code == 428
    tag = {"if-match": layer["ETag"]}
    assert api.patch(there, {"source": "L-9999"}, format="json", headers=tag).status_code == 400
    changed = api.patch(there, said, format="json", headers=tag)
    assert (changed.data["lot"], changed.data["thickness_measured_nm"]) == (bottle.code, 31.5)
    assert api.patch(there, said, format="json", headers=tag).status_code == 412
    touched = graph_of(lab, f"lots/{bottle.code}")["edges"]
    assert [(edge["from"], edge["to"]) for edge in touched] == [
        (bottle.code, f"{device.code} layer 2"),
        (f"{device.code} layer 2", device.code),
    ]
    assert bottle.code in {n["code"] for n in graph_of(lab, f"devices/{device.code}")["nodes"]}
    page = browser(lab.mira).get(f"/d/{device.code}/").content.decode()
    assert f'href="/lots/{bottle.code}/"' in page
    found = api.get(f"/api/v1/devices/?lot={bottle.code}").data["results"]
    assert [row["code"] for row in found] == [device.code]


def test_batches_are_found_by_a_bottle_that_went_into_them(lab, story):
    found = factories.api(lab.mira).get(f"/api/v1/batches/?lot={story.lead.code}").data["results"]
    assert {row["code"] for row in found} == {story.seed.code, story.core.code}


def test_the_page_draws_it_and_says_it_in_words_with_links(lab, story):
    client = browser(lab.mira)
    page = client.get(f"/b/{story.core.code}/lineage/").content.decode()
    page = page.replace(NARROW_SPACE, " ")
    drawing, words = page.split("</svg></div>")
    drawing = drawing[drawing.index('<svg class="flow"') :]
    for part in (drawing, words):
        assert f'href="/lots/{story.seeds.code}/"' in part
        assert f'href="/b/{story.seed.code}/"' in part
        assert f'href="/d/{story.device.code}/"' in part
        assert "461.00 ± 0.10 mg" in part
        assert "1.500 ± 0.015" in part
    assert "held 10 mL, 8.500 ± 0.015" in words
    assert f"{story.device.code} layer" in words
    for address in (f"/lots/{story.lead.code}/", f"/d/{story.device.code}/"):
        page = client.get(f"{address}lineage/").content.decode()
        assert story.shell.code in page
        assert f"{address}lineage/" in client.get(address).content.decode()


def test_what_nothing_is_joined_to_says_so(lab):
    bottle = make_bottle(lab, "lead-iodide")
    page = browser(lab.mira).get(f"/lots/{bottle.code}/lineage/").content.decode()
    assert "Nothing joined to it yet" in page


def test_another_projects_part_stays_unseen(lab, story):
    assert browser(lab.stranger).get(f"/d/{story.device.code}/lineage/").status_code == 404
    assert not lineage_of(lab.stranger, [("batch", story.core.pk)]).nodes
    hidden = factories.make_project(lab.mira, "Elsewhere")
    Material.objects.filter(pk=story.cores.pk).update(project=hidden)
    graph = lineage_of(lab.viewer, [("lot", story.lead.pk)])
    assert story.core.code in {node.code for node in graph.nodes}
    assert story.shell.code not in {node.code for node in graph.nodes}  # only joined through it


def used_often(lab, bottle, times):
    """Pour one bottle into many batches, as fast as rows are written."""
    version = Recipe.objects.get(slug="free-experiment").current
    batches = [
        create_batch(by=lab.mira, project=lab.project, version=version, targets={})
        for _time in range(times)
    ]
    Addition.objects.bulk_create(
        Addition(
            batch=batch,
            position=1,
            key="ode",
            name="ODE",
            role="solvent",
            unit="mg",
            material=bottle,
        )
        for batch in batches
    )
    return batches


def test_a_long_lineage_is_cut_with_a_sentence(lab):
    bottle = make_bottle(lab, "lead-iodide")
    used_often(lab, bottle, 90)
    answer = browser(lab.mira).get(f"/lots/{bottle.code}/lineage/")
    page = answer.content.decode()
    assert "the 80 nearest of 91; “In short” names all 91" in " ".join(page.split())
    assert page.count('class="box') == 80
    cut = lineage_of(lab.mira, [("lot", bottle.pk)], most=30)
    assert len(cut.nodes) == 30
    assert bottle.code in {node.code for node in cut.nodes}
    assert "not all: on each side the 30 nearest" in cut.cut
    assert not lineage_of_lot(lab.mira, bottle).cut
