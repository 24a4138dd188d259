"""Boards: saved questions of a project on one page, in the order that its editors gave them."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from analysis.forms_explore import AddQuestionForm, BoardForm
from analysis.models import Board, SavedQuestion
from analysis.services.boards import boards, change_board, end_board, make_board, questions_of
from analysis.views.embedded import in_frame, is_embedded
from analysis.views.explore_cards import card_of_saved
from labnotebook.records.asked import whole_number
from labnotebook.records.pages import form_version, saved
from labnotebook.records.permissions import pick_project
from labnotebook.records.refusals import Refusal, StaleWrite
from labnotebook.records.views.current import current_project, may_write, my_projects


@require_http_methods(["GET", "HEAD", "POST"])
def board_list(request: HttpRequest) -> HttpResponse:
    """List the boards of the person's projects; begin one."""
    current = current_project(request)
    mine = [one for one in my_projects(request) if may_write(request, one.pk)]
    form = BoardForm(request.POST or None, projects=sorted(mine, key=lambda one: one != current))

    def make() -> str:
        said = form.cleaned_data
        slug = said.get("project") or (current.slug if current else None)
        project = pick_project(request.user, slug)
        return make_board(by=request.user, project=project, name=said["name"]).get_absolute_url()

    gone = saved(request, form, make)
    context = {
        "form": form,
        "boards": boards(request.user),
        "may_write": may_write(request),
        "crumbs": [
            (reverse("analysis:history"), _("History")),
            (reverse("analysis:explore"), _("Explore")),
            ("", _("Boards")),
        ],
    }
    return gone or render(
        request, "analysis/board_list_page.html", context, status=422 if form.errors else 200
    )


@require_safe
def board_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a board, each question asked now by who looks; ``?embed=1`` for a frame of ours."""
    return _page(request, _find(request, pk))


@require_POST
def board_change(request: HttpRequest, pk: int) -> HttpResponse:
    """Add, move or take out a question, or take the board off the list."""
    board = _find(request, pk)
    act = request.POST.get("do", "")
    if act == "end":
        end_board(by=request.user, board=board)
        return redirect("analysis:board-list")
    question = whole_number(request.POST.get("question", ""), digits=18)
    try:
        order = _arranged(list(board.questions), act, question)
        change_board(by=request.user, board=board, version=form_version(request), questions=order)
    except Refusal as refusal:
        return _page(request, _find(request, pk), refusal)
    return redirect(board)


def _arranged(order: list[int], act: str, question: int | None) -> list[int]:
    """Return the order of the questions after one change."""
    if question is None or act not in ("add", "up", "down", "remove"):
        raise Refusal("Say which question to add, to move or to take out.", field="question")
    if act == "add":
        return [*order, question]
    if question not in order:
        raise Refusal("This question is not on the board any more.", field="question")
    place = order.index(question)
    order.remove(question)
    if act != "remove":
        order.insert(max(place - 1, 0) if act == "up" else place + 1, question)
    return order


def _find(request: HttpRequest, pk: int) -> Board:
    rows = Board.objects.visible_to(request.user).select_related("project", "made_by")
    return get_object_or_404(rows, pk=pk)


def _page(request: HttpRequest, board: Board, refusal: Refusal | None = None) -> HttpResponse:
    on_it = questions_of(board)
    cards = [card_of_saved(request, one) for one in on_it]
    if is_embedded(request):
        return in_frame(request, cards, board.name)
    others = SavedQuestion.objects.filter(project=board.project, ended_at=None)
    form = AddQuestionForm(
        questions=others.exclude(pk__in=[one.pk for one in on_it]).order_by("name", "pk")
    )
    if refusal is not None:
        form.show(refusal)
    context = {
        "board": board,
        "cards": list(zip(on_it, cards, strict=True)),
        "form": form,
        "may_change": may_write(request, board.project_id) and board.ended_at is None,
        "frame": request.build_absolute_uri(f"{board.get_absolute_url()}?embed=1"),
    }
    status = 200
    if refusal is not None:
        status = refusal.status if isinstance(refusal, StaleWrite) else 422
    return render(request, "analysis/board_page.html", context, status=status)
