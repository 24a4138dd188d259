"""What the explorer asks for when a question is kept."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from analysis.services.saved_questions import LONGEST_NAME
from labnotebook.records.models import Project
from labnotebook.records.pages import OnceForm


class SaveQuestionForm(OnceForm):
    """A name, and where there are several, the project that keeps it."""

    name = forms.CharField(label=_("Name"), max_length=LONGEST_NAME)
    project = forms.ChoiceField(label=_("Project"), required=False)

    def __init__(self, *args: Any, projects: Sequence[Project], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["project"].choices = [(one.slug, one.name) for one in projects]
        if len(projects) < 2:
            del self.fields["project"]
