"""One thing that a careful colleague says about a plan."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Caution:
    """One warning: ``severity`` is info, caution, review or block."""

    code: str
    message: str
    severity: str = "caution"

    def as_dict(self) -> dict[str, str]:
        """Return a plain dict."""
        return {"code": self.code, "message": self.message, "severity": self.severity}
