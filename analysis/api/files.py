"""Files: the bytes as they came."""

from __future__ import annotations

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.renderers import BaseRenderer

from analysis.downloads import file_response
from labnotebook.records.api import OrjsonRenderer, RecordViewSet
from labnotebook.records.models import StoredFile


class BytesRenderer(BaseRenderer):
    """Lets a client ask for bytes; the response brings its own content."""

    media_type = "application/octet-stream"
    format = "bytes"
    charset = None
    render_style = "binary"

    def render(self, data, accepted_media_type=None, renderer_context=None) -> bytes:
        """Render what is not a file: a refusal, as the API's JSON."""
        return OrjsonRenderer().render(data)


class FileViewSet(RecordViewSet):
    """Stored files, by number; always an attachment."""

    queryset = StoredFile.objects.all()
    renderer_classes = [OrjsonRenderer, BytesRenderer]
    serializer_class = None

    @extend_schema(responses={(200, "application/octet-stream"): OpenApiTypes.BINARY})
    def retrieve(self, request, pk=None):
        """Return the file; its ETag is the SHA-256 of its content."""
        return file_response(request, self.get_object())
