"""Good and bad traffic side by side for as long as you like, while processes are killed at random.

    python tests/soak.py 600

Good traffic is the project's questions, half of them in a text never sent before; their answers are known. Bad traffic
is every attack there is. Now and then a worker or the web process is killed as hard as the system can. Fails when an
answer is wrong, when a request is lost that was not under way at a kill, or when recovery takes more than two seconds.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import itertools
import os
import random
import signal
import socket
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import httpx
from attacks import QUERIES, REQUESTS, Attack
from serving import Served, served

from dditkg import open_dataset
from dditkg.store import LocalStore

QUESTIONS = Path(__file__).parents[1] / "queries"
GOOD, BAD = 4, 3  # threads of each kind of traffic
QUICK_SECONDS = 0.05
RECOVERY_SECONDS = 2.0
DYING_SECONDS = 0.25  # how long after the signal a process may still take a request with it
LISTENER = socket.create_server(("127.0.0.1", 0))  # whom nobody must call


@dataclass(frozen=True)
class Kill:
    who: str
    at: float


@dataclass(frozen=True)
class Lost:
    """A good request without an answer."""

    began: float
    ended: float
    why: str


@dataclass
class Record:
    """What has happened, written by all threads."""

    took: list[float] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    lost: list[Lost] = field(default_factory=list)
    kills: list[Kill] = field(default_factory=list)
    recoveries: list[float] = field(default_factory=list)
    attacks: Counter[str] = field(default_factory=Counter)


def known_answers(store: LocalStore) -> dict[str, bytes]:
    """Each question that is quick, with the answer of an engine that is not part of the service."""
    known = {}
    for path in sorted(QUESTIONS.glob("*.rq")):
        output = io.BytesIO()
        text = path.read_text(encoding="utf-8")
        began = time.process_time()
        store.evaluate(text, lambda offered: offered[0], output)
        if time.process_time() - began < QUICK_SECONDS:
            known[text] = output.getvalue()
    assert len(known) > 15
    return known


def ask_well(service: Served, known: dict[str, bytes], record: Record) -> None:
    text, expected = random.choice(list(known.items()))
    if random.random() < 0.5:
        text += f"\n# {random.random()}"
    began = time.monotonic()
    try:
        response = service.http.post("/sparql", data={"query": text})
    except httpx.TransportError as error:
        record.lost.append(Lost(began, time.monotonic(), type(error).__name__))
        return
    ended = time.monotonic()
    if response.status_code != 200:
        record.lost.append(Lost(began, ended, f"{response.status_code} {response.json()['detail']}"))
    elif response.content != expected:
        record.wrong.append(text)
    else:
        record.took.append(ended - began)


def ask_badly(service: Served, record: Record) -> None:
    attack: Attack = random.choice([*QUERIES, *REQUESTS])
    with contextlib.suppress(httpx.TransportError, OSError, IndexError):
        if isinstance(attack.sent, str):
            status = service.http.post(
                "/sparql", data={"query": attack.sent.replace("{listener}", str(LISTENER.getsockname()[1]))}
            ).status_code
        else:
            url = httpx.URL(service.address)
            with socket.create_connection((str(url.host), url.port or 80), timeout=30) as client:
                client.sendall(attack.sent)
                status = int(client.recv(4096).split()[1])
        record.attacks["as it should" if status in attack.statuses | {503} else f"{attack.name}: {status}"] += 1


def kill(service: Served, record: Record) -> None:
    time.sleep(random.uniform(0.5, 5.0))
    web = service.web()
    workers = sorted(service.children() - {web})
    if random.random() < 0.25 or not workers:
        who, pid = "web", web
    else:
        who, pid = "worker", random.choice(workers)
    record.kills.append(Kill(who, time.monotonic()))
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
    record.recoveries.append(recovery(service))


def recovery(service: Served) -> float:
    """Seconds until a plain query is answered that was never sent before."""
    began = time.monotonic()
    while True:
        with contextlib.suppress(httpx.TransportError):
            text = f"SELECT ({random.randrange(10**12)} AS ?n) {{}}"
            if service.http.post("/sparql", data={"query": text}).status_code == 200:
                return time.monotonic() - began


def unexplained(record: Record) -> list[Lost]:
    """Lost requests that no kill explains: web takes all that are under way with it, a worker one at most."""
    workers = [one for one in record.kills if one.who == "worker"]
    found = []
    for lost in record.lost:
        during = [one for one in record.kills if lost.began - DYING_SECONDS <= one.at <= lost.ended]
        if any(one.who == "web" for one in during):
            continue
        explained = next((one for one in workers if one in during), None)
        if explained is None:
            found.append(lost)
        else:
            workers.remove(explained)
    return found


def memory(service: Served) -> float:
    """Megabytes that all processes together have to themselves or share, each page once."""
    total = 0
    for pid in (service.parent, *service.children()):
        with contextlib.suppress(OSError):
            rows = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
            total += sum(int(row.split()[1]) for row in rows if row.startswith("Pss:"))
    return total / 1024


def soak(seconds: float, service: Served, known: dict[str, bytes]) -> tuple[Record, float]:
    """The record of so many seconds, and by how many megabytes the service has grown."""
    record, over = Record(), threading.Event()

    def repeat(task: Callable[[], None]) -> None:
        while not over.is_set():
            task()

    tasks: list[Callable[[], None]] = [lambda: ask_well(service, known, record)] * GOOD
    tasks += [lambda: ask_badly(service, record)] * BAD
    threads = [threading.Thread(target=repeat, args=[task]) for task in (*tasks, lambda: kill(service, record))]
    before = memory(service)
    for thread in threads:
        thread.start()
    time.sleep(seconds)
    over.set()
    for thread in threads:
        thread.join()
    for _ in itertools.repeat(None, 20):
        ask_well(service, known, record)
    time.sleep(1)
    return record, memory(service) - before


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("seconds", type=float, nargs="?", default=60)
    parser.add_argument("--seed", type=int, default=random.randrange(10**6), help="to choose the same once more")
    arguments = parser.parse_args()
    random.seed(arguments.seed)
    known = known_answers(open_dataset().store)
    with served("--limit", "query_seconds=8") as service:
        parent = service.parent
        record, grown = soak(arguments.seconds, service, known)
        alive = service.parent == parent and bool(service.children())
    lost, slow = unexplained(record), [one for one in record.recoveries if one > RECOVERY_SECONDS]
    LISTENER.setblocking(False)
    with contextlib.suppress(BlockingIOError):
        record.wrong.append(f"a connection left this service: {LISTENER.accept()[1]}")
    odd = {name: n for name, n in record.attacks.items() if name != "as it should"}
    took = sorted(record.took)
    kills = Counter(one.who for one in record.kills)
    for text in (*record.wrong[:3], *map(str, lost[:10])):
        print(f"  {text}", file=sys.stderr)
    print(
        f"soak: {arguments.seconds:g} s, seed {arguments.seed}: {len(took)} right answers "
        f"(half of them within {took[len(took) // 2] * 1000:.0f} ms, 99 % within {took[len(took) * 99 // 100]:.2f} s), "
        f"{len(record.wrong)} wrong, {sum(record.attacks.values())} attacks ({odd or 'all answered rightly'}), "
        f"{kills['worker']} workers and {kills['web']} webs killed, {len(record.lost)} requests lost at kills, "
        f"{len(lost)} without a reason, slowest recovery {max(record.recoveries, default=0):.2f} s, "
        f"memory {grown:+.0f} MB"
    )
    failed = record.wrong or lost or slow or odd or not alive or not kills
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
