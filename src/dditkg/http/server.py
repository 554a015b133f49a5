"""The HTTP server (granian) on a socket that is already bound, until SIGTERM."""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import signal
import socket
import sys

from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.net import SocketHolder  # type: ignore[attr-defined]
from granian.server.embed import Server
from starlette.types import ASGIApp

if sys.platform == "win32":
    from asyncio import run as _run
else:
    from uvloop import run as _run

# A connection that does not say within this time what it wants, at first or again, is closed.
_HEADER_SECONDS = 10
_HEADER_BYTES = 64 * 1024
_CONNECTIONS = 1024


class _Bound(Server):
    """Granian listens at a socket of ours: one that outlives this process when it is started again."""

    def __init__(self, app: ASGIApp, bound: socket.socket) -> None:
        super().__init__(
            app,
            interface=Interfaces.ASGI,
            http=HTTPModes.http1,
            websockets=False,
            backpressure=_CONNECTIONS,
            log_enabled=False,
            http1_settings=HTTP1Settings(header_read_timeout=_HEADER_SECONDS * 1000, max_buffer_size=_HEADER_BYTES),
        )
        self._bound = bound

    def _init_shared_socket(self) -> None:
        self._ssp = None
        self._sfd = self._bound.fileno()  # type: ignore[assignment]
        self._shd = SocketHolder(self._sfd, False, _CONNECTIONS)  # type: ignore[assignment,call-arg]


def run(app: ASGIApp, listening: socket.socket) -> None:
    """Serve until SIGTERM, then finish what has begun."""
    bound = socket.socket(fileno=os.dup(listening.fileno()))
    bound.setblocking(False)
    logging.getLogger("_granian").setLevel(logging.CRITICAL)
    # Tens of thousands of answers are kept: a look at all of them for garbage stops everything for 50 ms.
    gc.set_threshold(10_000, 2, 10_000)
    _run(_serve(_Bound(app, bound)))


async def _serve(server: Server) -> None:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, server.stop)
    await server.serve()
