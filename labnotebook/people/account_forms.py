"""The forms of allauth, where the notebook asks for more."""

from __future__ import annotations

from typing import Any

from allauth.account import forms as account_forms
from allauth.core import context
from django import forms
from django.utils.translation import gettext_lazy as _

from labnotebook.records.services.sessions import end_sessions
from labnotebook.records.services.tokens import living_tokens, revoke_token


class LoginForm(account_forms.LoginForm):
    """The door; what to do about a forgotten password stands below it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].help_text = ""


class ChangePasswordForm(account_forms.ChangePasswordForm):
    """A new password: all other sessions end, and what becomes of the tokens is asked."""

    tokens = forms.ChoiceField(
        label=_("Your API tokens"),
        choices=[("keep", _("go on working")), ("revoke", _("stop working, all of them"))],
        widget=forms.RadioSelect,
        help_text=_("Stop them when somebody else may know the old password."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["oldpassword"].help_text = ""
        if not living_tokens(self.user).exists():
            del self.fields["tokens"]

    def save(self) -> None:
        """Set the password, end the other sessions and, if so said, revoke the tokens."""
        super().save()
        end_sessions(self.user, but=context.request.session.session_key)
        if self.cleaned_data.get("tokens") == "revoke":
            for token in living_tokens(self.user):
                revoke_token(by=self.user, token=token)
