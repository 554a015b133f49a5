"""SPARQL 1.1 Protocol against a live server: each rule of the protocol, and the clients people use."""

from __future__ import annotations

import asyncio
import json
import socket
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from urllib.parse import unquote_to_bytes

import httpx
import pyoxigraph as ox
import pytest
import rdflib
from hypothesis import given
from hypothesis import strategies as st
from live import Live, live
from rdflib.plugins.stores.sparqlstore import SPARQLStore
from SPARQLWrapper import (
    CSV,
    GET,
    JSON,
    JSONLD,
    N3,
    POST,
    POSTDIRECTLY,
    RDFXML,
    TSV,
    TURTLE,
    URLENCODED,
    XML,
    SPARQLWrapper,
)
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse

from dditkg.errors import BadQuery, Unavailable
from dditkg.http.protocol import parse_form
from dditkg.http.sparql import routes
from dditkg.settings import Settings

pytestmark = pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")  # SPARQLWrapper

EX = "http://example.org/"
SUBJECT, NAME = ox.NamedNode(EX + "s"), ox.NamedNode(EX + "name")
G1, G2 = EX + "g1", EX + "g2"
QUADS = [
    ox.Quad(SUBJECT, NAME, ox.Literal("default", language="en")),
    ox.Quad(SUBJECT, NAME, ox.Literal("one"), ox.NamedNode(G1)),
    ox.Quad(SUBJECT, NAME, ox.Literal("two"), ox.NamedNode(G2)),
]
NAMES = "SELECT ?name { ?s <http://example.org/name> ?name } ORDER BY ?name"
GRAPHS = "SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } } ORDER BY ?g"
CONSTRUCT = "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }"
FORM, DIRECT = "application/x-www-form-urlencoded", "application/sparql-query"
QUERY_BYTES = 8 * 1024
SD = "http://www.w3.org/ns/sparql-service-description#"


@pytest.fixture(scope="module")
def service() -> Iterator[Live]:
    with live(QUADS, query_seconds=5.0, query_bytes=QUERY_BYTES) as running:
        yield running


def post(service: Live, body: bytes | str, media_type: str | None, query_string: str = "") -> httpx.Response:
    headers = {} if media_type is None else {"Content-Type": media_type}
    content = body.encode() if isinstance(body, str) else body
    return service.http.post(service.sparql + query_string, content=content, headers=headers)


def values(response: httpx.Response) -> list[str]:
    assert response.status_code == 200, response.text
    return [term["value"] for row in response.json()["results"]["bindings"] for term in row.values()]


def refused(response: httpx.Response, status: int, says: str = "") -> dict[str, object]:
    """The problem document of a refusal, in the form that every refusal has."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    assert response.headers["access-control-allow-origin"] == "*"
    problem = response.json()
    assert problem["status"] == status
    assert says in problem["detail"]
    assert "Traceback" not in response.text
    return problem


# The three ways to ask


def test_get(service: Live) -> None:
    assert values(service.http.get(service.sparql, params={"query": NAMES})) == ["default"]


def test_post_form(service: Live) -> None:
    assert values(service.http.post(service.sparql, data={"query": NAMES})) == ["default"]


@pytest.mark.parametrize("media_type", [DIRECT, "Application/SPARQL-Query; charset=UTF-8", f'{DIRECT};charset="utf-8"'])
def test_post_direct(service: Live, media_type: str) -> None:
    assert values(post(service, NAMES, media_type)) == ["default"]


@pytest.mark.parametrize(
    ("encoded", "literal"), [("a%20b", "a b"), ("a+b", "a b"), ("a%2Bb", "a+b"), ("a%2520b", "a%20b"), ("%C3%A9", "é")]
)
def test_a_form_is_decoded_exactly_once(service: Live, encoded: str, literal: str) -> None:
    body = f"query=SELECT+(%22{encoded}%22+AS+%3Fx)+%7B%7D"
    assert values(post(service, body, FORM)) == [literal]
    assert values(service.http.get(f"{service.sparql}?{body}")) == [literal]


def test_a_direct_query_is_not_decoded(service: Live) -> None:
    assert values(post(service, 'SELECT ("a%20b+é" AS ?x) {}', DIRECT)) == ["a%20b+é"]


def test_relative_iris_are_read_against_the_endpoint(service: Live) -> None:
    assert values(service.ask("SELECT (<s> AS ?x) (<#s> AS ?y) {}")) == [f"{service.address}/s", f"{service.sparql}#s"]


# The dataset


@pytest.mark.parametrize("way", ["get", "form", "direct"])
@pytest.mark.parametrize(
    ("query", "dataset", "expected"),
    [
        (NAMES, [("default-graph-uri", G1)], ["one"]),
        (NAMES, [("default-graph-uri", G1), ("default-graph-uri", G2)], ["one", "two"]),
        (NAMES, [("default-graph-uri", EX + "unknown")], []),
        (NAMES, [("named-graph-uri", G1)], []),
        (GRAPHS, [("named-graph-uri", G1)], [G1]),
        (GRAPHS, [("named-graph-uri", G1), ("named-graph-uri", G2)], [G1, G2]),
        (GRAPHS, [("named-graph-uri", EX + "unknown")], []),
        (GRAPHS, [], [G1, G2]),
        (NAMES.replace("{", f"FROM <{G2}> {{", 1), [], ["two"]),
        (NAMES.replace("{", f"FROM <{G2}> {{", 1), [("default-graph-uri", G1)], ["one"]),
    ],
)
def test_dataset_parameters_override_the_query(
    service: Live, way: str, query: str, dataset: list[tuple[str, str]], expected: list[str]
) -> None:
    parameters = httpx.QueryParams([*dataset, ("query", query)])
    if way == "get":
        response = service.http.get(service.sparql, params=parameters)
    elif way == "form":
        response = post(service, str(parameters), FORM)
    else:
        response = post(service, query, DIRECT, f"?{httpx.QueryParams(dataset)}")
    assert values(response) == expected


def test_a_graph_that_is_no_iri_is_refused(service: Live) -> None:
    refused(service.ask(NAMES, **{"default-graph-uri": "not an iri"}), 400, "default-graph-uri")


# Formats


@pytest.mark.parametrize(
    ("query", "accept", "content_type"),
    [
        (NAMES, None, "application/sparql-results+json"),
        (NAMES, "*/*", "application/sparql-results+json"),
        (NAMES, "application/json", "application/sparql-results+json"),
        (NAMES, "application/sparql-results+xml", "application/sparql-results+xml; charset=utf-8"),
        (NAMES, "text/csv", "text/csv; charset=utf-8"),
        (NAMES, "text/tab-separated-values", "text/tab-separated-values; charset=utf-8"),
        (NAMES, "text/csv;q=0.5, text/tab-separated-values", "text/tab-separated-values; charset=utf-8"),
        (NAMES, "text/csv;q=0, text/*;q=0.1", "text/tab-separated-values; charset=utf-8"),
        (NAMES, "image/png, */*;q=0.1", "application/sparql-results+json"),
        ("ASK {}", None, "application/sparql-results+json"),
        ("ASK {}", "application/sparql-results+xml", "application/sparql-results+xml; charset=utf-8"),
        (CONSTRUCT, None, "text/turtle; charset=utf-8"),
        (CONSTRUCT, "application/ld+json", "application/ld+json"),
        (CONSTRUCT, "application/n-triples", "application/n-triples; charset=utf-8"),
        (CONSTRUCT, "application/rdf+xml;q=0.9, text/turtle;q=0.8", "application/rdf+xml; charset=utf-8"),
        (f"DESCRIBE <{EX}s>", "application/ld+json", "application/ld+json"),
    ],
)
def test_the_answer_has_the_format_that_is_liked_best(
    service: Live, query: str, accept: str | None, content_type: str
) -> None:
    # An empty header would be sent as */* by the client itself.
    request = service.http.build_request("GET", service.sparql, params={"query": query})
    del request.headers["accept"]
    if accept is not None:
        request.headers["accept"] = accept
    response = service.http.send(request)
    assert response.status_code == 200, response.text
    assert response.headers["content-type"] == content_type
    assert response.headers["vary"] == "Accept"
    assert response.headers["access-control-allow-origin"] == "*"
    assert response.headers["cache-control"] == "no-cache"
    assert response.headers["x-content-type-options"] == "nosniff"
    assert parses(response)


def parses(response: httpx.Response) -> bool:
    media_type = response.headers["content-type"].partition(";")[0]
    if media_type.endswith("json"):
        return bool(response.json())
    if media_type.endswith("xml"):
        return len(ET.fromstring(response.content)) > 0
    if media_type.startswith(("text/csv", "text/tab")):
        return len(response.text.splitlines()) == 2
    return len(rdflib.Graph().parse(data=response.content, format=media_type)) == 1


@pytest.mark.parametrize(
    ("query", "accept", "offered"),
    [
        (NAMES, "text/turtle", "text/csv"),
        ("ASK {}", "text/csv", "application/sparql-results+xml"),
        (CONSTRUCT, "text/csv", "application/ld+json"),
        (NAMES, "*/*;q=0", "application/sparql-results+json"),
    ],
)
def test_what_is_not_acceptable_lists_what_is(service: Live, query: str, accept: str, offered: str) -> None:
    response = service.http.get(service.sparql, params={"query": query}, headers={"Accept": accept})
    problem = refused(response, 406, offered)
    assert offered in str(problem["offered"])


# Refusals


def test_two_queries_are_refused(service: Live) -> None:
    refused(service.http.get(service.sparql + "?query=ASK%20%7B%7D&query=ASK%20%7B%7D"), 400, "2 queries")
    refused(post(service, "query=ASK%20%7B%7D&query=ASK%20%7B%7D", FORM), 400, "2 queries")
    refused(post(service, "ASK {}", DIRECT, "?query=ASK%20%7B%7D"), 400, "2 queries")


@pytest.mark.parametrize("body", ["update=CLEAR%20ALL", "query=ASK%20%7B%7D&using-graph-uri=http%3A%2F%2Fe%2F"])
def test_updates_are_refused(service: Live, body: str) -> None:
    refused(service.http.get(f"{service.sparql}?{body}"), 400, "read-only")
    refused(post(service, body, FORM), 400, "read-only")
    refused(post(service, "CLEAR ALL", "application/sparql-update"), 415, "read-only")
    assert values(service.ask(NAMES)) == ["default"]


def test_an_update_is_no_query(service: Live) -> None:
    refused(service.ask("DROP ALL"), 400)
    assert values(service.ask(NAMES)) == ["default"]


@pytest.mark.parametrize("media_type", ["text/plain", "application/json", "multipart/form-data; boundary=x", "", None])
def test_other_media_types_are_refused(service: Live, media_type: str | None) -> None:
    refused(post(service, "ASK {}", media_type), 415, DIRECT)


@pytest.mark.parametrize(
    ("body", "media_type"),
    [
        ("ASK {}".encode("utf-16"), DIRECT),
        (b"ASK {}", f"{DIRECT}; charset=UTF-16"),
        (b'SELECT ("\xe9" AS ?x) {}', DIRECT),
        (b"query=SELECT+(%22%E9%22+AS+%3Fx)+%7B%7D", FORM),
        (b"query=SELECT+(%22%C0%80%22+AS+%3Fx)+%7B%7D", FORM),
        (b"query=ASK+%7B%7D&x=%zz", FORM),
        (b"query=ASK+%7B%7D&x=%", FORM),
        (b"query=ASK+%7B", FORM),
        (b"ASK {", DIRECT),
        (b"", DIRECT),
        (b"", FORM),
        (b"default-graph-uri=http%3A%2F%2Fexample.org%2Fg1", FORM),
    ],
)
def test_what_cannot_be_read_is_refused(service: Live, body: bytes, media_type: str) -> None:
    refused(post(service, body, media_type), 400)


@pytest.mark.parametrize("query_string", [b"query=ASK+%7B%7D&x=%ff", b"query=%22%zz%22", b"query=ASK+%7B"])
def test_a_url_that_cannot_be_read_is_refused(service: Live, query_string: bytes) -> None:
    refused(service.http.get(httpx.URL(service.sparql, query=query_string)), 400)


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "TRACE", "PROPFIND"])
def test_other_methods_are_refused(service: Live, method: str) -> None:
    response = service.http.request(method, service.sparql, params={"query": "ASK {}"})
    refused(response, 405, "GET or POST")
    assert response.headers["allow"] == "GET, HEAD, OPTIONS, POST"


def test_head_is_get_without_the_body(service: Live) -> None:
    for params in ({"query": NAMES}, {}):
        get = service.http.get(service.sparql, params=params)
        head = service.http.head(service.sparql, params=params)
        assert head.content == b""
        assert head.status_code == 200
        for name in ("content-type", "content-length", "vary"):
            assert head.headers[name] == get.headers[name]
    assert service.http.head(service.sparql, params={"query": "ASK {"}).status_code == 400


def test_a_browser_may_ask_from_another_site(service: Live) -> None:
    headers = {"Origin": "https://example.org", "Access-Control-Request-Method": "POST"}
    response = service.http.options(service.sparql, headers=headers)
    assert response.status_code == 204
    assert response.headers["access-control-allow-origin"] == "*"
    assert "POST" in response.headers["access-control-allow-methods"]
    assert "Content-Type" in response.headers["access-control-allow-headers"]
    assert response.headers["allow"] == "GET, HEAD, OPTIONS, POST"


# Sizes


def test_a_long_url_is_refused(service: Live) -> None:
    refused(service.http.get(service.sparql + "?query=ASK%20%7B%7D&x=" + "y" * 17_000), 414, "POST")


def test_a_long_accept_header_is_refused(service: Live) -> None:
    headers = {"Accept": ", ".join(["text/csv;q=0.1"] * 400)}
    refused(service.http.get(service.sparql, params={"query": NAMES}, headers=headers), 400, "Accept")


def test_a_long_body_is_refused_by_its_declared_length(service: Live) -> None:
    """Only the headers are sent: the refusal must not wait for the body."""
    with connection(service) as client:
        client.sendall(b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: application/sparql-query\r\n")
        client.sendall(b"Content-Length: 300000000\r\n\r\n")
        assert client.recv(4096).startswith(b"HTTP/1.1 413 ")


def test_a_long_chunked_body_is_refused_while_it_arrives(service: Live) -> None:
    with connection(service) as client:
        client.sendall(b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: application/sparql-query\r\n")
        client.sendall(b"Transfer-Encoding: chunked\r\n\r\n")
        for _ in range(3):
            client.sendall(b"1000\r\n" + b"#" * 0x1000 + b"\r\n")
        assert client.recv(4096).startswith(b"HTTP/1.1 413 ")


def connection(service: Live) -> socket.socket:
    url = httpx.URL(service.address)
    return socket.create_connection((url.host, url.port or 80), timeout=5)


def test_the_longest_query_is_answered_and_one_byte_more_is_not(service: Live) -> None:
    longest = "ASK {} #" + "é" * ((QUERY_BYTES - 8) // 2)
    assert len(longest.encode()) == QUERY_BYTES
    assert post(service, longest, DIRECT).json()["boolean"] is True
    assert service.ask(longest).json()["boolean"] is True
    refused(post(service, longest + "x", DIRECT), 413, str(QUERY_BYTES))
    refused(service.ask(longest + "x"), 413, str(QUERY_BYTES))


# Without a query


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("*/*", "text/turtle"),
        ("text/turtle", "text/turtle"),
        ("application/n-triples", "application/n-triples"),
        ("application/rdf+xml", "application/rdf+xml"),
        ("application/ld+json", "application/ld+json"),
    ],
)
def test_the_service_describes_itself(service: Live, accept: str, media_type: str) -> None:
    response = service.http.get(service.sparql, headers={"Accept": accept})
    assert response.headers["content-type"].partition(";")[0] == media_type
    syntax = ox.RdfFormat.from_media_type(media_type)
    triples = {(q.subject, q.predicate.value, q.object) for q in ox.parse(response.content, format=syntax)}
    (described,) = {s for s, _, o in triples if o == ox.NamedNode(SD + "Service")}

    def says(name: str) -> set[str]:
        return {o.value for s, p, o in triples if s == described and p == SD + name}

    assert says("endpoint") == {service.sparql}
    assert SD + "SPARQL11Query" in says("supportedLanguage")
    assert len(says("resultFormat")) == 8
    assert "http://www.w3.org/ns/formats/SPARQL_Results_JSON" in says("resultFormat")
    assert len(says("defaultDataset")) == 1
    assert "BasicFederatedQuery" not in response.text
    assert "Update" not in response.text


def test_a_browser_gets_a_form(service: Live) -> None:
    accept = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
    response = service.http.get(service.sparql, headers={"Accept": accept})
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    assert response.headers["vary"] == "Accept"
    assert '<textarea id="query" name="query"' in response.text


def test_nothing_acceptable_to_describe_the_service(service: Live) -> None:
    refused(service.http.get(service.sparql, headers={"Accept": "image/png"}), 406, "text/turtle")


class NoPool:
    """Stands in for a pool that fails in a given way."""

    def __init__(self, failure: Exception) -> None:
        self.failure = failure

    async def ask(self, *_: object) -> None:
        raise self.failure


def ask_failing(failure: Exception, **request: dict[str, str]) -> httpx.Response:
    """The response of an endpoint whose pool fails, and whose page is supplied."""

    def page(_: Request) -> PlainTextResponse:
        return PlainTextResponse("somebody else's page")

    async def get() -> httpx.Response:
        app = Starlette(routes=routes(NoPool(failure), Settings(), page))  # type: ignore[arg-type]
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
            return await client.get("/sparql", **request)

    return asyncio.run(get())


def test_a_page_can_be_supplied() -> None:
    response = ask_failing(KeyError(), headers={"Accept": "text/html"})
    assert response.text == "somebody else's page"
    assert response.headers["vary"] == "Accept"


def test_a_busy_service_says_when_to_come_back() -> None:
    response = ask_failing(Unavailable("Busy.", retry_after=7), params={"query": "ASK {}"})
    assert (response.status_code, response.headers["retry-after"], response.json()["retry_after"]) == (503, "7", 7)


def test_an_unexpected_failure_tells_nothing() -> None:
    response = ask_failing(KeyError("secret"), params={"query": "ASK {}"})
    assert response.status_code == 500
    assert response.headers["content-type"] == "application/problem+json"
    assert "secret" not in response.text


ESCAPED = st.tuples(st.sampled_from([b"%%%02x", b"%%%02X"]), st.integers(0, 255)).map(lambda drawn: drawn[0] % drawn[1])
PLAIN = st.binary(max_size=3).map(lambda drawn: drawn.translate(None, b"%+&"))


@given(st.lists(ESCAPED | PLAIN).map(b"".join))
def test_percent_encoding_is_undone_as_by_the_library(text: bytes) -> None:
    try:
        expected = unquote_to_bytes(text).decode()
    except UnicodeDecodeError:
        with pytest.raises(BadQuery):
            parse_form(b"q=" + text)
    else:
        assert parse_form(b"q=" + text) == [("q", expected)]


def test_parse_form_keeps_order_and_emptiness() -> None:
    assert parse_form(b"a=1&b&a=2=3&&=x") == [("a", "1"), ("b", ""), ("a", "2=3"), ("", "x")]


# Clients


def wrapper(service: Live, query: str, wanted: str, method: str = GET) -> SPARQLWrapper:
    client = SPARQLWrapper(service.sparql, returnFormat=wanted)
    client.setQuery(query)
    client.setMethod(method)
    return client


@pytest.mark.parametrize(("method", "how"), [(GET, URLENCODED), (POST, URLENCODED), (POST, POSTDIRECTLY)])
@pytest.mark.parametrize("wanted", [JSON, XML, CSV, TSV])
def test_sparqlwrapper_selects(service: Live, wanted: str, method: str, how: str) -> None:
    client = wrapper(service, NAMES, wanted, method)
    client.setRequestMethod(how)
    answer = client.queryAndConvert()
    if wanted == JSON:
        assert answer["results"]["bindings"] == [{"name": {"type": "literal", "value": "default", "xml:lang": "en"}}]
    elif wanted == XML:
        assert "default" in answer.toxml()
    else:
        assert answer.decode().split() == (["name", "default"] if wanted == CSV else ["?name", '"default"@en'])


@pytest.mark.parametrize("wanted", [JSON, XML])
def test_sparqlwrapper_asks(service: Live, wanted: str) -> None:
    answer = wrapper(service, "ASK { ?s ?p ?o }", wanted).queryAndConvert()
    assert answer["boolean"] is True if wanted == JSON else "true" in answer.toxml()


@pytest.mark.parametrize("query", [CONSTRUCT, f"DESCRIBE <{EX}s>"])
@pytest.mark.parametrize("wanted", [TURTLE, N3, RDFXML, JSONLD, XML])
def test_sparqlwrapper_gets_graphs(service: Live, query: str, wanted: str) -> None:
    answer = wrapper(service, query, wanted).queryAndConvert()
    graph = answer if isinstance(answer, rdflib.Graph) else rdflib.Graph().parse(data=answer, format="turtle")
    assert [str(o) for o in graph.objects()] == ["default"]


@pytest.mark.parametrize("wanted", ["json", "xml", "csv", "tsv"])
@pytest.mark.parametrize("method", ["GET", "POST", "POST_FORM"])
def test_rdflib_store(service: Live, wanted: str, method: str) -> None:
    store = SPARQLStore(service.sparql, returnFormat=wanted, method=method)
    assert [str(row[0]) for row in store.query(NAMES)] == ["default"]
    if wanted in ("json", "xml"):
        assert store.query("ASK { ?s ?p ?o }").askAnswer is True
        assert len(rdflib.Graph(store)) == 1


def test_rdflib_store_asks_one_graph(service: Live) -> None:
    graph = rdflib.Graph(SPARQLStore(service.sparql), identifier=rdflib.URIRef(G2))
    assert [str(o) for o in graph.objects()] == ["two"]


def test_answers_are_json_that_others_read(service: Live) -> None:
    assert json.loads(service.ask(NAMES).content)["head"]["vars"] == ["name"]
