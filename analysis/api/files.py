"""Files: the bytes as they came."""

from __future__ import annotations

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema

from analysis.downloads import file_response
from labnotebook.records.api import BytesRenderer, OrjsonRenderer, RecordViewSet
from labnotebook.records.models import StoredFile


class FileViewSet(RecordViewSet):
    """Stored files, by number; always an attachment."""

    queryset = StoredFile.objects.all()
    renderer_classes = [OrjsonRenderer, BytesRenderer]
    serializer_class = None

    @extend_schema(responses={(200, "application/octet-stream"): OpenApiTypes.BINARY})
    def retrieve(self, request, pk=None):
        """Return the file; its ETag is the SHA-256 of its content."""
        return file_response(request, self.get_object())
