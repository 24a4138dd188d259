"""Certificates and data sheets of a bottle, by API."""

from __future__ import annotations

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from labnotebook.records.api import StrictSerializer, answer_once, read_body
from labnotebook.records.api.parsing import JsonParser
from labnotebook.records.asked import whole_number
from labnotebook.records.refusals import Refusal
from labnotebook.records.services.files import hashed
from synthesis.models import MaterialFile
from synthesis.services import material_files


class MaterialFileSerializer(serializers.ModelSerializer):
    """One file of a bottle. Its bytes are at files/{file}/, for who may see the bottle."""

    file = serializers.IntegerField(source="file_id", help_text="The number under files/")
    name = serializers.CharField(source="file.name")
    size_bytes = serializers.IntegerField(source="file.size_bytes")
    media_type = serializers.CharField(source="file.media_type")
    added_by = serializers.CharField(source="added_by.username")

    class Meta:
        model = MaterialFile
        fields = (
            "id",
            "kind",
            "file",
            "name",
            "sha256",
            "size_bytes",
            "media_type",
            "added_by",
            "added_at",
            "withdrawn_at",
            "withdrawn_reason",
        )


class AttachSerializer(StrictSerializer):
    """One or several files of one kind."""

    file = serializers.FileField(help_text="Several parts called file are kept all or none")
    kind = serializers.ChoiceField(MaterialFile.Kind.choices)


class WithdrawSerializer(StrictSerializer):
    """A file that does not belong to the bottle."""

    reason = serializers.CharField(max_length=300)


class MaterialFilesMixin:
    """What is asked of the files of a bottle; beside a viewset of bottles."""

    @extend_schema(
        operation_id="lots_files",
        responses=MaterialFileSerializer(many=True),
        filters=False,
    )
    @action(
        detail=True,
        methods=["get"],
        pagination_class=None,
        parser_classes=[MultiPartParser, JsonParser],
    )
    def files(self, request: Request, code: str) -> Response:
        """Return the certificates and data sheets of a bottle, withdrawn ones too."""
        rows = material_files.files_of(self.get_object())
        return Response(MaterialFileSerializer(rows, many=True).data)

    @extend_schema(
        operation_id="lots_attach_files",
        request={"multipart/form-data": AttachSerializer},
        responses={201: MaterialFileSerializer(many=True)},
        filters=False,
    )
    @files.mapping.post
    def attach_files(self, request: Request, code: str) -> Response:
        """Keep one or several files with a bottle; answers with them."""
        material = self.get_object()
        said = read_body(AttachSerializer, request)
        sent = request.data.getlist("file") if hasattr(request.data, "getlist") else [said["file"]]

        def create() -> Response:
            made = material_files.attach_files(
                by=request.user,
                material=material,
                uploads=[hashed(one) for one in sent],
                kind=said["kind"],
            )
            return Response(MaterialFileSerializer(made, many=True).data, status=201)

        return answer_once(request, create)

    @extend_schema(
        operation_id="lots_withdraw_file",
        parameters=[
            OpenApiParameter("number", OpenApiTypes.INT64, OpenApiParameter.PATH),
        ],
        request=WithdrawSerializer,
        responses={200: MaterialFileSerializer},
    )
    @action(detail=True, methods=["post"], url_path=r"files/(?P<number>[0-9]+)/withdraw")
    def withdraw_file(self, request: Request, code: str, number: str) -> Response:
        """Say with a reason that a file does not belong to this bottle; it stays in the history."""
        material = self.get_object()
        said = read_body(WithdrawSerializer, request)
        rows = material_files.files_of(material)
        attached = rows.filter(pk=whole_number(number) or 0).first()
        if attached is None:
            raise Refusal(f"{material.code} has no file {number[:20]}.", field="number")

        def withdraw() -> Response:
            changed = material_files.withdraw_file(by=request.user, attached=attached, **said)
            return Response(MaterialFileSerializer(changed).data)

        return answer_once(request, withdraw)
