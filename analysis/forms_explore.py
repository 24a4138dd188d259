"""What the explorer asks for when a question is kept, and what boards ask for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from analysis.models import SavedQuestion
from analysis.services.saved_questions import LONGEST_NAME
from labnotebook.records.models import Project
from labnotebook.records.pages import OnceForm
from labnotebook.records.refusals import Refusal


class NamedInProjectForm(OnceForm):
    """A name, and where there are several, the project that keeps it."""

    name = forms.CharField(label=_("Name"), max_length=LONGEST_NAME)
    project = forms.ChoiceField(label=_("Project"), required=False)

    def __init__(self, *args: Any, projects: Sequence[Project], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["project"].choices = [(one.slug, one.name) for one in projects]
        if len(projects) < 2:
            del self.fields["project"]


class SaveQuestionForm(NamedInProjectForm):
    """What a question is kept as."""


class BoardForm(NamedInProjectForm):
    """What a new board is called."""


class AddQuestionForm(forms.Form):
    """Which question comes onto a board."""

    question = forms.ModelChoiceField(
        label=_("Saved question"), queryset=SavedQuestion.objects.none(), empty_label=None
    )

    def __init__(self, *, questions: QuerySet[SavedQuestion]) -> None:
        super().__init__()
        self.fields["question"].queryset = questions

    def show(self, refusal: Refusal) -> None:
        """Show a refusal above the form."""
        self._errors = forms.utils.ErrorDict()
        self.cleaned_data: dict[str, Any] = {}
        self.add_error(None, refusal.sentence)
