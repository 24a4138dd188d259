"""Eight substrates are made at one bench, half of it without a network: counted taps, nothing lost."""

import re
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from devices.services.making import steps_of_run
from devices.services.runs import make_run
from synthesis.services.batches import start_batch
from tests.browser.bench import Hand
from tests.browser.network import CUT, Network
from tests.browser.test_the_bench_offline import kept

pytestmark = pytest.mark.django_db(transaction=True)
SPEEDS = ["1000", "1000", "2000", "2000", "2000", "3000", "3000", "3000"]


@pytest.fixture
def run(person, project):
    run = make_run(
        by=person,
        project=project,
        architecture_slug="fret",
        substrates=8,
        vary={"ncs_spin_coat.speed_rpm": SPEEDS},
    )
    return start_batch(by=person, batch=run)


@pytest.fixture
def network(live_server):
    server = urlsplit(live_server.url)
    network = Network(server.hostname, server.port)
    yield network
    network.close()


@pytest.fixture
def address(network) -> str:
    return network.address


@pytest.fixture
def hand(browser_page, address, sign_in, person, run, complaints):
    for cut in CUT:
        complaints.allow(cut)
    hand = Hand(sign_in(browser_page, person), address, run.code)
    hand.go()
    return hand


def test_eight_substrates_are_made_at_one_bench_half_of_it_without_a_network(hand, run, network):
    kept(hand.page)
    steps = steps_of_run(run)
    for place, made in enumerate(steps):
        if place == len(steps) // 2:
            network.cut()
            hand.page.context.set_offline(True)
        hand.heading(re.escape(made.run.text.rstrip(".")[:20]))
        timed = hand.button("Start")
        if timed.is_visible():
            hand.tap(timed)
        hand.tap(hand.button("Done"))
    expect(hand.status).to_contain_text("not sent")
    network.mend()
    hand.page.context.set_offline(False)
    hand.saved()
    assert all(one.run.finished_at for one in steps_of_run(run))
    assert hand.taps <= 2 * len(
        steps
    )  # a start and an end, and nothing for each of eight substrates
    assert hand.wrong == []
    spun = [one for one in steps_of_run(run) if one.layer == "ncs"]
    assert [one.substrates for one in spun] == [("1", "2"), ("3", "4", "5"), ("6", "7", "8")]
