"""The sandbox with real forks: hostile queries end in a sentence, and the next query is always answered."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import itertools
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import httpx
import pyoxigraph as ox
import pytest
from live import Live, live, within

from dditkg.errors import BadQuery, NotAcceptable, TimedOut, TooLarge, Unavailable, WrongUse
from dditkg.sandbox import Pool, Question, ask_once, confinement, listen, serve
from dditkg.sandbox.birth import fork
from dditkg.sandbox.screen import screen
from dditkg.settings import Settings
from dditkg.store import LocalStore

P = ox.NamedNode("http://example.org/p")
QUADS = [ox.Quad(ox.NamedNode(f"http://example.org/{n}"), P, ox.Literal(n)) for n in range(4000)]
number = itertools.count()
POINT = "SELECT ?n { <http://example.org/7> <http://example.org/p> ?n }"
RUNAWAY = "SELECT (COUNT(*) AS ?c) { ?a ?b ?c1 . ?d ?e ?f . ?g ?h ?i }"
SORT = "SELECT * { ?a ?b ?c . ?d ?e ?f } ORDER BY DESC(?c)"
DOUBLING = (
    "SELECT (STRLEN(?v40) AS ?n) { BIND('aaaaaaaaaa' AS ?v0) "
    + " ".join(f"BIND(CONCAT(?v{n}, ?v{n}) AS ?v{n + 1})" for n in range(40))
    + " }"
)
BRACES = "ASK " + "{" * 3000 + " ?s ?p ?o " + "}" * 3000
CALLS = "SELECT (" + "STR(" * 2000 + "1" + ")" * 2000 + " AS ?x) {}"
PLANNER = "SELECT * { " + "?s ?p ?o . " * 1000 + "}"
UNKNOWN_FUNCTION = "SELECT (<http://example.org/f>(1) AS ?x) {}"
LIMITS = {
    "query_seconds": 1.0,
    "answer_bytes": 100_000,
    "worker_memory": 64 * 1024 * 1024,
    "workers": 2,
    "most_workers": 12,
}


@pytest.fixture(scope="module")
def service() -> Iterator[Live]:
    with live(QUADS, **LIMITS) as running:
        yield running


@pytest.fixture(scope="module")
def unscreened() -> Iterator[Live]:
    with live(QUADS, screened=False, **LIMITS) as running:
        yield running


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        yield server


def fresh() -> str:
    """A plain query that was never sent before."""
    return f"{POINT} # {next(number)}"


def answers(service: Live) -> bool:
    """Whether a plain query that was never sent before is answered, rightly and soon."""
    start = time.monotonic()
    response = service.ask(fresh())
    assert response.status_code == 200, response.text
    assert [row["n"]["value"] for row in response.json()["results"]["bindings"]] == ["7"]
    return time.monotonic() - start < 3


def gone(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().split()[2] == "Z"
    except (FileNotFoundError, ProcessLookupError):
        return True


@pytest.mark.parametrize(
    ("query", "status", "title", "says"),
    [
        pytest.param(RUNAWAY, 503, "The query ran out of time", "after 1 second,", id="cross product"),
        pytest.param(PLANNER, 503, "The query ran out of time", "after 1 second,", id="planner"),
        pytest.param(DOUBLING, 503, "Not available", "more memory or nesting", id="doubling"),
        pytest.param(BRACES, 400, "The query cannot be read", "more than 64 deep", id="braces"),
        pytest.param(CALLS, 400, "The query cannot be read", "more than 64 deep", id="calls"),
        pytest.param(UNKNOWN_FUNCTION, 400, "The query cannot be read", "http://example.org/f", id="function"),
        pytest.param("SELECT * { ?s ?p ?o }", 413, "Too large", "Add LIMIT", id="large answer"),
        pytest.param("ASK {} #" + "x" * 70_000, 413, "Too large", "65536 are allowed", id="long query"),
        pytest.param("ASK {", 400, "The query cannot be read", "column 6", id="syntax"),
    ],
)
def test_a_hostile_query_ends_in_a_sentence(service: Live, query: str, status: int, title: str, says: str) -> None:
    web = service.about()["web"]
    response = service.ask(query)
    assert (response.status_code, response.json()["title"]) == (status, title), response.text
    assert says in response.json()["detail"]
    assert answers(service)
    assert service.about()["web"] == web
    assert service.process.poll() is None


@pytest.mark.parametrize("query", [BRACES, CALLS, SORT], ids=["braces", "calls", "sort"])
def test_without_the_screen_only_the_worker_dies(unscreened: Live, query: str) -> None:
    web, before = unscreened.about()["web"], unscreened.workers()
    response = unscreened.ask(query)
    assert response.status_code == 503, response.text
    assert answers(unscreened)
    assert unscreened.about()["web"] == web
    within(20, lambda: before - unscreened.workers())  # a worker has died, so the query proves something


@pytest.mark.parametrize("silent", ["", "SILENT "])
def test_federation_is_refused(service: Live, listener: socket.socket, silent: str) -> None:
    response = service.ask(service_query(listener, silent))
    assert response.status_code == 400
    assert "Federation is switched off" in response.json()["detail"]
    with pytest.raises(BlockingIOError):
        listener.accept()


@pytest.mark.parametrize(("silent", "status"), [("", 400), ("SILENT ", 200)])
def test_without_the_screen_no_connection_leaves(
    unscreened: Live, listener: socket.socket, silent: str, status: int
) -> None:
    response = unscreened.ask(service_query(listener, silent))
    assert response.status_code == status, response.text
    assert "127.0.0.1" not in response.text
    assert "ermission" not in response.text  # the text of a system error
    with pytest.raises(BlockingIOError):
        listener.accept()
    assert answers(unscreened)


def service_query(listener: socket.socket, silent: str) -> str:
    return f"SELECT * {{ SERVICE {silent}<http://127.0.0.1:{listener.getsockname()[1]}/> {{ ?s ?p ?o }} }}"


def test_the_engine_alone_would_connect(listener: socket.socket) -> None:
    """The two tests above can fail: without confinement the same query reaches the listener."""

    def serve_nothing() -> None:
        within(20, lambda: accepted(listener)).close()

    answering = threading.Thread(target=serve_nothing)
    answering.start()
    with pytest.raises(OSError, match="error"):
        list(ox.Store().query(service_query(listener, "")))
    answering.join()


def accepted(listener: socket.socket) -> socket.socket | None:
    try:
        return listener.accept()[0]
    except BlockingIOError:
        return None


def test_eight_runaways_do_not_hold_up_a_fresh_query() -> None:
    with live(QUADS, query_seconds=8.0) as service, ThreadPoolExecutor(8) as threads:
        runaways = [threads.submit(httpx.post, service.sparql, data={"query": RUNAWAY}, timeout=60) for _ in range(8)]
        within(20, lambda: len(service.workers()) >= 8)
        assert answers(service)
        assert [runaway.result().status_code for runaway in runaways] == [503] * 8
        assert answers(service)


def gives_way(pid: int) -> bool:
    if hasattr(os, "SCHED_IDLE"):
        return os.sched_getscheduler(pid) == os.SCHED_IDLE
    return os.getpriority(os.PRIO_PROCESS, pid) > 0


def test_a_long_query_loses_its_place_and_gives_way() -> None:
    with live(QUADS, query_seconds=6.0, workers=1) as service, ThreadPoolExecutor(1) as threads:
        (first,) = service.workers()
        runaway = threads.submit(httpx.post, service.sparql, data={"query": RUNAWAY}, timeout=60)
        within(20, lambda: service.workers() - {first})  # without anybody asking for it
        assert gives_way(first)
        assert answers(service)
        assert service.workers() > {first}
        assert not any(map(gives_way, service.workers() - {first}))
        assert runaway.result().json()["limit"] == "query_seconds"
        within(20, lambda: first not in service.workers())


def test_a_long_query_that_ends_is_answered_and_its_worker_goes() -> None:
    with live(QUADS, workers=1, place_seconds=0.001) as service:
        (first,) = service.workers()
        response = service.ask("SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f FILTER(?f < 100) }")
        assert response.json()["results"]["bindings"][0]["n"]["value"] == "400000"
        within(20, lambda: first not in service.workers())
        assert answers(service)


def test_what_stands_behind_a_medium_query_goes_to_a_free_worker() -> None:
    """The first worker says its answers to those too, late: they are not taken for answers to what it is asked next."""
    with live(QUADS, workers=2) as service, ThreadPoolExecutor(8) as threads:

        def count(most: int) -> str:
            text = (
                f"SELECT (COUNT(*) AS ?n) {{ {{ SELECT * {{ ?a ?b ?c . ?d ?e ?f }} LIMIT {most} }} }} #{next(number)}"
            )
            return service.ask(text).json()["results"]["bindings"][0]["n"]["value"]

        lived = 0
        for turn in range(20):
            before = service.workers()
            medium = threads.submit(count, 150_000 + turn)
            time.sleep(0.002)
            quick = range(5000 + turn, 5007 + turn)
            assert list(threads.map(count, quick)) == [str(most) for most in quick]
            assert medium.result() == str(150_000 + turn)
            lived += before <= service.workers()
        assert lived  # not each time: on a busy machine one may be too long about what others answer


def test_when_there_is_no_more_room_the_longest_running_is_stopped() -> None:
    with live(QUADS, query_seconds=30.0, workers=1, most_workers=3) as service, ThreadPoolExecutor(4) as threads:

        def demoted() -> int:
            return service.http.get(f"{service.address}/readyz").json()["workers"]["demoted"]

        def run_away() -> Future[httpx.Response]:
            before = demoted()
            running = threads.submit(httpx.post, service.sparql, data={"query": RUNAWAY}, timeout=60)
            within(20, lambda: demoted() > before)
            return running

        runaways = [run_away() for _ in range(3)]
        assert not any(runaway.done() for runaway in runaways)
        assert answers(service)
        response = runaways[0].result()
        assert (response.status_code, response.headers["retry-after"]) == (503, "5")
        assert (response.json()["limit"], response.json()["allowed"]) == ("most_workers", 3)
        assert not any(runaway.done() for runaway in runaways[1:])
        runaways.append(run_away())  # takes the place that is free now
        assert answers(service)
        assert runaways[1].result().json()["limit"] == "most_workers"
        assert not any(runaway.done() for runaway in runaways[2:])
        service.process.kill()  # nobody waits for the rest


def test_thirty_runaways_at_once_do_not_hold_up_a_fresh_query() -> None:
    with live(QUADS, query_seconds=8.0) as service, ThreadPoolExecutor(30) as threads:
        for _ in range(30):
            threads.submit(httpx.post, service.sparql, data={"query": RUNAWAY}, timeout=60)
        within(20, lambda: len(service.workers()) >= 16)
        for _ in range(10):
            assert answers(service)
        within(20, lambda: len(service.workers()) <= 16)  # those that were stopped take a moment to die
        service.process.kill()


def test_a_worker_that_has_grown_is_replaced() -> None:
    """The memory that a large sort leaves in the process would be missing for the next query."""
    with live(QUADS, **{**LIMITS, "query_seconds": 10.0}) as service:
        before = service.workers()
        response = service.ask("SELECT * { ?a ?b ?c . ?d ?e ?f FILTER(?f < 20) } ORDER BY ?c LIMIT 5")
        assert response.status_code == 200, response.text
        assert within(20, lambda: before - service.workers())
        assert answers(service)


def test_a_killed_worker_is_replaced(service: Live) -> None:
    web, victims = service.about()["web"], service.workers()
    for pid in victims:
        os.kill(pid, signal.SIGKILL)
    within(20, lambda: service.ask(fresh()).status_code == 200)
    assert answers(service)
    assert not victims & within(20, lambda: service.workers())
    assert service.about()["web"] == web


def test_a_killed_web_is_replaced() -> None:
    with live(QUADS, **LIMITS) as service:
        web, workers = service.about()["web"], service.workers()
        os.kill(web, signal.SIGKILL)
        within(20, lambda: service.ask(fresh()).status_code == 200)
        assert service.about()["web"] != web
        assert not workers & service.children()
        assert answers(service)


def test_sigterm_finishes_requests_and_leaves_nobody_behind() -> None:
    with live(QUADS, **LIMITS) as service:
        children = service.children()
        assert len(children) == 3
        for pid in service.workers():  # as a service manager does, and Ctrl-C
            os.kill(pid, signal.SIGTERM)
            os.kill(pid, signal.SIGINT)
        with ThreadPoolExecutor(1) as thread:
            running = thread.submit(httpx.post, service.sparql, data={"query": RUNAWAY}, timeout=20)
            time.sleep(0.3)
            service.process.send_signal(signal.SIGTERM)
            assert running.result().json()["title"] == "The query ran out of time"
        assert service.process.wait(10) == 0
        assert all(gone(pid) for pid in children)


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel ends orphans on Linux only")
def test_no_orphans_when_the_parent_is_killed() -> None:
    with live(QUADS, **{**LIMITS, "query_seconds": 30.0}) as service, ThreadPoolExecutor(1) as thread:
        running = thread.submit(httpx.post, service.sparql, data={"query": RUNAWAY}, timeout=20)
        time.sleep(0.3)
        children = service.children()
        service.process.kill()
        within(20, lambda: all(gone(pid) for pid in children))
        assert isinstance(running.exception(), httpx.TransportError)


def test_busy_says_when_to_come_back_and_a_lost_client_frees_its_worker() -> None:
    limits = {"query_seconds": 30.0, "workers": 1, "most_workers": 1, "place_seconds": 30.0, "waiting_seconds": 0.5}
    with live(QUADS, **{**LIMITS, **limits}) as service:
        with socket.create_connection(("127.0.0.1", int(service.address.rpartition(":")[2]))) as client:
            client.sendall(f"GET /sparql?query={RUNAWAY.replace(' ', '+')} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
            time.sleep(0.3)
            refused = service.ask(fresh())
            assert (refused.status_code, refused.headers["Retry-After"]) == (503, "2")
            assert refused.headers["content-type"] == "application/problem+json"
        within(20, lambda: service.ask(fresh()).status_code == 200)


@pytest.mark.skipif(not confinement.can_filter(), reason="the full set of layers is Linux on x86_64 and aarch64")
def test_every_layer_holds_in_a_running_worker(service: Live) -> None:
    assert service.about()["layers"] == ["core", "memory", "nofile", "no_new_privs", "seccomp"]
    for pid in service.workers():
        status = Path(f"/proc/{pid}/status").read_text()
        assert "NoNewPrivs:\t1" in status
        assert "Seccomp:\t2" in status
        assert Path(f"/proc/{pid}/oom_score_adj").read_text() == "1000\n"
    assert Path(f"/proc/{service.about()['web']}/oom_score_adj").read_text() != "1000\n"


def test_workers_do_not_hold_the_listening_socket(service: Live) -> None:
    port = int(service.address.rpartition(":")[2])
    rows = [row.split() for row in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    (inode,) = {row[9] for row in rows if row[1].endswith(f":{port:04X}") and row[3] == "0A"}

    def holds(pid: int) -> bool:
        links = [os.readlink(f"/proc/{pid}/fd/{fd}") for fd in os.listdir(f"/proc/{pid}/fd")]
        return f"socket:[{inode}]" in links

    assert holds(service.about()["web"])
    assert not any(holds(pid) for pid in service.workers())


@pytest.mark.skipif(not confinement.can_filter(), reason="the filter is for Linux on x86_64 and aarch64")
@pytest.mark.parametrize(
    "attempt",
    [
        lambda: os.open("/etc/hostname", os.O_RDONLY),
        lambda: socket.socket(),
        lambda: os.fork(),
        lambda: os.execv("/bin/true", ["true"]),
        lambda: os.kill(os.getppid(), 0),
        lambda: os.unlink("/nowhere"),
    ],
    ids=["open", "socket", "fork", "exec", "kill", "unlink"],
)
def test_a_confined_process_is_refused(attempt: object) -> None:
    def try_it() -> None:
        confinement.confine(1 << 30, confinement.Size())
        try:
            attempt()  # type: ignore[operator]
        except OSError as error:
            sys.exit(100 + (error.errno or 0))

    _, status = os.waitpid(fork(try_it), 0)
    assert os.waitstatus_to_exitcode(status) == 100 + errno.EPERM


def test_a_process_ends_itself_when_its_time_to_compute_is_up() -> None:
    """The last resort, should web be unable to have it killed."""

    def compute() -> None:
        confinement.allow_cpu(0)
        while True:
            pass

    _, status = os.waitpid(fork(compute), 0)
    assert os.WTERMSIG(status) == signal.SIGXCPU


# One query without a server


@pytest.fixture(scope="module")
def store() -> LocalStore:
    return LocalStore(QUADS)


ONCE = Settings(query_seconds=1.0, answer_bytes=100_000, worker_memory=64 * 1024 * 1024)


def test_ask_once_answers(store: LocalStore) -> None:
    answer = ask_once(store, POINT, "text/csv", ONCE)
    assert (answer.content_type, answer.body) == ("text/csv; charset=utf-8", b"n\r\n7\r\n")
    assert answer == ask_once(store, POINT, "text/csv", ONCE)
    assert answer.tag != ask_once(store, POINT, "text/tab-separated-values", ONCE).tag


@pytest.mark.parametrize(
    ("query", "accept", "error"),
    [
        (RUNAWAY, None, TimedOut),
        (DOUBLING, None, Unavailable),
        ("SELECT * { ?s ?p ?o }", None, TooLarge),
        ("ASK {}", "image/png", NotAcceptable),
        ("ASK { SERVICE <http://127.0.0.1/> {} }", None, BadQuery),
        (UNKNOWN_FUNCTION, None, BadQuery),
        ("ASK {", None, BadQuery),
    ],
)
def test_ask_once_refuses_and_leaves_no_child(
    store: LocalStore, query: str, accept: str | None, error: type[Exception]
) -> None:
    before = children_of_this_process()
    with pytest.raises(error) as caught:
        ask_once(store, query, accept, ONCE)
    assert type(caught.value) is error
    assert children_of_this_process() == before


def children_of_this_process() -> set[str]:
    return {pid for task in Path("/proc/self/task").iterdir() for pid in (task / "children").read_text().split()}


def test_where_there_is_no_fork_there_is_a_sentence(store: LocalStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(os, "fork")
    with pytest.raises(Unavailable, match="fork"):
        ask_once(store, "ASK {}", None, ONCE)
    with pytest.raises(Unavailable, match="fork"):
        serve(store, lambda listening, pool: None, ONCE)


# The screen


@pytest.mark.parametrize(
    "query",
    [
        'SELECT * { ?s ?p "SERVICE" }',
        "SELECT * { ?s ?p '''a ' LOAD\n'''@en }",
        'SELECT * { ?s ?p """ "" SERVICE \\""" """ }',
        "ASK {} # SERVICE <http://example.org/>",
        "SELECT * { <http://example.org/SERVICE> ?load ?o }",
        "PREFIX service: <http://example.org/> SELECT * { service:p ?p service:load, :SERVICE, _:load }",
        "PREFIX e: <http://example.org/> SELECT * { e:a.SERVICE e:a-LOAD e:a%20SERVICE, e:\\(LOAD }",
        "SELECT (?a < ?b && ?c > 3 AS ?service) {}",
        "SELECT ?service_load ?reload { ?preload ?p ?o } #" + "(" * 100,
        "SELECT * { ?s ?p '" + "{" * 100 + "' }",
        "SELECT * { " + "{} " * 100 + "}",
    ],
)
def test_the_screen_lets_legal_queries_pass(query: str) -> None:
    screen(query, Settings())


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * { SERVICE <http://example.org/> {} }",
        "SELECT * { SeRvIcE<http://example.org/> {} }",
        "SELECT * { ?s ?p 'x' SERVICE ?s {} }",
        "SELECT * { ?s ?p 1.SERVICE SILENT ?s {} }",
        "ASK {} # comment\nLOAD <http://example.org/>",
        "ASK " + "{" * 65 + "}" * 65,
        "SELECT (" + "([{" * 22,
        "ASK { ?s ?p '\ud800' }",
    ],
)
def test_the_screen_stops(query: str) -> None:
    with pytest.raises(BadQuery):
        screen(query, Settings())


@pytest.mark.parametrize("filling", ['"', "'", '"""', "<a", "a:", "a.", "\\", "@", "{", "service ", "é", '"\\'])
def test_the_screen_is_quick_on_anything(filling: str) -> None:
    query = "{" * 65 + filling * (60_000 // len(filling.encode()))
    start = time.monotonic()
    with contextlib.suppress(BadQuery):
        screen(query, Settings())
    assert time.monotonic() - start < 2


async def crowd(pool: Pool) -> dict[str, object]:
    """What many at once are told, some of whom ask for ever and some of whom do not wait."""

    async def told(subject: int, **limits: float) -> str:
        query = RUNAWAY if limits else f"SELECT ?n {{ <http://example.org/{subject}> <http://example.org/p> ?n }}"
        return (await pool.ask(Question(query, "text/csv", **limits))).body.decode()

    async def killer() -> None:
        await asyncio.sleep(0.02)
        for worker in [*pool._workers][:2]:
            os.kill(worker.pid, signal.SIGKILL)

    await pool.start()
    wrong, lost, longest = 0, 0, 0
    for start in range(0, 3000, 200):
        asking = {n: asyncio.create_task(told(n)) for n in range(start, start + 200)}
        others = [asyncio.create_task(told(0, seconds=0.1)) for _ in range(2)] + [asyncio.create_task(killer())]
        await asyncio.sleep(0.001)
        for n in range(start, start + 200, 9):
            asking.pop(n).cancel()
        longest = max(longest, *(len(worker.turns) for worker in pool._workers), 0)
        answers = dict(zip(asking, await asyncio.gather(*asking.values(), return_exceptions=True), strict=True))
        await asyncio.gather(*others, return_exceptions=True)
        lost += sum(isinstance(answer, Unavailable) for answer in answers.values())
        wrong += sum(answer != f"n\r\n{n}\r\n" for n, answer in answers.items() if not isinstance(answer, Unavailable))
    return {"wrong": wrong, "lost": lost, "longest": longest, "census": pool.census()}


def test_everyone_gets_the_answer_to_their_own_question(store: LocalStore, tmp_path: Path) -> None:
    """Workers are sent several questions at once; neither death nor runaways nor impatience shifts their answers."""

    def run_web(listening: socket.socket, pool: Pool) -> None:
        (tmp_path / "told").write_text(json.dumps(asyncio.run(crowd(pool))))
        os.kill(os.getppid(), signal.SIGTERM)

    child = fork(lambda: serve(store, run_web, Settings(port=0, most_workers=6)))
    assert os.waitpid(child, 0)[1] == 0
    told = json.loads((tmp_path / "told").read_text())
    assert told["longest"] > 1  # or there was nothing to mix up
    assert told["wrong"] == 0
    assert told["lost"] <= 15 * 2  # only those whose worker was killed while it answered them
    assert told["census"]["waiting"] == 0


# Starting


def test_a_taken_address_is_said() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(Unavailable, match="another port"):
        listen(Settings(port=taken.getsockname()[1]))


def test_a_public_address_needs_every_layer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(confinement, "can_filter", lambda: False)
    with pytest.raises(WrongUse, match=r"127\.0\.0\.1"):
        listen(Settings(host="0.0.0.0", port=0))
    listen(Settings(port=0)).close()


def test_answers_are_sent_without_delay() -> None:
    with listen(Settings(port=0)) as listening:
        assert listening.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def test_a_web_that_cannot_start_is_given_up() -> None:
    script = (
        "import sys; from dditkg.sandbox import serve; from dditkg.settings import Settings;"
        "from dditkg.store import LocalStore; serve(LocalStore(), lambda s, p: sys.exit(3), Settings(port=0))"
    )
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=20)
    assert ended.returncode == 1
    assert "while it was starting" in ended.stderr
