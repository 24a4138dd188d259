"""Addresses of measurements, forecasts and the history."""

from django.urls import path

from analysis.exports.forms import FORMS
from analysis.views import (
    compare,
    device_panel,
    explore,
    exports,
    files,
    forecasts,
    history,
    inbox,
    measurements,
    measuring_instruments,
    models,
    near_batches,
    overlays,
    panels,
    quantities,
    reanalyses,
    reports,
    stability,
    structures,
    suspects,
    try_next,
)

app_name = "analysis"

urlpatterns = [
    path("m/overlay/", overlays.overlay_page, name="overlay"),
    path("m/overlay/data.json", overlays.overlay_data, name="overlay-data"),
    path("m/overlay/figure.svg", overlays.overlay_svg, name="overlay-svg"),
    path("m/overlay/figure.pdf", overlays.overlay_pdf, name="overlay-pdf"),
    path("m/overlay/curves.csv", overlays.overlay_csv, name="overlay-csv"),
    path("m/<int:pk>/", measurements.measurement_detail, name="measurement-detail"),
    path("m/<int:pk>/figure.svg", exports.measurement_svg, name="measurement-svg"),
    path("m/<int:pk>/picture/", exports.measurement_picture, name="measurement-picture"),
    path("m/<int:pk>/figure.pdf", exports.measurement_pdf, name="measurement-pdf"),
    path("m/<int:pk>/processed.csv", exports.measurement_csv, name="measurement-csv"),
    path("m/<int:pk>/when/", measurements.measurement_when, name="measurement-when"),
    path("m/<int:pk>/row/", measurements.measurement_row, name="measurement-row"),
    path("m/<int:pk>/data.json", measurements.measurement_data, name="measurement-data"),
    path("m/<int:pk>/accept/", measurements.measurement_accept, name="measurement-accept"),
    path("m/<int:pk>/reject/", measurements.measurement_reject, name="measurement-reject"),
    path("m/<int:pk>/analyse/", measurements.measurement_analyse, name="measurement-analyse"),
    path("b/compare/", compare.compare, name="compare"),
    path("b/compare/table.csv", compare.compare_csv, name="compare-csv"),
    path("b/<str:code>/report/", reports.batch_report, name="batch-report"),
    path("b/<str:code>/report.pdf", reports.batch_report_pdf, name="batch-report-pdf"),
    path("b/<str:code>/files/", files.batch_files, name="batch-files"),
    path("d/<str:code>/files/", files.device_files, name="device-files"),
    path("d/<str:code>/p/<str:label>/files/", files.pixel_files, name="pixel-files"),
    path("d/<str:code>/layers/<int:index>/files/", files.layer_files, name="layer-files"),
    path("lots/<str:code>/measured/", files.lot_files, name="lot-files"),
    path("files/", inbox.inbox, name="inbox"),
    path("inbox/<int:pk>/", inbox.inbox_assign, name="inbox-assign"),
    path("inbox/<int:pk>/aside/", inbox.inbox_put_aside, name="inbox-put-aside"),
    path("files/<int:pk>/", files.file_download, name="file-download"),
    path("b/<str:code>/outcomes/", panels.batch_outcomes, name="batch-outcomes"),
    path("b/<str:code>/measurements/", panels.batch_measurements, name="batch-measurements"),
    path("b/<str:code>/number/", panels.batch_number, name="batch-number"),
    path("b/<str:code>/phase/", panels.batch_phase, name="batch-phase"),
    path("b/<str:code>/stability/", stability.batch_stability, name="batch-stability"),
    path("b/<str:code>/structure/", structures.batch_structure, name="batch-structure"),
    path(
        "b/<str:code>/structure/<int:number>/withdraw/",
        structures.batch_structure_withdraw,
        name="batch-structure-withdraw",
    ),
    path("b/<str:code>/near/", near_batches.batch_near, name="batch-near"),
    path("b/<str:code>/forecast/", panels.batch_forecast, name="batch-forecast"),
    path(
        "b/<str:code>/forecast/second/",
        panels.batch_second_forecast,
        name="batch-second-forecast",
    ),
    path("b/<str:code>/guess/", panels.batch_guess, name="batch-guess"),
    path("b/<str:code>/changes/", panels.batch_changes, name="batch-changes"),
    path(
        "d/<str:code>/measurements/",
        device_panel.device_measurements,
        name="device-measurements",
    ),
    path("plan/forecast/", forecasts.plan_forecast, name="plan-forecast"),
    path("plan/earlier/", forecasts.plan_earlier, name="plan-earlier"),
    path("measuring/", measuring_instruments.measuring_list, name="measuring-list"),
    path("measuring/new/", measuring_instruments.measuring_new, name="measuring-new"),
    path("measuring/<str:code>/", measuring_instruments.measuring_detail, name="measuring-detail"),
    path(
        "measuring/<str:code>/correct/",
        measuring_instruments.measuring_correct,
        name="measuring-correct",
    ),
    path("suspects/", suspects.suspects_page, name="suspects"),
    path("forecast/", forecasts.forecast, name="forecast"),
    path("models/", models.model_list, name="model-list"),
    path("models/<int:version>/", models.model_detail, name="model-detail"),
    path("models/<int:version>/pin/", models.model_pin, name="model-pin"),
    path("forecast/next/", try_next.try_next, name="try-next"),
    path("quantities/", quantities.quantity_list, name="quantity-list"),
    path(
        "projects/<slug:slug>/reanalysis/",
        reanalyses.project_reanalysis,
        name="project-reanalysis",
    ),
    path("explore/", explore.explorer, name="explore"),
    *(
        path(f"explore.{form}", explore.explorer_file, {"form": form}, name=f"explore-{form}")
        for form in ("svg", "pdf", "csv")
    ),
    path("history/", history.history, name="history"),
    *(
        path(f"history.{form}", history.history_file, {"form": form}, name=f"history-{form}")
        for form in FORMS
    ),
]
