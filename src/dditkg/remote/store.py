"""The questions that a local store answers, answered by an endpoint: same methods, same rows, as multisets."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import IO

import pyoxigraph as ox

from dditkg import formats
from dditkg.errors import BadQuery, Unavailable
from dditkg.formats import Format
from dditkg.remote.endpoint import Endpoint, Reply
from dditkg.store import Choose, Node, Table, Term, require_xml_names, terms_of
from dditkg.terms import XSD

_BOOLEAN, _TRUTHS = ox.NamedNode(XSD + "boolean"), {"1": "true", "0": "false"}
_IT = "<https://example.org/it>"
_ROWS = formats.SPARQL_JSON.media_type
_TRIPLES = {
    formats.NTRIPLES.media_type: ox.RdfFormat.N_TRIPLES,
    formats.TURTLE.media_type: ox.RdfFormat.TURTLE,
    formats.RDFXML.media_type: ox.RdfFormat.RDF_XML,
    "text/plain": ox.RdfFormat.N_TRIPLES,
}
_WANTED_TRIPLES = f"{formats.NTRIPLES.media_type}, {formats.TURTLE.media_type};q=0.9, {formats.RDFXML.media_type};q=0.5"
_ROWS_OUT = {
    formats.SPARQL_JSON.media_type: ox.QueryResultsFormat.JSON,
    formats.SPARQL_XML.media_type: ox.QueryResultsFormat.XML,
    formats.CSV.media_type: ox.QueryResultsFormat.CSV,
    formats.TSV.media_type: ox.QueryResultsFormat.TSV,
}
_TRIPLES_OUT = {**_TRIPLES, formats.JSONLD.media_type: ox.RdfFormat.JSON_LD}
# What stands before the verb of a query. Each part is taken whole or not at all, so that no text takes long.
_VERB = re.compile(
    r"(?>\s+|\#[^\n\r]*+|BASE\s*<[^<>]*+>|PREFIX\s*[^\s:<\#]*+:\s*<[^<>]*+>)*+(ASK|SELECT|CONSTRUCT|DESCRIBE)\b",
    re.IGNORECASE,
)
_REMEMBERED = 50_000  # answers about single things; a release does not change


class RemoteStore:
    """An endpoint's default graph, read-only. `most_rows` is what it gives for one query at most, where that is known.

    Every method raises what `Endpoint.ask` raises, and Unavailable for an answer that is cut off or makes no sense.
    """

    def __init__(self, endpoint: Endpoint, most_rows: int | None = None) -> None:
        self.endpoint = endpoint
        self.most_rows = most_rows
        self._about = lru_cache(maxsize=_REMEMBERED)(self._asked_about)

    def __len__(self) -> int:
        return int(str(getattr(self.named("size").rows[0][0], "value", 0)))

    def evaluate(
        self,
        query: str,
        choose: Choose,
        output: IO[bytes],
        default_graphs: Sequence[str] = (),
        named_graphs: Sequence[str] = (),
        base: str | None = None,
    ) -> Format:
        """As LocalStore.evaluate: the answer in the format that `choose` picks among those its kind offers."""
        text = _based(query, base)
        verb = _VERB.match(query)
        if verb and verb[1].upper() in ("CONSTRUCT", "DESCRIBE"):
            chosen = choose(formats.GRAPH_FORMATS)
            triples = self._triples(self.endpoint.ask(text, _WANTED_TRIPLES, default_graphs, named_graphs))
            ox.serialize(triples, output, _TRIPLES_OUT[chosen.media_type])
            return chosen
        chosen = choose(formats.ASK_FORMATS if verb and verb[1].upper() == "ASK" else formats.RESULT_FORMATS)
        reply = self.endpoint.ask(text, _ROWS, default_graphs, named_graphs)
        self._whole(reply, terms_of_reply(self.endpoint, reply))
        ox.parse_query_results(reply.body, ox.QueryResultsFormat.JSON).serialize(output, _ROWS_OUT[chosen.media_type])
        return chosen

    def select(self, query: str) -> Table:
        """Rows of one of our own SELECT queries."""
        return self._rows(query, whole=True)

    def _rows(self, query: str, whole: bool) -> Table:
        reply = self.endpoint.ask(query, _ROWS)
        found = terms_of_reply(self.endpoint, reply)
        if not isinstance(found, Table):
            raise Unavailable(f"{self.endpoint.url} answered yes or no where rows were asked for.")
        if whole:
            self._whole(reply, found)
        return Table(found.columns, tuple(tuple(map(_plain, row)) for row in found.rows))

    def construct(self, query: str, base: str | None = None) -> list[ox.Triple]:
        """Triples of one of our own CONSTRUCT queries; its relative IRIs are read against `base`."""
        return self._triples(self.endpoint.ask(_based(query, base), _WANTED_TRIPLES))

    def outgoing(self, subject: Node) -> list[ox.Triple]:
        """What the default graph says about a subject."""
        rows = self._about("outgoing", subject) if isinstance(subject, ox.NamedNode) else ()
        return [_triple(subject, predicate, value) for predicate, value in rows]

    def incoming(self, target: Term, predicate: ox.NamedNode | None = None) -> list[ox.Triple]:
        """What the default graph says with `target` as its object."""
        rows = self._about("incoming", target) if not isinstance(target, ox.BlankNode) else ()
        return [_triple(subject, used, target) for subject, used in rows if predicate is None or used == predicate]

    def having(self, predicate: str) -> list[ox.Triple]:
        """Who has a property in the default graph, and its values."""
        node = ox.NamedNode(predicate)
        return [_triple(subject, node, value) for subject, value in self._about("having", node)]

    def subjects(self) -> frozenset[str]:
        """The addresses that the default graph describes."""
        return frozenset(term.value for (term,) in self.named("subjects").rows if isinstance(term, ox.NamedNode))

    def graph(self, iri: str) -> list[ox.Triple]:
        """The triples of one named graph."""
        return [_triple(*row) for row in self.named("graph", ox.NamedNode(iri)).rows]

    def holds(self, graph: str) -> bool:
        """Whether there is a triple in the named graph of that name. Raises ValueError for what is no absolute IRI."""
        return bool(self.named("held", ox.NamedNode(graph)).rows)

    def write_graph(self, graph: str | None, wanted: Format, output: IO[bytes], prefixes: Mapping[str, str]) -> None:
        """All triples of a named graph, or of the default graph, in one of the graph formats."""
        name, about = ("everything", None) if graph is None else ("graph", ox.NamedNode(graph))
        triples = [_triple(*row) for row in self.named(name, about).rows]
        if wanted is formats.RDFXML:
            require_xml_names(triple.predicate for triple in triples)
        ox.serialize(triples, output, _TRIPLES_OUT[wanted.media_type], prefixes=dict(prefixes))

    def objects(self, subject: Node, predicate: str) -> list[Term]:
        """The objects of one property in the default graph."""
        return [triple.object for triple in self.outgoing(subject) if triple.predicate.value == predicate]

    def named(self, name: str, about: Term | None = None, whole: bool = True) -> Table:
        """The rows of one of the queries that lie beside this module; without `whole`, those that the engine gives."""
        text = Path(__file__).with_name(f"{name}.rq").read_text(encoding="utf-8")
        return self._rows(text.replace(_IT, str(about)) if about is not None else text, whole)

    def _asked_about(self, name: str, about: Term) -> tuple[tuple[Term | None, ...], ...]:
        return self.named(name, about).rows

    def _whole(self, reply: Reply, found: Table | bool) -> None:
        """Raises where the engine says, or its known limit shows, that rows are missing."""
        count = len(found.rows) if isinstance(found, Table) else 0
        if "x-sparql-maxrows" in reply.headers or (self.most_rows is not None and count >= self.most_rows):
            raise Unavailable(
                f"{self.endpoint.url} cut its answer off after {count:,} rows, so it is not given here. Raise the "
                "engine's limit of rows, or ask for fewer with LIMIT.",
                limit="rows",
                allowed=count,
            )

    def _triples(self, reply: Reply) -> list[ox.Triple]:
        syntax = _TRIPLES.get(reply.media_type)
        if syntax is None:
            raise _nonsense(self.endpoint, reply, "triples")
        try:
            return [quad.triple for quad in ox.parse(reply.body, format=syntax)]
        except (SyntaxError, ValueError) as error:
            raise _nonsense(self.endpoint, reply, "triples") from error


def _based(query: str, base: str | None) -> str:
    return f"BASE <{base}> {query}" if base else query


def terms_of_reply(endpoint: Endpoint, reply: Reply) -> Table | bool:
    """The rows or the truth in an answer. Raises Unavailable for an answer that is neither."""
    if reply.media_type not in (formats.SPARQL_JSON.media_type, *formats.SPARQL_JSON.also):
        raise _nonsense(endpoint, reply, "rows in SPARQL JSON")
    try:
        return terms_of(reply.body)
    except (SyntaxError, ValueError) as error:
        raise _nonsense(endpoint, reply, "rows in SPARQL JSON") from error


def _nonsense(endpoint: Endpoint, reply: Reply, expected: str) -> Unavailable:
    began = reply.body[:60].decode(errors="replace")
    named = reply.media_type or "no type at all"
    return Unavailable(
        f"{endpoint.url} did not answer with {expected} but with {named}, {len(reply.body)} bytes beginning "
        f"{began!a}. See that it is the address of a SPARQL endpoint, and that nothing between cuts answers short."
    )


def _plain(term: Term | None) -> Term | None:
    """A truth as our own engine writes it: others write `1` for `true`."""
    if isinstance(term, ox.Literal) and term.datatype == _BOOLEAN and term.value in _TRUTHS:
        return ox.Literal(_TRUTHS[term.value], datatype=_BOOLEAN)
    return term


def _triple(subject: object, predicate: object, value: object) -> ox.Triple:
    if not isinstance(subject, (ox.NamedNode, ox.BlankNode)) or not isinstance(predicate, ox.NamedNode):
        raise BadQuery("The endpoint gave a triple whose subject or predicate is no address.")
    assert isinstance(value, (ox.NamedNode, ox.BlankNode, ox.Literal))
    return ox.Triple(subject, predicate, value)
