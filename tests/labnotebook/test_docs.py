"""README and docs say what is so: links, commands, variables, numbers, and the story runs."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest
import yaml
from django.core.management import get_commands
from django.urls import Resolver404, resolve

from analysis.forecast import Conditions, forecast_phase
from analysis.history.columns import COLUMNS
from analysis.models import Outcome
from analysis.techniques.registry import METHODS
from labnotebook.demo import files
from labnotebook.records.services.tokens import create_token
from synthesis.chemistry.operations import read_operation
from synthesis.chemistry.planning import solve_plan
from synthesis.chemistry.recipe import RecipeDefinition
from synthesis.models import BenchEvent
from synthesis.services.bench import record_events
from tests.factories import entry, make_batch, make_person, make_project

ROOT = Path(__file__).resolve().parents[2]
PAGES = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]
LINK = re.compile(r"\]\(([^)\s]+)\)")
OTHER_VARIABLES = {
    "TOKEN",
    "NOTEBOOK",
    "CODE",
    "NAME",
    "ID",
    "METHODS",
    "ARGS",
    "APPLICATION_PASSWORD",
    "BACKUPS",
    "POSTGRES_PASSWORD",
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
}


def each_page():
    return pytest.mark.parametrize("written", PAGES, ids=lambda p: str(p.relative_to(ROOT)))


def reference(name: str) -> str:
    return (ROOT / "docs" / "reference" / f"{name}.md").read_text()


def code_blocks(text: str) -> list[str]:
    return re.findall(r"^ *```\w*\n(.*?)^ *```", text, re.MULTILINE | re.DOTALL)


@each_page()
def test_every_link_leads_somewhere(written):
    for target in LINK.findall(written.read_text()):
        if target.startswith("https://"):
            continue
        assert not target.startswith(("http:", "/")), target
        assert (written.parent / target.partition("#")[0]).exists(), target


@each_page()
def test_every_command_exists(written):
    text = written.read_text()
    for name in re.findall(r"manage\.py ([a-z_]+)", text):
        assert name in get_commands(), name
    goals = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = re.findall(r"`make (\w+)|^(?:\w+=\S+ )*make (\w+)$", text, re.MULTILINE)
    assert {one or other for one, other in named} <= goals


@each_page()
def test_every_file_that_is_named_exists(written):
    folders = "analysis|devices|labnotebook|synthesis|tests|docs"
    for path in re.findall(rf"`((?:{folders})/[\w./-]*)`", written.read_text()):
        if "NAME" not in path:
            assert (ROOT / path).exists(), path


@each_page()
def test_no_page_holds_a_path_of_a_machine(written):
    assert not re.search(r"(?<![\w.])/(work|tmp|home|root)/", written.read_text())


def variables_read() -> set[str]:
    """The environment variables that settings and commands read."""
    sources = [
        ROOT / "labnotebook" / "settings.py",
        *(ROOT / "labnotebook" / "management" / "commands").glob("*.py"),
    ]
    pattern = re.compile(r"(?:environment\.\w+|environ\.get)\(\s*\"([A-Z0-9_]+)\"")
    return {name for source in sources for name in pattern.findall(source.read_text())}


def test_the_settings_page_names_exactly_the_variables_that_are_read():
    named = set(re.findall(r"^\| `([A-Z0-9_]+)`", reference("settings"), re.MULTILINE))
    assert named == variables_read()


@each_page()
def test_every_variable_that_is_named_is_read(written):
    text = written.read_text()
    named = set(re.findall(r"`([A-Z]+(?:_[A-Z0-9]+)+)`", text))
    named |= set(
        re.findall(r"^ *([A-Z][A-Z0-9_]{2,})=", "\n".join(code_blocks(text)), re.MULTILINE)
    )
    assert named <= variables_read() | OTHER_VARIABLES


@each_page()
def test_every_address_of_the_api_exists(written):
    examples = {"CODE": "NC-0001", "ID": "1"}
    for path in re.findall(r"/api/v1/[\w./-]+", written.read_text()):
        for word, value in examples.items():
            path = path.replace(word, value)
        try:
            found = resolve(path)
        except Resolver404:
            found = None
        assert found is not None, path


def test_the_bench_page_names_every_kind_of_entry():
    rows = re.findall(r"^\| ((?:`\w+`(?:, )?)+) \|", reference("bench-events"), re.MULTILINE)
    named = {kind for row in rows for kind in re.findall(r"`(\w+)`", row)}
    assert named == set(BenchEvent.Kind.values)


def test_the_history_page_names_every_column():
    page = reference("history-filters")
    named = set(re.findall(r"`([a-z0-9_]+)`", page))
    named |= {f"{name}_uncertainty" for name in named if "its standard uncertainty" in page}
    assert set(COLUMNS) - {"planned_at"} <= named


def test_the_recipe_page_names_every_field_of_a_recipe():
    named = set(re.findall(r"`([a-z0-9_]+)`", reference("recipe-file")))
    named |= set(re.findall(r"`\[+([a-z]+)\]+`", reference("recipe-file")))
    schema = RecipeDefinition.model_json_schema()
    tables = [schema, *schema["$defs"].values()]
    fields = {name for table in tables for name in table.get("properties", {})}
    assert fields - named == set()


def test_the_recipe_of_the_how_to_can_be_planned():
    text = (ROOT / "docs" / "how-to" / "write-a-recipe.md").read_text()
    plan = solve_plan(RecipeDefinition.from_dict(yaml.safe_load(code_blocks(text)[0])), {})
    # FAI 171.97 g/mol, PbI2 461.01 g/mol, 1 mmol of each
    assert [float(line.weigh_mg) for line in plan.reagents[:2]] == [461.0, 172.0]


def test_the_operation_of_the_how_to_is_read():
    text = (ROOT / "docs" / "how-to" / "add-an-operation.md").read_text()
    (entry_,) = tomllib.loads(code_blocks(text)[1])["operations"]
    assert read_operation(entry_).timed == "duration_s"


def test_the_methods_page_names_every_method():
    heads = re.findall(r"^## ([a-z, -]+) \(", reference("analysis-methods"), re.MULTILINE)
    assert {name for head in heads for name in head.split(", ")} == set(METHODS)


def test_the_model_card_gives_the_numbers_that_the_model_gives():
    said = re.search(
        r"γ (0\.\d\d), 80 % interval (0\.\d\d) to (0\.\d\d)", reference("forecast")
    ).groups()
    gamma = forecast_phase(
        Conditions.from_dict(
            {
                "ratio_ca_pb": 0.5,
                "injection_temperature_c": 170,
                "seed": "CaIx",
                "purification_cycles": 1,
            }
        )
    ).as_dict()["phase"]["gamma"]
    assert [f"{gamma[k]:.2f}" for k in ("value", "low", "high")] == list(said)


@pytest.mark.django_db
def test_the_tutorial_gives_the_numbers_that_the_notebook_gives():
    person = make_person()
    tutorial = (ROOT / "docs" / "tutorial" / "first-batch.md").read_text()
    batch = make_batch(make_project(person), by=person)
    planned = {line["key"]: line["weigh_mg"] for line in batch.plan["reagents"]}
    assert f"| PbI2 | {planned['pbi2']:.1f} mg |" in tutorial
    assert f"| CaI2 | {planned['cai2']:.1f} mg |" in tutorial
    for target, value in (("pbi2", "173.9 mg"), ("cai2", "0,0551 g")):
        assert f"| `{value}` |" in tutorial
        record_events(by=person, batch=batch, events=[entry("weighing", target, value)])
    slip = record_events(by=person, batch=batch, events=[entry("weighing", "cai2", "553 mg")])
    assert "10 times the plan" in slip.remarks[0]["message"]
    record_events(by=person, batch=batch, events=[entry("weighing", "cai2", "55.1 mg")])
    growth = entry("parameter", "react.duration_s", "5.6")
    assert (
        "5.6 s where 5 s was planned"
        in record_events(by=person, batch=batch, events=[growth]).remarks[0]["message"]
    )
    batch.refresh_from_db()
    weighed = (batch.ratio_ca_pb_weighed, batch.ratio_ca_pb_weighed_uncertainty)
    assert "{:.3f} ± {:.3f} with the 99 ± 0.5 %".format(*weighed) in tutorial
    assert not batch.deviations.filter(target="cai2", withdrawn_at=None).exists()


def test_the_licence_is_the_apache_licence_and_every_page_that_names_one_says_so():
    words = " ".join((ROOT / "LICENSE").read_text().split())
    assert words.startswith("Apache License Version 2.0, January 2004")
    assert "9. Accepting Warranty or Additional Liability." in words
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text())
    assert citation["license"] == "Apache-2.0"
    assert {"cff-version", "message", "title", "authors"} <= citation.keys()
    for page in ("README.md", "CONTRIBUTING.md"):
        assert "[Apache License 2.0](LICENSE)" in (ROOT / page).read_text()


def test_the_picture_is_small():
    picture = ROOT / "docs" / "images" / "batch.png"
    assert picture.read_bytes().startswith(b"\x89PNG")
    assert picture.stat().st_size <= 300_000


@pytest.mark.worker
@pytest.mark.skipif(not shutil.which("curl"), reason="the README's story is told with curl")
def test_the_story_of_the_readme_runs(live_server, celery_worker_process, tmp_path):
    person = make_person()
    make_project(person)
    _, token = create_token(user=person, name="story")
    (tmp_path / "pl.csv").write_bytes(files.emission(686.0, 0.034, seed=1))
    story = [b for b in code_blocks((ROOT / "README.md").read_text()) if b.startswith("api()")]
    assert len(story) == 1
    told = subprocess.run(
        ["bash", "-e", "-o", "pipefail", "-c", story[0]],
        cwd=tmp_path,
        env={**os.environ, "NOTEBOOK": live_server.url, "TOKEN": token},
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )
    assert told.returncode == 0, told.stderr + told.stdout[-500:]
    peak = Outcome.objects.get(quantity="pl_peak_nm")
    assert peak.value == pytest.approx(686.0, abs=0.3)
    assert peak.batch.ratio_ca_pb_weighed == pytest.approx(0.492, abs=0.001)
    assert f'"results":[{{"batch":"{peak.batch.code}"' in told.stdout.replace(" ", "")
