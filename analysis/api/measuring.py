"""What may be said with a file, of another run of it, and of the pixels of its scans."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from analysis.api.fields import ObjectField
from analysis.api.measured import MeasurementSerializer, ScanSerializer
from analysis.services.scans_on_pixels import ScanOnPixel
from analysis.techniques.registry import choices
from labnotebook.records.api import StrictSerializer


class EachFileSerializer(serializers.Serializer):
    """One part of an upload of several: what became of it."""

    file = serializers.CharField(help_text="Its name")
    measurement = MeasurementSerializer(allow_null=True)
    refused = serializers.CharField(allow_blank=True, help_text="Why it was not kept")


class UploadSerializer(StrictSerializer):
    """An upload: exactly one of batch, device, pixel, lot and layer, and the file."""

    batch = serializers.CharField(required=False, max_length=20, help_text="Code of the batch.")
    device = serializers.CharField(required=False, max_length=20, help_text="Code of the device.")
    pixel = serializers.CharField(
        required=False, max_length=42, help_text="D-0001/P1, or the number of the pixel."
    )
    lot = serializers.CharField(required=False, max_length=20, help_text="Code of the bottle.")
    layer = serializers.CharField(
        required=False,
        max_length=30,
        help_text="D-0001/3: device, and place from the substrate, 0.",
    )
    technique = serializers.ChoiceField(choices=choices())
    file = serializers.FileField(allow_empty_file=True)  # an empty one is named by its name
    instrument = serializers.CharField(required=False, allow_blank=True, max_length=120, default="")
    measured_with = serializers.CharField(
        required=False,
        allow_blank=True,
        max_length=20,
        default="",
        help_text="Code of the instrument's record.",
    )
    conditions = serializers.CharField(required=False, allow_blank=True, max_length=300, default="")
    performed_at = serializers.DateTimeField(required=False, allow_null=True, default=None)
    parameters = ObjectField(required=False, help_text="Settings of the method, as JSON.")
    sure = serializers.BooleanField(
        required=False,
        default=False,
        help_text="Keep also what is there already, or is named for something else.",
    )


class AnalyseSerializer(StrictSerializer):
    """Settings of another run; what is left out takes the method's default."""

    parameters = ObjectField(required=False)
    method = serializers.CharField(required=False, max_length=40)
    remember = serializers.BooleanField(
        required=False,
        default=False,
        help_text="Keep `columns` of the parameters for the next file of this kind.",
    )
    measured_with = serializers.CharField(
        required=False,
        allow_blank=True,
        max_length=20,
        help_text="Code of the instrument's record, empty for none. Left out: as it is. Another than stands there"
        " needs If-Match.",
    )
    scan = serializers.CharField(
        required=False,
        max_length=20,
        help_text="Key of one of the file's scans, or all: one run of each. Left out: that of the last run.",
    )


class WhenSerializer(StrictSerializer):
    """The day of a measurement."""

    measured_on = serializers.DateField(
        allow_null=True, help_text="null: nobody knows; then what the file's head says counts."
    )


class ScanOnPixelSerializer(ScanSerializer):
    """One scan of a file of a device, and the pixel that it is of."""

    pixel = serializers.CharField(
        allow_blank=True, help_text="Its label; empty where nothing says which, and it is asked."
    )
    is_new = serializers.BooleanField(help_text="The device lacks it; filing makes it.")
    measurements = serializers.SerializerMethodField(
        help_text="Of this scan, filed already and not rejected."
    )

    @extend_schema_field(serializers.ListField(child=serializers.IntegerField()))
    def get_measurements(self, scan: ScanOnPixel) -> list[int]:
        """Return their numbers."""
        return [one.pk for one in scan.filed]


class OnPixelsSerializer(StrictSerializer):
    """Which scan is of which pixel."""

    pixels = serializers.DictField(
        child=serializers.CharField(allow_blank=True, max_length=20),
        required=False,
        help_text="Label of the pixel by key of the scan; only these are filed. Left out: what is not filed"
        " yet, each as its label says.",
    )
