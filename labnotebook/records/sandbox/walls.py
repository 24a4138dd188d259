"""The walls around a child that reads what nobody vouches for. The kernel keeps them, whatever runs in Python.

Three, each as far as this machine has it: a user namespace of its own (no right over anything, also where the
notebook runs as root), Landlock (it reads Python, the program and its input, writes nothing, reaches no network and
signals nobody) and seccomp (no socket, no process, no tracing, no change of owners or rights). Loaded by path, like
`child`; as a script it tries the walls and prints what this machine has.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import json
import mimetypes
import os
import platform
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

_NEW_USER = 0x10000000
_NO_NEW_PRIVILEGES = 38
_libc = ctypes.CDLL(None, use_errno=True)

# Landlock (man 7 landlock): its calls have one number on every machine.
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_ASK_VERSION, _PATH_BENEATH = 1, 1
_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR = 1 << 0, 1 << 1, 1 << 2, 1 << 3
_FILE_RIGHTS = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1, 5: (1 << 16) - 1}
_TCP, _SIGNALS_AND_SOCKETS = 0b11, 0b11  # since versions 4 and 6
_SYSTEM = (
    *("/usr", "/lib", "/lib64", "/etc/ld.so.cache", "/etc/localtime"),
    *("/dev/urandom", "/proc/cpuinfo", "/sys/devices/system/cpu"),
    *map(str, mimetypes.knownfiles),  # what reads workbooks looks there
)

# seccomp (man 2 seccomp)
_ALLOW, _REFUSE = 0x7FFF0000, 0x00050000
_LOAD, _EQUALS, _HAS_BIT, _RETURN = 0x20, 0x15, 0x45, 0x06
_NUMBER_AT, _MACHINE_AT, _FIRST_ARGUMENT_AT = 0, 4, 16
_THREAD = 0x10000  # of clone: a thread and no process
_X32 = 0x40000000
# name, its number on x86_64 and on aarch64 ("-": there is none)
_NO_USE = """
socket 41 198; connect 42 203; accept 43 202; sendto 44 206; sendmsg 46 211; bind 49 200; listen 50 201; socketpair 53 199; accept4 288 242
fork 57 -; vfork 58 -; execve 59 221; execveat 322 281
ptrace 101 117; process_vm_readv 310 270; process_vm_writev 311 271; tkill 200 130; rt_sigqueueinfo 129 138; rt_tgsigqueueinfo 297 240; pidfd_send_signal 424 424; pidfd_open 434 434; pidfd_getfd 438 438
chmod 90 -; fchmod 91 52; fchmodat 268 53; fchmodat2 452 452; chown 92 -; fchown 93 55; lchown 94 -; fchownat 260 54; setxattr 188 5; lsetxattr 189 6; fsetxattr 190 7
link 86 -; linkat 265 37; symlink 88 -; symlinkat 266 36; rename 82 -; renameat 264 38; renameat2 316 276
mount 165 40; umount2 166 39; pivot_root 155 41; chroot 161 51; unshare 272 97; setns 308 268; open_tree 428 428; move_mount 429 429; fsopen 430 430; fsmount 432 432; mount_setattr 442 442
io_uring_setup 425 425; io_uring_enter 426 426; io_uring_register 427 427; bpf 321 280; perf_event_open 298 241; userfaultfd 323 282
add_key 248 217; request_key 249 218; keyctl 250 219; init_module 175 105; delete_module 176 106; finit_module 313 273
reboot 169 142; settimeofday 164 170; adjtimex 159 171; clock_settime 227 112; clock_adjtime 305 266
shmget 29 194; shmat 30 196; msgget 68 186; mq_open 240 180; name_to_handle_at 303 264; open_by_handle_at 304 265
"""


class _Machine(NamedTuple):
    """A kind of processor, as seccomp knows it, and the numbers of the calls that are looked at closely."""

    audit: int
    column: int  # of the table above
    seccomp: int
    clone: int
    kill: int
    tgkill: int


_CLONE3 = 435  # everywhere
_MACHINES = {
    "x86_64": _Machine(0xC000003E, 1, seccomp=317, clone=56, kill=62, tgkill=234),
    "aarch64": _Machine(0xC00000B7, 2, seccomp=277, clone=220, kill=129, tgkill=131),
}


class _Ruleset(ctypes.Structure):
    _fields_ = (("files", ctypes.c_uint64), ("net", ctypes.c_uint64), ("scoped", ctypes.c_uint64))


class _Beneath(ctypes.Structure):
    _pack_ = 1
    _layout_ = "ms"
    _fields_ = (("rights", ctypes.c_uint64), ("folder", ctypes.c_int32))


class _Instruction(ctypes.Structure):
    _fields_ = (
        ("code", ctypes.c_uint16),
        ("if_true", ctypes.c_uint8),
        ("if_false", ctypes.c_uint8),
        ("value", ctypes.c_uint32),
    )


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_uint16), ("first", ctypes.POINTER(_Instruction)))


def leave_the_users() -> bool:
    """Enter a user namespace with nobody else in it; False where the machine has none to give."""
    with contextlib.suppress(AttributeError, OSError):
        return bool(_libc.unshare(_NEW_USER) == 0)
    return False


def raise_walls(sys_path: Sequence[str], reads: Iterable[str]) -> dict[str, bool]:
    """Let this process read Python, the program and the files ``reads``, and do nothing else, for good.

    Returns which walls stand.
    """
    if sys.platform != "linux":
        return {"files": False, "calls": False}
    _libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    return {"files": _fence_files(sys_path, reads), "calls": _refuse_calls()}


def _fence_files(sys_path: Sequence[str], reads: Iterable[str]) -> bool:
    version = _libc.syscall(_CREATE_RULESET, None, 0, _ASK_VERSION)
    if version < 1:
        return False
    rights = _FILE_RIGHTS[max(known for known in _FILE_RIGHTS if known <= version)]
    rules = _Ruleset(rights, _TCP, _SIGNALS_AND_SOCKETS)
    size = 24 if version >= 6 else 16 if version >= 4 else 8
    ruleset = _libc.syscall(_CREATE_RULESET, ctypes.byref(rules), size, 0)
    if ruleset < 0:
        return False
    try:
        for path, right in _gates(sys_path, reads):
            _open_gate(ruleset, path, right)
        return bool(_libc.syscall(_RESTRICT_SELF, ruleset, 0) == 0)
    finally:
        os.close(ruleset)


def _gates(sys_path: Sequence[str], reads: Iterable[str]) -> Iterator[tuple[str, int]]:
    """Yield what may be reached, and for what.

    Of a folder that modules are found in, the modules: the folder of the program may hold that of the data.
    """
    installed = {os.path.realpath(path) for path in (sys.prefix, sys.base_prefix, sys.exec_prefix)}
    for path in (*_SYSTEM, *installed):
        yield path, _EXECUTE | _READ_FILE | _READ_DIR
    yield "/dev/null", _READ_FILE | _WRITE_FILE
    for entry in {os.path.realpath(path) for path in sys_path}:
        if any(Path(entry).is_relative_to(prefix) for prefix in installed):
            continue
        yield entry, _READ_DIR if os.path.isdir(entry) else _READ_FILE  # or an archive of modules
        with contextlib.suppress(OSError):
            for found in os.scandir(entry):
                if found.name.endswith((".py", ".so")) and found.is_file():
                    yield found.path, _READ_FILE | _EXECUTE
                elif os.path.exists(os.path.join(found.path, "__init__.py")):
                    yield found.path, _READ_FILE | _READ_DIR | _EXECUTE
    for path in reads:
        yield path, _READ_FILE


def _open_gate(ruleset: int, path: str, right: int) -> None:
    try:
        place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return  # what is not there need not be reached
    try:
        if not os.path.isdir(path):
            right &= ~_READ_DIR
        rule = _Beneath(right, place)
        _libc.syscall(_ADD_RULE, ruleset, _PATH_BENEATH, ctypes.byref(rule), 0)
    finally:
        os.close(place)


def _refuse_calls() -> bool:
    machine = _MACHINES.get(platform.machine())
    if machine is None:
        return False
    steps = _filter(machine)
    first = (_Instruction * len(steps))(*(_Instruction(*step) for step in steps))
    program = _Program(len(steps), first)
    return bool(_libc.syscall(machine.seccomp, 1, 0, ctypes.byref(program)) == 0)


_Step = tuple[int, int, int, int]  # code, steps to skip if true and if false, value


def _filter(machine: _Machine) -> list[_Step]:
    refuse = (_RETURN, 0, 0, _REFUSE | errno.EPERM)
    allow = (_RETURN, 0, 0, _ALLOW)
    steps: list[_Step] = [
        (_LOAD, 0, 0, _MACHINE_AT),
        (_EQUALS, 1, 0, machine.audit),
        refuse,  # a call in the language of another machine
        (_LOAD, 0, 0, _NUMBER_AT),
        (_HAS_BIT, 0, 1, _X32),
        refuse,
        # "not here": libraries then make threads by the older call, whose flags can be looked at
        (_EQUALS, 0, 1, _CLONE3),
        (_RETURN, 0, 0, _REFUSE | errno.ENOSYS),
    ]
    for call in _NO_USE.strip().replace("\n", ";").split(";"):
        if (told := call.split()[machine.column]) != "-":
            steps += [(_EQUALS, 0, 1, int(told)), refuse]
    for number, test in (
        (machine.clone, (_HAS_BIT, 1, 0, _THREAD)),
        (machine.kill, (_EQUALS, 1, 0, os.getpid())),
        (machine.tgkill, (_EQUALS, 1, 0, os.getpid())),
    ):
        argument = (_LOAD, 0, 0, _FIRST_ARGUMENT_AT)
        steps += [(_EQUALS, 0, 4, number), argument, test, refuse, allow]
    return [*steps, allow]


def _try() -> None:
    """Print as JSON which walls stand on this machine."""
    stands = {"users": leave_the_users(), **raise_walls([], [])}
    print(json.dumps(stands))


if __name__ == "__main__":
    _try()
