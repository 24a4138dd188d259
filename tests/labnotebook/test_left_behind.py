"""What an earlier start left behind is ended, even what ends by itself meanwhile."""

import os

import psutil

from labnotebook.embedded import processes


class Gone(psutil.Process):
    """A process that was there when it was looked for, and no longer is."""

    def name(self):
        raise psutil.NoSuchProcess(self.pid)


def test_a_process_that_ends_by_itself_does_not_stop_the_start(monkeypatch, tmp_path):
    monkeypatch.setattr(psutil, "process_iter", lambda: [Gone(os.getpid())])
    monkeypatch.setattr(processes, "_is_ours", lambda *said: True)
    monkeypatch.setattr(psutil, "wait_procs", lambda left, timeout: (left, []))
    assert processes.stop_left_behind(tmp_path, []) == 1
