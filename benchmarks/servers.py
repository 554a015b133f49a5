"""The servers that are compared, each on a loopback port of its own, ended with everything it started."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from load import JSON_ROWS

_START_SECONDS = 600.0


@dataclass(frozen=True)
class Server:
    """A running server: what it is called, where it is, the path of its endpoint, and its first process."""

    name: str
    address: str
    path: str
    pid: int

    def answer(self, query: str, seconds: float = 60.0, accept: str = JSON_ROWS) -> bytes:
        """One answer. Raises OSError where there is none in time."""
        url = f"{self.address}{self.path}?query={urllib.parse.quote(query, safe='')}"
        request = urllib.request.Request(url, headers={"Accept": accept})
        with urllib.request.urlopen(request, timeout=seconds) as reply:
            return bytes(reply.read())

    def megabytes(self) -> float:
        """Memory of all its processes together: what they share is counted once."""
        return sum(_proportional(pid) for pid in _family(self.pid)) / 1024


@contextlib.contextmanager
def ours(data: Path | None = None) -> Iterator[Server]:
    """`dditkg serve`, of a file of triples or of this dataset."""
    files = ["--data", str(data)] if data else []
    port = _free_port()
    command = [sys.executable, "-m", "dditkg.cli", "serve", "--port", str(port), *files]
    with _running("dditkg", command, port, "/sparql") as server:
        yield server


@contextlib.contextmanager
def oxigraph_in_memory(data: Path) -> Iterator[Server]:
    """Oxigraph's own server with the triples in memory, as ours has them."""
    port = _free_port()
    with _running("oxigraph in memory", [_tool("oxigraph"), "serve", "--bind", f"127.0.0.1:{port}"], port) as server:
        with data.open("rb") as body:
            size = {"Content-Type": "application/n-triples", "Content-Length": str(data.stat().st_size)}
            request = urllib.request.Request(f"{server.address}/store?default", body, size, method="POST")
            urllib.request.urlopen(request, timeout=_START_SECONDS).close()
        yield server


@contextlib.contextmanager
def oxigraph_read_only(data: Path, folder: Path) -> Iterator[Server]:
    """`oxigraph serve-read-only`, which reads from disk; without --timeout-s, under which it dies of load."""
    location, port = folder / "oxigraph", _free_port()
    if not location.is_dir():
        loading = [_tool("oxigraph"), "load", "--location", str(location), "--file", str(data)]
        subprocess.run(loading, check=True, capture_output=True)
    command = [_tool("oxigraph"), "serve-read-only", "--location", str(location), "--bind", f"127.0.0.1:{port}"]
    with _running("oxigraph read-only", command, port) as server:
        yield server


@contextlib.contextmanager
def rdflib_endpoint(data: Path) -> Iterator[Server]:
    """rdflib-endpoint as it comes, with rdflib's own store."""
    port = _free_port()
    command = [_tool("rdflib-endpoint"), "serve", "--host", "127.0.0.1", "--port", str(port), str(data)]
    with _running("rdflib-endpoint", command, port, "/") as server:
        yield server


@contextlib.contextmanager
def _running(name: str, command: Sequence[str], port: int, path: str = "/query") -> Iterator[Server]:
    surroundings = {key: value for key, value in os.environ.items() if not key.startswith("PYTHONSTART")}
    process = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=surroundings, start_new_session=True
    )
    try:
        server = Server(name, f"http://127.0.0.1:{port}", path, process.pid)
        _await(server, process)
        yield server
    finally:
        _end(process)


def _await(server: Server, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError):
            server.answer("ASK {}", _START_SECONDS)
            return
        if process.poll() is not None:
            raise RuntimeError(f"{server.name} ended before it answered.")
        time.sleep(0.02)
    raise RuntimeError(f"{server.name} did not answer within {_START_SECONDS:.0f} seconds.")


def stop(server: Server) -> None:
    """Ends a server at once; for one that would not hear anything else any more."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(server.pid, signal.SIGKILL)


def _end(process: subprocess.Popen[bytes]) -> None:
    """Ends the session that the server began: it and all it started."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGTERM)
    try:
        process.wait(3)
    except subprocess.TimeoutExpired:
        pass
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _tool(name: str) -> str:
    found = shutil.which(name, path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}")
    if not found:
        raise SystemExit(f"{name} is not installed. It comes with: pip install -e '.[bench]'")
    return found


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _family(pid: int) -> Iterator[int]:
    yield pid
    for children in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in children.read_text().split():
            yield from _family(int(child))


def _proportional(pid: int) -> float:
    """Kilobytes of one process, with its share of what it shares; what Linux calls Pss."""
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return float(line.split()[1])
    return 0.0
