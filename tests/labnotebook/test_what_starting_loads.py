"""Five processes start at once: what only a calculation needs is loaded by the first calculation.

The methods therefore write ``import scipy`` and ``scipy.optimize.nnls``: scipy loads a part when it is
first touched, and all parts together cost more than the rest of a start.
"""

import subprocess
import sys

from django.conf import settings

LOADED = """
import os, sys
os.environ["DJANGO_SETTINGS_MODULE"] = "labnotebook.settings"
import django
django.setup()
import labnotebook.urls
print(*(name for name in sys.modules if name.split(".")[0] in ("scipy", "pandas", "openpyxl", "lmfit", "boto3", "botocore", "storages")))
"""


def test_no_process_loads_scipy_before_it_computes():
    run = subprocess.run(
        [sys.executable, "-c", LOADED], cwd=settings.BASE_DIR, capture_output=True, text=True
    )
    assert run.returncode == 0, run.stderr
    heavy = {
        "scipy.optimize",
        "scipy.signal",
        "scipy.stats",
        "scipy.ndimage",
        "pandas",
        "openpyxl",
        "lmfit",
        "boto3",
        "botocore",
        "storages",
    }
    assert "scipy" in run.stdout.split()
    assert not heavy & set(run.stdout.split())
