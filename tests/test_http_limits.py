"""Limits as a client meets them: each refusal names its limit and how to stay inside it; clients only lower them."""

from __future__ import annotations

import contextlib
import itertools
import re
import socket
import time
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields

import httpx
import pyoxigraph as ox
import pytest
from live import Live, live

from dditkg.errors import TooOften
from dditkg.http.clients import Clients
from dditkg.http.delivery import Outbox
from dditkg.settings import Settings

P = ox.NamedNode("http://example.org/p")
QUADS = [ox.Quad(ox.NamedNode(f"http://example.org/{n}"), P, ox.Literal("x" * 1000 + str(n))) for n in range(4000)]
RUNAWAY = "SELECT (COUNT(*) AS ?c) { ?a ?b ?c1 . ?d ?e ?f . ?g ?h ?i }"
DOUBLING = (
    "SELECT (STRLEN(?v40) AS ?n) { BIND('aaaaaaaaaa' AS ?v0) "
    + " ".join(f"BIND(CONCAT(?v{n}, ?v{n}) AS ?v{n + 1})" for n in range(40))
    + " }"
)
DIRECT = {"Content-Type": "application/sparql-query"}
SETTINGS = {field.name for field in fields(Settings)}
OF_THE_DOOR = {"url_bytes", "accept_bytes"}


@pytest.fixture(scope="module")
def service() -> Iterator[Live]:
    limits = {"query_seconds": 6.0, "query_bytes": 4096, "answer_rows": 3000, "answer_bytes": 2_000_000}
    with live(QUADS, worker_memory=64 * 1024 * 1024, **limits) as running:
        yield running


@pytest.mark.parametrize(
    ("request_", "status", "limit", "allowed", "says"),
    [
        (("POST", {"data": {"query": RUNAWAY}}), 503, "query_seconds", 6.0, "add LIMIT"),
        (("POST", {"data": {"query": RUNAWAY, "timeout": "0.5"}}), 503, "query_seconds", 0.5, "after 0.5 seconds"),
        (("POST", {"data": {"query": DOUBLING}}), 503, "worker_memory", 64 * 1024 * 1024, "Ask for less"),
        (("POST", {"data": {"query": "SELECT * { ?s ?p ?o }"}}), 413, "answer_bytes", 2_000_000, "Add LIMIT"),
        (("POST", {"data": {"query": "SELECT ?s { ?s ?p ?o }"}}), 413, "answer_rows", 3000, "Add LIMIT"),
        (("POST", {"data": {"query": "SELECT ?s {?s ?p ?o}", "max-rows": "7"}}), 413, "answer_rows", 7, "than 7 rows"),
        (("POST", {"content": "ASK {} #" + "x" * 4096, "headers": DIRECT}), 413, "query_bytes", 4096, "Split"),
        (("POST", {"data": {"query": "ASK {} #" + "x" * 4096}}), 413, "query_bytes", 4096, "Split"),
        (("POST", {"data": {"query": "ASK {} #" + "x" * 40960}}), 413, "query_bytes", 4096, "Split"),
        (("GET", {"params": {"query": "ASK {}", "x": "y" * 17_000}}), 414, "url_bytes", 16384, "by POST"),
        (
            ("GET", {"params": {"query": "ASK {}"}, "headers": {"Accept": "text/csv," * 500}}),
            400,
            "accept_bytes",
            4096,
            "Name only",
        ),
    ],
)
def test_a_refusal_names_its_limit_and_how_to_stay_inside(
    service: Live, request_: tuple[str, dict[str, object]], status: int, limit: str, allowed: float, says: str
) -> None:
    method, options = request_
    response = service.http.request(method, service.sparql, **options)  # type: ignore[arg-type]
    problem = response.json()
    assert (response.status_code, problem["status"]) == (status, status), response.text
    assert response.headers["content-type"] == "application/problem+json"
    assert response.headers["cache-control"] == "no-store"
    assert (problem["limit"], problem["allowed"]) == (limit, allowed)
    assert problem["limit"] in SETTINGS | OF_THE_DOOR
    assert says in problem["detail"]


@pytest.mark.parametrize(
    "accept",
    ["application/sparql-results+json", "application/sparql-results+xml", "text/csv", "text/tab-separated-values"],
)
def test_rows_are_counted_rightly_in_every_format(service: Live, accept: str) -> None:
    """Values hold whatever stands between rows; what is not over the limit must not be refused."""
    tricky = r"""SELECT ?x { VALUES ?x { "},{" "}},{" "</result>" "<result/>" "\r\n" "\n" UNDEF 1 } }"""
    for rows, status in ((8, 200), (7, 413), (1, 413), (100_000, 200)):
        response = service.http.get(
            service.sparql, params={"query": tricky, "max-rows": str(rows)}, headers={"Accept": accept}
        )
        assert response.status_code == status, (rows, response.text)


def test_processor_time_is_limited_apart_from_time() -> None:
    with live(QUADS, query_seconds=30.0, worker_cpu_seconds=0.5, place_seconds=30.0) as service:
        problem = service.http.post(service.sparql, data={"query": RUNAWAY}, timeout=60).json()
        assert (problem["limit"], problem["allowed"]) == ("worker_cpu_seconds", 0.5), problem


@pytest.mark.parametrize("accept", ["application/sparql-results+xml", "application/rdf+xml"])
@pytest.mark.parametrize("character", ["\\u0001", "\\u000B", "\\uFFFF"])
def test_what_xml_cannot_carry_is_never_sent_as_xml(service: Live, accept: str, character: str) -> None:
    start = "CONSTRUCT { <s:> <http://example.org/p> ?x }" if "rdf" in accept else "SELECT ?x"
    query = f"{start} WHERE {{ BIND('a{character}b' AS ?x) }}"
    refused = service.http.get(service.sparql, params={"query": query}, headers={"Accept": accept})
    assert refused.status_code == 406, refused.text
    assert "Ask for JSON" in refused.json()["detail"]
    assert service.http.get(service.sparql, params={"query": query}).status_code == 200
    fine = service.http.get(
        service.sparql, params={"query": query.replace(character, "é\\n")}, headers={"Accept": accept}
    )
    assert fine.status_code == 200
    assert len(ET.fromstring(fine.content)) > 0


def test_a_property_that_xml_cannot_name_is_not_written_in_it(service: Live) -> None:
    query = "CONSTRUCT { <s:> <http://example.org/> 1 } WHERE {}"
    refused = service.http.get(service.sparql, params={"query": query}, headers={"Accept": "application/rdf+xml"})
    assert (refused.status_code, "address" in refused.json()["detail"]) == (406, True)


def test_a_client_may_only_lower_a_limit(service: Live) -> None:
    start = time.monotonic()
    response = service.ask(RUNAWAY, timeout="600")
    assert response.json()["allowed"] == 6.0
    assert time.monotonic() - start < 20
    assert service.ask("SELECT ?s { ?s ?p ?o }", **{"max-rows": "1000000"}).json()["allowed"] == 3000
    assert service.ask("ASK {}", timeout="0").status_code == 200  # none of its own
    assert service.ask("ASK {}", timeout="2.5").status_code == 200


@pytest.mark.parametrize("name", ["timeout", "max-rows"])
@pytest.mark.parametrize("value", ["", "x", "-1", "1e3", "nan", "1,5", "9" * 40])
def test_a_limit_that_is_no_number_is_refused(service: Live, name: str, value: str) -> None:
    response = service.ask("ASK {}", **{name: value})
    assert response.status_code == 400
    assert name in response.json()["detail"]


@pytest.mark.parametrize("name", ["query", "timeout", "max-rows"])
def test_what_is_given_once_is_not_taken_twice(service: Live, name: str) -> None:
    body = f"query=ASK+%7B%7D&{name}=1&{name}=1"
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    for response in (
        service.http.post(service.sparql, content=body, headers=headers),
        service.http.get(f"{service.sparql}?{body}"),
        service.http.post(f"{service.sparql}?{name}=1", content=body.removesuffix(f"&{name}=1"), headers=headers),
    ):
        assert response.status_code == 400, response.text
        assert re.search("given|queries in this request", response.json()["detail"])


# Clients from other machines, here behind a proxy


@pytest.fixture(scope="module")
def proxied() -> Iterator[Live]:
    limits = {"client_seconds": 2.0, "client_window": 4.0, "client_queries": 2, "query_seconds": 3.0, "workers": 4}
    with live(QUADS, trusted_proxies=["127.0.0.1"], **limits) as running:
        yield running


NEW = (f"ASK {{}} # {number}" for number in itertools.count())  # what has been answered before would cost nothing


def ask_as(service: Live, client: str, query: str | None = None) -> httpx.Response:
    query = query or next(NEW)
    return httpx.post(service.sparql, data={"query": query}, headers={"X-Forwarded-For": client}, timeout=20)


def test_a_client_that_has_had_its_share_is_told_when_to_come_back(proxied: Live) -> None:
    assert ask_as(proxied, "192.0.2.1", RUNAWAY).status_code == 503
    refused = ask_as(proxied, "192.0.2.1")
    assert refused.status_code == 429
    problem = refused.json()
    assert (problem["limit"], problem["allowed"]) == ("client_seconds", 2.0)
    assert refused.headers["retry-after"] == str(problem["retry_after"])
    assert "ask for less at a time" in problem["detail"]
    assert ask_as(proxied, "203.0.113.9, 192.0.2.1").status_code == 429  # what the client itself wrote is not believed
    assert ask_as(proxied, "192.0.2.2").status_code == 200  # somebody else
    assert proxied.ask("ASK {}").status_code == 200  # the machine itself
    time.sleep(problem["retry_after"])
    assert ask_as(proxied, "192.0.2.1").status_code == 200


def test_refusals_cost_too(proxied: Live) -> None:
    statuses = [ask_as(proxied, "192.0.2.3", "ASK {").status_code for _ in range(8)]
    assert statuses[0] == 400
    assert 429 in statuses


def test_a_client_has_a_few_queries_at_once(proxied: Live) -> None:
    with ThreadPoolExecutor(2) as threads:
        running = [threads.submit(ask_as, proxied, "2001:db8::1", RUNAWAY) for _ in range(2)]
        time.sleep(0.5)
        refused = ask_as(proxied, "2001:db8::ffff")  # of the same customer
        assert refused.status_code == 429
        assert (refused.json()["limit"], refused.headers["retry-after"]) == ("client_queries", "1")
        assert ask_as(proxied, "2001:db8:0:1::1").status_code == 200
        assert [one.result().status_code for one in running] == [503, 503]


def test_an_answer_that_is_kept_costs_nothing(proxied: Live) -> None:
    assert ask_as(proxied, "192.0.2.4", "ASK { ?kept ?p ?o }").status_code == 200
    assert ask_as(proxied, "192.0.2.4", RUNAWAY).status_code == 503
    assert ask_as(proxied, "192.0.2.4", "ASK { ?other ?p ?o }").status_code == 429
    assert ask_as(proxied, "192.0.2.4", "ASK { ?kept ?p ?o }").status_code == 200


@pytest.mark.parametrize(
    ("peer", "forwarded", "client"),
    [
        ("192.0.2.1", [], "192.0.2.1"),
        ("192.0.2.1", ["198.51.100.7"], "192.0.2.1"),  # anybody can write that
        ("127.0.0.1", [], None),
        ("127.0.0.1", ["198.51.100.7"], None),
        ("::1", [], None),
        ("10.1.1.1", [], "10.1.1.1"),
        ("10.1.1.1", ["198.51.100.7"], "198.51.100.7"),
        ("10.1.1.1", ["198.51.100.7:4711"], "198.51.100.7"),
        ("10.1.1.1", ["127.0.0.1, 198.51.100.7"], "198.51.100.7"),
        ("10.1.1.1", ["127.0.0.1", "198.51.100.7, 10.2.2.2"], "198.51.100.7"),
        ("10.1.1.1", ["198.51.100.7, nonsense"], "10.1.1.1"),
        ("10.1.1.1", ['"[2001:db8:1:2::3]:80"'], "2001:db8:1:2::/64"),
        ("::ffff:10.1.1.1", ["::ffff:198.51.100.7"], "198.51.100.7"),
        ("2001:db8:1:2:3::9", [], "2001:db8:1:2::/64"),
        (None, ["198.51.100.7"], None),  # a socket without an address is on this machine
    ],
)
def test_who_a_client_is(peer: str | None, forwarded: list[str], client: str | None) -> None:
    assert Clients(Settings(trusted_proxies=("10.0.0.0/8",))).who(peer, forwarded) == client


def test_what_was_spent_is_forgotten_as_time_passes() -> None:
    now = [100.0]
    clients = Clients(Settings(client_seconds=30, client_window=60), lambda: now[0])
    with clients.visit("a") as charge:
        charge(40)
    with pytest.raises(TooOften) as refused, clients.visit("a"):
        pass
    assert refused.value.details["retry_after"] == 21
    now[0] += 21
    with clients.visit("a"):
        pass


def test_a_crowd_of_clients_does_not_fill_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dditkg.http.clients._MOST_ACCOUNTS", 100)
    clients = Clients(Settings())
    with clients.visit("busy"):
        for number in range(1000):
            with clients.visit(str(number)) as charge:
                charge(100)
        assert len(clients) <= 101
        with contextlib.ExitStack() as visits:
            for _ in range(4):
                visits.enter_context(clients.visit("busy"))
            with pytest.raises(TooOften):
                visits.enter_context(clients.visit("busy"))


# Slow readers


def resident(pid: int) -> int:
    with open(f"/proc/{pid}/statm", encoding="ascii") as sizes:
        return int(sizes.read().split()[1]) * 4096


def slow_reader(service: Live, target: str) -> socket.socket:
    """A client that has read no more than the first words of its answer."""
    address = httpx.URL(service.address)
    reader = socket.socket()
    reader.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    reader.connect((str(address.host), address.port or 80))
    reader.sendall(f"GET {target} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
    assert reader.recv(12).startswith(b"HTTP/1.1 ")
    return reader


def test_slow_readers_do_not_fill_the_memory_and_are_cut_off() -> None:
    target = "/sparql?query=SELECT+?s+?o+(?o+AS+?x)+WHERE+%7B+?s+?p+?o+%7D+LIMIT+39"  # 8 MB
    limits = {"sending_seconds": 6.0, "cache_bytes": 0, "outbox_bytes": 20_000_000}
    with live(QUADS, **limits) as service, contextlib.ExitStack() as open_:
        web = service.about()["web"]
        before = resident(web)
        readers = [open_.enter_context(slow_reader(service, f"{target}1{number}")) for number in range(6)]
        assert resident(web) - before < 60_000_000
        refused = service.http.get(f"{service.address}{target}50")
        assert (refused.status_code, refused.json()["limit"]) == (503, "outbox_bytes")
        assert service.http.get(f"{service.sparql}?query=ASK+%7B%7D").status_code == 200
        time.sleep(6.5)
        assert len(service.http.get(f"{service.address}{target}51").content) > 8_000_000
        received = b"".join(iter(lambda: readers[0].recv(1 << 20), b""))
        announced = int(re.search(rb"(?i)content-length: (\d+)", received)[1])  # type: ignore[index]
        assert 0 < len(received) < announced  # the client sees that it is not whole


def test_the_outbox_lets_go_of_what_is_sent() -> None:
    outbox = Outbox(Settings(outbox_bytes=10))
    with outbox.holding(10):
        assert outbox.bytes == 10
    assert outbox.bytes == 0
