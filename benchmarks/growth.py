"""What more triples cost: start, memory, a point query, a query over mappings, a check by every rule."""

from __future__ import annotations

import dataclasses
import json
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import http_load
import servers
from http_load import Plan
from load import load, paths

SIZES = (100_000, 1_000_000, 5_000_000)
_JUDGE = Path(__file__).with_name("judge.py")


@dataclass(frozen=True)
class Step:
    """The figures at one size. Latencies are medians of new texts over one connection; None: stopped, not finished."""

    triples: int
    start_seconds: float  # from nothing to the first right answer
    megabytes: float  # of all processes together, after the queries
    point_ms: float
    mapping_ms: float
    check_seconds: float | None
    check_megabytes: float | None


def measure(plan: Plan, sizes: tuple[int, ...], check_seconds: float) -> list[Step]:
    """A step for each size. A check that takes longer than `check_seconds` is stopped."""
    steps = []
    for triples in sizes:
        sized = dataclasses.replace(plan, triples=triples)
        file = http_load.data(sized)
        starts = []
        for number in range(plan.rounds):
            begun = time.perf_counter()
            with servers.ours(file) as server:
                about = http_load.roles(server)
                starts.append(time.perf_counter() - begun)
                if number == plan.rounds - 1:
                    point, mapping = (_median(sized, server, name, about) for name in ("point", "two-hops"))
                    megabytes = server.megabytes()
        took = _check(plan.folder / f"{triples}-filling.ttl", check_seconds)
        steps.append(Step(_lines(file), statistics.median(starts), megabytes, point, mapping, *took))
        plan.say(f"growth: {steps[-1]}")
    return steps


def _lines(file: Path) -> int:
    """How many triples there are: this dataset alone may be more than a size asks for."""
    with file.open("rb") as body:
        return sum(part.count(b"\n") for part in iter(lambda: body.read(1 << 24), b""))


def _median(plan: Plan, server: servers.Server, name: str, about: list[str]) -> float:
    targets = paths(server.path, http_load.texts(name, about))
    runs = (load(server.address, targets, 1, plan.seconds, new=True) for _ in range(plan.rounds))
    return statistics.median(run.p50 for run in runs)


def _check(further: Path, seconds: float) -> tuple[float | None, float | None]:
    if not seconds:
        return None, None
    command = [sys.executable, str(_JUDGE), str(further)]
    try:
        said = subprocess.run(command, capture_output=True, text=True, check=True, timeout=seconds).stdout
    except subprocess.TimeoutExpired:
        return None, None
    found = json.loads(said)
    return found["seconds"], found["megabytes"]
