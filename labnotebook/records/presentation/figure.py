"""A figure of the notebook: drawings that belong together, with caption and key."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from .axes import Values
from .formulas import formula_html
from .markup import Markup, escape
from .plots import NO_PHASE, PHASE_WORDS, Plot, phase_key

GAP_WORDS = "phase unmeasured"  # other numbers may well have been measured there


@dataclass(frozen=True)
class Figure:
    """Drawings that belong together, their title, a note beside it and the key of their marks."""

    plots: Sequence[Plot]
    title: str = ""
    note: str = ""
    key: Sequence[Markup] = field(default_factory=tuple)

    def svg(self) -> Markup:
        """Return the drawings alone."""
        return Markup("".join(plot.svg() for plot in self.plots))

    def html(self) -> Markup:
        """Return the figure with its caption and key."""
        title = f"<h3>{formula_html(self.title)}</h3>" if self.title else ""
        caption = ""
        if title or self.note:
            caption = f"<figcaption>{title}{formula_html(self.note)}</figcaption>"
        key = f'<p class="key">{"".join(self.key)}</p>' if self.key else ""
        return Markup(f'<figure class="fig">{caption}{self.svg()}{key}</figure>')

    def titled(self, title: str, note: str = "") -> Figure:
        """Return the same figure under another title."""
        return Figure(self.plots, title, note, self.key)


class Curve(NamedTuple):
    """One named curve of a figure that draws several."""

    label: str
    x: Values
    y: Values
    strong: bool = False


def phase_mark(phase: str | None, text: str = "") -> Markup:
    """Return mark and word of a phase; `text` replaces the word. What has no phase has no mark."""
    if phase == NO_PHASE:
        return Markup(f'<span class="muted">{escape(text or "no phase")}</span>')
    key = phase_key(phase)
    word = escape(text or PHASE_WORDS[key])
    return Markup(
        f'<span class="ph {key}"><svg viewBox="-7 -7 14 14" aria-hidden="true">'
        f'<use href="#m-{key}"></use></svg><span>{word}</span></span>'
    )


def phase_key_items(phases: Sequence[str], *, gap: bool = False) -> tuple[Markup, ...]:
    """Return the key of a figure: one item a phase, one for the unmeasured field."""
    items = [phase_mark(phase) for phase in phases]
    if gap:
        items.append(
            Markup(
                '<span><svg class="sw" aria-hidden="true"><rect class="gapfill" width="18" '
                f'height="10"/></svg>{escape(GAP_WORDS)}</span>'
            )
        )
    return tuple(items)


def curve_key(*items: tuple[str, str]) -> tuple[Markup, ...]:
    """Return the key of curves: pairs of style classes and words."""
    return tuple(
        Markup(
            f'<span><svg class="sw" aria-hidden="true"><line class="ln {escape(style)}" x2="18" '
            f'y1="5" y2="5"/></svg>{escape(words)}</span>'
        )
        for style, words in items
    )
