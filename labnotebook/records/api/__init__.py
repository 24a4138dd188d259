"""What every API resource shares: visibility, strict queries, idempotency, If-Match, cursor pages."""

from labnotebook.records.api.answers import answer_once, require_match
from labnotebook.records.api.pages import CursorPages
from labnotebook.records.api.rendering import BytesRenderer, OrjsonRenderer
from labnotebook.records.api.serializers import StrictSerializer, read_body
from labnotebook.records.api.viewsets import RecordViewSet
from labnotebook.records.api.waiting import Waits

__all__ = [
    "BytesRenderer",
    "CursorPages",
    "OrjsonRenderer",
    "RecordViewSet",
    "StrictSerializer",
    "Waits",
    "answer_once",
    "read_body",
    "require_match",
]
