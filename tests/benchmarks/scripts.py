"""A person's script that works with a whole notebook through its API."""

import json
import time
import urllib.error
import urllib.request

from tests.labnotebook.notebook_process import Notebook

PATIENCE_S = 300.0
BOUNDARY = "between-the-parts-8b1f27c4"


class Script:
    """A person's script."""

    def __init__(self, notebook: Notebook) -> None:
        self.base = f"http://127.0.0.1:{notebook.port}/api/v1/"
        self.token = notebook.command("create_token", "chemist").stdout.split()[-1]

    def __call__(self, path: str, body: bytes | None = None, kind: str = "application/json"):
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": kind}
        request = urllib.request.Request(self.base + path, data=body, headers=headers)
        try:
            answer = urllib.request.urlopen(request, timeout=60)
        except urllib.error.HTTPError as refused:
            raise AssertionError(f"{path}: {refused.code} {refused.read()[:500]!r}") from refused
        with answer:
            said = answer.read()
        return json.loads(said) if answer.headers["Content-Type"] == "application/json" else said

    def upload(self, name: str, content: bytes, **fields: str):
        """Send a file with its fields; return the answer."""
        lines = [
            f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{n}"\r\n\r\n{v}\r\n'
            for n, v in fields.items()
        ]
        lines.append(
            f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
        )
        body = "".join(lines).encode() + content + f"\r\n--{BOUNDARY}--\r\n".encode()
        return self("measurements/", body, f"multipart/form-data; boundary={BOUNDARY}")

    def batch(self) -> str:
        """Plan a batch; return its code."""
        said = {"recipe": "cspbi3-seed-core-shell", "ratio_ca_pb": 0.5, "lead_mmol": 0.376}
        return self("batches/", json.dumps(said).encode())["code"]

    def waits(self) -> bool:
        """Whether an analysis waits or runs."""
        rows = self("measurements/?page_size=1000")["results"]
        return any(row["analysis"]["state"] in ("waiting", "running") for row in rows)

    def wait(self, every_s: float = 1.0) -> None:
        """Return when every analysis has ended."""
        until = time.monotonic() + PATIENCE_S
        while self.waits():
            assert time.monotonic() < until
            time.sleep(every_s)
