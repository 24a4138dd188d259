"""A webhook to set."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from labnotebook.records.services.happenings import EVENTS
from labnotebook.webhooks.models.webhook import LONGEST


class WebhookForm(forms.Form):
    """Where to tell what. It is no `OnceForm`: its answer shows a secret, which is kept nowhere."""

    address = forms.CharField(
        label=_("Address"),
        max_length=LONGEST,
        help_text=_("As in https://hooks.example.org/labnotebook"),
    )
    events = forms.MultipleChoiceField(
        label=_("Tell it of"),
        choices=[(one, one) for one in EVENTS],
        widget=forms.CheckboxSelectMultiple,
    )
