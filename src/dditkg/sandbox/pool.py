"""Web's side of the sandbox: hands each query to an idle worker and has it killed at its deadline."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
from collections import deque
from collections.abc import Callable, Coroutine, Sequence
from typing import Any

from dditkg.errors import Unavailable
from dditkg.sandbox import wire
from dditkg.sandbox.screen import screen
from dditkg.settings import Settings

HESITATION_SECONDS = 0.02  # before a waiting query gets a worker of its own: short queries share a few, and run faster
PATIENCE_SECONDS = 1.0  # how long a query waits for a worker when no more may be forked
QUEUE = 256  # how many queries may wait at once
SURPLUS_SECONDS = 30.0  # how long workers above the usual number stay after a busy time
_RETRY_SECONDS = 0.2  # before asking again for a worker that could not be had


class _Died(Exception):
    """The worker ended before it answered."""


class Pool:
    """Forked workers that answer SPARQL queries. Belongs to one event loop, that of the web process."""

    def __init__(self, control: socket.socket, settings: Settings) -> None:
        self._control, self._settings = control, settings
        self._loop: asyncio.AbstractEventLoop | None = None
        self._workers: set[_Worker] = set()
        self._idle: list[_Worker] = []  # the last one used is the next one used: its memory is warm
        self._coming = 0
        self._waiting: deque[asyncio.Future[_Worker]] = deque()
        self._overdue: set[asyncio.Future[_Worker]] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._trimming: asyncio.TimerHandle | None = None
        self._layers: tuple[str, ...] = ()

    @property
    def layers(self) -> tuple[str, ...]:
        """The layers of confinement that took hold in the newest worker; empty before there is one."""
        return self._layers

    @property
    def ready(self) -> bool:
        """Whether at least one worker is alive."""
        return bool(self._workers)

    async def start(self) -> None:
        """Have the usual number of workers forked, so that the first query need not wait. Calling again is harmless."""
        if self._loop is None:
            self._loop = asyncio.get_running_loop()
            self._control.setblocking(False)
            self._loop.add_reader(self._control, self._receive)
            self._top_up()

    async def ask(
        self,
        query: str,
        accept: str | None,
        default_graphs: Sequence[str] = (),
        named_graphs: Sequence[str] = (),
        base: str | None = None,
    ) -> wire.Answer:
        """The whole answer to a query, in the format that `accept` likes best.

        The graphs override FROM; relative IRIs are read against `base`.

        Raises BadQuery (cannot be read, asks for federation), TooLarge (query or answer), NotAcceptable,
        TimedOut after `settings.query_seconds` in the worker, Unavailable when the query took its worker down, or
        with `retry_after` (seconds) when all workers are busy. A cancelled call stops the query.
        """
        screen(query, self._settings)
        await self.start()
        question = wire.Question(query, accept, tuple(default_graphs), tuple(named_graphs), base)
        worker = await self._take()
        try:
            async with asyncio.timeout(self._settings.query_seconds):
                reply = await worker.ask(wire.question_frame(question))
        except TimeoutError:
            self._discard(worker)
            raise wire.timed_out(self._settings) from None
        except _Died:
            raise wire.died() from None
        except BaseException:
            self._discard(worker)
            raise
        if reply.worn:
            self._discard(worker)
        else:
            self._offer(worker)
        if isinstance(reply.answer, wire.Answer):
            return reply.answer
        raise reply.answer

    # Who works, who waits

    async def _take(self) -> _Worker:
        if self._idle:
            return self._idle.pop()
        if len(self._waiting) >= QUEUE:
            raise self._busy()
        loop = self._running_loop()
        turn: asyncio.Future[_Worker] = loop.create_future()
        self._waiting.append(turn)
        hesitation = loop.call_later(HESITATION_SECONDS, self._hasten, turn)
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                return await turn
        except BaseException as error:
            if turn in self._waiting:
                self._waiting.remove(turn)
            elif not turn.cancelled():
                self._offer(turn.result())  # it came in the same moment in which we gave up
            if isinstance(error, TimeoutError):
                raise self._busy() from None
            raise
        finally:
            hesitation.cancel()
            self._overdue.discard(turn)

    def _hasten(self, turn: asyncio.Future[_Worker]) -> None:
        self._overdue.add(turn)
        self._top_up()

    def _busy(self) -> Unavailable:
        return Unavailable(
            f"All {self._settings.most_workers} query processes are busy. Try again in a few seconds.", retry_after=2
        )

    def _offer(self, worker: _Worker) -> None:
        """Give a free worker to whoever waits longest, or keep it."""
        if worker not in self._workers:
            return
        while self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_result(worker)
                return
        self._idle.append(worker)
        if len(self._workers) > self._settings.workers and self._trimming is None:
            self._trimming = self._running_loop().call_later(SURPLUS_SECONDS, self._trim)

    def _trim(self) -> None:
        self._trimming = None
        surplus = min(len(self._workers) - self._settings.workers, len(self._idle))
        for worker in self._idle[: max(surplus, 0)]:
            self._discard(worker)

    def _top_up(self) -> None:
        """Ask for workers until the usual number is there, and one is coming for each query that has waited long."""
        missing = max(self._settings.workers - len(self._workers), len(self._overdue)) - self._coming
        room = self._settings.most_workers - len(self._workers) - self._coming
        for _ in range(min(missing, room)):
            self._coming += 1
            self._command(b"F", 0)

    def _discard(self, worker: _Worker) -> None:
        """Have a worker killed, whatever it does."""
        self._workers.discard(worker)
        if worker in self._idle:
            self._idle.remove(worker)
        worker.abort()
        self._command(b"K", worker.pid)
        self._top_up()

    # Talking to the parent

    def _running_loop(self) -> asyncio.AbstractEventLoop:
        assert self._loop is not None
        return self._loop

    def _command(self, verb: bytes, pid: int) -> None:
        try:
            self._control.send(wire.COMMAND.pack(verb, pid))
        except OSError:
            self._parent_is_gone()

    def _receive(self) -> None:
        """Take one worker that the parent sends."""
        try:
            message, descriptors, _, _ = socket.recv_fds(self._control, wire.PID.size, 1)
        except BlockingIOError:
            return
        except OSError:
            message, descriptors = b"", []
        if not message:
            self._parent_is_gone()
        elif not descriptors:
            self._not_come()
        else:
            (pid,) = wire.PID.unpack(message)
            self._spawn(self._welcome(pid, socket.socket(fileno=descriptors[0])))

    def _parent_is_gone(self) -> None:
        loop = self._running_loop()
        loop.remove_reader(self._control)
        os.kill(os.getpid(), signal.SIGTERM)

    def _spawn(self, coroutine: Coroutine[Any, Any, None]) -> None:
        task = self._running_loop().create_task(coroutine)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _welcome(self, pid: int, channel: socket.socket) -> None:
        worker = _Worker(pid, self._settings.answer_bytes, self._come, self._lost)
        await self._running_loop().create_connection(lambda: worker, sock=channel)

    def _come(self, worker: _Worker, layers: tuple[str, ...]) -> None:
        self._coming -= 1
        self._layers = layers
        self._workers.add(worker)
        self._offer(worker)

    def _lost(self, worker: _Worker) -> None:
        if worker in self._workers:
            self._discard(worker)
        elif not worker.came:
            self._command(b"K", worker.pid)
            self._not_come()

    def _not_come(self) -> None:
        self._coming -= 1
        self._running_loop().call_later(_RETRY_SECONDS, self._top_up)


class _Worker(asyncio.Protocol):
    """The other end of one worker's socket. `came` is True once it has said that it is confined and ready."""

    def __init__(
        self,
        pid: int,
        most: int,
        on_come: Callable[[_Worker, tuple[str, ...]], None],
        on_lost: Callable[[_Worker], None],
    ) -> None:
        self.pid = pid
        self.came = False
        self._most, self._on_come, self._on_lost = most, on_come, on_lost
        self._buffer = bytearray()
        self._transport: asyncio.Transport | None = None
        self._reply: asyncio.Future[wire.Reply] | None = None

    async def ask(self, question: bytes) -> wire.Reply:
        """The reply to one question; raises _Died when the worker ends first."""
        if self._transport is None or self._transport.is_closing():
            raise _Died
        self._reply = asyncio.get_running_loop().create_future()
        self._transport.write(question)
        return await self._reply

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
                self._buffer.clear()
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
            self._reply.set_exception(_Died())
        self._on_lost(self)
