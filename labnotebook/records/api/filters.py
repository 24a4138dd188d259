"""Filters that refuse what they do not understand."""

from __future__ import annotations

from typing import Any

import django_filters
from django import forms


class YesNoField(forms.Field):
    """``true`` or ``false``; anything else is refused, so that it never means every row."""

    widget = forms.TextInput

    def to_python(self, value: Any) -> bool | None:
        """Read the word; nothing at all asks nothing."""
        if value is None:
            return None
        known = {"true": True, "1": True, "false": False, "0": False}
        if str(value).lower() not in known:
            raise forms.ValidationError("Write true or false, or leave the parameter out.")
        return known[str(value).lower()]


class YesNoFilter(django_filters.BooleanFilter):
    """A condition that holds or does not."""

    field_class = YesNoField
