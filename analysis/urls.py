"""Addresses of measurements, forecasts and the history."""

from django.urls import path

from analysis.views import (
    compare,
    device_panel,
    files,
    forecasts,
    history,
    measurements,
    near_batches,
    panels,
    quantities,
    reanalyses,
    reports,
)

app_name = "analysis"

urlpatterns = [
    path("m/<int:pk>/", measurements.measurement_detail, name="measurement-detail"),
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
    path("files/<int:pk>/", files.file_download, name="file-download"),
    path("b/<str:code>/outcomes/", panels.batch_outcomes, name="batch-outcomes"),
    path("b/<str:code>/measurements/", panels.batch_measurements, name="batch-measurements"),
    path("b/<str:code>/number/", panels.batch_number, name="batch-number"),
    path("b/<str:code>/phase/", panels.batch_phase, name="batch-phase"),
    path("b/<str:code>/near/", near_batches.batch_near, name="batch-near"),
    path("b/<str:code>/forecast/", panels.batch_forecast, name="batch-forecast"),
    path(
        "b/<str:code>/forecast/second/",
        panels.batch_second_forecast,
        name="batch-second-forecast",
    ),
    path("b/<str:code>/changes/", panels.batch_changes, name="batch-changes"),
    path(
        "d/<str:code>/measurements/",
        device_panel.device_measurements,
        name="device-measurements",
    ),
    path("plan/forecast/", forecasts.plan_forecast, name="plan-forecast"),
    path("plan/earlier/", forecasts.plan_earlier, name="plan-earlier"),
    path("forecast/", forecasts.forecast, name="forecast"),
    path("quantities/", quantities.quantity_list, name="quantity-list"),
    path(
        "projects/<slug:slug>/reanalysis/",
        reanalyses.project_reanalysis,
        name="project-reanalysis",
    ),
    path("history/", history.history, name="history"),
    path("history.csv", history.history_csv, name="history-csv"),
]
