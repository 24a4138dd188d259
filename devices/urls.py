"""Addresses of the devices room."""

from django.urls import path

from devices.views import devices, labels, lineage, pixels, runs

app_name = "devices"

urlpatterns = [
    path("runs/", runs.run_list, name="run-list"),
    path("runs/new/", runs.run_new, name="run-new"),
    path("runs/<slug:code>/", runs.run_detail, name="run-detail"),
    path("runs/<slug:code>/label/", labels.run_label, name="run-label"),
    path("runs/<slug:code>/sources/", runs.run_sources, name="run-sources"),
    path("runs/<slug:code>/substrates/", runs.run_substrates, name="run-substrates"),
    path("recipes/<slug:slug>/stack/", runs.recipe_stack, name="recipe-stack"),
    path("d/", devices.device_list, name="device-list"),
    path("d/new/", devices.device_new, name="device-new"),
    path("d/<slug:code>/", devices.device_detail, name="device-detail"),
    path("d/<slug:code>/edit/", devices.device_edit, name="device-edit"),
    path("d/<slug:code>/archive/", devices.device_archive, name="device-archive"),
    path("d/<slug:code>/history/", devices.device_history, name="device-history"),
    path("d/<slug:code>/label/", labels.device_label, name="device-label"),
    path("d/<slug:code>/p/new/", pixels.pixel_new, name="pixel-new"),
    path("d/<slug:code>/p/<str:label>/state/", pixels.pixel_state, name="pixel-state"),
    path("d/<slug:code>/p/<str:label>/label/", labels.pixel_label, name="pixel-label"),
    path("d/<slug:code>/layers/<int:index>/", pixels.layer_edit, name="layer-edit"),
    path("d/<slug:code>/lineage/", lineage.device_lineage, name="device-lineage"),
    path("b/<str:code>/lineage/", lineage.batch_lineage, name="batch-lineage"),
    path("lots/<str:code>/lineage/", lineage.lot_lineage, name="lot-lineage"),
    path("b/<slug:code>/devices/", devices.batch_devices, name="batch-devices"),
]
