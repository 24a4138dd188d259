"""Photos and files of a batch: kept at a step, each with the time at which it was taken."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from labnotebook.records.api import StrictSerializer, read_body
from labnotebook.records.services.files import hashed
from synthesis.api.bench import TakenSerializer, answer_taken
from synthesis.services.bench import keep_file


class KeepSerializer(StrictSerializer):
    """One file, and what it belongs to."""

    file = serializers.FileField(help_text="A photo, a page, a log: any file")
    id = serializers.UUIDField(help_text="Made by you; the same id with the same file is harmless")
    target = serializers.CharField(
        required=False, max_length=120, help_text="Key of the reagent or step; left out: the batch"
    )
    note = serializers.CharField(required=False, max_length=300)
    at = serializers.CharField(required=False, max_length=40, help_text="When it was taken")
    sent = serializers.CharField(
        required=False, max_length=40, help_text="The device's clock as it sends"
    )
    reason = serializers.CharField(
        required=False, max_length=300, help_text="Why it comes after finishing; not needed"
    )


class AttachmentsMixin:
    """What is asked of the files of a batch; beside a viewset of batches."""

    @extend_schema(
        operation_id="batches_keep_file",
        request={"multipart/form-data": KeepSerializer},
        responses=TakenSerializer,
    )
    @action(detail=True, methods=["post"], parser_classes=[MultiPartParser])
    def attachments(self, request: Request, code: str) -> Response:
        """Keep a photo or a file as an entry of the bench; `withdraw` takes it back like any other."""
        batch = self.get_object()
        said = read_body(KeepSerializer, request)
        upload = hashed(said.pop("file"))
        said["id"] = str(said["id"])
        return answer_taken(keep_file(by=request.user, batch=batch, upload=upload, **said))
