"""The engine: a default graph that is the union of all graphs answers as a real merge would."""

from __future__ import annotations

import io

import pyoxigraph as ox
import pytest

from dditkg.formats import GRAPH_FORMATS, TSV, Format
from dditkg.store import LocalStore

EX = "https://example.org/"
PARTS = "abc"


def node(name: str) -> ox.NamedNode:
    return ox.NamedNode(EX + name)


@pytest.fixture(scope="module")
def union() -> LocalStore:
    """Three graphs with one triple each."""
    return LocalStore((ox.Quad(node(g), node("p"), ox.Literal(g), node(g)) for g in PARTS), union=True)


@pytest.mark.parametrize(
    ("query", "rows"),
    [
        ("SELECT ?s { ?s ?p ?o }", 3),
        ("SELECT ?s { GRAPH <a> { ?s ?p ?o } }", 1),
        ("SELECT ?s { GRAPH ?g { ?s ?p ?o } }", 3),
        ("SELECT ?s FROM <a> { ?s ?p ?o }", 1),
        ("SELECT ?s FROM <a> FROM <b> { ?s ?p ?o }", 2),
        ("SELECT ?s from named <a> { ?s ?p ?o }", 0),
        ("SELECT ?s FROM NAMED <a> { GRAPH ?g { ?s ?p ?o } }", 1),
        ("PREFIX from: <> SELECT ?s FROM from:a { ?s ?p ?o }", 1),
        ("PREFIX from: <> SELECT ?s { ?s from:p ?o }", 3),
        ("PREFIX x: <> SELECT ?from { ?from x:p ?o . FILTER(?from != x:from) }", 3),
        ("SELECT ?s { ?s ?p ?o . FILTER(?o != 'FROM <a>') }", 3),
        ('SELECT ?s { ?s ?p ?o . FILTER(?o != """a "FROM" b""") }', 3),
        ("SELECT ?s { ?s ?p ?o . FILTER(?o != 'it'@en-from) }", 3),
        ("SELECT ?s # FROM <a>\n { ?s ?p ?o }", 3),
        ("SELECT ?s { ?s ?p ?o . FILTER(?s != <FROM>) }", 3),
        ("SELECT(?s AS ?t)FROM<a>{ ?s ?p ?o }", 1),
    ],
)
def test_a_query_names_its_graphs_or_has_all(union: LocalStore, query: str, rows: int) -> None:
    output = io.BytesIO()
    union.evaluate(query, lambda offered: TSV, output, base=EX)
    assert output.getvalue().count(b"\n") - 1 == rows


def test_parameters_come_before_the_union(union: LocalStore) -> None:
    output = io.BytesIO()
    union.evaluate("SELECT ?s { ?s ?p ?o }", lambda offered: TSV, output, [EX + "b"])
    assert output.getvalue().decode() == f"?s\n<{EX}b>\n"


@pytest.mark.parametrize("wanted", GRAPH_FORMATS, ids=lambda f: f.name)
def test_the_default_graph_is_written_whole(union: LocalStore, wanted: Format) -> None:
    output = io.BytesIO()
    union.write_graph(None, wanted, output, {"ex": EX})
    syntax = ox.RdfFormat.from_media_type(wanted.media_type)
    assert {quad.triple for quad in ox.parse(output.getvalue(), format=syntax)} == set(union.triples())
