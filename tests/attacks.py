"""What somebody may send to stop the service, as found by experiment: one entry for each row that can reach it.

`QUERIES` are texts for /sparql, `REQUESTS` whole requests for the socket, each with the statuses that it may get.
`{listener}` in a text stands for the port of a listener that must never be called.
"""

from __future__ import annotations

from dataclasses import dataclass

REFUSED, STOPPED, LARGE, FINE = 400, 503, 413, 200
_ANY = "?s ?p ?o"
_ALL = "?a ?b ?c . ?d ?e ?f . ?g ?h ?i"


@dataclass(frozen=True)
class Attack:
    """A query, or the bytes of a request, and the statuses of which each is right."""

    name: str
    sent: str | bytes
    statuses: frozenset[int]


def _query(name: str, text: str, *statuses: int) -> Attack:
    assert len(text.encode()) < 64 * 1024, name
    return Attack(name, text, frozenset(statuses))


def _nest(name: str, start: str, opening: str, middle: str, closing: str, end: str, times: int) -> Attack:
    return _query(name, start + opening * times + middle + closing * times + end, REFUSED)


def _repeat(name: str, start: str, part: str, end: str, times: int, *statuses: int) -> Attack:
    return _query(name, start + part * times + end, *(statuses or (FINE, REFUSED, STOPPED)))


QUERIES = [
    # deeper than the engine's stack: stopped before a worker sees them
    _nest("nested groups", "ASK ", "{", f" {_ANY} ", "}", "", 2231),
    _nest("nested STR", "SELECT (", "STR(", "1", ")", " AS ?x) {}", 984),
    _nest("nested IF", "SELECT (", "IF(1,1,", "1", ")", " AS ?x) {}", 984),
    _nest("nested EXISTS", "ASK { ", "FILTER EXISTS { ", _ANY, " }", " }", 867),
    _nest("nested brackets", "ASK { FILTER(", "(", "1", ")", ") }", 4725),
    _nest("nested OPTIONAL", "ASK { ", "OPTIONAL { ", _ANY, " }", " }", 3000),
    _nest("nested GRAPH", "ASK { ", "GRAPH ?g { ", _ANY, " }", " }", 3000),
    _nest("nested sub-select", "ASK { ", "{ SELECT * { ", _ANY, " } }", " }", 2500),
    _nest("nested path", "ASK { ?s ", "(", "<p:>", ")", " ?o }", 20000),
    _nest("nested star", "ASK { ?s ", "(", "<p:>", "*)", " ?o }", 10000),
    _nest("nested blank nodes", "ASK { ", "[ <p:> ", "1", " ]", " <p:> 1 }", 1000),
    _nest("nested lists", "ASK { ", "( ", "1", " )", " <p:> 1 }", 1000),
    # as deep, without a bracket that could be counted, or flat and long
    _repeat("nested quoted triples", "ASK { ", "<< ?s ?p ", "1" + " >>" * 5000 + " ?p ?o }", 5000),
    _repeat("nested triple terms", "ASK { ?s ?p ", "<<( ?s ?p ", "1" + " )>>" * 4000 + " }", 4000),
    _repeat("many nots", "ASK { FILTER(", "!", "1) }", 9401),
    _repeat("many sums", "ASK { FILTER(1", "+1", ") }", 6907),
    _repeat("many unions", f"ASK {{ {{ {_ANY} }}", f" UNION {{ {_ANY} }}", " }", 3000),
    _repeat("many minuses", f"ASK {{ {_ANY}", f" MINUS {{ {_ANY} }}", " }", 3000),
    _repeat("many filters", f"ASK {{ {_ANY}", " FILTER(?s != ?o)", " }", 3500),
    _query(
        "many binds", "ASK { " + " ".join(f"BIND({n} AS ?x{n})" for n in range(2800)) + " }", FINE, REFUSED, STOPPED
    ),
    _query("many columns", "SELECT " + " ".join(f"(1 AS ?x{n})" for n in range(4000)) + " {}", FINE, STOPPED),
    _repeat("many alternatives", "ASK { ?s <p:>", "|<p:>", " ?o }", 12000),
    _repeat("long path", "ASK { ?s <p:>", "/<p:>", " ?o }", 5000),
    _repeat("many optionals", f"ASK {{ {_ANY}", f" OPTIONAL {{ {_ANY} }}", " }", 2500),
    # more than the planner can look at
    _repeat("200 patterns", "SELECT * { ", f"{_ANY} . ", "}", 200, FINE, LARGE, STOPPED),
    _repeat("1000 patterns", "SELECT * { ", f"{_ANY} . ", "}", 1000, STOPPED),
    # more than can be computed
    _query("cross product", f"SELECT (COUNT(*) AS ?n) {{ {_ALL} }}", STOPPED),
    _query("endless rows", f"SELECT * {{ {_ALL} }}", LARGE, STOPPED),
    _query("large sort", f"SELECT * {{ {_ALL} }} ORDER BY ?c", STOPPED),
    _query("large group", f"SELECT ?a ?d ?g (COUNT(*) AS ?n) {{ {_ALL} }} GROUP BY ?a ?d ?g", STOPPED),
    _query("distinct of everything", f"SELECT DISTINCT * {{ {_ALL} }} OFFSET 99999999", STOPPED),
    _query("large graph", "CONSTRUCT { ?a ?b ?f } { ?a ?b ?c . ?d ?e ?f }", LARGE, STOPPED),
    _query(
        "doubling",
        "SELECT (STRLEN(?v40) AS ?n) { BIND('aaaaaaaaaa' AS ?v0) "
        + " ".join(f"BIND(CONCAT(?v{n}, ?v{n}) AS ?v{n + 1})" for n in range(40))
        + " }",
        STOPPED,
    ),
    _query(
        "replacing",
        "SELECT (STRLEN(?v12) AS ?n) { BIND('a' AS ?v0) "
        + " ".join(f"BIND(REPLACE(?v{n}, '.', '$0$0$0$0$0$0$0$0$0$0') AS ?v{n + 1})" for n in range(12))
        + " }",
        FINE,
        STOPPED,
    ),
    _query("stars of stars", "SELECT (COUNT(*) AS ?n) { ?s ((!<p:>*)*)* ?o }", FINE, STOPPED),
    _query("greedy pattern", "SELECT * { FILTER(REGEX('" + "a" * 40 + "b', '^(a+)+$')) }", FINE),
    _query("counted pattern", "SELECT (REGEX('a', '((a{1000}){1000}){1000}') AS ?x) {}", FINE, REFUSED),
    # somebody else's machine
    _query("federation", "SELECT * { SERVICE <http://127.0.0.1:{listener}/> { ?s ?p ?o } }", REFUSED),
    _query("silent federation", "SELECT * { SERVICE SILENT <http://127.0.0.1:{listener}/> { ?s ?p ?o } }", REFUSED),
    _query("disguised federation", "SELECT * { SeRvIcE<http://127.0.0.1:{listener}/> { ?s ?p ?o } }", REFUSED),
    _query("escaped federation", "SELECT * { \\u0053ERVICE <http://127.0.0.1:{listener}/> { ?s ?p ?o } }", REFUSED),
    _query(
        "federation by variable",
        "SELECT * { VALUES ?u { <http://127.0.0.1:{listener}/> } SERVICE ?u { ?s ?p ?o } }",
        REFUSED,
    ),
    _query("a graph from the network", "SELECT * FROM <http://127.0.0.1:{listener}/g> { ?s ?p ?o }", FINE),
    _query(
        "a graph from a file", "SELECT * FROM <file:///etc/hostname> FROM NAMED <file:///etc/passwd> { ?s ?p ?o }", FINE
    ),
    _query("loading", "LOAD <http://127.0.0.1:{listener}/g>", REFUSED),
    _query("dropping", "DROP ALL", REFUSED),
    # what others might trip over
    _query("unknown function", "SELECT (<http://example.org/f>(1) AS ?x) {}", REFUSED),
    _query("script address", "SELECT (IRI('javascript:alert(1)') AS ?x) {}", FINE),
    _query("broken address", "SELECT * { <http://example.org/a b> ?p ?o }", REFUSED),
    _query("escaped address", "SELECT * { <http://example.org/\\u003E> ?p ?o }", REFUSED),
    _query("large number", "SELECT (FLOOR(1E99999999) AS ?x) (10e307 * 10e307 AS ?y) {}", FINE, REFUSED),
    _query("control characters", "SELECT ('\\u0001' AS ?x) ('\\u0000' AS ?y) {}", FINE, REFUSED),
]


def _request(name: str, head: str, body: bytes = b"", *statuses: int) -> Attack:
    text = head.replace("\n", "\r\n") + "\r\nHost: x\r\nConnection: close\r\n\r\n"
    return Attack(name, text.encode("latin-1") + body, frozenset(statuses))


_POST = "POST /sparql HTTP/1.1\nContent-Type: application/sparql-query"
_FORM = "POST /sparql HTTP/1.1\nContent-Type: application/x-www-form-urlencoded"

REQUESTS = [
    _request("300 MB announced", f"{_POST}\nContent-Length: 300000000", b"", 413),
    _request(
        "chunks without end", f"{_POST}\nTransfer-Encoding: chunked", (b"4000\r\n" + b"#" * 0x4000 + b"\r\n") * 99, 413
    ),
    _request("long URL", "GET /sparql?query=ASK%20%7B%7D&x=" + "y" * 20_000 + " HTTP/1.1", b"", 414),
    _request("very long URL", "GET /sparql?x=" + "y" * 100_000 + " HTTP/1.1", b"", 400, 414, 431),
    _request("long header", "GET /sparql?query=ASK%20%7B%7D HTTP/1.1\nX-Long: " + "y" * 70_000, b"", 200, 400, 431),
    _request(
        "many headers",
        "GET /sparql?query=ASK%20%7B%7D HTTP/1.1" + "".join(f"\nX-{n}: y" for n in range(2000)),
        b"",
        200,
        400,
        431,
    ),
    _request(
        "long Accept", "GET /sparql?query=ASK%20%7B%7D HTTP/1.1\nAccept: " + "text/csv;q=0.1," * 4000, b"", 400, 431
    ),
    _request("not UTF-8 in the query", "GET /sparql?query=%ff%fe HTTP/1.1", b"", 400),
    _request("not UTF-8 in the path", "GET /%ff%fe HTTP/1.1", b"", 400),
    _request("broken escape", "GET /sparql?query=%zz HTTP/1.1", b"", 400),
    _request("broken escape in the path", "GET /capability/%zz HTTP/1.1", b"", 400, 404),
    _request("null in the path", "GET /capability/%00 HTTP/1.1", b"", 400),
    _request("escaped slash", "GET /capability%2Frecord-matching HTTP/1.1", b"", 200, 404),
    _request("upwards", "GET /static/../../../../etc/passwd HTTP/1.1", b"", 400, 404),
    _request("escaped upwards", "GET /static/%2e%2e/%2e%2e/%2e%2e/etc/passwd HTTP/1.1", b"", 400, 404),
    _request("a header in a name", "GET /resolve?uri=x%0d%0aSet-Cookie:%20a=b HTTP/1.1", b"", 400, 404),
    _request("two queries", "GET /sparql?query=ASK%20%7B%7D&query=ASK%20%7B%7D HTTP/1.1", b"", 400),
    _request("length and chunks", f"{_POST}\nContent-Length: 3\nTransfer-Encoding: chunked", b"0\r\n\r\n", 400),
    _request("two lengths", f"{_POST}\nContent-Length: 3\nContent-Length: 4", b"ASK {", 400),
    _request("many fields", f"{_FORM}\nContent-Length: 40000", b"query=ASK+%7B%7D" + b"&a=b" * 9996, 200, 400),
    _request(
        "another media type", "POST /sparql HTTP/1.1\nContent-Type: text/plain\nContent-Length: 6", b"ASK {}", 415
    ),
    _request("another charset", f"{_POST}; charset=utf-16\nContent-Length: 6", b"ASK {}", 400),
    _request(
        "an update",
        "POST /sparql HTTP/1.1\nContent-Type: application/sparql-update\nContent-Length: 8",
        b"DROP ALL",
        415,
    ),
    _request("another method", "PUT /sparql?query=ASK%20%7B%7D HTTP/1.1\nContent-Length: 0", b"", 405),
    Attack("no HTTP at all", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" * 100, frozenset({400})),
]
