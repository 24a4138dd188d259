"""The lab's chemicals: list, one, add, correct."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from labnotebook.records.asked import search_words, whole_number
from labnotebook.records.pages import form_version, saved
from labnotebook.records.permissions import require_lab_editor
from labnotebook.records.services.telling import tell
from labnotebook.records.views.current import may_write
from synthesis.chemistry.formula_doubts import DoubtfulFormula
from synthesis.chemistry.formulas import UnreadableFormula, read_formula
from synthesis.chemistry.labels import PICTOGRAMS, UnfitLabel, checked_name
from synthesis.chemistry.species import species_words, with_said
from synthesis.forms_chemicals import ChemicalCorrectionForm, ChemicalForm, read_species
from synthesis.models import Chemical, Material
from synthesis.services import chemicals
from synthesis.views.chemical_history import tellers_of

PAGE = 100


@require_safe
def chemical_list(request: HttpRequest) -> HttpResponse:
    """Show the lab's chemicals, and how many bottles the person may see of each; ``?q=`` narrows them."""
    mine = Q(materials__in=Material.objects.visible_to(request.user))
    rows = Chemical.objects.annotate(bottles=Count("materials", filter=mine, distinct=True))
    rows = rows.order_by("name", "pk")  # grouping drops the order of the model
    words = search_words(request)
    if words:
        rows = rows.holding(words)
    first = whole_number(request.GET.get("from", ""), digits=6) or 0
    found = list(rows[first : first + PAGE + 1])
    context = {
        "chemicals": found[:PAGE],
        "next_from": first + PAGE if len(found) > PAGE else None,
        "words": words,
        "may_write": may_write(request),
    }
    return render(request, "synthesis/chemical_list_page.html", context)


@require_safe
def chemical_detail(request: HttpRequest, slug: str) -> HttpResponse:
    """Show one chemical: what its label says, what follows from its formula, its bottles, its history."""
    chemical = get_object_or_404(Chemical, slug=slug)
    formula = chemicals.formula_of(chemical)
    bottles = Material.objects.visible_to(request.user).filter(chemical=chemical)
    context = {
        "chemical": chemical,
        "formula": formula,
        "species": _species(chemicals.species_of(chemical)),
        "pictograms": [(code, PICTOGRAMS.get(code, "")) for code in chemical.pictograms],
        "bottles": bottles.order_by("-pk")[:PAGE],
        "visits": tell([chemical], tellers_of),
        "may_write": may_write(request),
    }
    return render(request, "synthesis/chemical_detail_page.html", context)


@require_http_methods(["GET", "POST"])
def chemical_new(request: HttpRequest) -> HttpResponse:
    """Add a chemical. htmx asks for the same address as the formula is typed and gets its reading."""
    if request.htmx and request.method == "GET":
        return render(request, "synthesis/_chemical_reading.html", _reading(request.GET))
    asked = {name: request.GET.get(name, "")[:200] for name in ("name", "formula", "cas")}
    form = ChemicalForm(request.POST or None, initial=asked)

    def save() -> str:
        made = chemicals.add_chemical(by=request.user, **form.said())
        return reverse("synthesis:chemical-detail", args=[made.slug])

    answer = saved(request, form, save)
    if answer:
        return answer
    context = {"form": form, "may_write": may_write(request), **_reading(request.POST or asked)}
    return render(
        request, "synthesis/chemical_new_page.html", context, status=422 if form.errors else 200
    )


@require_http_methods(["GET", "POST"])
def chemical_correct(request: HttpRequest, slug: str) -> HttpResponse:
    """Correct what is said of a chemical, with a reason."""
    require_lab_editor(request.user)
    chemical = get_object_or_404(Chemical, slug=slug)
    form = ChemicalCorrectionForm(request.POST or None, initial=ChemicalForm.initial_of(chemical))

    def save() -> str:
        chemicals.correct_chemical(
            by=request.user,
            chemical=chemical,
            version=form_version(request),
            reason=form.cleaned_data["reason"],
            **form.said(),
        )
        return reverse("synthesis:chemical-detail", args=[chemical.slug])

    answer = saved(request, form, save)
    if answer:
        return answer
    typed = request.POST or ChemicalForm.initial_of(chemical)
    context = {"form": form, "chemical": chemical, **_reading(typed)}
    return render(
        request, "synthesis/chemical_correct_page.html", context, status=422 if form.errors else 200
    )


def _reading(typed: Any) -> dict[str, Any]:
    """Return how the typed formula is read: mass, species, waters; or the question about it."""
    text = str(typed.get("formula", "")).replace("\x00", "")[:200]
    name = str(typed.get("name", ""))[:200]
    if not text.strip():
        return {"reading": None}
    try:
        formula = read_formula(text)
    except UnreadableFormula as refusal:
        readings = refusal.readings if isinstance(refusal, DoubtfulFormula) else ()
        return {"reading": None, "question": str(refusal), "readings": readings}
    try:
        called, remark = checked_name(name, formula) if name.strip() else "", ""
    except UnfitLabel as refusal:
        called, remark = "", str(refusal)
    return {
        "reading": formula,
        "species": _species(with_said(formula.species, _said(typed))),
        "called": called if called != " ".join(name.split()) else "",
        "remark": remark,
    }


def _said(typed: Any) -> dict[str, Decimal]:
    """Return the species that are typed beside the formula, none while they cannot be read."""
    try:
        return read_species(str(typed.get("species", ""))[:200])
    except ValidationError:
        return {}


def _species(species: Any) -> list[tuple[str, str, Any]]:
    """Return each species with its name in words where it has one, and its number."""
    return [
        (name, "" if species_words(name) == name else species_words(name), number)
        for name, number in species.items()
    ]
