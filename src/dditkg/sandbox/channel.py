"""Web's end of one worker's socket."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from dditkg.errors import DditkgError
from dditkg.sandbox import wire


class Died(Exception):
    """The worker ended before it answered."""


class Channel(asyncio.Protocol):
    """One worker, as web sees it. `came` is True once it has said that it is confined and ready.

    `demoted` is True once its query has run so long that it no longer counts as one of the usual workers. `timer` is
    what comes next when its query goes on.
    """

    timer: asyncio.TimerHandle

    def __init__(
        self,
        pid: int,
        most: int,
        on_come: Callable[[Channel, tuple[str, ...]], None],
        on_lost: Callable[[Channel], None],
    ) -> None:
        self.pid = pid
        self.came = self.demoted = False
        self._most, self._on_come, self._on_lost = most, on_come, on_lost
        self._buffer = bytearray()
        self._transport: asyncio.Transport | None = None
        self._reply: asyncio.Future[wire.Reply] | None = None

    async def ask(self, question: bytes) -> wire.Reply:
        """The reply to one question; raises Died when the worker ends first, or what it was stopped with."""
        if self._transport is None or self._transport.is_closing():
            raise Died
        self._reply = asyncio.get_running_loop().create_future()
        self._transport.write(question)
        return await self._reply

    def stop(self, why: DditkgError) -> None:
        """Tell whoever waits for the reply that there will be none."""
        if self._reply is not None and not self._reply.done():
            self._reply.set_exception(why)

    def abort(self) -> None:
        if self._transport is not None:
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        try:
            parcel = wire.unpack(self._buffer, self._most)
            if parcel is not None:
                self._buffer = bytearray()
                self._take(*parcel)
        except wire.Garbled:
            self.abort()

    def _take(self, header: dict[str, Any], body: bytes) -> None:
        if not self.came:
            self.came = True
            self._on_come(self, tuple(header["layers"]))
        elif self._reply is not None and not self._reply.done():
            self._reply.set_result(wire.reply_of(header, body))

    def connection_lost(self, exc: Exception | None) -> None:
        if self._reply is not None and not self._reply.done():
            self._reply.set_exception(Died())
        self._on_lost(self)
