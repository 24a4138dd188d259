"""The pandas session of the handbook runs against a notebook as it stands there."""

import re
from pathlib import Path

import pytest

from labnotebook.records.services.tokens import create_token
from synthesis.models import Batch
from tests.api.lab import make_lab
from tests.factories import make_person, make_project

PAGE = Path(__file__).parents[2] / "docs/how-to/use-pandas.md"


@pytest.mark.django_db(transaction=True)
def test_the_session_of_the_handbook_runs_and_plans_one_batch_however_often(
    live_server, monkeypatch, capsys
):
    mira = make_person("mira")
    lab = make_lab(mira, make_project(mira, "Perovskites"))
    _, token = create_token(user=mira, name="pandas")
    monkeypatch.setenv("NOTEBOOK", live_server.url)
    monkeypatch.setenv("LABNOTEBOOK_TOKEN", token)
    (session,) = re.findall(r"```python\n(.*?)```", PAGE.read_text(), re.S)
    assert len([line for line in session.splitlines() if line.strip()]) <= 30
    before = Batch.objects.count()
    for _ in range(2):
        said: dict = {}
        exec(compile(session, PAGE.name, "exec"), said)
        said["lab"].close()  # so that the server lets go of its connection to the database
    assert Batch.objects.count() == before + 1
    assert said["units"]["plqy_percent"] == "%"
    assert said["made"].loc[lab["batch"], "plqy_percent"] == 98
    assert said["files"]["measured_pl_peak_nm"].tolist().count(686.0) == 1
    assert said["batch"]["code"] in {row["id"] for row in said["changes"]["results"]}
    assert "mira" in capsys.readouterr().out
