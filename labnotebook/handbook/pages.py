"""The pages of the handbook: what there is, what they are called, and where words stand in them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

from django.conf import settings
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

FOLDER = settings.BASE_DIR / "docs"
SECTIONS: dict[str, str | Promise] = {
    "tutorial": _("Begin here"),
    "how-to": _("How to"),
    "reference": _("Look it up"),
    "decisions": _("Why it is made so"),
}
HEADING = re.compile(r"^#{1,6} +(.+)$", re.MULTILINE)
FENCE = re.compile(r"^ *```.*?^ *```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)")
NOT_IN_WORDS = re.compile(r"[^\w\- ]+")
MARKS = str.maketrans("|", " ", "`*#")
RULE = re.compile(r"^[ |]*-{3}[-| ]*$", re.MULTILINE)  # below the head of a table


@dataclass(frozen=True, slots=True)
class Part:
    """What stands under one heading, as plain text."""

    anchor: str
    heading: str
    text: str


@dataclass(frozen=True)
class HelpPage:
    """One page: ``how-to/add-a-bottle``. What is read out of its source is read once."""

    section: str
    slug: str
    source: str

    @property
    def address(self) -> str:
        """Where it is read."""
        return reverse("help-page", args=[self.section, self.slug])

    @cached_property
    def title(self) -> str:
        """Its first heading."""
        found = HEADING.search(self.source)
        return plain(found[1]) if found else self.slug

    @cached_property
    def parts(self) -> tuple[Part, ...]:
        """What it says, by heading."""
        # A comment in a script is no heading.
        source = FENCE.sub(lambda block: block[0].replace("\n#", "\n "), self.source)
        heads = list(HEADING.finditer(source))
        ends = [*(head.start() for head in heads[1:]), len(source)]
        return tuple(
            Part(anchor_of(plain(head[1])), plain(head[1]), plain(source[head.end() : end]))
            for head, end in zip(heads, ends, strict=True)
        )


def plain(source: str) -> str:
    """Return the words of a piece of Markdown."""
    return " ".join(LINK.sub(r"\1", RULE.sub("", source)).translate(MARKS).split())


def anchor_of(heading: str) -> str:
    """Return the name under which a heading is linked to, as on the usual hosts of such pages."""
    return NOT_IN_WORDS.sub("", heading.lower()).replace(" ", "-")


@lru_cache(maxsize=1)
def handbook() -> dict[str, tuple[HelpPage, ...]]:
    """Return every page, by section; read once, since it comes with the code."""
    return {section: tuple(_pages(FOLDER / section)) for section in SECTIONS}


def _pages(folder: Path) -> list[HelpPage]:
    files = sorted(folder.glob("*.md"))
    return [HelpPage(folder.name, file.stem, file.read_text(encoding="utf-8")) for file in files]


def find_page(section: str, slug: str) -> HelpPage | None:
    """Return one page, None where there is none."""
    return next((page for page in handbook().get(section, ()) if page.slug == slug), None)
