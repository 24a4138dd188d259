"""The expected structure follows the washes that the bench recorded; the plan's only where it recorded none."""

import pytest

from analysis.services.phases import structure_by_rule
from synthesis.services.batches import create_batch, start_batch
from synthesis.services.bench import record_events
from tests.factories import entry, make_project, owner_of, shipped_recipe

pytestmark = pytest.mark.django_db


@pytest.fixture
def washed():
    def _washed(cycles, *entries):
        project = make_project()
        by = owner_of(project)
        targets = {"ratio_ca_pb": "0.5", "lead_mmol": "0.376", "purification_cycles": cycles}
        batch = create_batch(
            by=by, project=project, version=shipped_recipe().current, targets=targets
        )
        batch = start_batch(by=by, batch=batch)
        said = [entry(kind, target, **more) for kind, target, more in entries]
        assert record_events(by=by, batch=batch, events=said).refused == []
        batch.refresh_from_db()
        return structure_by_rule(batch, "gamma")

    return _washed


def done(step, **more):
    return [("step_start", step, more), ("step_finish", "wash_2" if more else step, {})]


# science.md, section 4: washed once the calcium shell is there, washed twice it is lost.
@pytest.mark.parametrize(
    ("planned", "entries", "structure"),
    [
        ("2", [], "seed_core"),
        ("2", [("skip", "wash_2", {"reason": "colour was right"})], "seed_core_shell"),
        ("1", done("wash"), "seed_core_shell"),
        ("1", [*done("wash"), *done("wash", repeat=True)], "seed_core"),
        ("2", [("skip", "ethyl_acetate", {"reason": "bottle was empty"})], "seed_core_shell"),
    ],
)  # fmt: skip
def test_what_was_washed_counts(washed, planned, entries, structure):
    assert washed(planned, *entries) == structure


def test_calcium_that_was_never_weighed_in_makes_no_shell(washed):
    left_out = ("skip", "cai2", {"reason": "forgotten"})
    lead = ("weighing", "pbi2", {"value": "173.9 mg"})
    assert washed("1", lead, left_out) == "core_only"
