"""Throughput and latency of queries and documents over HTTP, ours beside others', in turns."""

from __future__ import annotations

import contextlib
import json
import time
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import servers
import vocabularies
from load import Load, load, paths
from servers import Server

QUERIES = Path(__file__).with_name("queries")
NAMES = ("point", "role-skills", "two-hops", "ten-thousand-rows")
_EXAMPLE = "https://w3id.org/dditkg/role/data-engineer"
_LONG_ENOUGH = 0.5  # seconds: a pool needs a moment to find its size


@dataclass(frozen=True)
class Case:
    """What one run measured: which query, with texts repeated or new, over how many connections, by whom."""

    query: str
    texts: str
    connections: int
    server: str


Measured = dict[Case, list[Load]]


@dataclass(frozen=True)
class Plan:
    """How much of everything."""

    folder: Path
    triples: int
    seconds: float
    rounds: int
    connections: tuple[int, ...]
    say: Callable[[str], None]


def query(name: str) -> str:
    return (QUERIES / f"{name}.rq").read_text(encoding="utf-8")


def roles(server: Server) -> list[str]:
    """The addresses of our roles that have something to say to every query."""
    rows = json.loads(server.answer(query("roles")))["results"]["bindings"]
    return [row["role"]["value"] for row in rows]


def texts(name: str, about: list[str]) -> list[str]:
    """The query about each thing; once, where it is about nothing in particular."""
    text = query(name)
    return [text.replace(_EXAMPLE, iri) for iri in about] if _EXAMPLE in text else [text]


def data(plan: Plan) -> Path:
    """This dataset filled up to the planned number of triples, in one file."""
    target = plan.folder / f"{plan.triples}.nt"
    if not target.is_file():
        own, filling = plan.folder / "own.nt", plan.folder / f"{plan.triples}-filling.ttl"
        count = vocabularies.write_own(own)
        vocabularies.write_filling(filling, max(0, plan.triples - count))
        with target.open("wb") as whole:
            for part in (own, filling):
                whole.write(part.read_bytes())
    return target


@contextlib.contextmanager
def everyone(plan: Plan) -> Iterator[list[Server]]:
    """Ours and those it is compared with, all on the same triples."""
    file = data(plan)
    with contextlib.ExitStack() as stack:
        started = []
        for start in (
            servers.ours(file),
            servers.oxigraph_in_memory(file),
            servers.oxigraph_read_only(file, plan.folder),
            servers.rdflib_endpoint(file),
        ):
            started.append(stack.enter_context(start))
            plan.say(f"{started[-1].name} has {plan.triples:,} triples")
        _agree(started)
        yield started


def _agree(started: list[Server]) -> None:
    """All give the same rows; without that, speed compares nothing."""
    for name in NAMES[:3]:
        found = {server.name: _rows(server, name) for server in started}
        if len({tuple(rows) for rows in found.values()}) > 1 or not all(found.values()):
            raise RuntimeError(f"{name}: the servers differ: { {k: len(v) for k, v in found.items()} }")


def _rows(server: Server, name: str) -> list[str]:
    document = json.loads(server.answer(query(name)))
    rows = document["results"]["bindings"]
    return sorted(json.dumps({k: v["value"] for k, v in row.items()}, sort_keys=True) for row in rows)


def measure(plan: Plan) -> Measured:
    """Every query, repeated and new, over each number of connections, by every server, round after round."""
    found: Measured = {}
    with everyone(plan) as started:
        about = roles(started[0])
        for server in started:
            _warm_up(server, about)
        for number in range(plan.rounds):
            for name in NAMES:
                for kind in ("repeated", "new"):
                    for connections in plan.connections:
                        for server in started:
                            targets = paths(server.path, texts(name, about))
                            one = load(server.address, targets, connections, plan.seconds, new=kind == "new")
                            found.setdefault(Case(name, kind, connections, server.name), []).append(one)
                plan.say(f"round {number + 1} of {plan.rounds}: {name}")
    return found


def _warm_up(server: Server, about: list[str]) -> None:
    for name in NAMES:
        for text in texts(name, about)[:10]:
            server.answer(text)


def measure_documents(plan: Plan) -> Measured:
    """JSON-LD of our roles at their own addresses."""
    found: Measured = {}
    with servers.ours() as server:
        about = [iri.removeprefix("https://w3id.org/dditkg") + ".jsonld" for iri in roles(server)]
        for path in about:
            with urllib.request.urlopen(server.address + path) as reply:
                assert json.loads(reply.read())["id"]
        for _ in range(plan.rounds):
            for connections in plan.connections:
                one = load(server.address, about, connections, plan.seconds, "application/ld+json")
                found.setdefault(Case("JSON-LD of a role", "repeated", connections, server.name), []).append(one)
    return found


def measure_beside_runaway(plan: Plan) -> Measured:
    """Point queries in new texts over one connection, alone and while another client asks for every pair of triples.

    Who answers nothing more has no p99: its count of answers says so.
    """
    found: Measured = {}
    file = data(plan)
    for start in (servers.ours(file), servers.oxigraph_in_memory(file), servers.rdflib_endpoint(file)):
        with start as server:
            targets = paths(server.path, texts("point", roles(server)))
            load(server.address, targets, 1, _LONG_ENOUGH, new=True)
            for _ in range(plan.rounds):
                one = load(server.address, targets, 1, plan.seconds, new=True)
                found.setdefault(Case("point", "alone", 1, server.name), []).append(one)
            with _runaway(server, plan):
                for _ in range(plan.rounds):
                    one = load(server.address, targets, 1, plan.seconds, new=True)
                    found.setdefault(Case("point", "beside a runaway", 1, server.name), []).append(one)
            plan.say(f"{server.name} beside a runaway query")
    return found


@contextlib.contextmanager
def _runaway(server: Server, plan: Plan) -> Iterator[None]:
    """A query without end, asked again as soon as the server gives it up."""
    going = True
    longest = 2 * plan.rounds * plan.seconds + 30

    def ask() -> None:
        while going:
            with contextlib.suppress(OSError):
                server.answer(query("runaway"), longest)
            time.sleep(0.01)

    with ThreadPoolExecutor(1) as one:
        asking = one.submit(ask)
        time.sleep(_LONG_ENOUGH)
        try:
            yield
        finally:
            going = False
            asking.cancel()
            servers.stop(server)
