"""One thing in all its forms: the same triples in each, and JSON whose shape can be relied on."""

from __future__ import annotations

import json
import random
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
from content import whole_dataset
from pyld import jsonld

from dditkg import formats
from dditkg.dataset import Dataset, build, content_of, open_files
from dditkg.documents import Documents, vocabulary
from dditkg.errors import NotFound
from dditkg.search import index
from dditkg.terms import BASE, DCTERMS, DD, OWL, RDF, XSD, kind_of

ROOT = Path(__file__).parents[1]
REAL = whole_dataset()
WORLD = build(content_of(ROOT / "tests/world", ROOT))
CONTEXT_URL = BASE + "context/v1.jsonld"
RANDOM = 300


def documents_of(dataset: Dataset) -> Documents:
    return Documents(dataset, CONTEXT_URL)


def sample() -> list[str]:
    """The first address of each kind and each class, the best connected ones, and 300 more at random."""
    subjects = sorted(index(REAL).subjects)
    first: dict[str, str] = {}
    for iri in subjects:
        first.setdefault(kind_of(iri) or "outside", iri)
        for term in REAL.store.objects(ox.NamedNode(iri), RDF + "type"):
            first.setdefault(str(getattr(term, "value", term)), iri)
    hubs = sorted(subjects, key=lambda iri: len(REAL.store.incoming(ox.NamedNode(iri))))[-10:]
    others = random.Random(20).sample(subjects, RANDOM)
    assert len(first) > 50
    return list(dict.fromkeys([*first.values(), *hubs, *others]))


DOCUMENTS, LIGHTHOUSE = documents_of(REAL), documents_of(WORLD)
SAMPLE = sample()


def options(documents: Documents) -> dict[str, Any]:
    """Options of the JSON-LD processor: our context from memory, and nothing else from anywhere."""
    held = json.loads(documents.context)

    def load(url: str, _: object = None) -> dict[str, Any]:
        assert url == CONTEXT_URL, f"{url} would be fetched"
        return {"contentType": "application/ld+json", "contextUrl": None, "documentUrl": url, "document": held}

    return {"documentLoader": load}


def expanded(documents: Documents, iri: str) -> frozenset[ox.Triple]:
    """The triples of a thing's JSON, by an independent processor."""
    document = json.loads(documents.render(iri, formats.JSONLD))
    quads = jsonld.to_rdf(document, {**options(documents), "format": "application/n-quads"})
    return graph(quads.encode(), ox.RdfFormat.N_QUADS)


def graph(body: bytes, syntax: ox.RdfFormat) -> frozenset[ox.Triple]:
    """The triples of a document, with blank nodes named alike in all."""
    parsed = ox.Dataset(ox.parse(body, format=syntax))
    parsed.canonicalize(ox.CanonicalizationAlgorithm.UNSTABLE)
    assert {quad.graph_name for quad in parsed} <= {ox.DefaultGraph()}
    return frozenset(quad.triple for quad in parsed)


def same_in_all_forms(documents: Documents, iri: str) -> None:
    turtle = graph(documents.render(iri, formats.TURTLE), ox.RdfFormat.TURTLE)
    assert graph(documents.render(iri, formats.NTRIPLES), ox.RdfFormat.N_TRIPLES) == turtle
    assert graph(documents.render(iri, formats.RDFXML), ox.RdfFormat.RDF_XML) == turtle
    assert expanded(documents, iri) == turtle
    said = ox.Dataset(ox.Quad(q.subject, q.predicate, q.object) for q in documents.dataset.store.outgoing(_node(iri)))
    assert len(said) > 0
    if not any(isinstance(quad.object, ox.BlankNode) for quad in said):
        assert {quad.triple for quad in said} <= turtle


def _node(iri: str) -> ox.NamedNode:
    return ox.NamedNode(iri)


# The same triples -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("part", range(8))
def test_every_form_says_the_same(part: int) -> None:
    chosen = SAMPLE[part::8]
    assert len(chosen) > RANDOM // 8
    for iri in chosen:
        same_in_all_forms(DOCUMENTS, iri)


def test_everything_of_the_lighthouse_says_the_same_in_every_form() -> None:
    for iri in index(WORLD).subjects:
        same_in_all_forms(LIGHTHOUSE, iri)


ODD = """
@prefix dd: <https://w3id.org/dditkg/ontology/> .
@prefix ex: <http://example.org/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix other: <http://example.org/other/> .
@prefix void: <http://example.org/void#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .

<http://example.org/void#> a owl:DatatypeProperty . <urn:x:colon> a owl:DatatypeProperty .
ex:type a owl:ObjectProperty .
ex:id a owl:DatatypeProperty . other:name a owl:DatatypeProperty . other:size a owl:DatatypeProperty .
ex:Thing a owl:Class . other:Thing a owl:Class .
ex:likes a owl:ObjectProperty ; rdfs:label "likes" ; dd:inverseLabel "known by" .
ex:e a ex:Thing, other:Thing ; ex:type ex:a ; ex:id "1" ; ex:name "here"@en ; other:name "there"@en ; other:size "9" ;
    void: "empty" ; <urn:x:colon> "colon" ; ex:likes ex:a .
ex:knows a owl:ObjectProperty ; rdfs:label "knows" ; dd:inverseLabel "known by" ; dd:jsonName "knows" .
ex:only a owl:ObjectProperty ; rdfs:label "only" ; dd:atMostOne true .
ex:name a owl:DatatypeProperty ; rdfs:label "name" .
ex:motto a owl:DatatypeProperty ; rdfs:label "motto" ; dd:atMostOne true .
ex:size a owl:DatatypeProperty ; rdfs:label "size" ; rdfs:range xsd:integer ; dd:atMostOne true .
ex:sizes a owl:DatatypeProperty ; rdfs:label "sizes" ; rdfs:range xsd:integer .
ex:open a owl:DatatypeProperty ; rdfs:label "open" ; rdfs:range xsd:boolean ; dd:atMostOne true .

ex:a ex:knows ex:a, ex:b, "somebody", "jemand"@de ; ex:only ex:a ;
    ex:name "one"@en, "two"@en, "eins"@de, "plain", 1 ; ex:motto "so"@en ;
    ex:size 7 ; ex:sizes 1, 007, -3, 1.5, "many", 12345678901234567890 ; ex:open true ;
    ex:stranger ex:b, "x", "y"@en, 2.50, "2020-01-01"^^xsd:date .
ex:b ex:knows ex:a ; ex:only ex:a, ex:b ; ex:motto "so"@en, "also"@de, "too"@en ;
    ex:size "7"^^xsd:string ; ex:open "1"^^xsd:boolean .
ex:c ex:motto 5 ; ex:size 7.5 ; ex:sizes 5 ; ex:open "yes"@en ; ex:only "nobody" ;
    ex:knows <http://example.org/%C3%A9?q=1#x> .
ex:d ex:motto "<b>&amp;\\"quoted\\"\\n</b>"@en ; ex:name "\\U0001F980"@en ; ex:only <urn:x:y> .
ex:f ex:knows [ ex:name "nameless" ], [ ex:knows ex:f ] ; ex:stranger [ ] .
"""


@pytest.mark.parametrize("name", ["a", "b", "c", "d", "e", "f", "knows", "motto"])
def test_odd_values_survive_in_every_form(tmp_path: Path, name: str) -> None:
    path = tmp_path / "odd.ttl"
    path.write_text(ODD, encoding="utf-8")
    same_in_all_forms(documents_of(open_files([path])), f"http://example.org/{name}")


def test_what_is_not_there_is_refused() -> None:
    for iri in (BASE + "skill/no-such-skill", "http://example.org/", "not an address"):
        with pytest.raises(NotFound):
            DOCUMENTS.render(iri, formats.TURTLE)
        assert not ("://" in iri and DOCUMENTS.has(iri))


def test_a_name_that_is_only_mentioned_is_not_a_document() -> None:
    assert not DOCUMENTS.has("https://creativecommons.org/licenses/by/4.0/")


# The shape ------------------------------------------------------------------------------------------------------------

MATCHES = {"exactMatch", "closeMatch", "broadMatch", "narrowMatch", "relatedMatch"}
SOMETIMES_INSIDE = MATCHES | {"definition"}
UNIT = ["@context", "id", "type", "label", "definition", "inScheme", "topConceptOf", "reviewState"]

#: The keys that a program may rely on. What is optional is there only when something is known.
SHAPES = {
    "capability/showing-the-light": [
        *UNIT,
        *("altLabels", "scopeNote", "acquiredThrough", "consistsOf", "deliveredBy", "enables", "evidencedBy"),
        *("goodLooksLike", "helpsToMeet", "inDomain", "leaderQuestion", "narrower", "practisedThrough", "sources"),
        *("supportedBy", "withoutIt", "closeMatch", "mappings"),
    ],
    "role/lamplighter": [
        *UNIT,
        *("altLabels", "scopeNote", "benefitsFrom", "inDomain", "requires", "requiresSkill", "broadMatch"),
        *("closeMatch", "relatedMatch", "hasTheRung", "helpsDeliver", "isAlsoCalled", "mappedFrom", "mappings"),
    ],
    "skill/lamp-tending": [
        *UNIT,
        *("altLabels", "howToGrow", "sources", "closeMatch", "exactMatch", "hasTheLevel", "isASkillOf", "mappings"),
        "replaces",
    ],
    "framework/beacon/role-level/keeper--keeper": [
        *("@context", "id", "type", "label", "inScheme", "topConceptOf"),
        *("rank", "requires", "requiresSkill", "rungOf"),
    ],
}
#: What is shown inside another thing, with the keys it has there.
INSIDE = {
    "capability/showing-the-light": {
        "consistsOf": ["id", "label", "step"],
        "deliveredBy": ["id", "label"],
        "inDomain": ["id", "label"],
    },
    "role/lamplighter": {
        "requires": ["id", "label", "level", "skill"],
        "requiresSkill": ["id", "label"],
        "helpsDeliver": ["id", "label"],
    },
    "framework/beacon/role-level/keeper--keeper": {
        "requires": ["id", "label", "level", "skill"],
        "rungOf": ["id", "label"],
    },
}


@pytest.mark.parametrize("path", SHAPES)
def test_keys_are_a_contract(path: str) -> None:
    document = LIGHTHOUSE.plain(BASE + path)
    assert sorted(document) == sorted(SHAPES[path])
    for key, inside in INSIDE.get(path, {}).items():
        values = document[key] if isinstance(document[key], list) else [document[key]]
        assert values
        for value in values:
            assert sorted(value.keys() - SOMETIMES_INSIDE) == inside, key


@pytest.mark.parametrize(
    ("kind", "path"),
    [
        ("capability", "capability/showing-the-light"),
        ("role", "role/lamplighter"),
        ("skill", "skill/lamp-tending"),
        ("framework/gdad/role-level", "framework/beacon/role-level/keeper--keeper"),
    ],
)
def test_real_content_keeps_the_same_keys(kind: str, path: str) -> None:
    sometimes = MATCHES | {"broader", "mappings", "narrower", "related", "noEvidenceHeld", "editorialNote", "sources"}
    sometimes |= {"hasTheFigure", "particularTo", "scopeNote"}
    seen = [iri for iri in index(REAL).subjects if kind_of(iri) == kind]
    assert seen
    always = {"@context", "id", "type", "label", "inScheme"}
    for iri in seen:
        keys = set(DOCUMENTS.plain(iri))
        assert always <= keys
        assert keys <= {*SHAPES[path], *sometimes, "retired", "deprecationReason", "replacedBy"}, iri


def values_of(node: object, key: str = "") -> Iterator[tuple[str, object]]:
    """Each key of a document with its value, at any depth; a map of languages is a value."""
    if isinstance(node, list):
        for item in node:
            yield from values_of(item, key)
    elif isinstance(node, dict) and ("id" in node or "@context" in node):
        for inner, value in node.items():
            yield inner, value
            yield from values_of(value, inner)


def units(among: Iterable[str]) -> list[str]:
    """Those that are things of the model, not terms of the ontology."""
    return [iri for iri in among if iri.startswith(BASE) and not iri.startswith((DD, BASE + "prefix/", DD.rstrip("/")))]


def is_right(term: dict[str, Any], value: object) -> bool:
    """Whether a value has the one form that its key always has."""
    container = term.get("@container", [])
    containers = {container} if isinstance(container, str) else set(container)
    if "@language" in containers:
        wanted = list if "@set" in containers else str
        return isinstance(value, dict) and all(type(text) is wanted for text in value.values())
    if "@set" in containers:
        return type(value) is list and bool(value) and all(is_scalar(term, item) for item in value)
    return is_scalar(term, value)


def is_scalar(term: dict[str, Any], value: object) -> bool:
    native = {XSD + "integer": int, XSD + "boolean": bool}
    if term.get("@id") in EITHER and isinstance(value, dict):
        return value.keys() == {"@type", "@value"}
    if term.get("@type") == "@id" or "@reverse" in term:
        return isinstance(value, dict) and isinstance(value.get("id"), str)
    return type(value) is native.get(term.get("@type", ""), str)


#: No term of ours, so under its whole address.
UNNAMED = "http://www.w3.org/ns/shacl#declare"
#: A day or a year: the year says that it is one.
EITHER = {DCTERMS + "issued"}


def test_each_key_always_has_the_same_form() -> None:
    terms = json.loads(DOCUMENTS.context)["@context"]
    seen = set()
    for documents, iris in ((DOCUMENTS, SAMPLE), (LIGHTHOUSE, sorted(index(WORLD).subjects))):
        for iri in units(iris):
            document = json.loads(documents.render(iri, formats.JSON))
            assert document["@context"] == CONTEXT_URL
            assert document["id"] == iri
            for key, value in values_of(document):
                if key in ("@context", UNNAMED):
                    continue
                if key == "id":
                    assert isinstance(value, str)
                elif key == "type":
                    assert type(value) is list
                    assert set(value) <= terms.keys(), iri
                else:
                    assert key in terms, f"{iri}: {key}"
                    assert is_right(terms[key], value), f"{iri}: {key} is {value}"
                    seen.add(key)
    forms = {json.dumps([terms[key].get("@container"), terms[key].get("@type")]) for key in seen}
    assert len(seen) > 60
    assert len(forms) > 6


def test_the_most_telling_type_comes_first() -> None:
    assert DOCUMENTS.plain(BASE + "domain/data")["type"] == ["Domain", "ModelUnit", "Unit", "Concept"]


def test_numbers_and_booleans_are_native() -> None:
    assert LIGHTHOUSE.plain(BASE + "framework/beacon/role-level/keeper--keeper")["rank"] == 2
    assert LIGHTHOUSE.plain(BASE + "skill/candle-dipping")["retired"] is True


def test_names_are_beside_every_link_to_a_thing_that_has_one() -> None:
    names = index(WORLD)
    for iri in sorted(names.subjects):
        for key, value in values_of(LIGHTHOUSE.plain(iri)):
            for item in value if isinstance(value, list) else [value]:
                if isinstance(item, dict) and str(item.get("id", "")).startswith(BASE) and item["id"] != iri:
                    labels = {name for name, iris in names.by_label.items() if item["id"] in iris}
                    assert "label" in item or "name" in item or not labels, f"{iri} {key} {item}"


# The context ----------------------------------------------------------------------------------------------------------


def test_the_context_defines_each_key_once() -> None:
    def unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
        keys = [key for key, _ in pairs]
        assert len(set(keys)) == len(keys)
        return dict(pairs)

    context = json.loads(DOCUMENTS.context, object_pairs_hook=unique)
    assert list(context) == ["@context"]
    terms = context["@context"]
    known = vocabulary(REAL)
    keys = [prop.key for prop in known.properties.values()]
    declared = {
        quad.subject.value
        for kind in ("ObjectProperty", "DatatypeProperty", "AnnotationProperty")
        for quad in REAL.store.incoming(ox.NamedNode(OWL + kind), ox.NamedNode(RDF + "type"))
    }
    assert declared <= known.properties.keys(), "two properties want one key"
    backwards = [prop.inverse_key for prop in known.properties.values() if prop.inverse_key]
    names = [*keys, *backwards, *known.classes.values(), "id", "type", "@version", "@protected"]
    assert sorted(terms) == sorted(names)  # as lists: a key that stood for two things would be one too few


def test_the_context_is_only_ever_added_to() -> None:
    """The published keys mean for ever what they mean in this file. At a release it takes in the new ones."""
    published = json.loads((Path(__file__).parent / "context-v1.jsonld").read_text(encoding="utf-8"))["@context"]
    terms = json.loads(DOCUMENTS.context)["@context"]
    assert len(published) >= 100
    assert {key: terms.get(key) for key in published} == published


def test_the_context_keeps_to_itself() -> None:
    terms = json.loads(DOCUMENTS.context)["@context"]
    assert terms["@version"] == 1.1
    assert terms["@protected"] is True
    assert {key for key in terms if key.startswith("@")} == {"@version", "@protected"}
    for key, term in terms.items():
        if isinstance(term, dict):
            assert term.keys() <= {"@id", "@type", "@container", "@reverse"}, key
            assert (term.get("@id") or term["@reverse"]).startswith(("http://", "https://", "@type")), key
        assert key.startswith("@") or key.replace("_", "").isalnum(), key


def test_every_property_of_ours_has_a_key() -> None:
    terms = json.loads(DOCUMENTS.context)["@context"]
    defined = {term["@id"] for term in terms.values() if isinstance(term, dict) and "@id" in term}
    used = {q.predicate.value for q in REAL.store.triples()}
    assert {iri for iri in used if iri.startswith(DD)} <= defined


@pytest.mark.parametrize("path", [*SHAPES, "outcome", "mapping-set", "framework/beacon"])
def test_compacting_what_was_expanded_gives_it_back(path: str) -> None:
    subjects = sorted(index(WORLD).subjects)
    iri = next(iri for iri in subjects if iri == BASE + path or kind_of(iri) == path)
    document = json.loads(LIGHTHOUSE.render(iri, formats.JSONLD))
    chosen = options(LIGHTHOUSE)
    again = jsonld.compact(jsonld.expand(document, chosen), CONTEXT_URL, chosen)
    assert sorted_deeply(again) == sorted_deeply(document)


def sorted_deeply(node: object) -> object:
    """The same with its lists in one order, for they are sets, and a link without a name as an address only."""
    if isinstance(node, list):
        return sorted((sorted_deeply(item) for item in node), key=lambda item: json.dumps(item, sort_keys=True))
    if isinstance(node, dict) and node.keys() == {"id"}:
        return node["id"]
    if isinstance(node, dict):
        return {key: sorted_deeply(value) for key, value in node.items()}
    return node
