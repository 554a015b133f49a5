"""What a forked process gives up before it reads text from outside."""

from __future__ import annotations

import ctypes
import math
import os
import platform
import signal
import struct
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

if sys.platform != "win32":
    import resource

_MOST_DESCRIPTORS = 65536
_PR_SET_PDEATHSIG, _PR_SET_SECCOMP, _PR_SET_NO_NEW_PRIVS = 1, 22, 38
_SECCOMP_MODE_FILTER = 2

# Loaded before anything is given up: afterwards nothing can be opened.
_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


@dataclass(frozen=True)
class _Machine:
    """A processor's word in the audit record, and its column in the table of calls."""

    audit_arch: int
    column: int


_MACHINES = {"x86_64": _Machine(0xC000003E, 0), "aarch64": _Machine(0xC00000B7, 1)}

#: What a worker may still ask of the kernel (x86_64, aarch64). No open, no socket, no fork, no exec, no signal.
_CALLS: dict[str, tuple[int | None, int | None]] = {
    # the descriptors that are already open
    "read": (0, 63),
    "write": (1, 64),
    "readv": (19, 65),
    "writev": (20, 66),
    "pread64": (17, 67),
    "close": (3, 57),
    "fstat": (5, 80),
    "lseek": (8, 62),
    "poll": (7, None),
    "ppoll": (271, 73),
    # memory
    "mmap": (9, 222),
    "mprotect": (10, 226),
    "munmap": (11, 215),
    "mremap": (25, 216),
    "madvise": (28, 233),
    "brk": (12, 214),
    # locks and threads that exist
    "futex": (202, 98),
    "sched_yield": (24, 124),
    "sched_getaffinity": (204, 123),
    "getcpu": (309, 168),
    "rseq": (334, 293),
    "set_robust_list": (273, 99),
    "membarrier": (324, 283),
    # own signals
    "rt_sigaction": (13, 134),
    "rt_sigprocmask": (14, 135),
    "rt_sigreturn": (15, 139),
    "sigaltstack": (131, 132),
    "restart_syscall": (219, 128),
    # clocks, chance, who am I, own limits
    "clock_gettime": (228, 113),
    "clock_getres": (229, 114),
    "clock_nanosleep": (230, 115),
    "nanosleep": (35, 101),
    "gettimeofday": (96, 169),
    "time": (201, None),
    "getrandom": (318, 278),
    "getpid": (39, 172),
    "gettid": (186, 178),
    "getrusage": (98, 165),
    "prlimit64": (302, 261),
    # the end
    "exit": (60, 93),
    "exit_group": (231, 94),
}


def can_filter() -> bool:
    """Whether this machine has the strongest layer: the kernel refuses every call that is not in our table."""
    return _machine() is not None


def confine(memory: int, present: Size) -> tuple[str, ...]:
    """Give up files, sockets, processes, core dumps and all memory beyond `memory` more bytes, for ever.

    Returns the layers that took hold: `core nofile memory no_new_privs seccomp` on Linux, fewer elsewhere.
    """
    layers: dict[str, Callable[[], bool]] = {
        "core": lambda: _limit(resource.RLIMIT_CORE, 0),
        "memory": lambda: present.known and _limit(resource.RLIMIT_AS, present.bytes() + memory),
        "nofile": lambda: _limit(resource.RLIMIT_NOFILE, 0),
        "no_new_privs": lambda: _prctl(_PR_SET_NO_NEW_PRIVS, 1),
        "seccomp": _filter_calls,
    }
    return tuple(name for name, apply in layers.items() if apply())


def allow_cpu(seconds: float) -> float:
    """Let this process compute for `seconds` from now on; the kernel ends it soon after that.

    Returns the seconds that it has computed so far.
    """
    used = time.process_time()
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (math.ceil(used + seconds) + 1, hard))
    return used


def die_with_parent(parent: int) -> None:
    """Ask the kernel to end this process when its parent ends (Linux)."""
    if _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL) and os.getppid() != parent:
        os._exit(0)  # the parent ended before the request


def die_first() -> bool:
    """Have the kernel end this process before any other when the machine runs out of memory (Linux)."""
    try:
        Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")
    except OSError:
        return False
    return True


def allow_connections() -> None:
    """Let this process and its children have as many open sockets as the system allows, within reason."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = _MOST_DESCRIPTORS if hard == resource.RLIM_INFINITY else min(hard, _MOST_DESCRIPTORS)
    if soft != resource.RLIM_INFINITY and soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))


class Size:
    """How much address space this process holds; `known` is False where the system does not say.

    The descriptor stays open, so the size can be read after confinement.
    """

    def __init__(self) -> None:
        try:
            self._descriptor = os.open("/proc/self/statm", os.O_RDONLY)
        except OSError:
            self._descriptor = -1

    @property
    def known(self) -> bool:
        return self._descriptor >= 0

    def bytes(self) -> int:
        if not self.known:
            return 0
        return int(os.pread(self._descriptor, 64, 0).split()[0]) * resource.getpagesize()


def _limit(what: int, value: int) -> bool:
    try:
        resource.setrlimit(what, (value, value))
    except (OSError, ValueError):
        return False
    return True


def _prctl(option: int, argument: int) -> bool:
    return _libc is not None and _libc.prctl(option, ctypes.c_ulong(argument), 0, 0, 0) == 0


def _machine() -> _Machine | None:
    wide = sys.maxsize > 2**32  # a 32-bit program comes through another interface of the kernel
    return _MACHINES.get(platform.machine()) if sys.platform == "linux" and wide else None


def _filter_calls() -> bool:
    machine = _machine()
    if _libc is None or machine is None:
        return False
    code = b"".join(_program(machine))
    program = ctypes.create_string_buffer(code, len(code))
    # struct sock_fprog: how many 8-byte instructions, and where they are
    header = ctypes.create_string_buffer(struct.pack("@HP", len(code) // 8, ctypes.addressof(program)))
    return bool(_libc.prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, header, 0, 0) == 0)


def _program(machine: _Machine) -> Iterator[bytes]:
    """Instructions of the kernel's packet filter, run on each call: (code, jump if true, jump if false, value)."""
    load, equal, verdict = 0x20, 0x15, 0x06
    allow, refuse, kill = 0x7FFF0000, 0x00050001, 0x80000000  # refuse: errno 1, EPERM

    def instruction(code: int, value: int, true: int = 0, false: int = 0) -> bytes:
        return struct.pack("@HBBI", code, true, false, value)

    numbers = [n for n in (row[machine.column] for row in _CALLS.values()) if n is not None]
    yield instruction(load, 4)  # which processor interface the call came through
    yield instruction(equal, machine.audit_arch, true=1)
    yield instruction(verdict, kill)
    yield instruction(load, 0)  # the number of the call
    for position, number in enumerate(numbers):
        yield instruction(equal, number, true=len(numbers) - position)
    yield instruction(verdict, refuse)
    yield instruction(verdict, allow)
