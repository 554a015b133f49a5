"""What the endpoint says about itself: the SPARQL 1.1 Service Description."""

from __future__ import annotations

import pyoxigraph as ox

from dditkg import formats

_RDF_TYPE = ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
_SD = "http://www.w3.org/ns/sparql-service-description#"
_FORMAT = "http://www.w3.org/ns/formats/"
PREFIXES = {"sd": _SD, "format": _FORMAT}
_FORMAT_NAMES = {
    formats.SPARQL_JSON: "SPARQL_Results_JSON",
    formats.SPARQL_XML: "SPARQL_Results_XML",
    formats.CSV: "SPARQL_Results_CSV",
    formats.TSV: "SPARQL_Results_TSV",
    formats.TURTLE: "Turtle",
    formats.NTRIPLES: "N-Triples",
    formats.RDFXML: "RDF_XML",
    formats.JSONLD: "JSON-LD",
}


def service_description(endpoint: str) -> list[ox.Triple]:
    """What the endpoint says about itself in the SPARQL 1.1 Service Description vocabulary."""

    def sd(name: str) -> ox.NamedNode:
        return ox.NamedNode(_SD + name)

    service, dataset, graph = (ox.NamedNode(f"{endpoint}#{part}") for part in ("service", "dataset", "default-graph"))
    statements = [
        (service, _RDF_TYPE, sd("Service")),
        (service, sd("endpoint"), ox.NamedNode(endpoint)),
        (service, sd("supportedLanguage"), sd("SPARQL10Query")),
        (service, sd("supportedLanguage"), sd("SPARQL11Query")),
        *(
            (service, sd("resultFormat"), ox.NamedNode(_FORMAT + _FORMAT_NAMES[offered]))
            for offered in (*formats.RESULT_FORMATS, *formats.GRAPH_FORMATS)
        ),
        (service, sd("defaultDataset"), dataset),
        (dataset, _RDF_TYPE, sd("Dataset")),
        (dataset, sd("defaultGraph"), graph),
        (graph, _RDF_TYPE, sd("Graph")),
    ]
    return [ox.Triple(*statement) for statement in statements]
