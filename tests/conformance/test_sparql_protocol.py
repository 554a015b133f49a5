"""The W3C's SPARQL 1.1 Protocol suite, replayed over HTTP: 20 query cases pass, 14 update cases are refused.

DDITKG_SUITES names the folder that holds the suites (`w3c-rdf-tests/sparql/sparql11/protocol/manifest.ttl`).
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import httpx
import pyoxigraph as ox
import pytest
import rdflib
from rdflib import RDF, RDFS, Literal, Namespace, URIRef
from rdflib.collection import Collection
from rdflib.term import Node

sys.path.insert(0, str(Path(__file__).parents[1]))
from live import Live, live

pytestmark = pytest.mark.suites

MF = Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#")
HT = Namespace("http://www.w3.org/2011/http#")
CNT = Namespace("http://www.w3.org/2011/content#")
UT = Namespace("http://www.w3.org/2009/sparql/tests/test-update#")
STATUS = "http://www.w3.org/2011/http-statusCodes#StatusCode"
MEDIA_TYPES = {
    "boolean": {"application/sparql-results+json", "application/sparql-results+xml"},
    "tabular": {
        "application/sparql-results+json",
        "application/sparql-results+xml",
        "text/csv",
        "text/tab-separated-values",
    },
    "RDF": {"text/turtle", "application/n-triples", "application/rdf+xml", "application/ld+json"},
}


@dataclass(frozen=True)
class Exchange:
    """A request, and what must come back."""

    method: str
    target: str
    headers: tuple[tuple[str, str], ...]
    body: bytes | None
    statuses: frozenset[str]  # “2”, “3”, “4”
    format: str | None
    boolean: bool | None


@dataclass(frozen=True)
class Case:
    name: str
    exchanges: tuple[Exchange, ...]


def folder() -> Path:
    suites = os.environ.get("DDITKG_SUITES")
    assert suites, "DDITKG_SUITES is not set; it names the folder that holds the conformance suites"
    return Path(suites, "w3c-rdf-tests/sparql/sparql11/protocol")


@cache
def manifest() -> rdflib.Graph:
    return rdflib.Graph().parse(folder() / "manifest.ttl")


@cache
def cases(updates: bool) -> tuple[Case, ...]:
    """The update cases, or the query cases, in the manifest's order."""
    graph = manifest()
    entries = Collection(graph, next(graph.objects(None, MF.entries)))
    read = (read_case(graph, entry) for entry in entries)
    return tuple(case for case in read if ("update" in case.name) is updates)


def read_case(graph: rdflib.Graph, entry: Node) -> Case:
    assert (entry, RDF.type, MF.ProtocolTest) in graph
    requests = Collection(graph, graph.value(graph.value(entry, MF.action), HT.requests))
    return Case(str(entry).rpartition("#")[2], tuple(read_exchange(graph, request) for request in requests))


def read_exchange(graph: rdflib.Graph, request: Node) -> Exchange:
    response = graph.value(request, HT.resp)
    fields = Collection(graph, graph.value(request, HT.headers)) if (request, HT.headers, None) in graph else ()
    expected = graph.value(response, MF.expectedBoolean)
    return Exchange(
        method=str(graph.value(request, HT.methodName)),
        target=str(graph.value(request, HT.absolutePath)).removeprefix("/sparql/"),
        headers=tuple((str(graph.value(f, HT.fieldName)), str(graph.value(f, HT.fieldValue))) for f in fields),
        body=read_body(graph, graph.value(request, HT.body)),
        statuses=frozenset(str(s).removeprefix(STATUS)[0] for s in graph.objects(response, MF.expectedStatus)),
        format=text(graph.value(response, MF.expectedFormat)),
        boolean=expected.toPython() if isinstance(expected, Literal) else None,
    )


def read_body(graph: rdflib.Graph, body: Node | None) -> bytes | None:
    if body is None:
        return None
    return str(graph.value(body, CNT.chars)).encode(str(graph.value(body, CNT.characterEncoding)))


def text(node: Node | None) -> str | None:
    return None if node is None else str(node)


def quads() -> Iterator[ox.Quad]:
    """Each graph that a case wants loaded, under its name."""
    graph = manifest()
    loaded = {(graph.value(d, UT.graph), str(graph.value(d, RDFS.label))) for d in graph.objects(None, UT.graphData)}
    assert len(loaded) == 3
    for file, name in loaded:
        assert isinstance(file, URIRef)
        path = folder() / str(file).rpartition("/")[2]
        for triple in ox.parse(path=path):
            yield ox.Quad(triple.subject, triple.predicate, triple.object, ox.NamedNode(name))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "query_case" in metafunc.fixturenames or "update_case" in metafunc.fixturenames:
        name = "update_case" if "update_case" in metafunc.fixturenames else "query_case"
        found = cases(name == "update_case") if os.environ.get("DDITKG_SUITES") else ()
        metafunc.parametrize(name, found, ids=[case.name for case in found])


@pytest.fixture(scope="module")
def service() -> Iterator[Live]:
    with live(quads()) as running:
        yield running


def replay(service: Live, exchange: Exchange) -> httpx.Response:
    request = httpx.Request(
        exchange.method, service.sparql + exchange.target, headers=exchange.headers, content=exchange.body
    )
    return service.http.send(request)


def test_the_whole_suite_is_there() -> None:
    assert len(cases(updates=False)) == 20
    assert len(cases(updates=True)) == 14


def test_query(service: Live, query_case: Case) -> None:
    for exchange in query_case.exchanges:
        response = replay(service, exchange)
        assert str(response.status_code)[0] in exchange.statuses, response.text
        if exchange.format is not None:
            assert response.headers["content-type"].partition(";")[0] in MEDIA_TYPES[exchange.format]
        if exchange.boolean is not None:
            assert response.json()["boolean"] is exchange.boolean


def test_update_is_refused(service: Live, update_case: Case) -> None:
    response = replay(service, update_case.exchanges[0])
    assert 400 <= response.status_code < 500, response.text
    assert response.headers["content-type"] == "application/problem+json"
