"""Measurements with their batches, as a file."""

from __future__ import annotations

from django.http import HttpResponseBase
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request

from analysis.api.history import TableFileSchema, TableFileView
from analysis.exports.forms import hand_out
from analysis.exports.measurements import EVERY, measurements_table
from labnotebook.records.refusals import Refusal

WORDS = {"type": "string", "maxLength": 4000, "pattern": r"^[^\u0000]*$"}
PARAMETERS = {
    "technique": "Only of these techniques, separated by commas.",
    "batch": "Only of these batches and what was built from them: codes, separated by commas.",
    "columns": f"The columns, in this order, separated by commas; all without it: {', '.join(EVERY)}.",
}


class MeasurementFileSchema(TableFileSchema):
    """The few filters, and a file for an answer."""

    def get_override_parameters(self) -> list[OpenApiParameter]:
        """Return what may be asked."""
        return [
            OpenApiParameter(name, WORDS, description=said) for name, said in PARAMETERS.items()
        ]


class MeasurementFileView(TableFileView):
    """One row per measurement, in one form."""

    schema = MeasurementFileSchema()
    table_name = "measurements"

    def get(self, request: Request) -> HttpResponseBase:
        """Hand out every measurement with its own figures (`measured_...`) and the row of its batch.

        Figures are those of the newest analysis. The batch of a device's or pixel's file is that of its emitter.
        """
        said = request.query_params
        unknown = sorted(set(said) - {*PARAMETERS, "format"})
        if unknown:
            raise Refusal(
                f"Unknown query parameter {unknown[0][:60]!r}. Known here: {', '.join(PARAMETERS)}.",
                field=unknown[0][:60],
            )
        words = {name: said.get(name, "") for name in PARAMETERS}
        listed = {
            name: [word.strip() for word in words[name].split(",") if word.strip()]
            for name in ("technique", "batch")
        }
        table = measurements_table(
            request.user,
            techniques=listed["technique"],
            batches=listed["batch"],
            columns=words["columns"],
        )
        return hand_out(table, self.form)
