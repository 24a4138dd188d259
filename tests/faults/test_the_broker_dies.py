"""The broker is stopped and loses everything; no analysis is lost with it."""

import os
import shutil

import pytest

from analysis.models import Analysis
from labnotebook.records.models import Job
from tests import services_plugin
from tests.factories import Api

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.worker, pytest.mark.slow]


def test_a_wiped_broker_loses_no_analysis(minded_worker, bench, settled, done_once, capsys):
    """Stop and wipe Valkey with jobs in the queue; the API goes on; all of them are done later."""
    if not services_plugin._running or "BROKER_URL" in os.environ:
        pytest.skip("the broker is not ours to stop (BROKER_URL is set)")
    services, data = services_plugin._running[0]
    found = bench.send(4)
    broker = services._children["valkey"]
    broker.kill_group()
    try:
        found += bench.send(2)  # while it is away
        api = Api(bench.person)
        assert api.get("batches/").status_code == 200
        forecast = api.post("forecasts/", {"ratio_ca_pb": 0.5})
        assert forecast.status_code == 202
        for log in (data.path / "servers" / "valkey").glob("appendonlydir"):
            shutil.rmtree(log)
    finally:
        services.restart("valkey")
    took, ended = settled()
    again = done_once(found)
    assert Job.objects.filter(kind="forecast", state="done").exists()
    assert not Analysis.objects.exclude(state="done").exists()
    with capsys.disabled():
        print(f"\n  broker wiped: {ended}, 0 of {len(found)} lost, {again} ran twice, {took:.1f} s")
