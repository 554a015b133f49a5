"""The shapes graph, read and proved to mean what it says: a typo in SHACL would silently check nothing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import pyoxigraph as ox
import rdflib
from rdflib.namespace import SH as SHACL

from dditkg.dataset import Content, Dataset
from dditkg.errors import BadContent
from dditkg.store import LocalStore
from dditkg.syntax import parse_file
from dditkg.terms import BASE, OWL, RDF, SH

SHAPE = BASE + "shape/"

# What SHACL lets a shapes graph say and our shapes may use.
_KNOWN = frozenset(
    """
    NodeShape PropertyShape SPARQLConstraint Violation Warning Info IRI Literal property path alternativePath
    inversePath targetClass targetNode targetSubjectsOf targetObjectsOf name description message severity minCount
    maxCount class datatype nodeKind languageIn uniqueLang in or and not node hasValue pattern flags minLength
    maxLength minInclusive maxInclusive sparql select prefixes
    """.split()
)


_TARGETS = (SHACL.targetClass, SHACL.targetNode, SHACL.targetSubjectsOf, SHACL.targetObjectsOf)


@dataclass(frozen=True)
class Shapes:
    """The rules, and the graph that holds them. A rule is a property shape, or a node shape with a query."""

    graph: rdflib.Graph
    rules: frozenset[str]


def read_shapes(content: Content, dataset: Dataset) -> Shapes:
    """The shapes of a project. Raises BadContent naming the rule or term that would check nothing."""
    graph = rdflib.Graph()
    for path in content.shapes:
        graph.parse(data="".join(f"{quad.triple} .\n" for quad in parse_file(path).quads), format="nt")
    named = {*graph.subjects(SHACL.message), *graph.objects(None, SHACL.property), *graph.subjects(SHACL.sparql)}
    rules = frozenset(str(shape).removesuffix("--query").removeprefix(SHAPE) for shape in named)
    if not rules:
        raise BadContent("The shapes graph has no rule, so nothing would be checked. Look at the folder shapes.")
    for problem in _problems(graph, dataset.local, rules):
        raise BadContent(problem)
    _declare_prefixes(graph, dataset)
    return Shapes(graph, rules)


def _problems(graph: rdflib.Graph, store: LocalStore, rules: Iterable[str]) -> Iterable[str]:
    for term in sorted({str(t).removeprefix(SH) for triple in graph for t in triple if str(t).startswith(SH)}):
        if term not in _KNOWN:
            yield f"The shapes use sh:{term}, which SHACL or this project does not know. Mend the typo."
    declared = {
        str(getattr(triple.subject, "value", ""))
        for kind in ("Class", "ObjectProperty", "DatatypeProperty", "AnnotationProperty")
        for triple in store.incoming(ox.NamedNode(OWL + kind), ox.NamedNode(RDF + "type"))
    }
    for predicate in (SHACL.targetClass, SHACL["class"], SHACL.path, SHACL.targetSubjectsOf, SHACL.targetObjectsOf):
        for shape, named in graph.subject_objects(predicate):
            if isinstance(named, rdflib.URIRef) and not named.startswith(SHAPE) and str(named) not in declared:
                yield f"{str(shape).removeprefix(SHAPE)} speaks of {named}, which the ontology does not declare."
    for rule in sorted(rules):
        shape = rdflib.URIRef(SHAPE + rule)
        queries = list(graph.objects(shape, SHACL.sparql))
        wanted: list[tuple[rdflib.term.Node, str]] = [(shape, "name"), (shape, "severity")]
        wanted += [(query, part) for query in queries for part in ("message", "select")]
        wanted += [] if queries else [(shape, "message"), (shape, "path")]
        for node, part in wanted:
            if (node, SHACL[part], None) not in graph:
                yield f"The rule {rule} has no sh:{part}."
        bearers = [shape] if queries else list(graph.subjects(SHACL.property, shape))
        if not any((bearer, target, None) in graph for bearer in bearers for target in _TARGETS):
            yield f"The rule {rule} is applied to nothing. Name it in a shape that has a target."


def _declare_prefixes(graph: rdflib.Graph, dataset: Dataset) -> None:
    """Let queries in shapes use the one table of prefixes."""
    table = rdflib.URIRef(BASE + "ontology")
    for name, namespace in dataset.prefixes.table.items():
        declaration = rdflib.URIRef(f"{BASE}prefix/{name}")
        graph.add((table, SHACL.declare, declaration))
        graph.add((declaration, SHACL.prefix, rdflib.Literal(name)))
        graph.add((declaration, SHACL.namespace, rdflib.Literal(namespace, datatype=rdflib.XSD.anyURI)))
