"""Web's side of the sandbox: hands each query to an idle worker and has it killed at its deadline.

A few places are for queries that end soon. A query that runs longer loses its place: it goes on in the background,
a new worker takes the place, and when no more workers may be forked the one that has run longest is stopped.
"""

from __future__ import annotations

import asyncio
import math
import os
import signal
import socket
from collections import deque
from collections.abc import Callable, Coroutine
from typing import Any

from dditkg.sandbox import wire
from dditkg.sandbox.channel import Channel, Died, Turn
from dditkg.sandbox.screen import screen
from dditkg.settings import Settings

HESITATION_SECONDS = 0.02  # before a waiting query gets a worker of its own: short queries share a few, and run faster
SURPLUS_SECONDS = 30.0  # how long workers above the usual number stay after a busy time
_LOOK_SECONDS = 0.01  # between two looks at how long each query has run or waited: one clock costs less than many
_MOSTLY_QUICK = 0.2  # while fewer than this part of the queries are slow
_OVERTAKEN_SECONDS = 0.01  # what stands behind a query that runs longer goes to a free worker
_STUCK_SECONDS = 0.05  # and, where none is free, to whoever is next
_LONGEST_LINE = 32  # of quick queries at one worker
_CROWD = 2  # times the usual number of workers at most, beside those that are long at one query: more would crawl
_RETRY_SECONDS = 0.2  # before asking again for a worker that could not be had


class Pool:
    """Forked workers that answer SPARQL queries. Belongs to one event loop, that of the web process."""

    def __init__(self, control: socket.socket, settings: Settings) -> None:
        self._control, self._settings = control, settings
        self._loop: asyncio.AbstractEventLoop | None = None
        self._workers: set[Channel] = set()
        self._idle: list[Channel] = []  # the last one used is the next one used: its memory is warm
        self._demoted: deque[Channel] = deque()  # the one that has run longest first
        self._coming = 0
        self._waiting: deque[Turn] = deque()  # the one that has waited longest first
        self._tasks: set[asyncio.Task[None]] = set()
        self._looking: asyncio.TimerHandle | None = None
        # Web keeps one processor busy; where too many others want the rest, each finds its memory cold.
        self._quick_workers = min(settings.workers, max((os.cpu_count() or 1) - 1, 1))
        self._slow = 0.0  # the part of queries that are not quick, of late
        self._trimming: asyncio.TimerHandle | None = None
        self._layers: tuple[str, ...] = ()
        self._top_up()  # they are forked while the rest of web is made

    @property
    def layers(self) -> tuple[str, ...]:
        """The layers of confinement that took hold in the newest worker; empty before there is one."""
        return self._layers

    @property
    def ready(self) -> bool:
        """Whether at least one worker is alive."""
        return bool(self._workers)

    def census(self) -> dict[str, int]:
        """How many workers do what, and how many queries wait for one."""
        return {
            "idle": len(self._idle),
            "busy": len(self._workers) - len(self._idle) - len(self._demoted),
            "demoted": len(self._demoted),
            "coming": self._coming,
            "waiting": len(self._waiting) + sum(max(len(worker.turns) - 1, 0) for worker in self._workers),
        }

    async def start(self) -> None:
        """Take in the workers that have been asked for. Calling again is harmless."""
        if self._loop is None:
            self._loop = asyncio.get_running_loop()
            self._control.setblocking(False)
            self._loop.add_reader(self._control, self._receive)
            self._command(b"S", 0)

    async def ask(
        self, question: wire.Question, charge: Callable[[float], object] = lambda seconds: None
    ) -> wire.Answer:
        """The whole answer to a query, in the format that its `accept` likes best.

        `charge` is called once a worker has had the query, with the seconds that it was busy with it.

        Raises BadQuery (cannot be read, asks for federation), TooLarge (query or answer), NotAcceptable,
        TimedOut after the question's seconds in the worker, Unavailable when the query took its worker down, or
        with `retry_after` (seconds) when all workers are busy. A cancelled call stops the query.
        """
        screen(question.query, self._settings)
        if self._loop is None:
            await self.start()
        loop = self._running_loop()
        question = question.within(self._settings)
        turn = Turn(wire.question_frame(question), question.seconds or self._settings.query_seconds, loop)
        if len(self._waiting) >= self._settings.waiting_queries:
            raise wire.busy(self._settings)
        self._waiting.append(turn)
        self._hand_out()
        if self._looking is None:
            self._looking = loop.call_later(_LOOK_SECONDS, self._look)
        try:
            answer = (await turn.reply).answer
        except Died:
            raise wire.died(self._settings, turn.age) from None
        except BaseException:  # out of time, displaced, or nobody waits for it any more
            if turn.begun and turn.worker is not None:
                self._discard(turn.worker)
            elif turn in self._waiting:
                self._waiting.remove(turn)
            raise
        finally:
            if turn.begun:
                charge(turn.age)
        if isinstance(answer, wire.Answer):
            return answer
        raise answer

    # Who works, who waits

    def _look(self) -> None:
        """Stop what is out of time, take the place of what is long, refuse what has waited too long."""
        loop = self._running_loop()
        self._looking = None
        for worker in [worker for worker in self._workers if worker.astray]:
            self._discard(worker)
        busy = [(worker, worker.turns[0]) for worker in self._workers if worker.turns]
        for worker, turn in busy:
            if turn.age >= (_OVERTAKEN_SECONDS if self._idle else _STUCK_SECONDS):
                self._take_back(worker)
            if turn.reply.done():  # nobody waits for it any more
                self._discard(worker)
            elif turn.age >= turn.seconds:
                turn.refuse(wire.timed_out(turn.seconds))
            elif turn.age >= self._settings.place_seconds and not worker.demoted:
                self._demote(worker)
        while self._waiting and self._waiting[0].age >= self._settings.waiting_seconds:
            self._waiting.popleft().refuse(wire.busy(self._settings))
        self._top_up()
        if busy or self._waiting or any(worker.stale for worker in self._workers):
            self._looking = loop.call_later(_LOOK_SECONDS, self._look)

    def _waited(self, seconds: float) -> int:
        """How many queries have waited so long for a worker."""
        return sum(turn.age >= seconds for turn in self._waiting)

    def _demote(self, worker: Channel) -> None:
        """Take a worker's place away, and let it compute only when no other has to."""
        if worker in self._workers:
            worker.demoted = True
            self._demoted.append(worker)
            self._command(b"N", worker.pid)

    def _hand_out(self) -> None:
        """Give the queries that wait to free workers, and quick ones to busy workers too, behind what those have.

        A worker that finds a next query at once need not be woken for it, which costs more than a quick query does.
        """
        usual, most = (self._quick_workers, _LONGEST_LINE) if self._slow < _MOSTLY_QUICK else (math.inf, 0)
        at_work = [worker for worker in self._workers if worker.at_work and worker.turns[0].age < HESITATION_SECONDS]
        while self._waiting:
            if self._waiting[0].reply.done():
                self._waiting.popleft()
                continue
            joined = len(at_work) >= usual or not self._idle
            worker = min(at_work, key=lambda one: len(one.turns), default=None) if joined else None
            if worker is None or len(worker.turns) >= most:
                if not self._idle:
                    break
                worker = self._idle.pop()
                at_work.append(worker)
            worker.take(self._waiting.popleft())

    def _take_back(self, worker: Channel) -> None:
        """Let others answer what stands behind a query that is long or was stopped."""
        self._waiting.extendleft(worker.give_back())
        self._hand_out()

    def _offer(self, worker: Channel) -> None:
        """Give a free worker to whoever waits longest, or keep it."""
        if worker not in self._workers:
            return
        self._idle.append(worker)
        self._hand_out()
        if len(self._workers) > self._settings.workers and self._trimming is None:
            self._trimming = self._running_loop().call_later(SURPLUS_SECONDS, self._trim)

    def _trim(self) -> None:
        self._trimming = None
        surplus = min(len(self._workers) - self._settings.workers, len(self._idle))
        for worker in self._idle[: max(surplus, 0)]:
            self._discard(worker)

    def _top_up(self) -> None:
        """Ask for workers until all places are taken; for more where queries wait and those at work are few, or long.

        Where there is no room for a query that waits, the one that has run longest is stopped.
        """
        placed = [worker for worker in self._workers if not worker.demoted]
        long = sum(bool(one.turns) and one.turns[0].age >= self._settings.place_seconds / 2 for one in placed)
        places = max(self._settings.workers - len(placed), 0)
        more = max(_CROWD * self._settings.workers + long - len(placed), 0)
        room = self._settings.most_workers - len(self._workers) - self._coming
        overdue = min(self._waited(HESITATION_SECONDS), more)
        urgent = min(self._waited(self._settings.place_seconds), more)
        wanted = max(places, overdue) - self._coming
        needed = max(min(places, overdue), urgent) - self._coming
        for _ in range(min(needed - room, len(self._demoted))):
            room += 1
            longest = self._demoted[0]
            if longest.turns:
                longest.turns[0].refuse(wire.displaced(self._settings))
            self._end(longest)
        for _ in range(min(wanted, room)):
            self._coming += 1
            self._command(b"F", 0)

    def _discard(self, worker: Channel) -> None:
        """Have a worker killed, whatever it does, and another in its place."""
        self._end(worker)
        self._top_up()

    def _end(self, worker: Channel) -> None:
        if worker not in self._workers:
            return
        self._workers.remove(worker)
        for group in (self._idle, self._demoted):
            if worker in group:
                group.remove(worker)
        worker.abort()
        self._command(b"K", worker.pid)
        self._take_back(worker)

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
        if self._loop is not None:
            self._loop.remove_reader(self._control)
        os.kill(os.getpid(), signal.SIGTERM)

    def _spawn(self, coroutine: Coroutine[Any, Any, None]) -> None:
        task = self._running_loop().create_task(coroutine)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _welcome(self, pid: int, channel: socket.socket) -> None:
        worker = Channel(pid, self._settings.answer_bytes, self._come, self._replied, self._lost)
        await self._running_loop().create_connection(lambda: worker, sock=channel)

    def _come(self, worker: Channel, layers: tuple[str, ...]) -> None:
        self._coming -= 1
        self._layers = layers
        self._workers.add(worker)
        self._offer(worker)

    def _replied(self, worker: Channel, reply: wire.Reply) -> None:
        """What is worn or nice to others cannot be made quick again."""
        self._slow += ((not reply.quick) - self._slow) / 16
        if reply.worn or worker.demoted:
            self._discard(worker)
        elif not (worker.turns or worker.stale):
            self._offer(worker)

    def _lost(self, worker: Channel) -> None:
        if worker in self._workers:
            self._discard(worker)
        elif not worker.came:
            self._command(b"K", worker.pid)
            self._not_come()

    def _not_come(self) -> None:
        self._coming -= 1
        self._running_loop().call_later(_RETRY_SECONDS, self._top_up)
