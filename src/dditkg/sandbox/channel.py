"""Web's end of one worker's socket."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, cast

from dditkg.errors import DditkgError
from dditkg.sandbox import wire


class Died(Exception):
    """The worker ended before it answered."""


class Turn:
    """One question from its coming to its reply, which is a Died where the worker ended first.

    `worker` is who has it now; `begun` stays True once anyone has had it.
    """

    def __init__(self, frame: bytes, seconds: float, loop: asyncio.AbstractEventLoop) -> None:
        self.frame, self.seconds = frame, seconds
        self.reply: asyncio.Future[wire.Reply] = loop.create_future()
        self.worker: Channel | None = None
        self.begun = False
        self._clock = loop.time
        self._since = loop.time()

    @property
    def age(self) -> float:
        """Seconds that it has waited for a worker, or that a worker has had it."""
        return self._clock() - self._since

    def begin(self, worker: Channel) -> None:
        self.worker, self.begun, self._since = worker, True, self._clock()

    def refuse(self, why: DditkgError | Died) -> None:
        """Tell whoever waits for the reply that there will be none."""
        if not self.reply.done():
            self.reply.set_exception(why)


class Channel(asyncio.Protocol):
    """One worker, as web sees it. `came` is True once it has said that it is confined and ready.

    `demoted` is True once its query has run so long that it no longer counts as one of the usual workers. `turn` is
    the question that it works on.
    """

    def __init__(
        self,
        pid: int,
        most: int,
        on_come: Callable[[Channel, tuple[str, ...]], None],
        on_free: Callable[[Channel, bool], None],
        on_lost: Callable[[Channel], None],
    ) -> None:
        self.pid = pid
        self.came = self.demoted = False
        self.turn: Turn | None = None
        self._most, self._on_come, self._on_free, self._on_lost = most, on_come, on_free, on_lost
        self._buffer = bytearray()
        self._transport: asyncio.Transport | None = None

    def take(self, turn: Turn) -> None:
        """Have the worker answer a question; it must be free."""
        turn.begin(self)
        self.turn = turn
        if self._transport is None or self._transport.is_closing():
            turn.refuse(Died())
        else:
            self._transport.write(turn.frame)

    def abort(self) -> None:
        if self._transport is not None:
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        try:
            parcel = wire.unpack(self._buffer, self._most)
            if parcel is not None:
                self._buffer.clear()
                self._hear(*parcel)
        except wire.Garbled:
            self.abort()

    def _hear(self, header: dict[str, Any], body: bytes) -> None:
        turn = self.turn
        if not self.came:
            self.came = True
            self._on_come(self, tuple(header["layers"]))
        elif turn is not None and not turn.reply.done():  # else it has been given up, and this worker with it
            reply = wire.reply_of(header, body)
            self.turn = turn.worker = None
            turn.reply.set_result(reply)
            self._on_free(self, reply.worn)

    def connection_lost(self, exc: Exception | None) -> None:
        if self.turn is not None:
            self.turn.refuse(Died())
        self._on_lost(self)
