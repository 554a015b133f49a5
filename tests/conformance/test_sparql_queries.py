"""The W3C's SPARQL query suites, 1.1 and 1.2, asked over HTTP of one live service.

Each file of the suites is a named graph; a case names its graphs by the parameters of the protocol. Answers are read
in JSON and in XML and compared with those expected, as multisets, blank nodes by how they are used.
What is known to differ is listed with its reason in known-differences.tsv. The list may only shrink.

DDITKG_SUITES names the folder that holds the suites (`w3c-rdf-tests/sparql`).
"""

from __future__ import annotations

import csv
import io
import os
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import cache
from pathlib import Path

import httpx
import pyoxigraph as ox
import pytest
import rdflib
from rdflib import RDF, Namespace
from rdflib.collection import Collection
from rdflib.term import Node

sys.path.insert(0, str(Path(__file__).parents[1]))
from live import Live, live

from dditkg.errors import BadQuery
from dditkg.formats import GRAPH_FORMATS
from dditkg.lexis import has_word
from dditkg.store import LocalStore

pytestmark = pytest.mark.suites

MF = Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#")
QT = Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-query#")
RS = Namespace("http://www.w3.org/2001/sw/DataAccess/tests/result-set#")
XSD = "http://www.w3.org/2001/XMLSchema#"
WORLD = "http://suites.example/"  # stands for the folder of the suites
NOTHING = WORLD + "empty"
EVALUATED = ("QueryEvaluationTest", "CSVResultFormatTest")
RESULTS = {
    ".srx": ("application/sparql-results+xml", ox.QueryResultsFormat.XML),
    ".srj": ("application/sparql-results+json", ox.QueryResultsFormat.JSON),
    ".tsv": ("text/tab-separated-values", ox.QueryResultsFormat.TSV),
}
FEDERATED = "sparql11/service/"
LISTED = Path(__file__).with_name("known-differences.tsv")
MOST_LISTED = 18


@dataclass(frozen=True)
class Case:
    name: str  # sparql11/aggregates/agg01
    kind: str
    query: Path
    data: tuple[str, ...]
    graphs: tuple[str, ...]
    result: Path | None


def folder() -> Path:
    suites = os.environ.get("DDITKG_SUITES")
    assert suites, "DDITKG_SUITES is not set; it names the folder that holds the conformance suites"
    return Path(suites, "w3c-rdf-tests/sparql")


@cache
def cases() -> tuple[Case, ...]:
    """Every case that asks a query, in order."""
    manifests = sorted(folder().rglob("manifest.ttl"))
    return tuple(case for path in manifests for case in read_manifest(path))


def read_manifest(path: Path) -> Iterator[Case]:
    graph = rdflib.Graph().parse(path, publicID=path.as_uri())
    entries = graph.value(None, MF.entries) if (None, MF.entries, None) in graph else None
    for head in graph.objects(None, MF.entries):
        entries = head
    for entry in Collection(graph, entries) if entries is not None else ():
        kind = str(graph.value(entry, RDF.type)).rpartition("#")[2]
        action = graph.value(entry, MF.action)
        if kind not in EVALUATED and not re.fullmatch(r"(Positive|Negative)SyntaxTest(11)?", kind):
            continue
        assert action is not None
        query = graph.value(action, QT.query) or action
        result = graph.value(entry, MF.result)
        yield Case(
            f"{path.parent.relative_to(folder())}/{str(entry).rpartition('#')[2]}",
            kind,
            file_of(query),
            tuple(sorted(name_of(node) for node in graph.objects(action, QT.data))),
            tuple(sorted(name_of(node) for node in graph.objects(action, QT.graphData))),
            file_of(result) if result is not None and kind in EVALUATED else None,
        )


def file_of(node: Node) -> Path:
    return Path(rdflib.URIRef(str(node)).removeprefix("file://"))


def name_of(node: Node) -> str:
    return WORLD + str(file_of(node).relative_to(folder()))


def quads() -> Iterator[ox.Quad]:
    """Each file of data as the graph of its own name."""
    names = sorted({name for case in cases() for name in (*case.data, *case.graphs)} | set(named_in_queries()))
    for name in names:
        for quad in parsed(name):
            graph = ox.NamedNode(name) if quad.graph_name == ox.DefaultGraph() else quad.graph_name
            yield ox.Quad(quad.subject, quad.predicate, quad.object, graph)


@cache
def parsed(name: str) -> tuple[ox.Quad, ...]:
    """A file of data; one that holds several graphs gives them names that no other file uses."""
    path = folder() / name.removeprefix(WORLD)
    quads = ox.parse(path=path, base_iri=name, rename_blank_nodes=True)
    return tuple(quads)


def graphs_in(names: Iterable[str]) -> list[str]:
    """The graphs that files of several graphs hold beside their default graph."""
    found = {
        quad.graph_name.value for name in names for quad in parsed(name) if isinstance(quad.graph_name, ox.NamedNode)
    }
    return sorted(found)


def named_in_queries() -> Iterator[str]:
    """The files that FROM names."""
    for case in cases():
        if case.kind in EVALUATED:
            for found in re.findall(r"FROM\s+(?:NAMED\s+)?<([^>:]+)>", case.query.read_text(encoding="utf-8")):
                yield name_of(rdflib.URIRef((case.query.parent / found).as_uri()))


@pytest.fixture(scope="module")
def service() -> Iterator[Live]:
    with live(quads()) as running:
        yield running


def ask(service: Live, case: Case, accept: str) -> httpx.Response:
    """The answer to a case's query over the case's graphs."""
    text = case.query.read_text(encoding="utf-8")
    parameters = [("query", f"BASE <{WORLD}{case.query.parent.relative_to(folder())}/>\n{text}")]
    if case.kind in EVALUATED and not re.search(r"(?m)^\s*FROM\b", text):
        parameters += [("default-graph-uri", name) for name in case.data or (NOTHING,)]
        parameters += [("named-graph-uri", name) for name in (*case.graphs, *graphs_in(case.data))]
    body = httpx.QueryParams(parameters)
    headers = {"Accept": accept, "Content-Type": "application/x-www-form-urlencoded"}
    return service.http.post(service.sparql, content=str(body).encode(), headers=headers)


# What is compared ---------------------------------------------------------------------------------------------------

Row = tuple[object, ...]


@dataclass(frozen=True)
class Rows:
    """A table, a truth or a graph, in a form in which two that say the same are equal."""

    columns: tuple[str, ...]
    rows: frozenset[tuple[str, int]]


def plain(term: object) -> object:
    """A term; a number by its value, as a store that tidies numbers gives it back."""
    if isinstance(term, ox.Literal) and term.datatype.value.startswith(XSD):
        kind = term.datatype.value.removeprefix(XSD)
        try:
            if kind == "boolean":
                return ox.Literal(term.value in ("true", "1")) if term.value in ("true", "1", "false", "0") else term
            if kind in ("double", "float"):
                return ox.Literal(repr(float(term.value)), datatype=term.datatype)
            if kind in ("decimal", "integer") and re.fullmatch(r"[+-]?[\d.]+", term.value):
                return ox.Literal(str(Decimal(term.value).normalize() + 0), datatype=term.datatype)
        except (ValueError, InvalidOperation):
            return term
    if isinstance(term, ox.Triple):
        return ox.Triple(plain(term.subject), term.predicate, plain(term.object))  # type: ignore[arg-type]
    if isinstance(term, ox.Literal) and term.language:
        return ox.Literal(term.value, language=term.language.lower(), direction=term.direction)
    return term


def same(rows: Iterable[Sequence[object]], columns: Sequence[str], ordered: bool) -> Rows:
    """Rows so that equality is sameness: blank nodes carry what canonicalisation names them."""
    graph = ox.Dataset()
    said = ox.NamedNode(WORLD + "row")
    counted = Counter(tuple(plain(term) for term in row) for row in rows) if not ordered else {}
    listed = list(counted.items()) if not ordered else [(tuple(map(plain, row)), n) for n, row in enumerate(rows)]
    for number, (row, count) in enumerate(listed):
        node = ox.BlankNode(f"row{number}")
        graph.add(ox.Quad(node, said, ox.Literal(count)))
        for column, term in zip(columns, row, strict=True):
            if term is not None:
                graph.add(ox.Quad(node, ox.NamedNode(f"{WORLD}{column}"), term))
    graph.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return Rows(tuple(sorted(columns)), frozenset((str(quad), 1) for quad in graph))


def same_graph(triples: Iterable[ox.Triple]) -> Rows:
    graph = ox.Dataset(ox.Quad(t.subject, t.predicate, plain(t.object)) for t in triples)  # type: ignore[arg-type]
    graph.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return Rows((), frozenset((str(quad), 1) for quad in graph))


def of_results(body: bytes, syntax: ox.QueryResultsFormat, ordered: bool) -> Rows | bool:
    results = ox.parse_query_results(body, format=syntax)
    if isinstance(results, ox.QueryBoolean):
        return bool(results)
    names = [variable.value for variable in results.variables]
    return same(([row[name] for name in names] for row in results), names, ordered)


def of_csv(text: str) -> Rows:
    header, *rows = csv.reader(io.StringIO(text))
    terms = [[ox.BlankNode(cell[2:]) if cell.startswith("_:") else ox.Literal(cell) for cell in row] for row in rows]
    return same(terms, header, False)


def of_result_set(path: Path, ordered: bool) -> Rows | bool:
    """A result written in the suite's own vocabulary, or a plain graph."""
    triples = [quad.triple for quad in ox.parse(path=path, base_iri=WORLD + str(path.relative_to(folder())))]
    said: dict[object, dict[str, list[object]]] = {}
    for triple in triples:
        said.setdefault(triple.subject, {}).setdefault(triple.predicate.value, []).append(triple.object)
    tops = [node for node, values in said.items() if ox.NamedNode(str(RS.ResultSet)) in values.get(str(RDF.type), ())]
    if not tops:
        return same_graph(triples)
    top = said[tops[0]]
    if str(RS.boolean) in top:
        return str(getattr(top[str(RS.boolean)][0], "value", "")) == "true"
    names = [str(getattr(term, "value", "")) for term in top.get(str(RS.resultVariable), ())]
    rows = []
    for solution in top.get(str(RS.solution), ()):
        bound = {}
        for binding in said[solution].get(str(RS.binding), ()):
            bound[str(getattr(said[binding][str(RS.variable)][0], "value", ""))] = said[binding][str(RS.value)][0]
        rows.append([bound.get(name) for name in names])
    return same(rows, names, ordered)


def differs(service: Live, case: Case) -> str:
    """How the answer to a case differs from the one expected; empty where it does not."""
    assert case.result is not None
    last = case.query.read_text(encoding="utf-8").rpartition("}")[2]
    ordered = bool(re.search(r"(?i)\border\s+by\b", last))
    if case.result.suffix == ".csv":
        answer = ask(service, case, "text/csv")
        if answer.status_code != 200:
            return answer.text
        return "" if of_csv(answer.text) == of_csv(case.result.read_text(encoding="utf-8")) else answer.text
    if case.result.suffix in RESULTS:
        expected = of_results(case.result.read_bytes(), RESULTS[case.result.suffix][1], ordered)
    else:
        expected = of_result_set(case.result, ordered)
    shown = ""
    forms = [".tsv"] if case.result.suffix == ".tsv" else [".srj", ".srx"]
    for suffix in forms:
        media_type, syntax = RESULTS[suffix]
        answer = ask(service, case, f"{media_type}, text/turtle;q=0.5")
        if answer.status_code != 200:
            return answer.text
        if answer.headers["content-type"].startswith("text/turtle"):
            found: Rows | bool = same_graph(
                quad.triple for quad in ox.parse(answer.content, format=ox.RdfFormat.TURTLE)
            )
        else:
            found = of_results(answer.content, syntax, ordered)
        shown += "" if found == expected else f"{suffix}: {answer.text[:600]}\n"
    return shown


# The tests ----------------------------------------------------------------------------------------------------------


def listed() -> dict[str, str]:
    """The cases that are known to differ, and why."""
    lines = LISTED.read_text(encoding="utf-8").splitlines()[1:]
    return dict(line.split("\t", 1) for line in lines)  # type: ignore[misc]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    for name, wanted in {"evaluated": is_evaluated, "nameless": is_nameless, "syntax": is_syntax}.items():
        if name in metafunc.fixturenames:
            found = [case for case in cases() if wanted(case)] if _there() else []
            metafunc.parametrize(name, found, ids=[case.name for case in found])


def is_syntax(case: Case) -> bool:
    return case.kind not in EVALUATED


def is_evaluated(case: Case) -> bool:
    return case.kind in EVALUATED and not case.name.startswith(FEDERATED)


def is_nameless(case: Case) -> bool:
    """A case that asks for no graph by name."""
    if not is_evaluated(case) or case.graphs or graphs_in(case.data):
        return False
    query = case.query.read_text(encoding="utf-8")
    return not has_word(query, "GRAPH") and not has_word(query, "FROM")


def _there() -> bool:
    return bool(os.environ.get("DDITKG_SUITES"))


def test_the_suites_are_whole() -> None:
    kinds = Counter("evaluation" if case.kind in EVALUATED else case.kind[:8] for case in cases())
    assert kinds == {"evaluation": 290, "Positive": 162, "Negative": 116}
    assert len({case.name for case in cases()}) == len(cases())
    several = {name for case in cases() for name in case.data if graphs_in([name])}
    held = [name for file in several for name in graphs_in([file])]
    assert len(held) == len(set(held)), "two files have a graph of one name, so that one answer would mix them"


def test_evaluation(service: Live, evaluated: Case) -> None:
    difference = differs(service, evaluated)
    reason = listed().get(evaluated.name)
    if reason is None:
        assert not difference, difference
    else:
        assert difference, f"{evaluated.name} is answered as expected now: take it out of {LISTED.name}"


def test_a_union_answers_as_one_graph(nameless: Case) -> None:
    """As long as no triple stands in two of its graphs, the union is what a real merge is."""
    query = nameless.query.read_text(encoding="utf-8")
    triples = sorted({quad.triple for name in nameless.data for quad in parsed(name)}, key=str)
    one = LocalStore(ox.Quad(t.subject, t.predicate, t.object) for t in triples)
    halves = [ox.NamedNode(f"{WORLD}half/{number}") for number in range(2)]
    spread = (ox.Quad(t.subject, t.predicate, t.object, halves[n % 2]) for n, t in enumerate(triples))
    union = LocalStore(spread, union=True)
    assert in_process(union, query) == in_process(one, query)


def in_process(store: LocalStore, query: str) -> Rows | bool | str:
    output = io.BytesIO()
    try:
        chosen = store.evaluate(query, lambda offered: offered[0], output, base=WORLD)
    except BadQuery as error:
        return str(error)
    if chosen in GRAPH_FORMATS:
        return same_graph(quad.triple for quad in ox.parse(output.getvalue(), format=ox.RdfFormat.TURTLE))
    return of_results(output.getvalue(), ox.QueryResultsFormat.JSON, ordered=False)


def test_what_is_listed_exists_has_a_reason_and_grows_no_longer() -> None:
    names = {case.name for case in cases()}
    assert set(listed()) <= names
    assert all(len(reason) > 20 for reason in listed().values())
    assert len(listed()) <= MOST_LISTED


def test_syntax(service: Live, syntax: Case) -> None:
    answer = ask(service, syntax, "*/*")
    as_expected = answer.status_code == (400 if syntax.kind.startswith("Negative") else 200)
    if "Federation is switched off" in answer.text:
        assert syntax.kind.startswith("Positive")
    else:
        assert as_expected is (syntax.name not in listed()), answer.text


def test_federation_is_refused(service: Live) -> None:
    federated = [case for case in cases() if case.name.startswith(FEDERATED)]
    assert len(federated) == 7
    for case in federated:
        answer = ask(service, case, "*/*")
        assert (answer.status_code, "Federation is switched off" in answer.text) == (400, True), case.name
