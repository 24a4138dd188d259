"""What is asked of people about people."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from labnotebook.records.models import Role
from labnotebook.records.permissions import is_administrator, owned_projects
from labnotebook.records.refusals import Refusal


class RefusableForm(forms.Form):
    """A form at which a refusal is shown."""

    def add_refusal(self, refusal: Refusal) -> None:
        """Show a refusal at its field, or above the form."""
        self.add_error(refusal.field if refusal.field in self.fields else None, refusal.sentence)


class InviteForm(RefusableForm):
    """Who is invited, into what."""

    email = forms.EmailField(
        label=_("E-mail"),
        required=False,
        help_text=_(
            "The link is sent there when the notebook can send mail; it is shown in any case."
        ),
    )
    username = forms.CharField(
        label=_("Sign-in name"),
        max_length=150,
        required=False,
        help_text=_("Makes the person at once. Left empty, whoever uses the link chooses it."),
    )
    project = forms.ModelChoiceField(queryset=None, label=_("Project"), to_field_name="slug")
    role = forms.ChoiceField(label=_("Role"), choices=Role.choices, initial=Role.EDITOR)

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        project = self.fields["project"]
        project.queryset = owned_projects(user)
        if is_administrator(user):
            project.required, project.empty_label = False, _("none yet")


class PasswordFields(RefusableForm):
    """A password, typed twice."""

    password = forms.CharField(
        label=_("Password"),
        help_text=_("At least 12 characters; a few words in a row are fine."),
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
        strip=False,
    )
    again = forms.CharField(
        label=_("The same again"),
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
        strip=False,
    )

    def clean(self) -> dict[str, Any]:
        """Compare the two."""
        said = super().clean() or {}
        if said.get("again") and said.get("password") != said["again"]:
            self.add_error("again", _("This is not the same password. Type it again."))
        return said


class JoinForm(PasswordFields):
    """How somebody who was invited wants to be called."""

    username = forms.CharField(
        label=_("Sign-in name"),
        max_length=150,
        widget=forms.TextInput({"autocomplete": "username", "autocapitalize": "none"}),
        help_text=_("It stands beside everything you record."),
    )
    first_name = forms.CharField(label=_("First name"), max_length=150, required=False)
    last_name = forms.CharField(label=_("Last name"), max_length=150, required=False)
    field_order = ("username", "first_name", "last_name", "password", "again")


class MeForm(RefusableForm):
    """What a person says of herself."""

    first_name = forms.CharField(label=_("First name"), max_length=150, required=False)
    last_name = forms.CharField(label=_("Last name"), max_length=150, required=False)
    email = forms.EmailField(
        label=_("E-mail"), required=False, help_text=_("For links when you forget your password.")
    )
