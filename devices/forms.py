"""Forms of the device pages."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from devices.layouts import OF_ARCHITECTURE
from devices.models import Layer, Pixel
from devices.services.architectures import Architecture
from devices.services.devices import LONGEST_NAME
from devices.services.layers import usable_batches
from devices.services.layouts import layouts_of
from devices.services.pixels import LONGEST_NOTE, MOST_PIXELS
from devices.services.runs import MOST_SUBSTRATES
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


class BuildForm(OnceForm):
    """Which stack, from which batch, with how many pixels: of one device, or of every one of a run."""

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
    layout = forms.ChoiceField(label=_("Pixels"), required=False)
    layout_of = forms.CharField(
        label=_("Or as on device"),
        required=False,
        max_length=20,
        widget=forms.TextInput(attrs={"placeholder": "D-0012", "autocomplete": "off"}),
    )
    pixel_count = forms.IntegerField(
        label=_("Or how many"), required=False, min_value=1, max_value=MOST_PIXELS
    )
    pixel_area_mm2 = forms.CharField(
        label=_("Area of a pixel"), required=False, max_length=60, help_text=AREA_HELP
    )
    name = forms.CharField(label=_("Name"), required=False, max_length=LONGEST_NAME)

    def __init__(self, *args: Any, user: Any, architectures: list[Architecture], **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["architecture"].choices = [(one.slug, _offer(one)) for one in architectures]
        offered = {one.key: one.name for arch in architectures for one in layouts_of(arch)}
        offered.pop(OF_ARCHITECTURE, None)
        self.fields["layout"].choices = [
            ("", _("as the architecture says, else 4 of unknown area")),
            *offered.items(),
        ]
        mine = Project.objects.with_role(user, Role.EDITOR)
        self.fields["project"].choices = [
            ("", _("The project of the batch, or my first")),
            *mine.values_list("slug", "name"),
        ]
        self.batches = list(
            usable_batches(user)
            .filter(project__in=mine)
            .select_related("recipe_version__recipe")[:BATCHES_OFFERED]
        )

    def clean(self) -> dict[str, Any]:
        """Refuse pixels that are said in two ways."""
        said = super().clean()
        ways = [name for name in ("layout", "layout_of", "pixel_count") if said.get(name)]
        if len(ways) > 1:
            self.add_error(
                ways[1], _("Say the pixels in one way: a layout, a device, or how many.")
            )
        return said

    @property
    def pixels(self) -> list[dict[str, Any]] | None:
        """The pixels that are counted out, P1 to Pn, all of one area; None where a layout says them."""
        area, count = self.cleaned_data["pixel_area_mm2"], self.cleaned_data["pixel_count"]
        if count is None and not area.strip():
            return None
        return [{"label": f"P{n}", "area_mm2": area} for n in range(1, (count or 4) + 1)]

    @property
    def said_layout(self) -> str:
        """The layout, or the device whose pixels are meant."""
        return self.cleaned_data["layout"] or self.cleaned_data["layout_of"].strip()

    def add_refusal(self, refusal: Refusal) -> None:
        """Show a refusal at its field; one about a pixel's area at the area of all."""
        known = {
            "area_mm2": "pixel_area_mm2",
            "layout": "layout_of",
            "pixels": "pixel_count",
            "substrates": "count",
        }
        refusal.field = known.get(refusal.field, refusal.field)
        super().add_refusal(refusal)


class NewDeviceForm(BuildForm):
    """One device, also one that was built before the notebook knew of it."""

    built_at = forms.DateTimeField(
        label=_("Built"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"],
    )
    note = forms.CharField(
        label=_("Note"), required=False, max_length=10_000, widget=forms.Textarea(attrs={"rows": 4})
    )

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["built_at"].initial = timezone.now


class NewRunForm(BuildForm):
    """Many substrates; what differs between them stands in a table (`run_table.RunTable`)."""

    count = forms.IntegerField(
        label=_("Substrates"), min_value=1, max_value=MOST_SUBSTRATES, initial=4
    )


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
    thickness_uncertainty_nm = forms.CharField(
        label=_("± (standard)"), required=False, max_length=60, help_text=_("nm")
    )
    thickness_method = forms.ChoiceField(
        label=_("Measured by"),
        required=False,
        choices=[("", _("not said")), *Layer.Method.choices],
    )
    amount = forms.CharField(
        label=_("Used of it"),
        required=False,
        max_length=40,
        help_text=_("Such as 60 µL or 12 mg; it is taken out of the bottle."),
    )
    source = forms.CharField(
        label=_("Made from batch or bottle"),
        required=False,
        max_length=20,
        help_text=_("Code on the vial or bottle, such as NC-0042 or L-0007. Empty: not known."),
        widget=forms.TextInput(attrs={"list": "sources", "autocomplete": "off"}),
    )


def _offer(architecture: Architecture) -> str:
    return formula_text(f"{architecture.name}: {architecture.line}")
