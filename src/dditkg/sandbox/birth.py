"""Forking a process that does one thing and never comes back."""

from __future__ import annotations

import faulthandler
import os
import signal
import sys
import traceback
from collections.abc import Callable, Iterable

from dditkg.errors import Unavailable
from dditkg.sandbox import confinement, scheduling

_SIGNALS = (signal.SIGTERM, signal.SIGINT) + ((signal.SIGCHLD,) if sys.platform != "win32" else ())


def require_fork() -> None:
    """Raise Unavailable where a process cannot be forked (Windows)."""
    if not hasattr(os, "fork"):
        raise Unavailable(
            "SPARQL from outside needs a system that can fork processes, such as Linux or macOS. "
            "Here the named questions work; for free SPARQL run the service on Linux, or in a container."
        )


def fork(task: Callable[[], None], only: int | None = None) -> int:
    """The process id of a new child that runs `task` and ends.

    The child has the usual signal handling and ends with its parent. With `only`, every open descriptor but
    that one and the standard three is closed. Raises OSError when the system has no room for another process.
    """
    parent = os.getpid()
    for stream in (sys.stdout, sys.stderr):
        stream.flush()  # what is still in the buffer would be written twice
    # No signal may arrive between the fork and the child's own handlers: it would be lost in the parent's.
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)
    try:
        child = os.fork()
        if child == 0:
            _live(task, parent, only, before)
        return child
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _live(task: Callable[[], None], parent: int, only: int | None, mask: Iterable[int]) -> None:
    status = 1
    try:
        confinement.die_with_parent(parent)
        scheduling.work_in_batches()
        faulthandler.disable()
        if only is not None:
            os.closerange(3, only)
            os.closerange(only + 1, os.sysconf("SC_OPEN_MAX"))
        signal.set_wakeup_fd(-1)
        for number in _SIGNALS:
            signal.signal(number, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        task()
        status = 0
    except SystemExit as leaving:
        status = leaving.code if isinstance(leaving.code, int) else int(leaving.code is not None)
    except BaseException:
        traceback.print_exc()
    finally:
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        os._exit(status)
