"""Who computes first where there are fewer processors than processes. Nothing happens where the system cannot do it."""

from __future__ import annotations

import contextlib
import os

_GIVES_WAY = 10  # how nice a process is to others, where none can be told to compute only when no other has to


def work_in_batches() -> None:
    """Let this process finish what it has begun before another of ours, which it has just woken, takes its processor.

    Each switch between two processes costs as much as a quick query.
    """
    if hasattr(os, "SCHED_BATCH"):
        with contextlib.suppress(OSError):
            os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))


def give_way(pid: int) -> None:
    """Let a process compute only when no other has to. It cannot be taken back."""
    with contextlib.suppress(OSError):  # it has just ended
        if hasattr(os, "SCHED_IDLE"):
            os.sched_setscheduler(pid, os.SCHED_IDLE, os.sched_param(0))
        else:
            os.setpriority(os.PRIO_PROCESS, pid, _GIVES_WAY)
