"""The terms: each is one kind of thing, named and defined once in English, and used."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox
import pytest
from content import whole_dataset

from dditkg.dataset import Dataset, build, content_of
from dditkg.store import LocalStore
from dditkg.syntax import parse_file
from dditkg.terms import BASE, DD, OWL, RDF, RDFS, SH, SKOS, XSD, kebab

ROOT = Path(__file__).parents[1]
A = ox.NamedNode(RDF + "type")
CLASS = ox.NamedNode(OWL + "Class")
PROPERTY_KINDS = [ox.NamedNode(OWL + kind) for kind in ("ObjectProperty", "DatatypeProperty", "AnnotationProperty")]
KINDS = [CLASS, *PROPERTY_KINDS]
#: The languages in which terms are declared need no declaration here.
LANGUAGES = (RDF, RDFS, OWL, SH)

TERMS_STORE = LocalStore(quad for path in sorted((ROOT / "ontology").glob("*.ttl")) for quad in parse_file(path).quads)
DECLARED = {
    quad.subject.value: [k for k in KINDS if ox.Quad(quad.subject, A, k) in TERMS_STORE.engine]
    for kind in KINDS
    for quad in TERMS_STORE.incoming(kind, A)
    if isinstance(quad.subject, ox.NamedNode)
}
CLASSES = sorted(term for term, kinds in DECLARED.items() if kinds == [CLASS])
PROPERTIES = sorted(term for term, kinds in DECLARED.items() if kinds != [CLASS])
#: Stands ready so that a capability without a case study says so; each of those written so far has one.
MAY_BE_UNUSED = {DD + "noEvidenceHeld"}
#: What ontology/alignments.ttl says our terms correspond to elsewhere.
ALIGNED = {
    quad.object.value
    for quad in parse_file(ROOT / "ontology/alignments.ttl").quads
    if isinstance(quad.object, ox.NamedNode)
}
#: Our annotation properties say something about terms, such as their plural, and nothing in the data.
ABOUT_TERMS = {
    t for t, kinds in DECLARED.items() if t.startswith(DD) and kinds == [ox.NamedNode(OWL + "AnnotationProperty")]
}


@pytest.fixture(scope="module")
def real() -> Dataset:
    return whole_dataset()


@pytest.fixture(scope="module")
def world() -> Dataset:
    return build(content_of(ROOT / "tests/world", ROOT))


def values(term: str, predicate: str) -> list[object]:
    return list(TERMS_STORE.objects(ox.NamedNode(term), predicate))


def english(term: str, predicate: str) -> str:
    """The one English value of a property of a term."""
    found = values(term, predicate)
    assert len(found) == 1, f"{term} has {len(found)} of {predicate}"
    assert isinstance(found[0], ox.Literal)
    assert found[0].language == "en"
    return found[0].value


def is_about_terms(subject: object) -> bool:
    """True for what describes the terms and prefixes themselves and not the content."""
    return isinstance(subject, ox.NamedNode) and (
        subject.value in DECLARED or subject.value.startswith(BASE + "prefix/") or subject.value == BASE + "ontology"
    )


def used_terms(store: LocalStore) -> set[str]:
    """The classes and properties of which the default graph says something that is not about terms."""
    used = set()
    for quad in store.triples():
        if not is_about_terms(quad.subject):
            used.add(quad.predicate.value)
            if quad.predicate == A and isinstance(quad.object, ox.NamedNode):
                used.add(quad.object.value)
    return used


# Each term is declared well -------------------------------------------------------------------------------------------


def test_terms_are_found() -> None:
    ours = [term for term in DECLARED if term.startswith(DD)]
    assert len(ours) >= 64
    assert len(CLASSES) >= 29
    assert len(PROPERTIES) >= 79
    everything = {q.subject.value for q in TERMS_STORE.engine if isinstance(q.subject, ox.NamedNode)}
    described = {s for s in everything if not s.startswith(BASE + "prefix/")} - {BASE + "ontology"}
    assert described == set(DECLARED), "something in ontology/ is described but not declared"


@pytest.mark.parametrize("term", sorted(DECLARED))
def test_term_is_one_kind_named_and_defined_in_english(term: str) -> None:
    assert len(DECLARED[term]) == 1
    assert len(values(term, RDF + "type")) == 1
    label, definition = english(term, RDFS + "label"), english(term, SKOS + "definition")
    assert label == label.strip()
    assert definition[0].isupper()
    assert definition.endswith((".", "”."))


@pytest.mark.parametrize("term", CLASSES)
def test_class_has_a_plural(term: str) -> None:
    assert english(term, DD + "plural")[0].isupper()


@pytest.mark.parametrize("term", PROPERTIES)
def test_property_has_no_plural_and_reads_backwards_only_when_it_links(term: str) -> None:
    assert values(term, DD + "plural") == []
    backwards = values(term, DD + "inverseLabel")
    assert len(backwards) <= 1
    if backwards:
        assert DECLARED[term] == [ox.NamedNode(OWL + "ObjectProperty")]
        assert english(term, DD + "inverseLabel")


@pytest.mark.parametrize("term", sorted(term for term in DECLARED if term.startswith(DD)))
def test_our_terms_say_where_they_are_defined(term: str) -> None:
    assert values(term, RDFS + "isDefinedBy") == [ox.NamedNode(BASE + "ontology")]
    is_class = DECLARED[term] == [CLASS]
    name = term.removeprefix(DD)
    assert name.isalnum()
    assert name[0].isupper() is is_class


def test_superclasses_are_declared_and_make_one_tree() -> None:
    for quad in TERMS_STORE.engine.quads_for_pattern(None, ox.NamedNode(RDFS + "subClassOf"), None):
        assert quad.subject.value in CLASSES
        assert quad.object.value in CLASSES or quad.object.value in ALIGNED
    for term in CLASSES:
        above = [v for v in values(term, RDFS + "subClassOf") if str(getattr(v, "value", "")).startswith(DD)]
        expected = 1 if term.startswith(DD) and term != DD + "Unit" else 0
        assert len(above) == expected, term


def test_keys_of_the_json_form_are_distinct() -> None:
    keys: dict[str, str] = {}
    for term in PROPERTIES:
        name = values(term, DD + "jsonName")
        key = str(name[0].value) if name else term.rsplit("/", 1)[-1].rsplit("#", 1)[-1]
        assert keys.setdefault(key, term) == term, f"{keys[key]} and {term} share the key {key}"


# Terms and data agree -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["real", "world"])
def test_every_term_in_use_is_declared(name: str, request: pytest.FixtureRequest) -> None:
    used = used_terms(request.getfixturevalue(name).store)
    assert len(used) > 50
    assert sorted(term for term in used if term not in DECLARED and not term.startswith(LANGUAGES)) == []


@pytest.mark.parametrize(
    "term", sorted(t for t in DECLARED if t.startswith(DD) and t not in ABOUT_TERMS | MAY_BE_UNUSED)
)
def test_our_term_has_data(term: str, real: Dataset) -> None:
    assert term in used_terms(real.store), f"{term} is declared and no data uses it. Use it or remove it."


def test_terms_about_terms_are_used_on_terms() -> None:
    assert len(ABOUT_TERMS) >= 4
    for term in ABOUT_TERMS:
        pattern = TERMS_STORE.engine.quads_for_pattern(None, ox.NamedNode(term), None)
        assert any(True for _ in pattern), term


def test_the_lighthouse_uses_every_term(world: Dataset) -> None:
    """The test dataset has an instance of every class and property, ours and reused."""
    assert sorted(set(DECLARED) - used_terms(world.store) - ABOUT_TERMS) == []


@pytest.mark.parametrize("name", ["real", "world"])
def test_a_literal_property_has_literals_and_a_link_has_things(name: str, request: pytest.FixtureRequest) -> None:
    store = request.getfixturevalue(name).store
    for term in PROPERTIES:
        kind = DECLARED[term][0].value.removeprefix(OWL)
        datatype = {v.value for v in values(term, RDFS + "range")}
        for quad in store.triples(None, ox.NamedNode(term)):
            if kind == "ObjectProperty":
                assert isinstance(quad.object, ox.NamedNode), quad
            else:
                assert isinstance(quad.object, ox.Literal), quad
                assert not datatype or {quad.object.datatype.value} == datatype, quad


def test_ranges_are_datatypes() -> None:
    for quad in TERMS_STORE.engine.quads_for_pattern(None, ox.NamedNode(RDFS + "range"), None):
        assert DECLARED[quad.subject.value] == [ox.NamedNode(OWL + "DatatypeProperty")]
        assert quad.object.value.startswith(XSD)


@pytest.mark.parametrize("name", ["real", "world"])
def test_what_has_at_most_one_value_has(name: str, request: pytest.FixtureRequest) -> None:
    """dd:atMostOne decides the shape of the JSON form, so the content must keep to it."""
    store = request.getfixturevalue(name).store
    single = [t for t in PROPERTIES if values(t, DD + "atMostOne")]
    assert len(single) > 40
    for term in single:
        seen: dict[object, object] = {}
        for quad in store.triples(None, ox.NamedNode(term)):
            assert seen.setdefault(quad.subject, quad.object) == quad.object, quad


@pytest.mark.parametrize("name", ["real", "world"])
def test_ours_and_theirs_share_nothing(name: str, request: pytest.FixtureRequest) -> None:
    store = request.getfixturevalue(name).store
    ours = {quad.subject for quad in store.incoming(ox.NamedNode(DD + "ModelUnit"), A)}
    theirs = {quad.subject for quad in store.incoming(ox.NamedNode(DD + "FrameworkUnit"), A)}
    assert ours
    assert theirs
    assert ours & theirs == set()
    assert ox.Quad(
        ox.NamedNode(DD + "ModelUnit"), ox.NamedNode(OWL + "disjointWith"), ox.NamedNode(DD + "FrameworkUnit")
    ) in (TERMS_STORE.engine)
    units = {quad.subject for quad in store.incoming(ox.NamedNode(DD + "Unit"), A)}
    sources = {quad.subject for quad in store.incoming(ox.NamedNode(DD + "Source"), A)}
    assert units == ours | theirs | sources


def test_our_units_live_under_the_name_of_their_class(real: Dataset) -> None:
    """An address is <base><kind>/<slug>, and its kind is the class in kebab-case (SkillAtLevel: skill-level)."""
    for quad in real.store.triples(None, A):
        if not isinstance(quad.object, ox.NamedNode) or not quad.object.value.startswith(DD):
            continue
        above = {v.value for v in TERMS_STORE.objects(quad.object, RDFS + "subClassOf")} - ALIGNED
        if above == {DD + "ModelUnit"}:
            kind = kebab(quad.object.value.removeprefix(DD)).replace("skill-at-level", "skill-level")
            assert quad.subject.value.startswith(f"{BASE}{kind}/"), quad
