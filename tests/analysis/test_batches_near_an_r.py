"""Which batches stand beside one on its page: of its recipe, near its R, nearest first."""

import re

import pytest

from analysis.services import near_batches as near
from analysis.services.measurements import add_measurement
from analysis.services.outcomes import type_outcome
from analysis.services.phases import assign_phase
from labnotebook.records.models import Project
from synthesis.models import BatchQuantity
from synthesis.services.batches import archive_batch
from tests.analysis.factories import address, text, upload
from tests.devices.factories import make_batch as any_batch
from tests.factories import join, make_batch, make_made_batch, make_person, make_project
from tests.synthesis.test_plan_a_batch import text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def mira():
    return make_person("mira")


@pytest.fixture
def project(mira):
    return make_project(mira, "Red LEDs")


@pytest.fixture
def panel(client, mira):
    def ask(batch):
        client.force_login(mira)
        return client.get(address("batch-near", batch.code))

    return ask


def weigh(batch, value, uncertainty=0.003):
    """Say what its R is as weighed; the numbers of a batch are free of its plan."""
    BatchQuantity.objects.update_or_create(
        batch=batch, key="ratio_ca_pb", basis="weighed",
        defaults={"value": value, "uncertainty": uncertainty, "origin": "test", "name": "Ca/Pb", "position": 0},
    )  # fmt: skip
    return batch


def codes(answer):
    """Return the codes in the order of the table's rows."""
    return re.findall(r'<th scope="row">\s*<a href="/b/([^/]+)/"', text(answer))


def test_the_nearest_come_first_and_what_lies_further_away_does_not_come(project, panel):
    batch, *others = (make_batch(project) for _ in range(6))
    weigh(batch, 0.5)
    for other, value in zip(others, (0.549, 0.46, 0.501, 0.551, 0.44), strict=True):
        weigh(other, value)
    assert codes(panel(batch)) == [others[2].code, others[1].code, others[0].code]


def test_two_that_are_unsure_are_near_further_apart(project, panel):
    batch, sure, unsure = (make_batch(project) for _ in range(3))
    weigh(batch, 0.5, 0.03)
    weigh(sure, 0.57, 0.003)  # 2 u of both: 0.0603
    weigh(unsure, 0.58, 0.03)  # 2 u of both: 0.0849
    assert codes(panel(batch)) == [unsure.code]


def test_one_that_is_not_weighed_stands_with_its_planned_r_and_says_so(project, panel):
    batch, planned, elsewhere = (
        make_made_batch(project), make_batch(project), make_batch(project, ratio="0.25"),
    )  # fmt: skip
    page = panel(batch)
    assert codes(page) == [planned.code]
    assert "0.500 planned" in text_of(page)
    assert elsewhere.code not in text(page)
    assert codes(panel(planned)) == [batch.code]  # from the plan to what was weighed


def test_a_weighed_r_counts_and_not_what_was_planned(project, panel):
    batch, spilled = make_batch(project), make_batch(project)
    weigh(batch, 0.5)
    weigh(spilled, 0.9)
    assert codes(panel(batch)) == []
    assert "No other batch of this recipe lies near it yet." in text(panel(batch))


def test_other_recipes_put_away_ones_and_projects_of_others_stay_out(project, panel, mira):
    batch = make_batch(project)
    others = [
        weigh(any_batch(mira, project, "planned", recipe="cs-oleate"), 0.5),
        make_batch(make_project(make_person("jonas"), "Secret")),
        make_batch(project),
    ]
    archive_batch(by=mira, batch=others[2], reason="never made")
    page = text(panel(batch))
    for other in others:
        assert other.code not in page


def test_simulated_ones_are_marked_and_stand_beside_their_own_project_alone(project, panel, mira):
    made_up = make_project(mira, "Made up")
    real, first, second = make_batch(project), make_batch(made_up), make_batch(made_up)
    Project.objects.filter(pk=made_up.pk).update(is_simulated=True)
    assert codes(panel(real)) == []
    page = panel(first)
    assert codes(page) == [second.code, real.code]
    assert text_of(page).count("simulated") == 1


def test_it_says_what_came_out_and_tells_not_measured_from_undetermined(project, panel, mira):
    batch, known, drawn, bare = (make_made_batch(project) for _ in range(4))
    assign_phase(by=mira, batch=known, phase="gamma", reason="seen by TEM")
    type_outcome(by=mira, subject=known, quantity="pl_peak_nm", text="686.2")
    measurement = add_measurement(by=mira, subject=drawn, technique="xrd", upload=upload())
    measurement.analyses.update(state="done", result={"phase": None, "figures": []})
    rows = {
        code: row
        for row in re.findall(r"<tr>.*?</tr>", text(panel(batch)), re.DOTALL)
        for code in codes_in(row)
    }
    assert "#m-gamma" in rows[known.code]
    assert "686.2" in rows[known.code]
    assert "measured, undetermined" in rows[drawn.code]
    assert "not measured" in rows[bare.code]
    assert f"/b/{bare.code}/again/" in rows[bare.code]
    assert f"codes={batch.code}%2C" in text(panel(batch))


def codes_in(row):
    return re.findall(r'<th scope="row">\s*<a href="/b/([^/]+)/"', row)


def test_eight_of_many_and_few_questions(project, client, mira, django_assert_max_num_queries):
    batch, *_others = (make_batch(project) for _ in range(12))
    client.force_login(mira)
    with django_assert_max_num_queries(8):
        answer = client.get(address("batch-near", batch.code))
    assert len(codes(answer)) == near.MOST


def test_the_page_of_the_batch_asks_for_it(project, client, mira):
    batch = make_batch(project)
    client.force_login(mira)
    page = text(client.get(f"/b/{batch.code}/"))
    assert f'hx-get="/b/{batch.code}/near/"' in page


def test_a_viewer_is_not_offered_to_run_one_again(project, client):
    batch, other = make_batch(project), make_batch(project)
    client.force_login(join(project, "viewer"))
    page = text(client.get(address("batch-near", batch.code)))
    assert other.code in page
    assert "/again/" not in page
