"""What is addressed by the code on its label."""

from __future__ import annotations

import re
from typing import Any

from django.http import Http404

from labnotebook.records.api import RecordViewSet

CODE = re.compile(r"[A-Z]{1,8}-[0-9]{1,12}")


class ByCode(RecordViewSet):
    """Rows under their codes."""

    lookup_field = "code"

    def get_object(self) -> Any:
        """Return one; what cannot be a code is not there."""
        if not CODE.fullmatch(self.kwargs["code"]):
            raise Http404
        return super().get_object()
