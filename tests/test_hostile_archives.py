"""Whatever an archive tries, each door that opens one answers with what it holds or with a sentence.

Nothing is written anywhere, and no more memory is taken than a large honest file takes.
"""

import tracemalloc
from functools import cache
from pathlib import Path

import pytest

from analysis.readers.sniffing import MAX_BYTES
from analysis.reading import UnreadableFile
from analysis.techniques.files import read
from labnotebook.verify import main
from synthesis.shelf.sheets import UnreadableSheet, read_sheet
from tests.hostile_archives import archives

ARCHIVES = archives()
made = cache(lambda name: ARCHIVES[name]())
MOST_TAKEN = 4 * MAX_BYTES  # of memory: what is unpacked, and its copies on the way to a text


@pytest.fixture(params=ARCHIVES)
def archive(request, tmp_path, monkeypatch):
    """One of them; afterwards nothing lies where it was not before."""
    monkeypatch.chdir(tmp_path)
    content = made(request.param)
    tracemalloc.start()
    yield content
    taken = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert taken < MOST_TAKEN, f"{taken / 2**20:.0f} MiB"
    assert [path.name for path in tmp_path.rglob("*")] in ([], ["NC-0001.eln"])
    for trace in ("/tmp/way-up.txt", "/etc/cron.d/absolute", "/autoexec.bat"):
        assert not Path(trace).exists()


def test_there_are_forty_of_them():
    assert len(ARCHIVES) == 40


def test_an_instrument_file_is_read_or_refused_in_a_sentence(archive):
    for name in ("pattern.rasx", "pattern.xy.gz"):
        try:
            said = repr(read(archive, name, "xrd").metadata)
        except UnreadableFile as refusal:
            said = str(refusal)
            assert said.endswith((".", "?"))
        assert "root:" not in said


def test_a_list_of_bottles_is_refused_in_a_sentence(archive, tmp_path):
    path = tmp_path / "NC-0001.eln"
    path.write_bytes(archive)
    with pytest.raises(UnreadableSheet) as refusal:
        read_sheet({"path": str(path)})
    assert str(refusal.value).endswith(".")


def test_a_record_to_verify_is_checked_or_refused_in_a_sentence(archive, tmp_path, capsys):
    path = tmp_path / "NC-0001.eln"
    path.write_bytes(archive)
    assert main([str(path)]) == 1
    said = capsys.readouterr().err
    assert f"{path} cannot be checked: " in said or "BROKEN: the proof cannot be read" in said
