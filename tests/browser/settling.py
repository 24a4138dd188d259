"""Wait until a page has asked for all it needs, in milliseconds instead of the half second that "networkidle" waits."""

import time

from playwright.sync_api import Page, Request

PATIENCE_S = 20.0
QUIET_LOOKS = 2  # a request that one answer leads to is seen by the second look
TWO_FRAMES = """() => new Promise((resolve) =>
  requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(resolve))))"""


class Settling:
    """What a page still asks for. Made before the page goes anywhere."""

    def __init__(self, page: Page) -> None:
        self.page, self.open = page, set[Request]()
        page.on("request", lambda request: self.open.add(request))
        page.on("requestfinished", lambda request: self.open.discard(request))
        page.on("requestfailed", lambda request: self.open.discard(request))

    def wait(self) -> None:
        """Return when the page is loaded and nothing has been under way in several frames."""
        self.page.wait_for_load_state("load")
        end, quiet = time.monotonic() + PATIENCE_S, 0
        while quiet < QUIET_LOOKS:
            self.page.evaluate(TWO_FRAMES)
            quiet = 0 if self.open else quiet + 1
            if time.monotonic() > end:
                raise TimeoutError(f"Still asked for: {[one.url for one in self.open]}")
