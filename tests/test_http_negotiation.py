"""Content negotiation as one matrix: every kind of address × what clients ask for, with all that must come along.

For each answer: the form, Vary, ETag and 304, HEAD as GET without its body, and that any site may read it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

import httpx
import pytest
from serving import BROWSER, Served, served

from dditkg import formats
from dditkg.formats import ASK_FORMATS, DOCUMENT_FORMATS, GRAPH_FORMATS, HTML, JSON, RESULT_FORMATS, Format

CONCEPT = "http://www.w3.org/2004/02/skos/core#Concept"
GRAPH = "https://w3id.org/dditkg/graph/data/levels.ttl"
CAPABILITY = "/capability/record-matching"


def query(text: str) -> str:
    return f"/sparql?{urlencode({'query': text})}"


@dataclass(frozen=True)
class Resource:
    """An address with several forms, the one for those who do not mind first. Some have each form at a suffix too."""

    name: str
    path: str
    offered: tuple[Format, ...]
    suffixed: tuple[Format, ...] = ()
    tagged: bool = True
    methods: str = "GET, HEAD, OPTIONS"
    shown: bool = False


# Whether rows or triples come is known only once a query is read: a page is shown to whom likes a page best of all.
QUERIED: dict[str, Any] = {"tagged": False, "methods": "GET, HEAD, OPTIONS, POST", "shown": True}
RESOURCES = [
    Resource("capability", CAPABILITY, DOCUMENT_FORMATS, DOCUMENT_FORMATS),
    Resource("outside unit held here", "/framework/gdad/skill/data-modelling", DOCUMENT_FORMATS, DOCUMENT_FORMATS),
    Resource("skill at a level", "/skill-level/data-matching--expert", DOCUMENT_FORMATS, DOCUMENT_FORMATS),
    Resource("scheme", "/scheme/capability", DOCUMENT_FORMATS, DOCUMENT_FORMATS),
    Resource("term of the ontology", "/ontology/Capability", DOCUMENT_FORMATS, DOCUMENT_FORMATS),
    Resource("the ontology", "/ontology", DOCUMENT_FORMATS, DOCUMENT_FORMATS),
    Resource("somebody else's term", f"/unit?iri={quote(CONCEPT, safe='')}", DOCUMENT_FORMATS),
    Resource("dataset", "/dataset", DOCUMENT_FORMATS, DOCUMENT_FORMATS),
    Resource("VoID", "/.well-known/void", (*GRAPH_FORMATS, JSON, HTML)),
    Resource("one graph", f"/data?graph={quote(GRAPH, safe='')}", GRAPH_FORMATS),
    Resource("list of questions", "/questions", (HTML, JSON)),
    Resource("question", "/questions/signs-of-good", formats.QUESTION_FORMATS, (JSON, formats.CSV)),
    Resource("things found", "/find?q=data", (HTML, JSON)),
    Resource("description of the endpoint", "/sparql", (*GRAPH_FORMATS, HTML), methods=QUERIED["methods"]),
    Resource("rows", query("SELECT * { ?s a ?o } LIMIT 2"), RESULT_FORMATS, **QUERIED),
    Resource("yes or no", query("ASK {}"), ASK_FORMATS, **QUERIED),
    Resource("triples", query("CONSTRUCT WHERE { ?s a ?o } LIMIT 2"), GRAPH_FORMATS, **QUERIED),
]
BY_NAME = {resource.name: resource for resource in RESOURCES}

FIRST = "whatever comes first"
# What a client sends, and what it wants, the dearest first; FIRST for those who take anything, `text/` for any text.
ACCEPTS: list[tuple[str | None, list[str]]] = [
    (None, [FIRST]),
    ("", [FIRST]),
    ("*/*", [FIRST]),
    ("*", [FIRST]),
    ("*/*;q=0.1", [FIRST]),
    (BROWSER, ["text/html", "application/xml", FIRST]),
    ("text/html", ["text/html"]),
    ("application/xhtml+xml", ["application/xhtml+xml"]),
    ("text/turtle", ["text/turtle"]),
    ("TEXT/Turtle", ["text/turtle"]),
    ("text/turtle; charset=utf-8", ["text/turtle"]),
    ("text/turtle  ;  q=0.4", ["text/turtle"]),
    ("application/x-turtle", ["application/x-turtle"]),
    ("application/n-triples", ["application/n-triples"]),
    ("text/plain", ["text/plain"]),
    ("application/rdf+xml", ["application/rdf+xml"]),
    ("application/xml", ["application/xml"]),
    ("text/xml", ["text/xml"]),
    ("application/ld+json", ["application/ld+json"]),
    ("application/json", ["application/json"]),
    ("application/sparql-results+json", ["application/sparql-results+json"]),
    ("application/sparql-results+xml", ["application/sparql-results+xml"]),
    ("text/csv", ["text/csv"]),
    ("text/tab-separated-values", ["text/tab-separated-values"]),
    ("text/*", ["text/"]),
    ("text/turtle;q=0.5, application/ld+json", ["application/ld+json", "text/turtle"]),
    (
        "application/ld+json;q=0.2, text/csv;q=0.3, text/turtle;q=0.9",
        ["text/turtle", "text/csv", "application/ld+json"],
    ),
    ("text/html;q=0.8, application/json;q=0.9", ["application/json", "text/html"]),
    ("text/turtle, */*;q=0.1", ["text/turtle", FIRST]),
    ("image/png, */*;q=0.1", [FIRST]),
    ("application/json, text/turtle;q=0", ["application/json"]),
    ("image/png", []),
    ("*/*;q=0", []),
    ("text/turtle;q=0, text/csv;q=0.000", []),
    # Malformed: what can be understood of it counts, and it is never a failure of ours.
    (",", [FIRST]),
    (", ,text/turtle,,", ["text/turtle"]),
    ("text/turtle;q=high", ["text/turtle"]),
    ("text/turtle;q=", ["text/turtle"]),
    ("text/turtle;q=7", ["text/turtle"]),
    ("text/turtle;q=-1", []),
    ("text", []),
    ("/", []),
    (";;;", [FIRST]),
    ("text/turtle/x", []),
]


def expected(resource: Resource, wanted: list[str]) -> Format | None:
    """The form that a client's list of wishes leads to."""
    if resource.shown and wanted[:1] in (["text/html"], ["application/xhtml+xml"]):
        return HTML
    for wish in wanted:
        for form in resource.offered:
            fits = form.media_type.startswith("text/") if wish == "text/" else wish == form.media_type
            if wish == FIRST or fits:
                return form
        for form in resource.offered:
            if wish in form.also:
                return form
    return None


@pytest.fixture(scope="module")
def service() -> Iterator[Served]:
    with served() as running:
        yield running


def open_to_all(answer: httpx.Response) -> None:
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "ETag" in answer.headers["access-control-expose-headers"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "access-control-allow-credentials" not in answer.headers
    assert len(answer.headers.get_list("vary")) <= 1


def head_is_like(get: httpx.Response, head: httpx.Response) -> None:
    assert (head.status_code, head.content) == (get.status_code, b"")
    assert {k: v for k, v in head.headers.items() if k != "date"} == {
        k: v for k, v in get.headers.items() if k != "date"
    }


@pytest.mark.parametrize("name", BY_NAME)
@pytest.mark.parametrize(("accept", "wanted"), ACCEPTS, ids=[repr(accept) for accept, _ in ACCEPTS])
def test_matrix(service: Served, name: str, accept: str | None, wanted: list[str]) -> None:
    resource = BY_NAME[name]
    form = expected(resource, wanted)
    answer = service.get(resource.path, accept)
    open_to_all(answer)
    assert answer.headers["vary"] == "Accept"
    if form is None:
        assert answer.status_code == 406, answer.text[:200]
        as_page = wanted[:1] in (["text/html"], ["application/xhtml+xml"])
        assert answer.headers["content-type"] == (HTML.content_type if as_page else "application/problem+json")
        assert answer.headers["cache-control"] == "no-store"
        assert all(other.media_type in answer.text for other in resource.offered if other is not HTML)
    else:
        assert answer.status_code == 200, answer.text[:200]
        assert answer.headers["content-type"].partition(";")[0] == form.media_type
        assert answer.content
        assert int(answer.headers["content-length"]) == len(answer.content)
    head_is_like(answer, service.send("HEAD", resource.path, accept))
    tag = answer.headers.get("etag")
    assert tag or form is None or not resource.tagged
    if tag:
        held = service.get(resource.path, accept, If_None_Match=tag)
        assert (held.status_code, held.content) == (304, b"")
        assert (held.headers["etag"], held.headers["vary"]) == (tag, "Accept")
        open_to_all(held)
        assert service.get(resource.path, accept, If_None_Match='"other"').status_code == 200


@pytest.mark.parametrize("name", BY_NAME)
def test_every_form_is_another_representation(service: Served, name: str) -> None:
    resource = BY_NAME[name]
    if resource.tagged:
        tags = {service.get(resource.path, form.media_type).headers["etag"] for form in resource.offered}
        assert len(tags) == len(resource.offered)


@pytest.mark.parametrize("name", [name for name, resource in BY_NAME.items() if resource.suffixed])
@pytest.mark.parametrize("accept", [None, "*/*", "image/png", "text/turtle;q=0", BROWSER, ";;;"])
def test_a_suffix_has_said_it(service: Served, name: str, accept: str | None) -> None:
    resource = BY_NAME[name]
    for form in resource.suffixed:
        answer = service.get(resource.path + form.suffix, accept)
        open_to_all(answer)
        assert (answer.status_code, answer.headers["content-type"]) == (200, form.content_type)
        assert answer.content == service.get(resource.path, form.media_type).content
        head_is_like(answer, service.send("HEAD", resource.path + form.suffix, accept))
        held = service.get(resource.path + form.suffix, accept, If_None_Match=answer.headers["etag"])
        assert (held.status_code, held.content) == (304, b"")
    for suffix in (".exe", ".turtle", ".ttl.gz", ".TTL"):
        assert service.get(resource.path + suffix, accept).status_code == 404


@pytest.mark.parametrize("name", BY_NAME)
def test_other_methods(service: Served, name: str) -> None:
    resource = BY_NAME[name]
    asked = {"Origin": "https://elsewhere.example", "Access_Control_Request_Method": "GET"}
    answer = service.send("OPTIONS", resource.path, **asked)
    assert (answer.status_code, answer.content) == (204, b"")
    assert answer.headers["allow"] == answer.headers["access-control-allow-methods"] == resource.methods
    assert "If-None-Match" in answer.headers["access-control-allow-headers"]
    open_to_all(answer)
    for method in ("PUT", "DELETE", "PATCH", "BREW"):
        refused = service.send(method, resource.path, "*/*")
        assert refused.status_code == 405
        assert refused.headers["allow"] == resource.methods
        assert refused.headers["content-type"] == "application/problem+json"
        open_to_all(refused)


# Addresses with one form give it to everybody.
SINGLE = {
    "/": "text/html",
    "/docs": "text/html",
    "/context/v1.jsonld": "application/ld+json",
    "/openapi.json": "application/json",
    "/health": "application/json",
    "/static/style.css": "text/css",
}


@pytest.mark.parametrize("path", SINGLE)
@pytest.mark.parametrize("accept", [None, "*/*", "image/png", BROWSER, "text/turtle", ";;;"])
def test_one_form_for_everybody(service: Served, path: str, accept: str | None) -> None:
    answer = service.get(path, accept)
    assert answer.status_code == 200
    assert answer.headers["content-type"].partition(";")[0] == SINGLE[path]
    open_to_all(answer)
    head_is_like(answer, service.send("HEAD", path, accept))
    if "etag" in answer.headers:
        held = service.get(path, accept, If_None_Match=answer.headers["etag"])
        assert (held.status_code, held.content) == (304, b"")
