"""Web's end of one worker's socket."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable
from typing import Any, cast

from dditkg.errors import DditkgError
from dditkg.sandbox import wire

_STALE_SECONDS = 0.1  # for which a worker may go on with a question that others answer


class Died(Exception):
    """The worker ended before it answered."""


class Turn:
    """One question from its coming to its reply, which is a Died where the worker ended first.

    `worker` is who has it, or stands before it in a worker's queue; `begun` is True once it is being answered.
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

    def begin(self) -> None:
        self.begun, self._since = True, self._clock()

    def refuse(self, why: DditkgError | Died) -> None:
        """Tell whoever waits for the reply that there will be none."""
        if not self.reply.done():
            self.reply.set_exception(why)


class Channel(asyncio.Protocol):
    """One worker, as web sees it. `came` is True once it has said that it is confined and ready.

    `demoted` is True once its query has run so long that it no longer counts as one of the usual workers. `turns` are
    the questions that it has been sent: it works on the first. Behind them it has so many `stale` ones, which others
    answer by now: what it says to those is not heard.
    """

    def __init__(
        self,
        pid: int,
        most: int,
        on_come: Callable[[Channel, tuple[str, ...]], None],
        on_reply: Callable[[Channel, wire.Reply], None],
        on_lost: Callable[[Channel], None],
    ) -> None:
        self.pid = pid
        self.came = self.demoted = False
        self.turns: deque[Turn] = deque()
        self.stale = 0
        self._heard = 0.0  # when it last said something
        self._most, self._on_come, self._on_reply, self._on_lost = most, on_come, on_reply, on_lost
        self._buffer = bytearray()
        self._transport: asyncio.Transport | None = None

    @property
    def at_work(self) -> bool:
        """Whether it has questions, and may be given more."""
        return bool(self.turns) and not (self.demoted or self.stale)

    def take(self, turn: Turn) -> None:
        """Have the worker answer a question, once it has answered those before."""
        assert self._transport is not None
        turn.worker = self
        self.turns.append(turn)
        if len(self.turns) == 1:
            turn.begin()
        self._transport.write(turn.frame)

    def give_back(self) -> list[Turn]:
        """The questions behind the first, from the last on, for others to answer."""
        given = [self.turns.pop() for _ in range(len(self.turns) - 1)]
        for turn in given:
            turn.worker = None
        self.stale += len(given)
        return given

    @property
    def astray(self) -> bool:
        """Whether it has been long about a question that others answer by now."""
        return self.stale > 0 and not self.turns and time.monotonic() - self._heard > _STALE_SECONDS

    def abort(self) -> None:
        if self._transport is not None:
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        self._heard = time.monotonic()
        try:
            while (parcel := wire.unpack(self._buffer, self._most)) is not None:
                self._hear(*parcel)
        except wire.Garbled:
            self.abort()

    def _hear(self, header: dict[str, Any], body: bytes) -> None:
        if not self.came:
            self.came = True
            self._on_come(self, tuple(header["layers"]))
        elif self.turns:
            reply = wire.reply_of(header, body)
            turn = self.turns.popleft()
            turn.worker = None
            if not turn.reply.done():
                turn.reply.set_result(reply)
            if self.turns:
                self.turns[0].begin()
            self._on_reply(self, reply)
        elif self.stale:
            self.stale -= 1
            self._on_reply(self, wire.reply_of(header, body))

    def connection_lost(self, exc: Exception | None) -> None:
        if self.turns:
            self.turns[0].refuse(Died())
        self._on_lost(self)
