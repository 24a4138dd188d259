"""Which security events are asked for: the same questions by page and API."""

from __future__ import annotations

import django_filters
from django.forms import DateInput
from django.utils.translation import gettext_lazy as _

from labnotebook.records.models import SecurityEvent


class SecurityEventFilter(django_filters.FilterSet):
    """By account, kind, project and day."""

    person = django_filters.CharFilter("account", label=_("Account"), max_length=150)
    kind = django_filters.ChoiceFilter(
        choices=SecurityEvent.Kind.choices, label=_("What happened"), empty_label=_("anything")
    )
    project = django_filters.CharFilter("project__slug", label=_("Project"), max_length=60)
    day = django_filters.DateFilter(
        "at", "date", label=_("Day"), widget=DateInput({"type": "date"}, format="%Y-%m-%d")
    )

    class Meta:
        model = SecurityEvent
        fields = ("person", "kind", "project", "day")
