"""A downloaded file is named as it was uploaded, and its name can end neither the header nor its place in it."""

from email.message import Message

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
    assert header_of(sent, tmp_path, settings) == header


def header_of(sent, tmp_path, settings):
    settings.BLOB_ROOT = tmp_path
    blob = BlobWriter()
    blob.write(b"1 2\n")
    file = StoredFile(name=clean_name(sent), sha256=blob.keep(), media_type="text/plain")
    answer = file_response(RequestFactory().get("/"), file)
    answer.close()
    return answer["Content-Disposition"]


HOSTILE = [
    "a\r\nSet-Cookie: x=1.csv",
    "a\nLocation: //evil.example.csv",
    "a\r\n\r\n<script>alert(1)</script>.html",
    "a\rContent-Type: text/html.csv",
    "a\x0bContent-Length: 0.csv",
    "a\x85X: 1.csv",
    "a\u2028X: 1.csv",
    "a\u560d\u560aX: 1.csv",  # ends in CR and LF when only the low byte is kept
    'a"; filename="b.exe',
    'a\\"; filename="b.exe',
    "a; filename*=UTF-8''b.exe",
    "a'; filename=b.exe",
    "../../etc/passwd",
    "..\\..\\boot.ini",
    "C:\\autoexec.bat",
    "a\x00.exe.csv",
    "\u202egnp.exe",
    "=?utf-8?q?b.exe?=",
    "%0d%0aX: 1.csv",
    "a" * 5000 + ".csv",
]


@pytest.mark.django_db
@pytest.mark.parametrize("sent", HOSTILE, ids=range(len(HOSTILE)))
def test_no_name_ends_its_header_or_names_another_file(tmp_path, settings, sent):
    """As a browser reads it: one disposition, one file name, and that the one that the notebook keeps."""
    header = header_of(sent, tmp_path, settings)
    assert not any(ord(sign) < 32 or ord(sign) > 126 for sign in header)
    read = Message()
    read["Content-Disposition"] = header
    assert read.get_content_disposition() == "attachment"
    assert {key for key, _ in read.get_params(header="content-disposition")} <= {
        "attachment",
        "filename",
    }
    kept = read.get_filename()
    assert kept == clean_name(sent)
    assert "/" not in kept
    assert "\\" not in kept


def test_there_are_twenty_of_them():
    assert len(set(HOSTILE)) == 20
