"""The W3C's three service-description cases, on the whole service as a person starts it.

DDITKG_SUITES names the folder that holds the suites (`w3c-rdf-tests/sparql/sparql11/service-description`).
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import rdflib
from rdflib import RDF, Namespace, URIRef
from rdflib.collection import Collection

sys.path.insert(0, str(Path(__file__).parents[1]))
from serving import Served, served

pytestmark = [
    pytest.mark.suites,
    pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning"),  # rdflib itself
]

MF = Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#")
SD = Namespace("http://www.w3.org/ns/sparql-service-description#")
# The recommendation's properties that a description may use: the class of what has it, and of what it leads to.
SCHEMA = {
    SD.endpoint: (SD.Service, None),
    SD.feature: (SD.Service, None),
    SD.defaultEntailmentRegime: (SD.Service, None),
    SD.extensionFunction: (SD.Service, SD.Function),
    SD.extensionAggregate: (SD.Service, SD.Aggregate),
    SD.languageExtension: (SD.Service, None),
    SD.supportedLanguage: (SD.Service, None),
    SD.propertyFeature: (SD.Service, None),
    SD.inputFormat: (SD.Service, None),
    SD.resultFormat: (SD.Service, None),
    SD.defaultDataset: (SD.Service, SD.Dataset),
    SD.availableGraphs: (SD.Service, SD.GraphCollection),
    SD.defaultGraph: (SD.Dataset, SD.Graph),
    SD.namedGraph: (SD.Dataset, SD.NamedGraph),
    SD.name: (SD.NamedGraph, None),
    SD.graph: (SD.NamedGraph, SD.Graph),
    SD.entailmentRegime: (SD.NamedGraph, None),
    SD.supportedEntailmentProfile: (SD.NamedGraph, None),
}
VALUES = {
    SD.feature: {SD.DereferencesURIs, SD.UnionDefaultGraph, SD.RequiresDataset, SD.EmptyGraphs, SD.BasicFederatedQuery},
    SD.supportedLanguage: {SD.SPARQL10Query, SD.SPARQL11Query, SD.SPARQL11Update},
}


@pytest.fixture(scope="module")
def service() -> Iterator[Served]:
    with served() as running:
        yield running


@pytest.fixture(scope="module")
def described(service: Served) -> rdflib.Graph:
    answer = service.get("/sparql", "application/rdf+xml, text/turtle;q=0.9")
    assert answer.status_code == 200
    return rdflib.Graph().parse(data=answer.content, format=answer.headers["content-type"].partition(";")[0])


def test_the_suite_has_the_cases_below() -> None:
    path = Path(os.environ["DDITKG_SUITES"], "w3c-rdf-tests/sparql/sparql11/service-description/manifest.ttl")
    graph = rdflib.Graph().parse(path)
    names = {str(entry).rpartition("#")[2] for entry in Collection(graph, next(graph.objects(None, MF.entries)))}
    assert names == {"returns-rdf", "has-endpoint-triple", "conforms-to-schema"}


@pytest.mark.parametrize("accept", [None, "*/*", "application/rdf+xml", "text/turtle", "application/ld+json"])
def test_returns_rdf(service: Served, accept: str | None) -> None:
    answer = service.get("/sparql", accept)
    assert answer.status_code == 200
    media_type = answer.headers["content-type"].partition(";")[0]
    assert len(rdflib.Graph().parse(data=answer.content, format=media_type.replace("application/ld+json", "json-ld")))


def test_has_endpoint_triple(service: Served, described: rdflib.Graph) -> None:
    assert (None, SD.endpoint, URIRef(f"{service.address}/sparql")) in described


def test_conforms_to_schema(described: rdflib.Graph) -> None:
    used = [(s, p, o) for s, p, o in described if p in SD]
    assert len(used) > 100
    for s, p, o in used:
        domain, target = SCHEMA[p]
        assert (s, RDF.type, domain) in described, (s, p)
        assert isinstance(o, URIRef)
        assert target is None or (o, RDF.type, target) in described, (p, o)
        assert p not in VALUES or o in VALUES[p]
    assert {o for o in described.objects(None, RDF.type) if o in SD} == {
        SD.Service,
        SD.Dataset,
        SD.Graph,
        SD.NamedGraph,
    }
    (service,) = described.subjects(RDF.type, SD.Service)
    for single in (SD.endpoint, SD.defaultDataset):
        assert len(list(described.objects(service, single))) == 1
