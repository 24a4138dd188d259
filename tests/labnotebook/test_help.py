"""The handbook inside the product: every page is there, and every link in it leads somewhere."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.conf import settings

from labnotebook.handbook.pages import HelpPage, handbook
from labnotebook.handbook.rendering import render_page
from tests.factories import make_person

PAGES = [page for pages in handbook().values() for page in pages]
FOLDERS = ("tutorial", "how-to", "reference", "decisions")


class Names(HTMLParser):
    """What a page names and where it leads."""

    def __init__(self, html):
        super().__init__()
        self.ids, self.links, self.tags = [], [], set()
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        said = dict(attrs)
        self.tags.add(tag)
        self.ids += [said["id"]] if "id" in said else []
        self.links += [said["href"]] if "href" in said else []


def each_page():
    return pytest.mark.parametrize("page", PAGES, ids=lambda page: f"{page.section}/{page.slug}")


def test_the_handbook_holds_every_page_of_the_docs():
    written = {
        str(path.relative_to(settings.BASE_DIR / "docs").with_suffix(""))
        for folder in FOLDERS
        for path in (settings.BASE_DIR / "docs" / folder).glob("*.md")
    }
    assert {f"{page.section}/{page.slug}" for page in PAGES} == written
    assert len(written) > 40


@each_page()
def test_every_link_of_a_page_leads_somewhere(page):
    by_address = {one.address: one for one in PAGES}
    for link in Names(render_page(page).html).links:
        if link.startswith("https://"):
            continue
        address, _hash, anchor = link.partition("#")
        target = by_address[address] if address else page
        if anchor:
            assert anchor in Names(render_page(target).html).ids, link


@each_page()
def test_a_page_has_one_name_for_each_heading_and_no_title_of_its_own(page):
    names = Names(render_page(page).html)
    assert len(names.ids) == len(set(names.ids))
    assert not names.tags & {"h1", "script", "style", "img"}


@each_page()
def test_the_parts_that_are_searched_are_the_headings_that_are_linked(page):
    ids = set(Names(render_page(page).html).ids)
    assert {part.anchor for part in page.parts[1:]} <= ids


def test_html_in_a_page_stays_text_and_links_out_of_the_handbook_are_words():
    page = HelpPage("how-to", "x", "# X\n\n<b>bold</b> [out](../../README.md) [a](#b)\n\n## B\n")
    html = render_page(page).html
    assert "&lt;b&gt;bold&lt;/b&gt;" in html
    assert "<span>out</span>" in html
    assert '<a href="#b">a</a>' in html


def test_formulas_are_typeset_and_code_is_not():
    html = render_page(HelpPage("how-to", "x", "# X\n\nPbI2 and `PbI2`\n")).html
    assert "PbI<sub>2</sub> and <code>PbI2</code>" in html


def test_the_image_of_the_product_holds_the_handbook():
    assert "COPY docs docs" in (Path(settings.BASE_DIR) / "Dockerfile").read_text()


@pytest.mark.django_db
def test_help_lists_its_pages_and_the_keys(client):
    client.force_login(make_person())
    page = client.get("/help/").content.decode()
    assert "Your first batch" in page
    assert 'href="/help/how-to/add-a-bottle/"' in page
    assert re.search(r"<kbd>g</kbd>\s*<kbd>b</kbd>", page)


@pytest.mark.django_db
def test_a_page_of_the_handbook_is_shown_and_an_unknown_one_is_not(client):
    client.force_login(make_person())
    page = client.get("/help/how-to/add-a-bottle/")
    assert page.status_code == 200
    for wrong in ("how-to/nothing", "images/batch", "how-to/README"):
        assert client.get(f"/help/{wrong}/").status_code == 404


@pytest.mark.django_db
def test_the_search_finds_where_the_handbook_speaks_of_it(client):
    client.force_login(make_person())
    page = client.get("/search/", {"q": "tetrahydrate", "only": "help"}).content.decode()
    assert 'href="/help/tutorial/first-batch/#2-plan"' in page
