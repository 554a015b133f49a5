"""SPARQL 1.1 Graph Store Protocol at `/data`, for reading."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import httpx
import pyoxigraph as ox
import pytest
from content import whole_dataset
from serving import Served, served

from dditkg import formats
from dditkg.dataset import Dataset
from dditkg.formats import GRAPH_FORMATS, Format
from dditkg.terms import GRAPH_BASE

LEVELS = GRAPH_BASE + "data/levels.ttl"
ONE = f"/data?graph={quote(LEVELS, safe='')}"
FIRST_BYTES = {formats.TURTLE: b"@prefix", formats.NTRIPLES: b"<", formats.RDFXML: b"<?xml", formats.JSONLD: b"["}


@pytest.fixture(scope="module")
def service() -> Iterator[Served]:
    with served() as running:
        yield running


@pytest.fixture(scope="module")
def real() -> Dataset:
    return whole_dataset()


def parsed(answer: httpx.Response) -> set[ox.Triple]:
    assert answer.status_code == 200, answer.text[:300]
    assert len(answer.content) == int(answer.headers["content-length"])
    syntax = ox.RdfFormat.from_media_type(answer.headers["content-type"].partition(";")[0])
    assert syntax is not None
    return {quad.triple for quad in ox.parse(answer.content, format=syntax)}


def refused(answer: httpx.Response, status: int, says: str) -> None:
    assert answer.status_code == status, answer.text[:300]
    assert answer.headers["content-type"] == "application/problem+json"
    assert says in answer.json()["detail"]


@pytest.mark.parametrize("wanted", GRAPH_FORMATS, ids=lambda f: f.name)
def test_everything_in_every_form(service: Served, real: Dataset, wanted: Format) -> None:
    answer = service.get("/data?default", wanted.media_type)
    assert answer.headers["content-type"] == wanted.content_type
    assert answer.content.startswith(FIRST_BYTES[wanted])
    default = set(real.local.triples())
    assert len(default) > 50_000
    assert parsed(answer) == default


@pytest.mark.parametrize("wanted", GRAPH_FORMATS, ids=lambda f: f.name)
def test_one_graph_in_every_form(service: Served, real: Dataset, wanted: Format) -> None:
    answer = service.get(ONE, wanted.media_type)
    assert parsed(answer) == set(real.store.graph(LEVELS))
    assert answer.headers["vary"] == "Accept"


def test_every_graph_that_the_endpoint_names_is_there(service: Served, real: Dataset) -> None:
    graphs = [str(graph.value) for graph in real.local.engine.named_graphs() if isinstance(graph, ox.NamedNode)]
    assert len(graphs) > 50  # more than are kept ready at a time
    for graph in graphs:
        answer = service.get(f"/data?graph={quote(graph, safe='')}", "application/n-triples")
        assert parsed(answer) == set(real.store.graph(graph)), graph


def test_what_is_held_already_is_not_sent_again(service: Served) -> None:
    for path in ("/data?default", ONE):
        whole = service.get(path, "text/turtle")
        held = service.get(path, "text/turtle", If_None_Match=whole.headers["etag"])
        assert (held.status_code, held.content) == (304, b"")
        assert held.headers["etag"] == whole.headers["etag"]
        assert service.get(path, "application/n-triples", If_None_Match=whole.headers["etag"]).status_code == 200
    tags = {service.get("/data?default", form.media_type).headers["etag"] for form in GRAPH_FORMATS}
    assert len(tags) == len(GRAPH_FORMATS)


def test_head_says_how_long_it_would_be(service: Served) -> None:
    for path in ("/data?default", ONE):
        get, head = service.get(path, "text/turtle"), service.send("HEAD", path, "text/turtle")
        assert (head.status_code, head.content) == (200, b"")
        for name in ("content-length", "content-type", "etag", "vary"):
            assert head.headers[name] == get.headers[name]
    for path, status in (("/data?graph=urn:unknown", 404), ("/data", 400)):
        head = service.send("HEAD", path)
        assert (head.status_code, head.content) == (status, b"")


def test_a_graph_that_is_not_there(service: Served) -> None:
    for graph in ("urn:unknown", GRAPH_BASE + "data/nothing.ttl", "http://example.org/"):
        refused(service.get(f"/data?graph={quote(graph, safe='')}"), 404, graph)


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("", "Name a graph: /data?default"),
        ("?graph=", "not a whole address"),
        ("?graph=data/levels.ttl", "not a whole address"),
        ("?graph=http://exa mple", "not a whole address"),
        ("?default&graph=urn:a", "one graph at a time"),
        ("?graph=urn:a&graph=urn:b", "given 2 times"),
        ("?default=yes", "takes no value"),
        ("?query=ASK%7B%7D", "Name a graph: /data?default"),
    ],
)
def test_what_does_not_name_one_graph(service: Served, query: str, says: str) -> None:
    refused(service.get(f"/data{query}"), 400, says)


@pytest.mark.parametrize("method", ["PUT", "POST", "DELETE", "PATCH"])
@pytest.mark.parametrize("path", ["/data?default", ONE, "/data", "/data?graph=urn:new"])
def test_nothing_can_be_changed(service: Served, real: Dataset, method: str, path: str) -> None:
    answer = service.http.request(method, path, content=b"<urn:a> <urn:b> <urn:c> .", headers={"Accept": "*/*"})
    refused(answer, 405, "only read here")
    assert answer.headers["allow"] == "GET, HEAD, OPTIONS"
    assert parsed(service.get(ONE, "text/turtle")) == set(real.store.graph(LEVELS))


def test_no_acceptable_form(service: Served) -> None:
    answer = service.get("/data?default", "text/csv")
    refused(answer, 406, "text/turtle")
    assert answer.json()["available"] == [form.media_type for form in GRAPH_FORMATS]


def test_a_reader_who_stops_listening_holds_nothing_up(service: Served) -> None:
    for _ in range(60):
        with service.http.stream("GET", "/data?default", headers={"Accept": "application/n-triples"}) as answer:
            next(answer.iter_raw())
    assert len(parsed(service.get("/data?default", "application/n-triples"))) > 50_000


def test_graphs_of_other_people_and_no_file_left_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file, scratch = tmp_path / "some.nq", tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setenv("TMPDIR", str(scratch))
    file.write_text('<urn:a> <urn:b> <urn:c> <urn:g> .\n<urn:a> <urn:b/> "d"@en .\n', encoding="utf-8")
    with served("--data", str(file)) as running:
        for form in GRAPH_FORMATS:
            assert len(parsed(running.get("/data?graph=urn:g", form.media_type))) == 1
        for form in (formats.TURTLE, formats.NTRIPLES, formats.JSONLD):
            assert len(parsed(running.get("/data?default", form.media_type))) == 1
        refused(running.get("/data?default", "application/rdf+xml"), 406, "urn:b/")
        assert not list(scratch.iterdir())
