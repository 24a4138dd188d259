"""Forms of the device pages."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from devices.models import Architecture, Pixel
from devices.services.devices import LONGEST_NAME
from devices.services.layers import usable_batches
from devices.services.pixels import LONGEST_NOTE, MOST_PIXELS
from devices.stacks import materials_line
from labnotebook.records.models import Project, Role
from labnotebook.records.pages import OnceForm
from labnotebook.records.presentation.formulas import formula_text
from labnotebook.records.refusals import Refusal

BATCHES_OFFERED = 100
AREA_HELP = _("mm², or with a unit such as 0.04 cm². Leave it empty when it is not known.")


class RefusableForm(forms.Form):
    """A form that shows what a service refused."""

    def add_refusal(self, refusal: Refusal) -> None:
        """Show a refusal at its field, or above the form."""
        self.add_error(refusal.field if refusal.field in self.fields else None, refusal.sentence)


class ArchiveForm(OnceForm):
    """Why a device is put away, or taken out again."""

    reason = forms.CharField(label=_("Why?"), max_length=300, widget=forms.Textarea({"rows": 2}))


class NewDeviceForm(OnceForm):
    """Which stack, from which batch, with how many pixels."""

    architecture = forms.ChoiceField(label=_("Architecture"), widget=forms.RadioSelect)
    batch = forms.CharField(
        label=_("Emitter from batch"),
        required=False,
        max_length=20,
        help_text=_(
            "Code on the vial, such as NC-0042. Leave it empty when it is not from a batch."
        ),
        widget=forms.TextInput(attrs={"list": "batches", "autocomplete": "off"}),
    )
    project = forms.ChoiceField(label=_("Project"), required=False)
    pixel_count = forms.IntegerField(
        label=_("Number of pixels"), min_value=1, max_value=MOST_PIXELS, initial=4
    )
    pixel_area_mm2 = forms.CharField(
        label=_("Area of a pixel"), required=False, max_length=60, help_text=AREA_HELP
    )
    name = forms.CharField(label=_("Name"), required=False, max_length=LONGEST_NAME)
    built_at = forms.DateTimeField(
        label=_("Built"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"],
    )
    note = forms.CharField(
        label=_("Note"), required=False, max_length=10_000, widget=forms.Textarea(attrs={"rows": 4})
    )

    def __init__(self, *args: Any, user: Any, architectures: list[Architecture], **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["architecture"].choices = [(one.slug, _offer(one)) for one in architectures]
        mine = Project.objects.with_role(user, Role.EDITOR)
        self.fields["project"].choices = [
            ("", _("The project of the batch, or my first")),
            *mine.values_list("slug", "name"),
        ]
        self.fields["built_at"].initial = timezone.now
        self.batches = list(
            usable_batches(user)
            .filter(project__in=mine)
            .select_related("recipe_version__recipe")[:BATCHES_OFFERED]
        )

    @property
    def pixels(self) -> list[dict[str, Any]]:
        """The pixels asked for, P1 to Pn, all of one area."""
        area = self.cleaned_data["pixel_area_mm2"]
        count = self.cleaned_data["pixel_count"]
        return [{"label": f"P{n}", "area_mm2": area} for n in range(1, count + 1)]

    def add_refusal(self, refusal: Refusal) -> None:
        """Show a refusal at its field; one about a pixel's area at the area of all."""
        known = {"area_mm2": "pixel_area_mm2", "pixels": "pixel_count"}
        refusal.field = known.get(refusal.field, refusal.field)
        super().add_refusal(refusal)


class DeviceForm(RefusableForm):
    """Name and note of a device."""

    name = forms.CharField(label=_("Name"), required=False, max_length=LONGEST_NAME)
    note = forms.CharField(
        label=_("Note"), required=False, max_length=10_000, widget=forms.Textarea(attrs={"rows": 4})
    )


class NewPixelForm(OnceForm):
    """One more pixel."""

    label = forms.CharField(label=_("Label"), max_length=20)
    area_mm2 = forms.CharField(label=_("Area"), required=False, max_length=60, help_text=AREA_HELP)


class PixelForm(RefusableForm):
    """How a pixel behaves, and how large it is."""

    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[("", _("not looked at")), *Pixel.State.choices],
        widget=forms.RadioSelect,
    )
    area_mm2 = forms.CharField(label=_("Area"), required=False, max_length=60, help_text=AREA_HELP)
    note = forms.CharField(label=_("Note"), required=False, max_length=LONGEST_NOTE)

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        # A button of the device page sends the state alone; what was not sent is not changed.
        self.sent = {name for name in self.fields if name in self.data}

    @property
    def said(self) -> dict[str, str]:
        """The fields that came with the request."""
        return {name: value for name, value in self.cleaned_data.items() if name in self.sent}


class LayerForm(RefusableForm):
    """What a layer measures, and which batch or bottle it was made from."""

    thickness_measured_nm = forms.CharField(
        label=_("Measured thickness"),
        required=False,
        max_length=60,
        help_text=_("nm, or with a unit such as 12 Å. Empty: not measured."),
    )
    source = forms.CharField(
        label=_("Made from batch or bottle"),
        required=False,
        max_length=20,
        help_text=_("Code on the vial or bottle, such as NC-0042 or L-0007. Empty: not known."),
        widget=forms.TextInput(attrs={"list": "sources", "autocomplete": "off"}),
    )


def _offer(architecture: Architecture) -> str:
    line = materials_line((layer["role"], layer["material"]) for layer in architecture.layers)
    return formula_text(f"{architecture.name}: {line}")
