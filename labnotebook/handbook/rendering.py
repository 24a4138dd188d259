"""Turn a page of Markdown into HTML: links between pages work, formulas are typeset, wide parts scroll."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from django.utils.html import escape
from django.utils.safestring import SafeString
from markdown_it import MarkdownIt
from markdown_it.token import Token

from labnotebook.handbook.pages import HelpPage, anchor_of, find_page
from labnotebook.records.presentation.formulas import formula_html


class Heading(NamedTuple):
    """A heading of the second level, for the list beside the page."""

    anchor: str
    title: str


class Rendered(NamedTuple):
    """A page as HTML, without its title, and its headings."""

    html: SafeString
    headings: tuple[Heading, ...]


@lru_cache(maxsize=128)
def render_page(page: HelpPage) -> Rendered:
    """Return the page as HTML."""
    reader = _reader()
    tokens = reader.parse(page.source)
    if tokens and tokens[0].type == "heading_open" and tokens[0].tag == "h1":
        tokens = tokens[3:]  # the title stands at the head of the page
    headings = []
    for token, inside in pairwise(tokens):
        if token.type == "heading_open":
            title = _text_of(inside)
            token.attrSet("id", anchor_of(title))
            if token.tag == "h2":
                headings.append(Heading(anchor_of(title), title))
        elif token.type == "inline":
            _link(page, token.children or [])
    html = reader.renderer.render(tokens, reader.options, {})
    return Rendered(SafeString(html), tuple(headings))


def _reader() -> MarkdownIt:
    """Return a reader of Markdown that lets no HTML of its own through."""
    reader = MarkdownIt("commonmark", {"html": False}).enable("table")
    reader.add_render_rule("text", _text)
    reader.add_render_rule("fence", _block)
    reader.add_render_rule("code_block", _block)
    reader.add_render_rule("table_open", lambda *_: '<div class="wide" tabindex="0"><table>')
    reader.add_render_rule("table_close", lambda *_: "</table></div>")
    reader.add_render_rule("image", lambda _self, tokens, at, *_: escape(tokens[at].content))
    return reader


def _text(_renderer: Any, tokens: Sequence[Token], at: int, *_: Any) -> str:
    return str(formula_html(tokens[at].content))


def _block(_renderer: Any, tokens: Sequence[Token], at: int, *_: Any) -> str:
    return f'<pre tabindex="0"><code>{escape(tokens[at].content)}</code></pre>\n'


def _text_of(inline: Token) -> str:
    return "".join(child.content for child in inline.children or [])


def _link(page: HelpPage, children: list[Token]) -> None:
    """Lead each link to where it leads from here; one that leads out of the handbook becomes plain words."""
    leads = True
    for child in children:
        if child.type == "link_open":
            address = _address(page, str(child.attrGet("href") or ""))
            leads = bool(address)
            if leads:
                child.attrSet("href", address)
            else:
                child.tag, child.attrs = "span", {}
        elif child.type == "link_close" and not leads:
            child.tag, leads = "span", True


def _address(page: HelpPage, target: str) -> str:
    """Return where a link of a page leads, empty when that is not in the handbook."""
    parts = urlsplit(target)
    if parts.scheme == "https" or (not parts.path and parts.fragment):
        return target
    folders = [page.section]
    *way, name = parts.path.split("/")
    for step in way:
        folders = folders[:-1] if step == ".." else [*folders, step]
    slug, dot, ending = name.rpartition(".")
    found = find_page("/".join(folders), slug) if dot and ending == "md" else None
    if found is None:
        return ""
    return f"{found.address}#{parts.fragment}" if parts.fragment else found.address
