"""Tasks that misbehave, for the tests of the sandbox. They run in the child."""

import os
import signal
import sys
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
    """Into a file that is in no folder, which the limit of a file's size alone holds."""
    with open(os.memfd_create("hoard"), "wb") as file:
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


# Native calls: what Python's own audit events never see.


def _native(name, *arguments):
    import ctypes

    libc = ctypes.CDLL(None, use_errno=True)
    return {"answer": getattr(libc, name)(*arguments), "errno": ctypes.get_errno()}


def native_socket(payload):
    return _native("socket", 2, 1, 0)


def native_fork(payload):
    told = _native("fork")
    if told["answer"] == 0:
        os._exit(0)
    return told


def native_exec(payload):
    import ctypes

    nothing = ctypes.c_void_p()
    return _native("execve", b"/bin/true", nothing, nothing)


def native_open(payload):
    """Open for reading; the descriptor, or -1."""
    return _native("open", payload["secret"].encode(), 0)


def native_write(payload):
    """Open for writing, made if need be."""
    return _native("open", payload["secret"].encode(), os.O_WRONLY | os.O_CREAT, 0o600)


def native_unlink(payload):
    return _native("unlink", payload["secret"].encode())


def native_chmod(payload):
    return _native("chmod", payload["secret"].encode(), 0o777)


def native_kill(payload):
    return _native("kill", payload["pid"], 0)


def native_trace(payload):
    return _native("ptrace", 16, payload["pid"], None, None)  # PTRACE_ATTACH


def native_thread(payload):
    """What a library may do: a thread of its own."""
    import threading

    told = []
    thread = threading.Thread(target=told.append, args=(1,))
    thread.start()
    thread.join()
    return {"told": told}


def own_file(payload):
    with open(payload["path"], "rb") as file:
        return {"text": file.read().decode()}
