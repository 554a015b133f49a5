"""The single-threaded process that has loaded the store: it forks, kills and reaps, and does nothing else."""

from __future__ import annotations

import contextlib
import gc
import ipaddress
import os
import selectors
import signal
import socket
import sys
import time
from collections.abc import Callable

from dditkg.errors import Unavailable, WrongUse
from dditkg.sandbox import confinement, scheduling, wire
from dditkg.sandbox.birth import fork, require_fork
from dditkg.sandbox.pool import Pool
from dditkg.sandbox.worker import work
from dditkg.settings import Settings
from dditkg.store import LocalStore

RunWeb = Callable[[socket.socket, Pool], None]

_FAILURES = 5  # webs in a row that ended before they had started, after which we give up
_BACK_OFF_SECONDS = 0.2  # between a web and the next
_DRAIN_SECONDS = 5.0  # on top of the longest query


def listen(settings: Settings) -> socket.socket:
    """A listening socket at the settings' host and port; Unavailable when the address cannot be had.

    WrongUse for limits beyond their ceilings, and for an address that others can reach, where this machine cannot
    confine workers fully.
    """
    settings.require_fit()
    if not _loopback(settings.host) and not confinement.can_filter():
        raise WrongUse(
            f"{settings.host} can be reached from other machines, and this system cannot confine queries fully "
            "(no seccomp). Use 127.0.0.1, or run the service on Linux."
        )
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    try:
        listening = socket.create_server((settings.host, settings.port), family=family, backlog=1024)
    except OSError as error:
        raise Unavailable(
            f"Cannot listen at {settings.host} port {settings.port}: {error.strerror or error}. Choose another port."
        ) from error
    # Accepted sockets inherit this; without it each answer on a kept-alive connection waits 40 ms for the client.
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listening


def _loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def serve(store: LocalStore, run_web: RunWeb, settings: Settings, listening: socket.socket | None = None) -> None:
    """Run the service until SIGTERM or SIGINT, then let web finish its requests, end every child and return.

    `run_web(listening_socket, pool)` runs in the web process until it gets SIGTERM; if it ends before that, it is
    started again. Must be called in the main thread of a process that has no other threads.
    Raises Unavailable where processes cannot be forked, when the address is taken, or when web cannot be started.
    """
    require_fork()
    confinement.allow_connections()
    with listening or listen(settings) as bound, _Parent(store, run_web, settings, bound) as parent:
        parent.run()


class _Parent:
    def __init__(self, store: LocalStore, run_web: RunWeb, settings: Settings, listening: socket.socket) -> None:
        self._store, self._run_web, self._settings, self._listening = store, run_web, settings, listening
        self._workers: set[int] = set()
        self._dying: set[int] = set()  # those that were killed and have not been reaped
        self._web: int | None = None
        self._control: socket.socket | None = None
        self._failures = 0
        self._stop_by: float | None = None  # when set: no new web; and everything is killed at this time
        self._start_at: float | None = 0.0  # when web is to be started
        self._selector = selectors.DefaultSelector()
        self._signals, self._waker = socket.socketpair()

    def __enter__(self) -> _Parent:
        for end in (self._signals, self._waker):
            end.setblocking(False)
        self._selector.register(self._signals, selectors.EVENT_READ)
        handled = (signal.SIGTERM, signal.SIGINT, signal.SIGCHLD)
        # A handler must exist for the number to arrive in the wake-up socket.
        self._before = [(number, signal.signal(number, lambda *_: None)) for number in handled]
        signal.set_wakeup_fd(self._waker.fileno(), warn_on_full_buffer=False)
        gc.freeze()  # a collection in a child would copy every page it marks
        return self

    def __exit__(self, *_: object) -> None:
        self._end_web()
        for pid in self._dying:
            with contextlib.suppress(ChildProcessError):
                os.waitpid(pid, 0)
        signal.set_wakeup_fd(-1)
        for number, handler in self._before:
            signal.signal(number, handler or signal.SIG_DFL)
        self._selector.close()
        self._signals.close()
        self._waker.close()
        gc.unfreeze()

    def run(self) -> None:
        while not self._finished():
            if self._start_at is not None and time.monotonic() >= self._start_at:
                self._start_web()
            for key, _ in self._selector.select(self._patience()):
                if key.fileobj is self._signals:
                    self._hear()
                elif key.fileobj is self._control:  # which may just have been closed
                    self._obey(self._control)

    def _finished(self) -> bool:
        return self._stop_by is not None and (self._web is None or time.monotonic() >= self._stop_by)

    def _patience(self) -> float | None:
        """Seconds until something is due, None when only an event can bring work."""
        due = self._stop_by if self._stop_by is not None else self._start_at
        return None if due is None else max(0.0, due - time.monotonic())

    def _start_web(self) -> None:
        self._start_at = None
        ours, theirs = socket.socketpair()

        def be_web() -> None:
            for other in (ours, self._signals, self._waker):
                other.close()
            self._selector.close()
            self._run_web(self._listening, Pool(theirs, self._settings))

        try:
            self._web = fork(be_web)
        except OSError as error:
            ours.close()
            _say(f"no room for the web process ({error.strerror}); trying again")
            self._start_at = time.monotonic() + _BACK_OFF_SECONDS
            return
        finally:
            theirs.close()
        self._control = ours
        self._selector.register(ours, selectors.EVENT_READ)

    def _hear(self) -> None:
        """Act on the signals that have arrived."""
        numbers = set(self._signals.recv(4096))
        if signal.SIGCHLD in numbers:
            self._workers = {pid for pid in self._workers if not _gone(pid)}
            self._dying = {pid for pid in self._dying if not _gone(pid)}
            if self._web is not None and _gone(self._web):
                self._web = None
                self._web_is_gone()
        if numbers & {signal.SIGTERM, signal.SIGINT}:
            self._stop()

    def _web_is_gone(self) -> None:
        self._end_web()
        if self._stop_by is not None:
            return
        self._failures += 1
        if self._failures >= _FAILURES:
            raise Unavailable(f"The web process ended {_FAILURES} times while it was starting. Its log says why.")
        _say("the web process ended; starting it again")
        self._start_at = time.monotonic() + (_BACK_OFF_SECONDS if self._failures > 1 else 0)

    def _stop(self) -> None:
        again = self._stop_by is not None
        self._stop_by = time.monotonic() + (0 if again else self._settings.query_seconds + _DRAIN_SECONDS)
        self._start_at = None
        self._listening.close()
        if self._web is not None:
            os.kill(self._web, signal.SIGTERM)
            if not again:
                print("dditkg: stopping once what has begun is answered; once more to stop now", file=sys.stderr)

    def _obey(self, control: socket.socket) -> None:
        """Carry out one command of web's."""
        command = b""
        with contextlib.suppress(ConnectionResetError):
            command = control.recv(wire.COMMAND.size, socket.MSG_WAITALL)
        if len(command) < wire.COMMAND.size:  # web has closed its end: SIGCHLD will follow
            self._selector.unregister(control)
            return
        verb, pid = wire.COMMAND.unpack(command)
        if verb == b"S":
            self._failures = 0
        elif verb == b"F":
            self._give_worker(control)
        elif pid not in self._workers:  # it has been reaped, and the number may be somebody else's by now
            return
        elif verb == b"N":
            scheduling.give_way(pid)
        else:
            self._workers.discard(pid)
            self._kill(pid)

    def _give_worker(self, control: socket.socket) -> None:
        ours, theirs = socket.socketpair()
        with ours, theirs, contextlib.suppress(BrokenPipeError, ConnectionResetError):
            try:
                pid = fork(lambda: work(self._store, theirs.fileno(), self._settings), only=theirs.fileno())
            except OSError:
                control.sendall(wire.PID.pack(0))
                return
            self._workers.add(pid)
            socket.send_fds(control, [wire.PID.pack(pid)], [ours.fileno()])

    def _kill(self, pid: int) -> None:
        """Kill without waiting: one that gives way to others may take long to die, and a new one is wanted now."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        self._dying.add(pid)

    def _end_web(self) -> None:
        """End web, if it runs, and its workers, whose other ends are gone with it."""
        for pid in self._workers | ({self._web} if self._web is not None else set()):
            self._kill(pid)
        self._workers.clear()
        self._web = None
        if self._control is not None:
            with contextlib.suppress(KeyError):
                self._selector.unregister(self._control)
            self._control.close()
            self._control = None


def _say(what: str) -> None:
    print(f"dditkg: {what}", file=sys.stderr, flush=True)


def _gone(pid: int) -> bool:
    """Whether a child has ended; reaps it."""
    try:
        return os.waitpid(pid, os.WNOHANG)[0] == pid
    except ChildProcessError:
        return True
