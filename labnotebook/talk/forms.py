"""What people write beside a record."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from labnotebook.records.pages import OnceForm
from labnotebook.talk.models.task import LONGEST


class CommentForm(OnceForm):
    """A comment. How long it may be is refused by the service, so that nothing that was typed is cut."""

    text = forms.CharField(
        label=_("Comment"),
        widget=forms.Textarea({"rows": 3}),
        required=False,
        strip=False,
        help_text=_("@name tells a member of the project."),
    )


class TaskForm(OnceForm):
    """A task about a record, for one of ``people``."""

    todo = forms.CharField(
        label=_("What is to be done?"),
        required=False,
        widget=forms.TextInput({"maxlength": LONGEST}),
    )
    given_to = forms.ChoiceField(label=_("Who?"))
    due_date = forms.DateField(
        label=_("Until"), required=False, widget=forms.DateInput({"type": "date"}, "%Y-%m-%d")
    )

    def __init__(self, *args: Any, people: Iterable[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named = [(one.username, one.get_full_name() or one.username) for one in people]
        self.fields["given_to"].choices = named
