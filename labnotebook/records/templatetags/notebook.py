"""Filters and tags of every page: navigation, quantities, formulas, phases, figures, times."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple

from django import template
from django.forms import BoundField
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.timezone import is_aware, localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from labnotebook.records.presentation import numbers
from labnotebook.records.presentation.figure import phase_mark
from labnotebook.records.presentation.formulas import formula_html, formula_text
from labnotebook.records.presentation.markup import Markup
from labnotebook.records.presentation.numbers import format_quantity, plain_number

register = template.Library()
TIME_FORMS = {"time": "j M, H:i", "day": "j M Y", "full": "j M Y, H:i:s", "clock": "H:i:s"}


class Section(NamedTuple):
    """One word of the main navigation: its URL name and the paths that lie under it."""

    word: str
    url_name: str
    prefixes: tuple[str, ...]


SECTIONS = {
    "today": Section(gettext_noop("Today"), "today", ()),
    "recipes": Section(gettext_noop("Recipes"), "synthesis:recipe-list", ("/recipes/", "/plan/")),
    "batches": Section(gettext_noop("Batches"), "synthesis:batch-list", ("/b/", "/m/")),
    "devices": Section(gettext_noop("Devices"), "devices:device-list", ("/d/",)),
    "materials": Section(
        gettext_noop("Materials"), "synthesis:material-list", ("/lots/", "/stocks/", "/materials/")
    ),
    "history": Section(gettext_noop("History"), "analysis:history", ("/history/", "/explore/")),
    "forecast": Section(gettext_noop("Forecast"), "analysis:forecast", ("/forecast/", "/predict/")),
    "search": Section(gettext_noop("Search"), "search", ("/search/",)),
}


@register.simple_tag(takes_context=True)
def nav_link(context: template.Context, key: str, icon: str = "") -> SafeString:
    """Return the link of a navigation word, marked when the page lies under it.

    A view may put `section` (a key of SECTIONS) into its context when its path does not tell.
    """
    section = SECTIONS[key]
    href = reverse(section.url_name)
    path = getattr(context.get("request"), "path", "")
    chosen = context.get("section")
    inside = path == href or path.startswith(section.prefixes) if section.prefixes else path == href
    if chosen == key or (not chosen and inside):
        current: Any = format_html(' aria-current="{}"', "page" if path == href else "true")
    else:
        current = ""
    picture: Any = ""
    if icon:
        picture = format_html(
            '<svg class="i" aria-hidden="true"><use href="#{}"></use></svg>', icon
        )
    return format_html('<a href="{}"{}>{}{}</a>', href, current, picture, _(section.word))


@register.filter
def initials(user: Any) -> str:
    """Return up to two letters of a person's name for the round badge."""
    name = str(user.get_full_name() or user.get_username())
    return "".join(word[0] for word in name.replace(".", " ").split()[:2]).upper() or "?"


@register.filter
def formula(text: Any) -> SafeString:
    """Return text with the counts of its formulas below the line; None is empty, markup stays."""
    if isinstance(text, SafeString) and "<" in text:
        return text
    return SafeString(formula_html(str(text)) if text is not None else "")


@register.filter
def formula_plain(text: Any) -> str:
    """Return text with Unicode subscripts, for titles, options and attributes."""
    return formula_text(str(text)) if text is not None else ""


@register.filter
def number(value: Any, digits: int = 4) -> str:
    """Return a number as text: true minus, thousands set apart, typed digits kept, "—" for None."""
    return plain_number(_number(value), digits)


@register.simple_tag
def quantity(
    value: Any,
    uncertainty: Any = None,
    unit: str = "",
    low: Any = None,
    high: Any = None,
    places: int | str | None = None,
    below: bool = False,
) -> SafeString:
    """Return value, uncertainty or interval, and unit: ``{% quantity 686.2 0.3 "nm" %}``."""
    parts = format_quantity(
        _number(value),
        _number(uncertainty),
        unit or "",
        low=_number(low),
        high=_number(high),
        places=None if places in (None, "") else int(str(places)),
        below=bool(below),
    )
    return SafeString(parts.html())


@register.simple_tag
def short_quantity(
    value: Any, uncertainty: Any = None, unit: str = "", low: Any = None, high: Any = None
) -> SafeString:
    """Return a quantity with at most four significant digits, for figures read at a glance."""
    parts = numbers.short_quantity(
        _number(value), _number(uncertainty), unit or "", low=_number(low), high=_number(high)
    )
    return SafeString(parts.html())


@register.filter
def phase(key: str | None, word: str = "") -> SafeString:
    """Return mark and word of a phase; None and other words are drawn as unknown."""
    return SafeString(phase_mark(key, word))


@register.simple_tag
def svg(drawing: Any) -> SafeString:
    """Return a figure with caption and key, or a plot or block alone; nothing for None."""
    if drawing is None:
        return SafeString("")
    if isinstance(drawing, Markup):
        return SafeString(drawing)
    return SafeString(drawing.html() if hasattr(drawing, "html") else drawing.svg())


@register.filter
def local_time(moment: datetime | None, form: str = "time") -> SafeString:
    """Return a moment in the lab's zone as a ``time`` element: form is time, day, full or clock."""
    if not moment:  # none, or a row that is not there
        return SafeString("—")
    here = localtime(moment) if is_aware(moment) else moment
    words = date_format(here, TIME_FORMS[form])
    return format_html('<time datetime="{}">{}</time>', moment.isoformat(), words)


@register.simple_tag
def time_span(start: datetime | None, end: datetime | None, form: str = "full") -> SafeString:
    """Return from when to when, with both dates when they differ.

    form: full (dates and times), clock (times alone while it is one day).
    """
    if start is None:
        return local_time(end, "time")
    if end is None:
        return local_time(start, "clock" if form == "clock" else "time")
    one_day = _day(start) == _day(end)
    first = local_time(start, "clock" if form == "clock" and one_day else "time")
    if (end - start).total_seconds() < 1:
        return first
    return format_html("{} – {}", first, local_time(end, "clock" if one_day else "time"))


def _day(moment: datetime) -> date:
    return (localtime(moment) if is_aware(moment) else moment).date()


def _number(value: Any) -> Decimal | float | int | None:
    """Return what a template handed over as a number; empty text is unknown."""
    if value is None or value == "":
        return None
    if isinstance(value, str):
        try:
            return Decimal(value.replace(",", "."))
        except InvalidOperation:
            return None
    return value if isinstance(value, Decimal | int) else float(value)


class Pill(NamedTuple):
    """How a state is shown: colour class, icon, word."""

    colour: str
    icon: str
    word: str


PILLS = {
    "planned": Pill("", "", gettext_noop("planned")),
    "running": Pill("run", "clock", gettext_noop("running")),
    "made": Pill("ok", "check", gettext_noop("made")),
    "signed": Pill("ok", "lock", gettext_noop("signed")),
    "abandoned": Pill("bad", "x", gettext_noop("abandoned")),
    "waiting": Pill("", "clock", gettext_noop("waiting")),
    "done": Pill("ok", "check", gettext_noop("done")),
    "failed": Pill("bad", "x", gettext_noop("failed")),
    "dead": Pill("bad", "x", gettext_noop("given up")),
    "accepted": Pill("ok", "check", gettext_noop("accepted")),
    "rejected": Pill("bad", "x", gettext_noop("rejected")),
    "draft": Pill("", "edit", gettext_noop("draft")),
    "published": Pill("ok", "lock", gettext_noop("published")),
    "working": Pill("ok", "check", gettext_noop("working")),
    "shorted": Pill("bad", "x", gettext_noop("shorted")),
    "open": Pill("warn", "warn", gettext_noop("open")),
    "leaky": Pill("warn", "warn", gettext_noop("leaky")),
    "simulated": Pill("warn", "warn", gettext_noop("simulated")),
    "archived": Pill("", "box", gettext_noop("archived")),
    "expected": Pill("", "clock", gettext_noop("expected")),
    "partly_confirmed": Pill("run", "clock", gettext_noop("partly confirmed")),
    "confirmed": Pill("ok", "check", gettext_noop("confirmed")),
    "contradicted": Pill("bad", "x", gettext_noop("contradicted")),
    "deviation": Pill("warn", "warn", gettext_noop("deviation")),
}


@register.simple_tag
def state_pill(state: str | None, word: str = "") -> SafeString:
    """Return a state as a pill with colour, icon and word; an unknown state shows its own word."""
    pill = PILLS.get(str(state), Pill("", "", str(state or _("unknown"))))
    icon: Any = ""
    if pill.icon:
        icon = format_html(
            '<svg class="i" aria-hidden="true"><use href="#i-{}"></use></svg>', pill.icon
        )
    return format_html(
        '<span class="{}">{}{}</span>', f"pill {pill.colour}".strip(), icon, word or _(pill.word)
    )


@register.simple_tag
def marks(record: Any) -> SafeString:
    """Return what has to stand beside a record wherever it is shown: that it is simulated, or archived.

    Lists load its ``project``.
    """
    said = []
    if record.project.is_simulated:
        said.append(state_pill("simulated"))
    if getattr(record, "archived_at", None) or getattr(record, "archived", "") == "yes":
        said.append(state_pill("archived"))
    return format_html_join(" ", "{}", ((one,) for one in said))


@register.simple_tag
def widget(field: BoundField, hint: str = "", unit: str = "", **attrs: Any) -> SafeString:
    """Return the widget of a form field, described by its unit, hint and error."""
    described = [f"{field.auto_id}_unit"] if unit else []
    if hint or field.help_text:
        described.append(f"{field.auto_id}_helptext")
    if field.errors:
        described.append(f"{field.auto_id}_error")
    if described:
        attrs["aria-describedby"] = " ".join(described)
    return field.as_widget(attrs=attrs)


@register.simple_tag
def field_notes(field: BoundField, hint: str = "") -> SafeString:
    """Return hint and errors of a form field under the ids that its widget is described by."""
    notes = []
    words = hint or field.help_text
    if words:
        notes.append(format_html('<p class="help" id="{}_helptext">{}</p>', field.auto_id, words))
    if field.errors:
        errors = format_html_join(" ", "{}", ((error,) for error in field.errors))
        notes.append(format_html('<p class="err" id="{}_error">{}</p>', field.auto_id, errors))
    return format_html_join("", "{}", ((note,) for note in notes))
