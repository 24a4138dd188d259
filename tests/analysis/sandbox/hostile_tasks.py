"""Tasks that misbehave, for the tests of the sandbox. They run in the child."""

import os
import signal
import sys
import tempfile
import time


def echo(payload):
    return {"echo": payload, "nan": [float("nan"), float("inf"), 1.5]}


def where(payload):
    return {
        "environment": sorted(os.environ),
        "cwd": os.getcwd(),
        "flags": [sys.flags.isolated, sys.flags.ignore_environment],
        "stdin": sys.stdin.read() if not sys.stdin.closed else "",
        "group": os.getpgrp() == os.getpid(),
    }


def loop(payload):
    while True:
        pass


def sleep(payload):
    time.sleep(600)


def memory_bomb(payload):
    return {"size": len(bytearray(10_000_000_000))}


def slow_memory_bomb(payload):
    hoard = []
    while True:
        hoard.append(bytearray(10_000_000))


def big_output(payload):
    return {"text": "x" * 200_000_000}


def flood_stderr(payload):
    for _ in range(2000):
        sys.stderr.write("x" * 100_000)
    return {"done": True}


def segfault(payload):
    os.kill(os.getpid(), signal.SIGSEGV)


def vanish(payload):
    os._exit(3)


def fork(payload):
    if os.fork() == 0:
        time.sleep(600)
    return {}


def shell(payload):
    return {"code": os.system("true")}


def network(payload):
    import socket

    with socket.socket() as sock:
        sock.connect(("127.0.0.1", 9))


def huge_write(payload):
    with tempfile.TemporaryFile() as file:
        for _ in range(1000):
            file.write(b"x" * 1_000_000)


def many_files(payload):
    return {"open": len([open("/dev/null") for _ in range(500)])}


def unreadable(payload):
    from analysis.reading import UnreadableFile

    raise UnreadableFile("This is a PNG picture, not a PL spectrum.")


def no_result(payload):
    from analysis.result import NoResult

    raise NoResult("No peak stands out of the noise.")


def fault(payload):
    return {"x": 1 / 0}


def not_json(payload):
    return {"x": object()}


def sleep_known(payload):
    """Say which process sleeps, in a file: an answer comes too late for that."""
    with open(payload["path"], "w") as file:
        file.write(str(os.getpid()))
    time.sleep(600)
