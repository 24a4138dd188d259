"""The look of the flask: seen, photographed, kept without a network, and what it makes likely."""

import re
import struct
import zlib

import pytest
from playwright.sync_api import expect

from analysis.models import Forecast
from labnotebook.records.files import blob_path
from synthesis.models import Attachment
from tests.analysis.factories import run_jobs
from tests.browser.bench import Hand

pytestmark = pytest.mark.django_db(transaction=True)


def png(width: int, height: int) -> bytes:
    """Return a picture in one colour, written by hand."""

    def chunk(name: bytes, data: bytes) -> bytes:
        whole = name + data
        return struct.pack(">I", len(data)) + whole + struct.pack(">I", zlib.crc32(whole))

    rows = (b"\0" + b"\x80\x10\x20" * width) * height
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )


def size_of_jpeg(content: bytes) -> tuple[int, int]:
    """Return width and height from the frame header (ITU T.81, B.2.2)."""
    at = 2
    while content[at + 1] not in (0xC0, 0xC1, 0xC2):
        at += 2 + int.from_bytes(content[at + 2 : at + 4])
    height, width = struct.unpack(">HH", content[at + 5 : at + 9])
    return width, height


def chance_of_gamma(room) -> float:
    """Return the first number behind the mark of γ."""
    return float(re.search(r"γ\s*(0\.\d+)", room.locator(".prob").inner_text())[1])


@pytest.fixture
def hand(browser_page, address, sign_in, batch, complaints):
    hand = Hand(sign_in(browser_page, batch.planned_by), address, batch.code)
    hand.go("observe_precursor/")
    return hand


@pytest.fixture
def photo():
    return {"name": "IMG_1.png", "mimeType": "image/png", "buffer": png(3000, 1500)}


def test_a_photo_is_one_tap_is_made_smaller_and_is_shown_at_its_step(hand, batch, photo):
    hand.page.get_by_label("Photo of the flask").set_input_files(photo)
    hand.saved()
    kept = Attachment.objects.get()
    assert (kept.step_run.key, kept.file.name) == ("observe_precursor", "IMG_1.jpg")
    assert size_of_jpeg(blob_path(kept.file.sha256).read_bytes()) == (2048, 1024)
    expect(hand.place.get_by_role("img", name="IMG_1.jpg")).to_be_visible()
    expect(hand.page.locator("#noted")).to_contain_text("IMG_1.jpg")
    hand.look()
    assert not hand.wrong


def test_a_photo_waits_on_the_tablet_and_holds_back_no_entry(hand, batch, photo, complaints):
    complaints.allow("status of 503")
    stopped = []

    def stop_files(route):
        if "multipart" in route.request.headers["content-type"] and not stopped:
            stopped.append(route.request)
            route.fulfill(status=503, body="busy")
        else:
            route.continue_()

    hand.page.route("**/events/", stop_files)
    hand.page.get_by_label("Photo of the flask").set_input_files(photo)
    expect(hand.status).to_have_text("Kept on this tablet, 1 not sent")
    hand.page.reload()
    hand.ready()
    hand.saved()
    assert stopped
    assert Attachment.objects.count() == batch.events.count() == 1


def test_undo_takes_a_photo_back(hand, batch, photo):
    hand.page.get_by_label("Photo of the flask").set_input_files(photo)
    shown = hand.place.get_by_role("img", name="IMG_1.jpg")
    expect(shown).to_be_visible()
    hand.page.get_by_role("button", name="Undo").click()
    expect(shown).to_have_count(0)
    hand.saved()
    assert not batch.attachments.that_count().exists()


def test_any_file_is_kept_at_any_step_with_a_word(hand, batch):
    hand.go("degas/")
    hand.place.locator(".more summary").click()
    hand.place.get_by_role("link", name="Photo or file").click()
    oven = {"name": "oven log.csv", "mimeType": "text/csv", "buffer": b"s,C\n0,20\n60,120\n"}
    hand.page.get_by_label("Photo or file of this").set_input_files(oven)
    hand.page.get_by_label("What it shows").fill("the ramp")
    hand.page.get_by_role("button", name="Keep it").click()
    hand.saved()
    kept = Attachment.objects.get()
    assert (kept.step_run.key, kept.note) == ("degas", "the ramp")
    expect(hand.place.get_by_role("link", name="oven log.csv")).to_be_visible()


def test_the_second_forecast_stands_there_the_moment_the_look_is_tapped(hand, batch):
    run_jobs()
    assert Forecast.objects.get(batch=batch).state == Forecast.State.DONE
    hand.tap(hand.button("Clear"))
    room = hand.place.locator(".second")
    expect(room).to_contain_text("Second forecast, for a flask that looks clear")
    clear = chance_of_gamma(room)
    hand.tap(hand.button("Turbid"))
    expect(room).to_contain_text("that looks turbid")
    assert chance_of_gamma(room) > clear  # what is seen in a turbid flask are seeds of γ
    assert not hand.wrong
