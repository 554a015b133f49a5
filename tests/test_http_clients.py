"""The clients that people use, on the real data: what each of them gets is what a plain request gets.

Those that are not Python need roqet (Debian's rasqal-utils), Node, and `npm ci` in tests/clients.
"""

from __future__ import annotations

import csv
import io
import json
import subprocess
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import rdflib
from rdflib.plugins.stores.sparqlstore import SPARQLStore
from serving import Served, served
from SPARQLWrapper import GET, JSON, POST, POSTDIRECTLY, TSV, URLENCODED, XML, SPARQLWrapper

CLIENTS = Path(__file__).with_name("clients")
RESULTS = "{http://www.w3.org/2005/sparql-results#}"
HEAD = """
PREFIX dd: <https://w3id.org/dditkg/ontology/>
PREFIX owl: <http://www.w3.org/2002/07/owl#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
"""
LIST = "SELECT ?capability ?label WHERE { ?capability a dd:Capability ; skos:prefLabel ?label } ORDER BY ?label"
COUNT = (
    "SELECT ?kind (COUNT(?thing) AS ?many) WHERE { ?thing a ?kind . ?kind a owl:Class } GROUP BY ?kind ORDER BY ?kind"
)
GAPS = """SELECT ?role ?label ?rank WHERE {
  ?role a dd:Role ; skos:prefLabel ?label . FILTER(STRSTARTS(?label, "D"))
  OPTIONAL { ?step dd:rungOf ?role ; dd:rank ?rank }
} ORDER BY ?role ?rank"""
SELECTS = {
    "list": (HEAD + LIST, ("capability", "label")),
    "count": (HEAD + COUNT, ("kind", "many")),
    "gaps": (HEAD + GAPS, ("role", "label", "rank")),
}
ASKS = {True: HEAD + "ASK { ?x a dd:Capability }", False: HEAD + "ASK { dd:Capability a dd:Capability }"}
DESCRIBED = "<https://w3id.org/dditkg/capability/record-matching>"
CONSTRUCT = f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ VALUES ?s {{ {DESCRIBED} }} ?s ?p ?o }}"
GRAPH = "https://w3id.org/dditkg/graph/data/levels.ttl"
Row = tuple[tuple[str, str, str] | None, ...]


@pytest.fixture(scope="module")
def service() -> Iterator[Served]:
    with served() as running:
        yield running


def row(binding: dict[str, dict[str, str]], columns: tuple[str, ...]) -> Row:
    return tuple(cell(binding.get(name)) for name in columns)


def cell(term: dict[str, str] | None) -> tuple[str, str, str] | None:
    if term is None:
        return None
    return term["type"], term.get("value", ""), term.get("xml:lang") or term.get("datatype") or ""


def plainly(service: Served, name: str) -> list[Row]:
    """The rows that a plain request gets."""
    query, columns = SELECTS[name]
    answer = service.http.post("/sparql", data={"query": query}, headers={"Accept": "application/sparql-results+json"})
    rows = [row(binding, columns) for binding in answer.json()["results"]["bindings"]]
    assert len(rows) > 15
    return rows


def of_xml(text: str, columns: tuple[str, ...]) -> list[Row]:
    found = []
    for result in ET.fromstring(text).iter(f"{RESULTS}result"):
        bound = {}
        for binding in result:
            (term,) = binding
            language = term.get("{http://www.w3.org/XML/1998/namespace}lang") or term.get("datatype") or ""
            if term.tag != f"{RESULTS}unbound":  # which roqet writes, where others leave the binding out
                bound[binding.get("name")] = (term.tag.removeprefix(RESULTS), term.text or "", language)
        found.append(tuple(bound.get(name) for name in columns))
    return found


def of_tsv(text: str) -> list[tuple[str, ...]]:
    """Terms as they are written, without the head."""
    return [tuple(line) for line in csv.reader(io.StringIO(text), delimiter="\t", quoting=csv.QUOTE_NONE) if line][1:]


def of_rdflib(term: object) -> tuple[str, str, str] | None:
    if isinstance(term, rdflib.Literal):
        return "literal", str(term), term.language or str(term.datatype or "")
    return None if term is None else ("uri", str(term), "")


# Python -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", SELECTS)
@pytest.mark.parametrize(("method", "how"), [(GET, URLENCODED), (POST, URLENCODED), (POST, POSTDIRECTLY)])
@pytest.mark.parametrize("form", [JSON, XML, TSV])
def test_sparqlwrapper(service: Served, name: str, method: str, how: str, form: str) -> None:
    query, columns = SELECTS[name]
    client = SPARQLWrapper(f"{service.address}/sparql", returnFormat=form)
    client.setQuery(query)
    client.setMethod(method)
    client.setRequestMethod(how)
    answer: Any = client.queryAndConvert()
    expected = plainly(service, name)
    if form == JSON:
        assert [row(binding, columns) for binding in answer["results"]["bindings"]] == expected
    elif form == XML:
        assert of_xml(answer.toxml(), columns) == expected
    else:
        accept = {"Accept": "text/tab-separated-values"}
        said = service.http.post("/sparql", data={"query": query}, headers=accept).text
        assert of_tsv(answer.decode()) == of_tsv(said)
        assert len(of_tsv(said)) == len(expected)


@pytest.mark.parametrize("name", SELECTS)
@pytest.mark.parametrize("form", ["json", "xml"])
@pytest.mark.parametrize("method", ["GET", "POST", "POST_FORM"])
def test_rdflib(service: Served, name: str, form: str, method: str) -> None:
    store = SPARQLStore(f"{service.address}/sparql", returnFormat=form, method=method)
    rows = [tuple(of_rdflib(term) for term in found) for found in store.query(SELECTS[name][0])]
    assert rows == plainly(service, name)
    assert all(store.query(query).askAnswer is truth for truth, query in ASKS.items())


def test_rdflib_reads_a_whole_graph_and_the_description(service: Served) -> None:
    for path in (f"/data?graph={GRAPH}", "/dataset.ttl", "/.well-known/void", "/sparql"):
        assert len(rdflib.Graph().parse(service.address + path, format="turtle")) > 10


# roqet --------------------------------------------------------------------------------------------------------------


def roqet(service: Served, query: str, form: str) -> str:
    command = ["roqet", "-q", "-p", f"{service.address}/sparql", "-r", form, "-e", query]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert not done.stderr
    return done.stdout


@pytest.mark.clients
@pytest.mark.parametrize("name", SELECTS)
def test_roqet_as_xml(service: Served, name: str) -> None:
    query, columns = SELECTS[name]
    assert of_xml(roqet(service, query, "xml"), columns) == plainly(service, name)


@pytest.mark.clients
@pytest.mark.parametrize("name", SELECTS)
def test_roqet_as_tsv(service: Served, name: str) -> None:
    written = of_tsv(roqet(service, SELECTS[name][0], "tsv"))
    assert len(written) == len(plainly(service, name))
    for terms, expected in zip(written, plainly(service, name), strict=True):
        for text, term in zip(terms, expected, strict=True):
            assert (term is None) is (text == "")
            assert term is None or term[1] in text


# Node ---------------------------------------------------------------------------------------------------------------


def job(kind: str, query: str = "", columns: tuple[str, ...] = (), **more: Any) -> dict[str, Any]:
    return {"kind": kind, "query": query, "columns": columns, **more}


EVERYTHING = [
    *(job("select", query, columns) for query, columns in SELECTS.values()),
    *(job("ask", query) for query in ASKS.values()),
    job("construct", CONSTRUCT),
]


def node(service: Served, client: str, jobs: list[dict[str, Any]], **shared: Any) -> list[Any]:
    """What a client of Node gets, job by job."""
    shared |= {"client": client, "endpoint": f"{service.address}/sparql", "store": f"{service.address}/data"}
    given = json.dumps([shared | job for job in jobs])
    done = subprocess.run(["node", "ask.js"], cwd=CLIENTS, input=given, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    answers = json.loads(done.stdout)
    assert len(answers) == len(jobs)
    return list(answers)


def same_as_plainly(service: Served, answers: list[Any], ordered: bool) -> None:
    """Whether the answers to EVERYTHING are those that plain requests get."""
    *selected, yes, no, graph = answers
    for name, answer in zip(SELECTS, selected, strict=True):
        rows, expected = node_rows(answer), plainly(service, name)
        assert rows == expected if ordered else sorted(rows, key=str) == sorted(expected, key=str)
    assert [yes, no] == list(ASKS)
    assert set(node_rows(graph)) == constructed(service)


def node_rows(answer: list[list[dict[str, str] | None]]) -> list[Row]:
    return [tuple(cell(term) for term in terms) for terms in answer]


def constructed(service: Served, query: str = CONSTRUCT) -> set[Row]:
    answer = service.http.post("/sparql", data={"query": query}, headers={"Accept": "application/n-triples"})
    graph = rdflib.Graph().parse(data=answer.text, format="nt")
    assert len(graph) > 10
    return {tuple(of_rdflib(term) for term in triple) for triple in graph}


@pytest.mark.clients
@pytest.mark.parametrize("operation", ["get", "postUrlencoded", "postDirect"])
def test_sparql_http_client(service: Served, operation: str) -> None:
    same_as_plainly(service, node(service, "sparql-http-client", EVERYTHING, operation=operation), ordered=True)


@pytest.mark.clients
def test_sparql_http_client_reads_a_graph_from_the_store(service: Served) -> None:
    named = f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ GRAPH <{GRAPH}> {{ ?s ?p ?o }} }}"
    (answer,) = node(service, "sparql-http-client", [job("graph", graph=GRAPH)])
    assert set(node_rows(answer)) == constructed(service, named)


@pytest.mark.clients
@pytest.mark.parametrize("typed", [True, False], ids=["told that it is an endpoint", "finds out"])
def test_comunica(service: Served, typed: bool) -> None:
    endpoint = f"{service.address}/sparql"
    source = {"type": "sparql", "value": endpoint} if typed else endpoint
    same_as_plainly(service, node(service, "comunica", EVERYTHING, source=source), ordered=False)


@pytest.mark.clients
def test_comunica_reads_documents(service: Served) -> None:
    paths = ["/capability/record-matching", "/capability/record-matching.ttl", "/dataset"]
    everything = ("SELECT * WHERE { ?s ?p ?o }", ("s", "p", "o"))
    sources = [{"type": "file", "value": service.address + path} for path in paths]
    answers = node(service, "comunica", [job("select", *everything, source=source) for source in sources])
    for path, answer in zip(paths, answers, strict=True):
        graph = rdflib.Graph().parse(data=service.get(path, "text/turtle").text, format="turtle")
        assert set(node_rows(answer)) == {tuple(of_rdflib(term) for term in triple) for triple in graph}


@pytest.mark.clients
def test_comunica_finds_the_examples_in_the_description(service: Served) -> None:
    query = """
    PREFIX sh: <http://www.w3.org/ns/shacl#> PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
    SELECT ?comment ?query WHERE { ?x a sh:SPARQLExecutable ; rdfs:comment ?comment ; sh:select|sh:ask ?query }"""
    source = {"type": "file", "value": f"{service.address}/sparql"}
    (answer,) = node(service, "comunica", [job("select", query, ("comment", "query"), source=source)])
    listed = service.get("/questions").json()["questions"]
    assert {terms[0]["value"] for terms in answer} == {question["summary"] for question in listed}
