"""Run a pure function on a hostile file in a child process with time, memory and file limits."""

from analysis.sandbox.parent import (
    AnalysisBroke,
    AnalysisStopped,
    NoResultFromReading,
    UnreadableButSeen,
    run_limited,
)

__all__ = [
    "AnalysisBroke",
    "AnalysisStopped",
    "NoResultFromReading",
    "UnreadableButSeen",
    "run_limited",
]
