"""A real service for tests: parent, web and workers on a free loopback port.

Run as a script it serves a file of quads until it is told to stop; `live()` runs it and cleans up.
"""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import httpx
import pyoxigraph as ox

T = TypeVar("T")


class Live:
    """A running service, and the processes that make it up."""

    def __init__(self, process: subprocess.Popen[str], address: str) -> None:
        self.process, self.address = process, address
        self.sparql = f"{address}/sparql"
        self.http = httpx.Client(timeout=20)

    @property
    def parent(self) -> int:
        return self.process.pid

    def about(self) -> dict[str, Any]:
        return self.http.get(f"{self.address}/about").json()

    def children(self) -> set[int]:
        return {int(pid) for pid in Path(f"/proc/{self.parent}/task/{self.parent}/children").read_text().split()}

    def workers(self) -> set[int]:
        return self.children() - {self.about()["web"]}

    def ask(self, query: str, **parameters: str) -> httpx.Response:
        return self.http.post(self.sparql, data={"query": query, **parameters})


@contextlib.contextmanager
def live(quads: Iterable[ox.Quad], screened: bool = True, **settings: Any) -> Iterator[Live]:
    """A service over these quads; with `screened=False` no query is looked at before a worker sees it."""
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder, "data.nq")
        ox.serialize(quads, data, ox.RdfFormat.N_QUADS)
        command = [sys.executable, __file__, str(data), json.dumps({"port": 0, **settings}), str(int(screened))]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        try:
            assert process.stdout is not None
            address = process.stdout.readline().strip()
            assert address, "the service did not start"
            service = Live(process, address)
            with service.http:
                within(10, lambda: service.about()["layers"])
                yield service
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def within(seconds: float, attempt: Callable[[], T]) -> T:
    """The first true value of `attempt`, which may also fail until then; AssertionError when there is none in time."""
    deadline = time.monotonic() + seconds
    while True:
        with contextlib.suppress(httpx.TransportError):
            if value := attempt():
                return value
        assert time.monotonic() < deadline, f"still not so after {seconds} seconds"
        time.sleep(0.02)


def _main(data: str, chosen: str, screened: str) -> None:
    import socket

    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import JSONResponse
    from starlette.routing import Route

    import dditkg.sandbox.pool
    from dditkg.http import server
    from dditkg.http.sparql import routes
    from dditkg.sandbox import Pool, listen, serve
    from dditkg.settings import Settings
    from dditkg.store import LocalStore

    if screened == "0":
        dditkg.sandbox.pool.screen = lambda query, settings: None
    settings = Settings(**json.loads(chosen))
    listening = listen(settings)
    settings = dataclasses.replace(settings, port=listening.getsockname()[1])

    def run_web(listening: socket.socket, pool: Pool) -> None:
        @contextlib.asynccontextmanager
        async def lifespan(app: Starlette) -> Any:
            await pool.start()
            yield

        def about(request: Request) -> JSONResponse:
            return JSONResponse({"web": os.getpid(), "layers": pool.layers})

        app = Starlette(routes=[*routes(pool, settings), Route("/about", about)], lifespan=lifespan)
        server.run(app, listening)

    print(settings.address, flush=True)
    serve(LocalStore(ox.parse(path=data, format=ox.RdfFormat.N_QUADS)), run_web, settings, listening)


if __name__ == "__main__":
    _main(*sys.argv[1:])
