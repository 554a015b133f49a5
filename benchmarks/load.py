"""Load on one address: wrk sends requests and says how many were answered and how long they took."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
import urllib.parse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

JSON_ROWS = "application/sparql-results+json"
_SCRIPT = Path(__file__).with_name("load.lua")
_PATIENCE_SECONDS = 30


@dataclass(frozen=True)
class Load:
    """What came of one run. Latencies in milliseconds."""

    rate: float  # answers a second
    p50: float
    p99: float
    requests: int
    failed: int
    bytes: int


def require_wrk() -> None:
    """Exits with what to do where wrk is absent."""
    if not shutil.which("wrk"):
        raise SystemExit("The load generator wrk is not installed. On Debian or Ubuntu: apt install wrk")


def paths(path: str, queries: Sequence[str]) -> list[str]:
    """The path and query string of a GET for each query."""
    return [f"{path}?query={urllib.parse.quote(query.rstrip(), safe='')}" for query in queries]


def load(
    address: str, targets: Sequence[str], connections: int, seconds: float, accept: str = JSON_ROWS, new: bool = False
) -> Load:
    """Ask for the targets in turn over so many kept-alive connections.

    With `new` each is a query in a text that nobody has sent before. Raises RuntimeError where nothing was answered.
    """
    mark = f"{os.urandom(6).hex()}-" if new else ""
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
        file.write("\n".join(targets) + "\n")
        file.flush()
        size = ["-t1", f"-c{connections}", f"-d{max(1, round(seconds))}s", f"--timeout={_PATIENCE_SECONDS}s"]
        command = ["wrk", *size, "-s", str(_SCRIPT), address, "--", file.name, accept, *([mark] if mark else [])]
        said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    found = json.loads(next(line for line in said.splitlines() if line.startswith("{")))
    answered = found["requests"] - found["failed"]
    rate = answered / found["seconds"]
    return Load(rate, found["p50"], found["p99"], found["requests"], found["failed"], found["bytes"])
