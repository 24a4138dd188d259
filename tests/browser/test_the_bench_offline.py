"""Nothing typed at the bench is lost: without a network, through a reload, a kill, a 503, an ended session."""

import re
import uuid
from decimal import Decimal
from urllib.parse import urlsplit

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import expect

from synthesis.services.bench import record_events
from tests.browser.bench import Hand
from tests.browser.network import CUT, Network
from tests.factories import PASSWORD, entry

pytestmark = pytest.mark.django_db(transaction=True)


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
def hand(browser_page, address, sign_in, person, batch, complaints):
    for cut in CUT:
        complaints.allow(cut)
    hand = Hand(sign_in(browser_page, person), address, batch.code)
    hand.go()
    return hand


@pytest.fixture
def lose_network(hand, network):
    """Cut it, and let the browser know as a tablet would."""

    def _lose() -> None:
        network.cut()
        hand.page.context.set_offline(True)

    return _lose


@pytest.fixture
def network_is_back(hand, network):
    def _back() -> None:
        network.mend()
        hand.page.context.set_offline(False)

    return _back


def weighed(batch, key):
    return batch.additions.get(key=key).weighed_value


KEPT = """async () => {
  const cache = await caches.open("bench-1");
  const paths = (await cache.keys()).map((one) => new URL(one.url).pathname);
  return paths.some((path) => path.endsWith("/bench/")) && paths.filter((path) => path.endsWith(".js")).length > 8;
}"""


def kept(page) -> None:
    """Wait until the service worker has the page and what it needs."""
    for _try in range(50):
        if page.evaluate(KEPT):
            return
        page.wait_for_timeout(200)
    raise AssertionError("the service worker keeps nothing")


def test_without_a_network_entries_are_kept_and_sent_once_when_it_is_back(
    hand, batch, lose_network, network_is_back
):
    kept(hand.page)
    lose_network()
    hand.field.fill("10.2")
    hand.tap(hand.button("Record"))
    expect(hand.status).to_have_text("Kept on this tablet, 1 not sent")
    hand.field.fill("173.4")
    hand.tap(hand.button("Record"))
    expect(hand.status).to_have_text("Kept on this tablet, 2 not sent")
    hand.status.click()
    waiting = hand.page.locator("#unsent")
    expect(waiting).to_contain_text("10.2")
    expect(waiting).to_contain_text("173.4")
    hand.page.reload()
    hand.ready()
    expect(hand.status).to_have_text("Kept on this tablet, 2 not sent")
    assert not batch.events.exists()
    network_is_back()
    hand.saved()
    assert (weighed(batch, "ode"), weighed(batch, "pbi2")) == (Decimal("10.2"), Decimal("173.4"))
    assert batch.events.count() == 2
    first, second = batch.events.order_by("at")
    assert (first.target, second.target) == ("ode", "pbi2")


def test_what_was_recorded_without_a_network_is_shown_after_a_reload(
    hand, lose_network, network_is_back
):
    kept(hand.page)
    lose_network()
    hand.field.fill("10.2")
    hand.tap(hand.button("Record"))
    hand.page.goto(f"{hand.base}load.ode/")  # another place of the page that was kept
    hand.ready()
    hand.heading("Octadecene")
    expect(hand.field).to_have_value("10.2")
    expect(hand.place).to_have_attribute("data-state", "done")
    network_is_back()
    hand.saved()


def test_a_tab_killed_right_after_a_key_has_kept_it(hand):
    hand.field.press_sequentially("10.37")
    address, context = hand.page.url, hand.page.context
    hand.page.close(run_before_unload=False)
    again = Hand(context.new_page(), "", hand.code)
    again.page.goto(address)
    again.ready()
    expect(again.field).to_have_value("10.37")
    expect(again.place).to_contain_text("not recorded yet")


def test_a_tab_killed_right_after_recording_sends_it_when_it_is_opened_again(hand, batch):
    hand.field.fill("10.2")
    hand.field.press("Enter")
    address, context = hand.page.url, hand.page.context
    hand.page.close(run_before_unload=False)
    again = Hand(context.new_page(), "", hand.code)
    again.page.goto(address)
    again.ready()
    again.saved()
    assert weighed(batch, "ode") == Decimal("10.2")
    assert batch.events.count() == 1


def test_a_server_that_fails_gets_it_later(hand, batch, complaints):
    complaints.allow("status of 503")
    answers = []

    def fail_twice(route):
        answers.append(route.request)
        if len(answers) < 3:
            route.fulfill(status=503, body="busy")
        else:
            route.continue_()

    hand.page.route("**/events/", fail_twice)
    hand.field.fill("10.2")
    hand.tap(hand.button("Record"))
    expect(hand.status).to_have_text(re.compile("Kept on this tablet, 1 not sent"))
    hand.saved()
    assert len(answers) == 3
    assert batch.events.count() == 1


def test_an_answer_that_is_lost_records_nothing_twice(hand, batch, complaints):
    """The entry arrives, its answer does not: it is sent again under the same id."""
    complaints.allow("ERR_FAILED")
    lost = []

    def lose_once(route):
        if lost:
            route.continue_()
        else:
            lost.append(route.fetch())
            route.abort()

    hand.page.route("**/events/", lose_once)
    hand.field.fill("10.2")
    hand.tap(hand.button("Record"))
    hand.saved()
    assert lost
    assert batch.events.count() == 1


def test_an_ended_session_asks_for_the_password_over_the_page(hand, batch):
    Session.objects.all().delete()
    hand.field.fill("10.2")
    hand.tap(hand.button("Record"))
    door = hand.page.get_by_role("region", name="Sign in")
    expect(door).to_be_visible()
    expect(hand.status).to_have_text("Kept on this tablet, 1 not sent")
    door.get_by_label("Username").fill("mira")
    door.get_by_label("Password").fill("wrong")
    door.get_by_role("button", name="Sign in").click()
    expect(door).to_contain_text("That was not taken")
    door.get_by_label("Password").fill(PASSWORD)
    door.get_by_role("button", name="Sign in").click()
    expect(door).to_have_count(0)
    hand.saved()
    assert weighed(batch, "ode") == Decimal("10.2")


def test_a_refused_entry_is_shown_at_its_place_and_never_lost(hand, batch):
    hand.go("load.cai2/")
    hand.page.evaluate("() => { document.querySelector('form.amount').dataset.kept = 'mg'; }")
    hand.field.fill("55.1 mol")
    hand.tap(hand.button("Record"))
    expect(hand.status).to_have_text("1 not taken")
    hand.go("load.cai2/")
    said = hand.place.get_by_role("alert")
    expect(said).to_contain_text("55.1 mol")
    expect(said).to_contain_text("was not taken")
    said.get_by_role("button", name="Take it away").click()
    hand.saved()
    assert not batch.events.exists()


def test_a_second_tablet_sees_it_within_seconds(hand, batch, person):
    hand.go("load.pbi2/")
    record_events(by=person, batch=batch, events=[entry("weighing", "pbi2", "173.9")])
    expect(hand.place.locator(".echo")).to_contain_text("173.9", timeout=8000)
    expect(hand.field).to_have_value("173.9")


def test_what_is_being_typed_is_not_overwritten_by_a_second_tablet(hand, batch, person):
    hand.go("load.pbi2/")
    hand.field.press_sequentially("173.")
    record_events(by=person, batch=batch, events=[entry("weighing", "pbi2", "150.0")])
    hand.page.wait_for_timeout(6000)
    hand.field.press_sequentially("4")
    expect(hand.field).to_have_value("173.4")
    hand.field.press("Enter")
    hand.saved()
    assert weighed(batch, "pbi2") == Decimal("173.4")
    assert batch.events.count() == 2


def test_two_people_on_one_field_are_both_kept_and_told(hand, batch, person):
    hand.go("load.pbi2/")
    hand.page.route("**/load.pbi2/*since*", lambda route: route.fulfill(status=204))
    other = entry("weighing", "pbi2", "150.0", id=str(uuid.uuid4()))
    record_events(by=person, batch=batch, events=[other])
    hand.field.fill("173.4")
    hand.tap(hand.button("Record"))
    expect(hand.page.locator("#toasts")).to_contain_text("recorded “150.0” here")
    assert [one.value for one in batch.events.order_by("received_at")] == ["150.0", "173.4"]


def test_two_tabs_of_one_tablet_send_nothing_twice(
    hand, batch, address, lose_network, network_is_back
):
    other = Hand(hand.page.context.new_page(), address, hand.code)
    other.go()
    lose_network()
    hand.field.fill("10.2")
    hand.tap(hand.button("Record"))
    expect(other.status).to_have_text("Kept on this tablet, 1 not sent")
    network_is_back()
    hand.saved()
    other.saved()
    assert batch.events.count() == 1


def test_what_was_not_sent_before_the_bench_was_left_is_sent_by_any_page(hand, batch, complaints):
    complaints.allow("ERR_FAILED")
    hand.page.route("**/events/", lambda route: route.abort())
    hand.field.fill("10.2")
    hand.tap(hand.button("Record"))
    expect(hand.status).to_have_text("Kept on this tablet, 1 not sent")
    hand.page.goto(f"{hand.base}../../../")
    told = hand.page.locator("#toasts")
    expect(told).to_contain_text(f"One entry of {batch.code} is kept on this device")
    expect(told.get_by_role("link", name="Open the bench")).to_be_visible()
    hand.page.unroute("**/events/")
    with hand.page.expect_response("**/events/"):
        hand.page.reload()
    hand.page.wait_for_function(
        "() => !Object.keys(localStorage).some((key) => key.startsWith('waits:'))"
    )
    assert weighed(batch, "ode") == Decimal("10.2")
    assert batch.events.count() == 1
