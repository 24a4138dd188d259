"""A hand at the bench: it goes where the page leads, counts its taps, and looks after each of them."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect

TABLET = {"width": 1024, "height": 768}
SMALL = """() => [...document.querySelectorAll("#bench button, #bench a, #bench input, #bench select, #bench summary")]
  .filter((el) => el.offsetParent && el.type !== "radio" && el.getClientRects().length)
  .filter((el) => el.getBoundingClientRect().height < 55.5)
  .map((el) => `${el.outerHTML.slice(0, 80)} is ${el.getBoundingClientRect().height} px high`)"""
SCROLLS = "() => document.documentElement.scrollHeight - innerHeight"


class Hand:
    """Taps, and what it saw on the way."""

    def __init__(self, page: Page, address: str, code: str) -> None:
        self.page, self.code, self.taps = page, code, 0
        self.base = f"{address}/b/{code}/bench/"
        self.wrong: list[str] = []
        page.set_viewport_size(TABLET)
        page.set_default_timeout(10_000)

    @property
    def place(self) -> Locator:
        """What is shown: one thing to do."""
        return self.page.locator(".place:visible")

    @property
    def status(self) -> Locator:
        """What the head says of saving."""
        return self.page.locator("#save")

    def go(self, place: str = "") -> None:
        """Open the bench at a place, at the first open one when none is named."""
        self.page.goto(f"{self.base}{place}")
        self.ready()

    def ready(self) -> None:
        """Wait until the script runs the page."""
        self.page.wait_for_selector("#bench[data-ready]")

    def tap(self, what: Locator) -> None:
        """Tap, and look: nothing scrolls, nothing is too small for a glove."""
        what.click()
        self.taps += 1
        self.look()

    def look(self) -> None:
        """Note what does not fit or is too small to hit."""
        heading = self.place.locator("h2").inner_text()
        if (beyond := self.page.evaluate(SCROLLS)) > 0:
            self.wrong.append(f"{heading}: {beyond} px to scroll")
        self.wrong += [f"{heading}: {one}" for one in self.page.evaluate(SMALL)]

    def button(self, name: str) -> Locator:
        """Return a button of the place by the beginning of its name."""
        return self.place.get_by_role("button", name=re.compile(f"^{name}")).first

    def weigh(self, value: str) -> None:
        """Type and record; the button names the bottle that is proposed, and says it too."""
        self.field.fill(value)
        self.tap(self.button("Record"))

    @property
    def field(self) -> Locator:
        """The field of the reagent that is shown."""
        return self.place.locator("form.amount input[name=value]")

    def heading(self, words: str) -> None:
        """Expect to be at a place."""
        expect(self.place.locator("h2")).to_have_text(re.compile(words))

    def saved(self) -> None:
        """Expect that all is on the server."""
        expect(self.status).to_have_text("All saved")
