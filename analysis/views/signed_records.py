"""A signed batch as one file, with its report, its files and the proof that `verify` checks."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import FileResponse, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_safe
from drf_spectacular.utils import extend_schema
from rest_framework.views import APIView

from analysis.exchange.signed_batch import write_signed_batch
from analysis.views.reports import find_batch, report_of
from labnotebook.records.asked_from import leaving
from labnotebook.records.refusals import FileDamaged, StorageAway, WrongState

MEDIA_TYPE = "application/vnd.eln+zip"


@require_safe
def batch_signed_record(request: HttpRequest, code: str) -> HttpResponseBase:
    """Hand out a signed batch with its files and its proof; say so of one that nobody signed."""
    try:
        return _signed_record(request.user, code)
    except (WrongState, FileDamaged, StorageAway) as refusal:
        messages.error(request, refusal.sentence)
        return redirect("synthesis:batch-detail", code)


class SignedRecordView(APIView):
    """The same for scripts."""

    needs_a_state = True  # signed

    @extend_schema(operation_id="batches_signed_record", responses={(200, MEDIA_TYPE): bytes})
    def get(self, request: Any, code: str) -> HttpResponseBase:
        """Return a signed batch as one file: report, signed files, and the proof that `verify` checks."""
        return _signed_record(request.user, code)


def _signed_record(user: Any, code: str) -> FileResponse:
    from labnotebook.records.presentation.pdf import write_pdf  # only a report needs it

    batch = find_batch(user, code)
    Path(settings.BLOB_ROOT).mkdir(parents=True, exist_ok=True)
    with ExitStack() as unless_handed_over:
        # Beside the blobs: a container's own /tmp is memory.
        archive = unless_handed_over.enter_context(TemporaryFile(dir=settings.BLOB_ROOT))
        write_signed_batch(archive, batch, write_pdf(report_of(user, batch)))
        archive.seek(0)
        unless_handed_over.pop_all()
    answer = FileResponse(
        archive, as_attachment=True, filename=f"{batch.code}.eln", content_type=MEDIA_TYPE
    )
    return leaving(answer, batch.project)
