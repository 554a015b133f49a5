"""The terms of the ontology as documents and pages use them, and the JSON context made from them.

A property whose range is a datatype holds values of it; one without a range holds text in a language.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

import pyoxigraph as ox

from dditkg.dataset import Dataset
from dditkg.terms import DD, OWL, RDF, RDFS

_TYPE = ox.NamedNode(RDF + "type")
_TRUE = ox.Literal(True)
_KEY = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")


@dataclass(frozen=True)
class Property:
    """A property as the ontology declares it, with its key in JSON and its name read backwards."""

    iri: str
    label: str
    key: str
    links: bool
    datatype: str | None
    single: bool
    inverse_label: str | None

    @property
    def inverse_key(self) -> str | None:
        return _camel(self.inverse_label) if self.inverse_label else None


@dataclass(frozen=True)
class Vocabulary:
    """The properties and classes that documents may use."""

    properties: dict[str, Property]
    classes: dict[str, str]
    embedded: frozenset[str]

    def context(self) -> dict[str, object]:
        """The JSON-LD context, version 1: written from the ontology, only ever added to."""
        terms: dict[str, object] = {"@version": 1.1, "@protected": True, "id": "@id"}
        terms["type"] = {"@id": "@type", "@container": "@set"}
        terms |= {name: iri for iri, name in sorted(self.classes.items(), key=lambda item: item[1])}
        for prop in sorted(self.properties.values(), key=lambda p: p.key):
            terms[prop.key] = self._term(prop)
            if prop.inverse_key:
                terms[prop.inverse_key] = {"@reverse": prop.iri, "@container": "@set"}
        return {"@context": terms}

    @staticmethod
    def _term(prop: Property) -> dict[str, object]:
        term: dict[str, object] = {"@id": prop.iri}
        if prop.links:
            term["@type"] = "@id"
        elif prop.datatype:
            term["@type"] = prop.datatype
        else:
            term["@container"] = "@language" if prop.single else ["@language", "@set"]
            return term
        if not prop.single:
            term["@container"] = "@set"
        return term


def vocabulary(dataset: Dataset) -> Vocabulary:
    """Read the ontology once."""
    store = dataset.store
    # What terms of the ontology are called; RDFS itself defines it, so the ontology does not.
    properties = {RDFS + "label": Property(RDFS + "label", "name", "name", False, None, True, None)}
    for kind in ("ObjectProperty", "DatatypeProperty", "AnnotationProperty"):
        for triple in store.incoming(ox.NamedNode(OWL + kind), _TYPE):
            iri = str(getattr(triple.subject, "value", ""))
            node = ox.NamedNode(iri)
            properties[iri] = Property(
                iri=iri,
                label=_first(dataset, node, RDFS + "label") or iri,
                key=_first(dataset, node, DD + "jsonName") or re.split(r"[/#]", iri)[-1],
                links=kind == "ObjectProperty",
                datatype=_first(dataset, node, RDFS + "range"),
                single=_TRUE in store.objects(node, DD + "atMostOne"),
                inverse_label=_first(dataset, node, DD + "inverseLabel"),
            )
    classes = {
        triple.subject.value: re.split(r"[/#]", triple.subject.value)[-1]
        for triple in store.incoming(ox.NamedNode(OWL + "Class"), _TYPE)
        if isinstance(triple.subject, ox.NamedNode)
    }
    embedded = {
        triple.subject.value
        for triple in store.incoming(_TRUE, ox.NamedNode(DD + "embedded"))
        if isinstance(triple.subject, ox.NamedNode)
    }
    return Vocabulary(*_unambiguous(properties, classes), frozenset(embedded))


def _unambiguous(
    properties: dict[str, Property], classes: dict[str, str]
) -> tuple[dict[str, Property], dict[str, str]]:
    """Those whose keys can stand in a context and stand for one thing. The others are written by their addresses."""
    taken = {"id", "type", "name"}
    kept: dict[str, Property] = {}
    named: dict[str, str] = {}

    def free(key: str) -> bool:
        return bool(_KEY.fullmatch(key)) and key not in taken

    for iri in sorted(classes, key=lambda iri: (not iri.startswith(DD), iri)):
        if free(classes[iri]):
            taken.add(classes[iri])
            named[iri] = classes[iri]
    for prop in sorted(properties.values(), key=lambda p: (not p.iri.startswith(DD), p.iri)):
        if prop.iri == RDFS + "label" or free(prop.key):
            taken.add(prop.key)
            kept[prop.iri] = prop
    for iri, prop in kept.items():
        if prop.inverse_key and not free(prop.inverse_key):
            kept[iri] = replace(prop, inverse_label=None)
        elif prop.inverse_key:
            taken.add(prop.inverse_key)
    return kept, named


def _first(dataset: Dataset, node: ox.NamedNode, predicate: str) -> str | None:
    values = sorted(str(getattr(term, "value", term)) for term in dataset.store.objects(node, predicate))
    return values[0] if values else None


def _camel(label: str) -> str:
    first, *rest = (str(word) for word in re.findall(r"[A-Za-z]+", label))
    return first.lower() + "".join(word.capitalize() for word in rest)
