"""Run a pure function on a hostile file in a child process with time, memory and file limits."""

from labnotebook.records.sandbox.forked import start_fork_server
from labnotebook.records.sandbox.parent import (
    RESULT_MB,
    ChildRefused,
    ChildStopped,
    run_in_child,
)

__all__ = ["RESULT_MB", "ChildRefused", "ChildStopped", "run_in_child", "start_fork_server"]
