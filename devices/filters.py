"""What lists of devices can be asked for."""

import django_filters

from devices.models import Device


class DeviceFilter(django_filters.FilterSet):
    """Devices by stack, by the batch or bottle in any of their layers, by project."""

    architecture = django_filters.CharFilter(
        field_name="recipe_version__recipe__slug", help_text="Slug of the architecture."
    )
    batch = django_filters.CharFilter(method="made_from", help_text="Code of a batch in a layer.")
    lot = django_filters.CharFilter(method="of_bottle", help_text="Code of a bottle in a layer.")
    archived = django_filters.BooleanFilter(
        field_name="archived_at",
        lookup_expr="isnull",
        exclude=True,
        help_text="Put away or not; both when it is not asked.",
    )
    project = django_filters.CharFilter(
        field_name="project__slug", help_text="Slug of the project."
    )

    class Meta:
        model = Device
        fields: list[str] = []

    def made_from(self, devices, name: str, code: str):
        """Return the devices with a layer made from this batch."""
        return devices.filter(
            pk__in=Device.objects.filter(layers__source_batch__code=code).values("pk")
        )

    def of_bottle(self, devices, name: str, code: str):
        """Return the devices with a layer made from this bottle itself."""
        return devices.filter(
            pk__in=Device.objects.filter(layers__source_material__code=code).values("pk")
        )
