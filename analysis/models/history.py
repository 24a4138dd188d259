"""The history: one row per batch with everything that can be asked for."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from labnotebook.records.models import Record


class HistoryRow(models.Model):
    """Filled by database triggers in the same transaction as what it shows; never written here.

    The view ``analysis_history_source`` says what each column is; `manage.py rebuild_history`
    recomputes every row from it and compares.
    """

    batch = models.OneToOneField(
        "synthesis.Batch", models.DO_NOTHING, primary_key=True, related_name="history_row"
    )
    project = models.ForeignKey("records.Project", models.DO_NOTHING, related_name="+")
    code = models.CharField(max_length=20)
    recipe = models.CharField(max_length=80)
    state = models.CharField(max_length=10)
    archived = models.CharField(max_length=3, default="no")  # yes or no
    warned = models.CharField(max_length=3, default="no")  # of a number that counts: yes or no
    made_by = models.CharField(max_length=150)
    planned_at = models.DateTimeField()
    ratio_ca_pb = models.FloatField(null=True)
    ratio_ca_pb_weighed = models.FloatField(null=True)
    ratio_ca_pb_weighed_uncertainty = models.FloatField(null=True)
    precursor_appearance = models.CharField(max_length=12)
    humidity_percent = models.FloatField(null=True)
    quench_s = models.FloatField(null=True)
    deviations = models.IntegerField()
    phase = models.CharField(max_length=10)
    phase_evidence = models.CharField(max_length=20, default="")  # what the phase rests on
    structure = models.CharField(max_length=20)
    structure_level = models.CharField(max_length=20, default="")
    structure_evidence = models.TextField(default="")  # "shell: xps 31"
    forecast_gamma = models.FloatField(null=True)
    forecast_log_score = models.FloatField(null=True)
    pl_peak_nm = models.FloatField(null=True)
    pl_peak_nm_uncertainty = models.FloatField(null=True)
    pl_fwhm_nm = models.FloatField(null=True)
    pl_fwhm_nm_uncertainty = models.FloatField(null=True)
    plqy_percent = models.FloatField(null=True)
    plqy_percent_uncertainty = models.FloatField(null=True)
    lifetime_ns = models.FloatField(null=True)
    lifetime_ns_uncertainty = models.FloatField(null=True)
    size_nm = models.FloatField(null=True)
    size_nm_uncertainty = models.FloatField(null=True)
    devices = models.IntegerField()
    eqe_percent = models.FloatField(null=True)  # of the best pixel of any device from this batch
    eqe_percent_uncertainty = models.FloatField(null=True)  # of that pixel
    luminance_cd_m2 = models.FloatField(null=True)
    luminance_cd_m2_uncertainty = models.FloatField(null=True)
    turn_on_v = models.FloatField(null=True)
    turn_on_v_uncertainty = models.FloatField(null=True)

    class Meta:
        ordering = ("-batch_id",)

    def __str__(self) -> str:
        return self.code


class OwnColumns(Record):
    """The columns that a person's history shows where the address chooses none."""

    person = models.OneToOneField(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    columns = models.CharField(max_length=4000, blank=True)  # names with commas; empty: the usual

    class Meta:
        ordering = ("pk",)

    def __str__(self) -> str:
        return self.columns
