"""One query, one confined child: how the command line asks."""

from __future__ import annotations

import contextlib
import dataclasses
import os
import signal
import socket
import time

from dditkg.sandbox import wire
from dditkg.sandbox.birth import fork, require_fork
from dditkg.sandbox.screen import screen
from dditkg.sandbox.worker import work
from dditkg.settings import Settings
from dditkg.store import LocalStore


def ask_once(store: LocalStore, query: str, accept: str | None, settings: Settings) -> wire.Answer:
    """The answer to a query of unknown origin, evaluated in a child that is gone afterwards.

    Raises the errors of `Pool.ask`: BadQuery, TooLarge, NotAcceptable, TimedOut, Unavailable.
    """
    require_fork()
    settings = dataclasses.replace(settings, worker_cpu_seconds=settings.query_seconds)  # it disturbs nobody else
    screen(query, settings)
    ours, theirs = socket.socketpair()

    def answer_one() -> None:
        # The engine's last words on a stack overflow belong in a server's log, not on somebody's screen.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
        work(store, theirs.fileno(), settings)

    with ours, theirs:
        child = fork(answer_one, only=theirs.fileno())
        theirs.close()
        try:
            reply = _converse(ours, wire.Question(query, accept).within(settings), settings)
        finally:
            os.kill(child, signal.SIGKILL)
            with contextlib.suppress(ChildProcessError):
                os.waitpid(child, 0)
    if isinstance(reply.answer, wire.Answer):
        return reply.answer
    raise reply.answer


def _converse(channel: socket.socket, question: wire.Question, settings: Settings) -> wire.Reply:
    deadline = time.monotonic() + settings.query_seconds
    try:
        _next_frame(channel, settings, deadline)  # the layers
        channel.sendall(wire.question_frame(question))
        return wire.reply_of(*_next_frame(channel, settings, deadline))
    except TimeoutError:
        raise wire.timed_out(settings.query_seconds) from None
    except (OSError, wire.Garbled):
        raise wire.died(settings) from None


def _next_frame(channel: socket.socket, settings: Settings, deadline: float) -> tuple[dict[str, object], bytes]:
    buffer = bytearray()
    while (whole := wire.unpack(buffer, settings.answer_bytes)) is None:
        channel.settimeout(max(deadline - time.monotonic(), 0.001))
        part = channel.recv(1 << 18)
        if not part:
            raise wire.Garbled
        buffer += part
    return whole
