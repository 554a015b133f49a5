"""Sending a whole answer to a client that may be slow."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Iterator

from starlette.types import Receive, Scope, Send

from dditkg.errors import Unavailable
from dditkg.settings import Settings

#: As ASGI wants them: names in small letters.
RawHeaders = list[tuple[bytes, bytes]]

_log = logging.getLogger(__name__)
PIECE_BYTES = 64 * 1024


class Delivery:
    """A 200 whose body is sent piece by piece, as fast as the client takes it and for `seconds` at most.

    After that the server breaks the connection off, before the length that was announced: the client sees it.
    """

    def __init__(self, body: bytes, headers: RawHeaders, seconds: float) -> None:
        self.body, self.headers = body, [*headers, (b"content-length", b"%d" % len(body))]
        self._seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": self.headers})
        length = len(self.body)
        if length <= PIECE_BYTES:
            return await send({"type": "http.response.body", "body": self.body})
        try:
            async with asyncio.timeout(self._seconds):
                for start in range(0, length, PIECE_BYTES):
                    piece = bytes(self.body[start : start + PIECE_BYTES])
                    more = start + PIECE_BYTES < length
                    await send({"type": "http.response.body", "body": piece, "more_body": more})
        except TimeoutError:
            _log.warning("a client did not take its answer within %g seconds", self._seconds)


class Outbox:
    """How many bytes of answers are on their way to clients; those that are kept anyway do not count."""

    def __init__(self, settings: Settings) -> None:
        self._most, self.bytes = settings.outbox_bytes, 0

    @contextlib.contextmanager
    def holding(self, size: int) -> Iterator[None]:
        """While an answer of this size is sent. Unavailable when slow readers have filled what there is room for."""
        if self.bytes + size > self._most:
            raise Unavailable(
                f"Answers of {self._most} bytes together are on their way to clients, which is the limit. "
                "Ask again in a few seconds, and read answers as they come.",
                limit="outbox_bytes",
                allowed=self._most,
                retry_after=5,
            )
        self.bytes += size
        try:
            yield
        finally:
            self.bytes -= size
