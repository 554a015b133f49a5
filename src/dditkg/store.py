"""The engine: a read-only set of triples that answers SPARQL (pyoxigraph)."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Protocol

import pyoxigraph as ox

from dditkg import formats
from dditkg.complaint import complaint
from dditkg.errors import BadQuery, NotAcceptable
from dditkg.formats import Format
from dditkg.lexis import has_word
from dditkg.syntax import load_into

Term = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple
#: What can stand as a subject.
Node = ox.NamedNode | ox.BlankNode | ox.Triple
Choose = Callable[[Sequence[Format]], Format]

_RESULTS = {
    formats.SPARQL_JSON.media_type: ox.QueryResultsFormat.JSON,
    formats.SPARQL_XML.media_type: ox.QueryResultsFormat.XML,
    formats.CSV.media_type: ox.QueryResultsFormat.CSV,
    formats.TSV.media_type: ox.QueryResultsFormat.TSV,
}
_GRAPHS = {
    formats.TURTLE.media_type: ox.RdfFormat.TURTLE,
    formats.NTRIPLES.media_type: ox.RdfFormat.N_TRIPLES,
    formats.RDFXML.media_type: ox.RdfFormat.RDF_XML,
    formats.JSONLD.media_type: ox.RdfFormat.JSON_LD,
}


@dataclass(frozen=True)
class Table:
    """Rows of a SELECT: column names without “?”, terms or None for unbound."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Term | None, ...], ...]

    def __str__(self) -> str:
        """Tab-separated values, for a look in a console."""
        shown = ("\t".join("" if t is None else str(getattr(t, "value", t)) for t in row) for row in self.rows)
        return "\n".join(["\t".join(self.columns), *shown])

    __repr__ = __str__


# How a property's address must end to be an element of XML.
_XML_NAME = re.compile(r"[^\W\d][\w.-]*$")


class Store(Protocol):
    """A default graph that answers questions, wherever its triples are. What each method gives, LocalStore says."""

    def __len__(self) -> int: ...

    def evaluate(
        self,
        query: str,
        choose: Choose,
        output: IO[bytes],
        default_graphs: Sequence[str] = (),
        named_graphs: Sequence[str] = (),
        base: str | None = None,
    ) -> Format: ...

    def select(self, query: str) -> Table: ...

    def construct(self, query: str, base: str | None = None) -> list[ox.Triple]: ...

    def outgoing(self, subject: Node) -> list[ox.Triple]: ...

    def incoming(self, target: Term, predicate: ox.NamedNode | None = None) -> list[ox.Triple]: ...

    def having(self, predicate: str) -> list[ox.Triple]: ...

    def objects(self, subject: Node, predicate: str) -> list[Term]: ...

    def subjects(self) -> frozenset[str]: ...

    def graph(self, iri: str) -> list[ox.Triple]: ...

    def holds(self, graph: str) -> bool: ...

    def write_graph(
        self, graph: str | None, wanted: Format, output: IO[bytes], prefixes: Mapping[str, str]
    ) -> None: ...


class LocalStore:
    """An in-memory pyoxigraph store.

    Its default graph is the graph without a name, or with `union` all graphs together. The engine's union repeats a
    triple that stands in two graphs, so it is right only where each stands in one.
    """

    def __init__(self, quads: Iterable[ox.Quad] = (), union: bool = False) -> None:
        self.engine = ox.Store()
        self.engine.extend(quads)
        self.union = union

    def __len__(self) -> int:
        return len(self.engine)

    def load(self, path: Path) -> None:
        """Add what a file says, in its own graphs, without a Python object for each triple. Raises as `parse_file`."""
        load_into(self.engine, path)

    def evaluate(
        self,
        query: str,
        choose: Choose,
        output: IO[bytes],
        default_graphs: Sequence[str] = (),
        named_graphs: Sequence[str] = (),
        base: str | None = None,
    ) -> Format:
        """Evaluate any SPARQL query and write the answer in the format that `choose` picks.

        `choose` gets the formats that this kind of answer offers, and is called before anything is written;
        it may raise. Dataset parameters override FROM; relative IRIs are read against `base`.
        Raises BadQuery for a query that cannot be read.
        """
        results = self._query(query, default_graphs, named_graphs, base)
        if isinstance(results, ox.QueryTriples):
            chosen = choose(formats.GRAPH_FORMATS)
            results.serialize(output, _GRAPHS[chosen.media_type])
        else:
            offered = formats.ASK_FORMATS if isinstance(results, ox.QueryBoolean) else formats.RESULT_FORMATS
            chosen = choose(offered)
            results.serialize(output, _RESULTS[chosen.media_type])
        return chosen

    def select(self, query: str) -> Table:
        """Rows of one of our own SELECT queries."""
        results = self._query(query)
        assert isinstance(results, ox.QuerySolutions)
        return _table(results)

    def construct(self, query: str, base: str | None = None) -> list[ox.Triple]:
        """Triples of one of our own CONSTRUCT queries; its relative IRIs are read against `base`."""
        results = self._query(query, base=base)
        assert isinstance(results, ox.QueryTriples)
        return list(results)

    def triples(
        self, subject: Node | None = None, predicate: ox.NamedNode | None = None, value: Term | None = None
    ) -> Iterator[ox.Triple]:
        """What the default graph says, of whatever has the parts that are given."""
        graph = None if self.union else ox.DefaultGraph()
        return (quad.triple for quad in self.engine.quads_for_pattern(subject, predicate, value, graph))

    def outgoing(self, subject: Node) -> list[ox.Triple]:
        """What the default graph says about a subject."""
        return list(self.triples(subject))

    def incoming(self, target: Term, predicate: ox.NamedNode | None = None) -> list[ox.Triple]:
        """What the default graph says with `target` as its object."""
        return list(self.triples(None, predicate, target))

    def having(self, predicate: str) -> list[ox.Triple]:
        """Who has a property in the default graph, and its values."""
        return list(self.triples(None, ox.NamedNode(predicate)))

    def subjects(self) -> frozenset[str]:
        """The addresses that the default graph describes."""
        return frozenset(triple.subject.value for triple in self.triples() if isinstance(triple.subject, ox.NamedNode))

    def graph(self, iri: str) -> list[ox.Triple]:
        """The triples of one named graph."""
        return [quad.triple for quad in self.engine.quads_for_pattern(None, None, None, ox.NamedNode(iri))]

    def holds(self, graph: str) -> bool:
        """Whether there is a named graph of that name. Raises ValueError for what is no absolute IRI."""
        return self.engine.contains_named_graph(ox.NamedNode(graph))

    def write_graph(self, graph: str | None, wanted: Format, output: IO[bytes], prefixes: Mapping[str, str]) -> None:
        """All triples of a named graph, or of the default graph, in one of the graph formats.

        Raises NotAcceptable for RDF/XML where a property's address ends in no name: the engine would write it broken.
        """
        name = ox.DefaultGraph() if graph is None else ox.NamedNode(graph)
        merged = graph is None and self.union
        if wanted is formats.RDFXML:
            quads = self.engine.quads_for_pattern(None, None, None, None if merged else name)
            require_xml_names(quad.predicate for quad in quads)
        if merged:
            ox.serialize(self.triples(), output, _GRAPHS[wanted.media_type], prefixes=dict(prefixes))
        else:
            self.engine.dump(output, _GRAPHS[wanted.media_type], from_graph=name, prefixes=dict(prefixes))

    def objects(self, subject: Node, predicate: str) -> list[Term]:
        """The objects of one property in the default graph."""
        return [triple.object for triple in self.triples(subject, ox.NamedNode(predicate))]

    def _query(
        self,
        query: str,
        default_graphs: Sequence[str] = (),
        named_graphs: Sequence[str] = (),
        base: str | None = None,
    ) -> ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples:
        dataset: dict[str, object] = {"base_iri": base}
        if default_graphs or named_graphs:
            dataset["default_graph"] = [ox.NamedNode(g) for g in default_graphs]
            dataset["named_graphs"] = [ox.NamedNode(g) for g in named_graphs]
        elif self.union:  # which the engine would put before a query's own FROM
            dataset["use_default_graph_as_union"] = not has_word(query, "FROM")
        try:
            return self.engine.query(query, **dataset)  # type: ignore[arg-type]
        except (SyntaxError, ValueError) as error:
            raise BadQuery(complaint(error, query)) from error


def require_xml_names(predicates: Iterable[ox.NamedNode]) -> None:
    """Raises NotAcceptable for a property whose address ends in no name: RDF/XML would come out broken."""
    for predicate in predicates:
        if not _XML_NAME.search(predicate.value):
            raise NotAcceptable(f"RDF/XML cannot hold the property {predicate.value}. Ask for Turtle.")


def answer_bytes(store: Store, query: str, wanted: Format) -> bytes:
    """A query's answer in one named format; raises BadQuery when the answer has no such form."""

    def choose(offered: Sequence[Format]) -> Format:
        match = formats.by_name(wanted.name, offered)
        if match is None:
            names = ", ".join(f.name for f in offered)
            raise BadQuery(f"This query's answer has no form “{wanted.name}”. It has: {names}.")
        return match

    output = io.BytesIO()
    store.evaluate(query, choose, output)
    return output.getvalue()


def terms_of(body: bytes) -> Table | bool:
    """A SPARQL results JSON document as a table, or the truth of an ASK."""
    results = ox.parse_query_results(body, format=ox.QueryResultsFormat.JSON)
    if isinstance(results, ox.QueryBoolean):
        return bool(results)
    assert isinstance(results, ox.QuerySolutions)
    return _table(results)


def _table(results: ox.QuerySolutions) -> Table:
    columns = tuple(variable.value for variable in results.variables)
    return Table(columns, tuple(tuple(row[column] for column in columns) for row in results))
