"""What the dataset says of itself to catalogues and editors: VoID, DCAT, and the questions as examples.

Nothing is counted in Python: each file under queries/dataset/ and queries/service/ is a CONSTRUCT over the dataset.
"""

from __future__ import annotations

from collections.abc import Iterable

import pyoxigraph as ox

from dditkg.dataset import Dataset, installed_root
from dditkg.questions import Question
from dditkg.terms import BASE, DCTERMS, OWL, RDF, RDFS, SH, XSD, Prefixes

VOID, DCAT = "http://rdfs.org/ns/void#", "http://www.w3.org/ns/dcat#"
SD, FORMAT = "http://www.w3.org/ns/sparql-service-description#", "http://www.w3.org/ns/formats/"
#: Prefixes of these documents, beside those that the dataset declares.
PREFIXES = {"foaf": "http://xmlns.com/foaf/0.1/", "format": FORMAT, "sd": SD, "void": VOID}

_SCHEMA = "https://schema.org/"
_TYPE = ox.NamedNode(RDF + "type")


def about_dataset(dataset: Dataset, address: str) -> list[ox.Triple]:
    """VoID and DCAT: what the dataset is, how large, what it links to, where to ask it. Sorted.

    `address` is where the service is found, without a slash at the end.
    """
    return _constructed(dataset, "dataset", address)


def about_service(dataset: Dataset, questions: dict[str, Question], address: str) -> list[ox.Triple]:
    """What the endpoint's description adds to its formats and to what the dataset is: its graphs, and examples."""
    return [*_constructed(dataset, "service", address), *_examples(questions, address)]


def plain(triples: Iterable[ox.Triple], root: str, prefixes: Prefixes) -> dict[str, object]:
    """Statements as JSON-LD that reads as JSON: short keys, whole addresses, bare numbers, the root outermost."""
    nodes: dict[str, dict[str, list[object]]] = {root: {}}
    used: set[str] = set()
    for triple in triples:
        node = nodes.setdefault(_text(triple.subject), {})
        value: object
        if triple.predicate == _TYPE:
            key, value = "type", prefixes.compress(_text(triple.object)) or _text(triple.object)
            used.add(_text(triple.object))
        else:
            key, value = prefixes.compress(triple.predicate.value) or triple.predicate.value, _value(triple.object)
            used.add(triple.predicate.value)
        node.setdefault(key, []).append(value)
    context = {"id": "@id", "type": "@type", **prefixes.used_in(used)}
    first, *others = [{"id": iri, **said} for iri, said in nodes.items()]
    return {"@context": context, **first, "@included": others}


def _text(term: object) -> str:
    return str(getattr(term, "value", term))


def _value(term: object) -> object:
    if not isinstance(term, ox.Literal):
        return {"id": _text(term)}
    if term.language:
        return {"@value": term.value, "@language": term.language}
    kind = term.datatype.value
    if kind == XSD + "integer":
        return int(term.value)
    return term.value if kind == XSD + "string" else {"@value": term.value, "@type": kind}


def _constructed(dataset: Dataset, folder: str, address: str) -> list[ox.Triple]:
    queries = sorted((installed_root() / "queries" / folder).glob("*.rq"))
    assert queries, f"no query under queries/{folder}"
    found = {
        triple
        for path in queries
        for triple in dataset.store.construct(path.read_text(encoding="utf-8"), base=f"{address}/")
    }
    return sorted(found, key=str)


def _examples(questions: dict[str, Question], address: str) -> list[ox.Triple]:
    """Each question as sh:SPARQLExecutable, with its prefixes, so that an editor can offer it."""
    declaring = ox.NamedNode(BASE + "questions#prefixes")
    prefixes = {prefix: iri for question in questions.values() for prefix, iri in question.prefixes.items()}
    said: list[tuple[ox.NamedNode, str, ox.NamedNode | ox.Literal]] = [
        (declaring, RDF + "type", ox.NamedNode(OWL + "Ontology"))
    ]
    for prefix, namespace in sorted(prefixes.items()):
        declared = ox.NamedNode(f"{declaring.value}-{prefix}")
        said += [
            (declaring, SH + "declare", declared),
            (declared, SH + "prefix", ox.Literal(prefix)),
            (declared, SH + "namespace", ox.Literal(namespace, datatype=ox.NamedNode(XSD + "anyURI"))),
        ]
    for question in questions.values():
        example = ox.NamedNode(f"{BASE}questions/{question.name}")
        said += [
            (example, RDF + "type", ox.NamedNode(SH + "SPARQLExecutable")),
            (example, RDF + "type", ox.NamedNode(SH + "SPARQLSelectExecutable")),
            (example, RDFS + "comment", ox.Literal(question.summary, language="en")),
            (example, DCTERMS + "description", ox.Literal(question.description, language="en")),
            (example, SH + "prefixes", declaring),
            (example, SH + "select", ox.Literal(question.query)),
            (example, _SCHEMA + "target", ox.NamedNode(f"{address}/sparql")),
            *((example, _SCHEMA + "keywords", ox.Literal(tag, language="en")) for tag in question.tags),
        ]
    return [ox.Triple(subject, ox.NamedNode(predicate), value) for subject, predicate, value in said]
