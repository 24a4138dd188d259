"""A chemist names another measurement as the instrument response; the decay is fitted folded with it."""

import hashlib

import numpy as np
import pytest
from scipy.special import erfcx

from analysis.models import Analysis
from analysis.reading import Channel, Reading
from analysis.result import NoResult
from analysis.services import reanalysing
from analysis.services.measurements import add_measurement, correct_technique
from analysis.services.named import named_files
from analysis.services.outcomes import reject_analysis
from analysis.services.runs import analyse_again
from analysis.techniques.registry import METHODS
from analysis.techniques.trpl.decay import run
from analysis.techniques.trpl.response import with_response
from labnotebook.records.refusals import Refusal
from tests.analysis.factories import address, make_batch, run_jobs, text, upload
from tests.analysis.test_say_which_column_is_what import remembered
from tests.factories import make_person, make_project, owner_of

TAU, SIGMA, STEP = 3.0, 0.5, 0.1  # ns: too short against the response for a tail fit


def decay_counts(t: np.ndarray, seed: int = 1) -> np.ndarray:
    """One exponential folded with a Gaussian in closed form: no convolution on a grid."""
    late = (t - 20) / SIGMA
    near = np.minimum(late, 30.0)  # beyond, erfcx overflows, and it is the exponential alone
    shape = np.exp(-(near**2) / 2) * erfcx((SIGMA / TAU - near) / np.sqrt(2)) / 2
    far = late > 30
    shape[far] = np.exp(SIGMA**2 / 2 / TAU**2 - (t[far] - 20) / TAU)
    return np.random.default_rng(seed).poisson(20_000 * shape + 2).astype(float)


def response_counts(t: np.ndarray, seed: int = 2) -> np.ndarray:
    pulse = np.exp(-(((t - 20) / SIGMA) ** 2) / 2)
    return np.random.default_rng(seed).poisson(30_000 * pulse + 1).astype(float)


def histogram(t, counts, **metadata) -> Reading:
    channels = (Channel("time", "ns", t), Channel("counts", "counts", counts))
    return Reading("trpl", "test 1", channels, metadata)


def text_of(t, counts) -> bytes:
    rows = "\n".join(f"{a:.3f},{b:.0f}" for a, b in zip(t, counts, strict=True))
    return f"Time (ns),Counts\n{rows}\n".encode()


def figure(result, name="lifetime_ns"):
    return next(one for one in result.figures if one.quantity == name)


T = np.arange(0, 100, STEP)


@pytest.mark.parametrize("finer", [1, 2.5])
@pytest.mark.parametrize("delay_ns", [0.0, 500.0])
def test_a_decay_as_short_as_its_response_is_found(finer, delay_ns):
    t = np.arange(0, 60, STEP / finer)
    response = histogram(t + delay_ns, response_counts(t))
    found = run(histogram(T, decay_counts(T)), {"response": response})
    lifetime = figure(found)
    assert lifetime.value == pytest.approx(TAU, abs=2 * lifetime.uncertainty)
    assert lifetime.uncertainty < 0.1 * TAU
    assert "convolved with the instrument response" in found.summary


def test_no_count_of_the_response_is_lost_on_other_bins():
    t = np.arange(0, 60, STEP / 2.5)
    counts = response_counts(t)
    folded = with_response(histogram(T, decay_counts(T)), histogram(t, counts))
    assert folded.channel("irf").values.sum() == pytest.approx(counts.sum(), rel=1e-12)
    middle = (T * folded.channel("irf").values).sum() / counts.sum()
    assert middle == pytest.approx((t * counts).sum() / counts.sum(), abs=STEP / 10)


@pytest.mark.parametrize(
    ("response", "says"),
    [
        (histogram(T, decay_counts(T, 5)), "it is a decay too"),
        (histogram(T, 1e4 * np.exp(-T / 20) + 2), "that is a decay"),
        (
            histogram(T[::3], response_counts(T[::3])),
            "bins of 0.3 ns, wider than those of the decay",
        ),
        (histogram(T, np.zeros(T.size)), "cannot serve as one. The histogram is empty"),
        (
            Reading("trpl", "t", (Channel("time", "nm", T), Channel("counts", "counts", T))),
            "not a time",
        ),
    ],
)
def test_what_cannot_be_a_response_is_refused_in_words(response, says):
    with pytest.raises(NoResult, match=says):
        run(histogram(T, decay_counts(T)), {"response": response})


@pytest.fixture
def batch(db):
    return make_batch()


@pytest.fixture
def visitor(client, batch):
    client.force_login(owner_of(batch.project))
    return client


@pytest.fixture
def files(batch):
    """A decay and its response, uploaded and read."""
    by = owner_of(batch.project)
    decay, response = (
        add_measurement(by=by, subject=batch, technique="trpl", upload=upload(content, name))
        for content, name in (
            (text_of(T, decay_counts(T)), "decay.csv"),
            (text_of(T, response_counts(T)), "scatterer.csv"),
        )
    )
    return decay, response


def test_the_worker_folds_with_the_named_file_and_says_which(batch, files):
    decay, response = files
    by = owner_of(batch.project)
    again = analyse_again(by=by, measurement=decay, parameters={"response": str(response.pk)})
    Analysis.objects.exclude(pk=again.pk).update(state="failed", failure="not run in this test")
    run_jobs("analyse")
    again.refresh_from_db()
    assert again.state == "done", again.failure
    found = {one["quantity"]: one for one in again.result["figures"]}["lifetime_ns"]
    assert found["value"] == pytest.approx(TAU, abs=2 * found["uncertainty"])
    assert again.parameters == {"response": response.pk}
    assert again.provenance["named"]["response"] == {
        "measurement": response.pk,
        "scan": "",
        "file_sha256": hashlib.sha256(text_of(T, response_counts(T))).hexdigest(),
        "file_name": "scatterer.csv",
    }


def test_the_page_offers_the_decays_of_the_project_and_links_the_one_that_was_named(visitor, files):
    decay, response = files
    elsewhere = make_batch(make_project(make_person("elsewhere")))
    foreign = add_measurement(
        by=owner_of(elsewhere.project),
        subject=elsewhere,
        technique="trpl",
        upload=upload(b"x", "y.csv"),
    )
    Analysis.objects.update(state="failed", failure="not run in this test")
    shown = text(visitor.get(address("measurement-detail", decay.pk)))
    assert f"scatterer.csv ({response.pk})" in shown
    assert f"decay.csv ({decay.pk})" not in shown
    assert f"y.csv ({foreign.pk})" not in shown
    sent = visitor.post(address("measurement-analyse", decay.pk), {"response": response.pk})
    assert sent.status_code == 302
    assert decay.analyses.get(number=2).parameters == {"response": response.pk}
    shown = text(visitor.get(address("measurement-detail", decay.pk)))
    assert address("measurement-detail", response.pk) in shown


def test_a_measurement_that_is_not_there_is_refused(batch, files):
    decay, _response = files
    by = owner_of(batch.project)
    spectrum = add_measurement(by=by, subject=batch, technique="pl", upload=upload())
    for wanted, says in (
        (10**9, "there is no measurement"),
        (spectrum.pk, "there is no measurement"),
        ("12; DROP", "not the number of a measurement"),
        ("9" * 25, "not the number of a measurement"),
        (decay.pk, "this is the measurement itself"),
    ):
        with pytest.raises(Refusal, match=says):
            analyse_again(by=by, measurement=decay, parameters={"response": wanted})


def three_scans() -> bytes:
    """Three columns without a word of what they are; the second is the response."""
    columns = [decay_counts(T), response_counts(T), decay_counts(T, 5)]
    rows = "\n".join(
        f"{t:.1f}\t{a:.0f}\t{b:.0f}\t{c:.0f}" for t, a, b, c in zip(T, *columns, strict=True)
    )
    return f"Time (ns)\tone\ttwo\tthree\n{rows}\n".encode()


def test_the_scan_of_a_response_is_the_one_a_person_chose_last_and_nobody_rejected(batch):
    by = owner_of(batch.project)
    response = add_measurement(
        by=by, subject=batch, technique="trpl", upload=upload(three_scans(), "three.txt")
    )
    run_jobs("analyse")
    first = response.analyses.get()
    method = METHODS[first.method]

    def scan():
        return named_files(batch.project, method, {"response": response.pk})["response"]["scan"]

    second = analyse_again(by=by, measurement=response, scan="2")
    run_jobs("analyse")
    second.refresh_from_db()
    assert second.state == "failed"  # no decay, and yet it is the response
    assert scan() == "2"
    third = analyse_again(by=by, measurement=response, scan="3")
    run_jobs("analyse")
    third.refresh_from_db()
    assert (third.state, scan()) == ("done", "3")
    reject_analysis(by=by, analysis=third, reason="the wrong column")
    assert scan() == "2"
    Analysis.objects.filter(pk=first.pk).update(method_version="0", state="failed", scan="1")
    assert reanalysing.start(by=by, project=batch.project) == 1
    run_jobs("reanalyse")
    assert response.analyses.get(number=4).scan == "1"  # an update did that, no person
    assert scan() == "2"


def test_a_response_that_turned_out_to_be_something_else_is_said(batch, files):
    decay, response = files
    by = owner_of(batch.project)
    again = analyse_again(by=by, measurement=decay, parameters={"response": response.pk})
    correct_technique(by=by, measurement=response, technique="pl")
    Analysis.objects.exclude(pk=again.pk).update(state="failed", failure="not run in this test")
    run_jobs("analyse")
    again.refresh_from_db()
    assert again.state == "failed"
    assert f"there is no measurement {response.pk} of this technique" in again.failure
    Analysis.objects.filter(pk=again.pk).update(method_version="0")
    now = reanalysing.progress(batch.project)
    assert (now.stale, now.refused) == (0, 1)
    assert reanalysing.start(by=by, project=batch.project) == 0


def test_a_response_is_read_by_the_heads_that_are_remembered_and_the_run_keeps_them(batch):
    by = owner_of(batch.project)
    rows = "\n".join(
        f"{n};{a:.1f};{b:.0f}" for n, (a, b) in enumerate(zip(T, response_counts(T), strict=True))
    )
    content = f"Messplatz 4\nNr;Kanal A;Kanal B\n{rows}\n".encode()
    heads = "- | time (ns) | counts"
    remembered(by, batch.project, "trpl", content, heads)
    response = add_measurement(
        by=by, subject=batch, technique="trpl", upload=upload(content, "scatterer.txt")
    )
    decay = add_measurement(
        by=by,
        subject=batch,
        technique="trpl",
        upload=upload(text_of(T, decay_counts(T)), "decay.csv"),
        parameters={"response": response.pk},
    )
    Analysis.objects.filter(measurement=response).update(state="failed", failure="not run here")
    run_jobs("analyse")
    run = decay.analyses.get()
    assert run.state == "done", run.failure
    assert run.provenance["named"]["response"]["columns"] == heads
    found = {one["quantity"]: one for one in run.result["figures"]}["lifetime_ns"]
    assert found["value"] == pytest.approx(TAU, abs=2 * found["uncertainty"])
