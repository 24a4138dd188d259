"""A downloaded file is named as it was uploaded, and its name can end neither the header nor its place in it."""

import pytest
from django.test import RequestFactory

from analysis.downloads import file_response
from labnotebook.records.files import BlobWriter, clean_name
from labnotebook.records.models import StoredFile


@pytest.mark.django_db  # the end of an answer gives its connection back
@pytest.mark.parametrize(
    ("sent", "header"),
    [
        ("scan.xy", 'attachment; filename="scan.xy"'),
        ("a\r\nSet-Cookie: x=1.csv", 'attachment; filename="aSet-Cookie: x=1.csv"'),
        ('a"; filename="b.exe', r'attachment; filename="a\"; filename=\"b.exe"'),
        ("µ.csv", "attachment; filename*=utf-8''%C2%B5.csv"),  # RFC 6266, RFC 8187
    ],
)
def test_a_name_stays_a_name(tmp_path, settings, sent, header):
    settings.BLOB_ROOT = tmp_path
    blob = BlobWriter()
    blob.write(b"1 2\n")
    file = StoredFile(name=clean_name(sent), sha256=blob.keep(), media_type="text/plain")
    answer = file_response(RequestFactory().get("/"), file)
    answer.close()
    assert answer["Content-Disposition"] == header
