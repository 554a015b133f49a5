"""What the graph says about one thing, as RDF and as JSON-LD that is also plain JSON.

A document holds what is said of a thing, what other things say of it, and the names of everything it mentions.
All its forms hold the same triples: expanding the JSON gives back exactly the Turtle.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from functools import lru_cache

import pyoxigraph as ox

from dditkg import formats
from dditkg.dataset import Dataset
from dditkg.errors import NotFound
from dditkg.formats import Format
from dditkg.terms import DD, RDF, RDFS, SKOS, XSD
from dditkg.vocabulary import Property, vocabulary

CONTEXT_PATH = "/context/v1.jsonld"

_TYPE, _LABEL, _PREF = (ox.NamedNode(iri) for iri in (RDF + "type", RDFS + "label", SKOS + "prefLabel"))
# What an embedded thing does not repeat: its lists and its state are on its own page.
_NOT_EMBEDDED = frozenset({RDF + "type", SKOS + "inScheme", SKOS + "topConceptOf", DD + "reviewState", _PREF.value})
_ENGINE = {
    formats.TURTLE: ox.RdfFormat.TURTLE,
    formats.NTRIPLES: ox.RdfFormat.N_TRIPLES,
    formats.RDFXML: ox.RdfFormat.RDF_XML,
}


class Documents:
    """The documents of a dataset. `context_url` is where the answers say their context is."""

    def __init__(self, dataset: Dataset, context_url: str) -> None:
        self.dataset = dataset
        self.vocabulary = vocabulary(dataset)
        self.context_url = context_url
        self.context = json.dumps(self.vocabulary.context(), ensure_ascii=False, indent=1).encode()
        self._render = lru_cache(maxsize=20_000)(self._rendered)

    def has(self, iri: str) -> bool:
        """Whether the graph says anything about an IRI."""
        return bool(self.dataset.store.outgoing(_node(iri)))

    def render(self, iri: str, wanted: Format) -> bytes:
        """A thing's document in Turtle, JSON-LD, N-Triples or RDF/XML. Raises NotFound."""
        return self._render(iri, wanted)

    def _rendered(self, iri: str, wanted: Format) -> bytes:
        if wanted in (formats.JSONLD, formats.JSON):
            return json.dumps(self.plain(iri), ensure_ascii=False, indent=1).encode()
        return self.serialised(self.triples(iri), wanted)

    def serialised(self, triples: list[ox.Triple], wanted: Format) -> bytes:
        """Triples in Turtle, N-Triples or RDF/XML, with the prefixes that they need."""
        used = self.dataset.prefixes.used_in(_iris(triples))
        return ox.serialize(triples, format=_ENGINE[wanted], prefixes=used) or b""

    def triples(self, iri: str) -> list[ox.Triple]:
        """Everything in a thing's document, each triple once. Raises NotFound."""
        if not self.has(iri):
            raise NotFound(f"Nothing here has the address {iri}.")
        root = _node(iri)
        found: dict[ox.Triple, None] = dict.fromkeys(self.dataset.store.outgoing(root))
        neighbours: dict[ox.NamedNode, None] = {}
        for triple in list(found):
            if isinstance(triple.object, ox.NamedNode) and triple.predicate != _TYPE:
                neighbours[triple.object] = None
        for triple in self.dataset.store.incoming(root):
            prop = self.vocabulary.properties.get(triple.predicate.value)
            if prop and prop.inverse_label and isinstance(triple.subject, ox.NamedNode):
                found[triple] = None
                neighbours[triple.subject] = None
        for node in neighbours:
            if node != root:
                for triple in self._summary(node, root):
                    found[triple] = None
        return sorted(found, key=str)

    def _summary(self, node: ox.NamedNode, root: ox.NamedNode) -> Iterable[ox.Triple]:
        """A neighbour's name; and all it says, where its class is shown whole."""
        yield from self._names(node)
        types = self.dataset.store.objects(node, RDF + "type")
        if not any(isinstance(term, ox.NamedNode) and term.value in self.vocabulary.embedded for term in types):
            return
        for triple in self.dataset.store.outgoing(node):
            if triple.predicate.value in _NOT_EMBEDDED or triple.object == root:
                continue
            yield triple
            if isinstance(triple.object, ox.NamedNode):
                yield from self._names(triple.object)

    def _names(self, node: ox.NamedNode) -> Iterable[ox.Triple]:
        for predicate in (_PREF, _LABEL):
            for term in self.dataset.store.objects(node, predicate.value):
                yield ox.Triple(node, predicate, term)

    def plain(self, iri: str) -> dict[str, object]:
        """The JSON form: flat keys, names of everything mentioned, one shape for one kind. Raises NotFound."""
        triples = self.triples(iri)
        said: dict[object, list[ox.Triple]] = {}
        backwards: list[ox.Triple] = []
        root = _node(iri)
        for triple in triples:
            said.setdefault(triple.subject, []).append(triple)
            if triple.object == root and triple.subject != root:
                backwards.append(triple)
        document = {"@context": self.context_url, **self._object(root, said, root)}
        for triple in backwards:
            prop = self.vocabulary.properties[triple.predicate.value]
            if prop.inverse_key:
                values = document.setdefault(prop.inverse_key, [])
                assert isinstance(values, list)
                values.append(self._object(triple.subject, said, root))
        return document

    def _object(self, node: object, said: dict[object, list[ox.Triple]], root: ox.NamedNode) -> dict[str, object]:
        result: dict[str, object] = {"id": str(getattr(node, "value", node))}
        grouped: dict[str, list[object]] = {}
        types = []
        for triple in said.get(node, ()):
            if triple.predicate == _TYPE:
                types.append(str(getattr(triple.object, "value", "")))
            elif node == root or triple.object != root:
                grouped.setdefault(triple.predicate.value, []).append(triple.object)
        if types:
            result["type"] = self._types(types)
        for predicate in sorted(grouped, key=self._order):
            prop = self.vocabulary.properties.get(predicate)
            if prop is None:
                result[predicate] = [
                    self._link(value, said, root, node == root) if isinstance(value, ox.NamedNode) else _expanded(value)
                    for value in grouped[predicate]
                ]
            else:
                result[prop.key] = self._values(prop, grouped[predicate], said, root, node == root)
        return result

    def _values(
        self,
        prop: Property,
        values: list[object],
        said: dict[object, list[ox.Triple]],
        root: ox.NamedNode,
        nested: bool,
    ) -> object:
        if prop.links:
            plain: list[object] = [self._link(value, said, root, nested) for value in values]
            plain.sort(key=_step)
        elif all(isinstance(value, ox.Literal) and value.language for value in values) and not prop.datatype:
            return _language_map(prop, values)
        else:
            plain = [
                self._link(value, said, root, nested)
                if isinstance(value, ox.NamedNode)
                else _scalar(value, prop.datatype)
                for value in values
            ]
        # One value that is not a text must not stand where a map of languages is expected.
        bare = prop.single and len(plain) == 1 and (prop.links or prop.datatype)
        return plain[0] if bare else plain

    def _link(self, value: object, said: dict[object, list[ox.Triple]], root: ox.NamedNode, nested: bool) -> object:
        if not isinstance(value, ox.NamedNode):
            return _expanded(value)
        if value == root:
            return {"id": value.value}
        if nested:
            return self._object(value, said, root)
        names: dict[object, list[ox.Triple]] = {
            value: [t for t in said.get(value, ()) if t.predicate in (_PREF, _LABEL)]
        }
        return self._object(value, names, root)

    def _types(self, iris: list[str]) -> list[str]:
        """Class names, the most telling first: Capability before ModelUnit, Unit and Concept."""
        ranked = sorted(iris, key=lambda iri: (not iri.startswith(DD), iri == DD + "Unit", iri.endswith("Unit"), iri))
        return [self.vocabulary.classes.get(iri, iri) for iri in ranked]

    def _order(self, predicate: str) -> tuple[int, str]:
        prop = self.vocabulary.properties.get(predicate)
        key = prop.key if prop else predicate
        first = ("label", "altLabels", "definition", "scopeNote", "code")
        return (first.index(key) if key in first else len(first), key)


def _node(iri: str) -> ox.NamedNode:
    try:
        return ox.NamedNode(iri)
    except ValueError as error:
        raise NotFound(f"“{iri}” is not an address.") from error


def _step(linked: object) -> int:
    """Where a linked thing stands among the others, when it says so."""
    step = linked.get("step") if isinstance(linked, dict) else None
    return step if isinstance(step, int) else 0


def _language_map(prop: Property, values: list[object]) -> dict[str, object]:
    """Texts by language: one text where the property has at most one, else a list."""
    texts: dict[str, list[str]] = {}
    for value in values:
        assert isinstance(value, ox.Literal)
        texts.setdefault(value.language or "", []).append(value.value)
    return {lang: said[0] if prop.single and len(said) == 1 else said for lang, said in texts.items()}


def _scalar(value: object, datatype: str | None) -> object:
    if isinstance(value, ox.Literal) and not value.language and value.datatype.value == datatype:
        if datatype == XSD + "integer" and re.fullmatch(r"-?(0|[1-9][0-9]{0,14})", value.value):
            return int(value.value)
        if datatype == XSD + "boolean" and value.value in ("true", "false"):
            return value.value == "true"
        return value.value
    return _expanded(value)


def _expanded(value: object) -> object:
    if isinstance(value, ox.NamedNode):
        return {"id": value.value}
    if isinstance(value, ox.Literal):
        if value.language:
            return {"@value": value.value, "@language": value.language}
        if value.datatype.value == XSD + "string":
            return {"@value": value.value}
        return {"@value": value.value, "@type": value.datatype.value}
    return {"id": f"_:{getattr(value, 'value', value)}"}


def _iris(triples: Iterable[ox.Triple]) -> Iterable[str]:
    for triple in triples:
        for term in (triple.subject, triple.predicate, triple.object):
            if isinstance(term, ox.NamedNode):
                yield term.value
