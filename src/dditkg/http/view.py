"""What a page shows of one thing: the words and links of its document, sorted as a reader wants them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import quote, urlencode

import pyoxigraph as ox

from dditkg import formats
from dditkg.http.site import Site
from dditkg.terms import DCTERMS, DD, RDF, RDFS, SKOS, SSSOM, path_of
from dditkg.vocabulary import Property

_OWL = "http://www.w3.org/2002/07/owl#"
_SUBJECT, _TARGET = _OWL + "annotatedSource", _OWL + "annotatedTarget"
_BASIS = SSSOM + "mapping_justification"
_MAPS_TO, _NEGATION, _CONFIDENCE = (SSSOM + name for name in ("object_source", "predicate_modifier", "confidence"))
_HOLDS = SKOS + "hasTopConcept"
_MATCHES = frozenset(SKOS + kind + "Match" for kind in ("exact", "close", "broad", "narrow", "related"))

_BACKWARDS = {SKOS + "broadMatch": SKOS + "narrowMatch", SKOS + "narrowMatch": SKOS + "broadMatch"}

# What a reader wants first; anything else follows by name.
_ORDER = tuple(
    DD + name
    for name in """
    withoutIt consistsOf enables goodLooksLike deliveredBy practisedThrough supportedBy acquiredThrough evidencedBy
    noEvidenceHeld result whoBenefits measuredBy howCounted requires benefitsFrom requiresSkill howToGrow fitsWhen
    firstStep example
    """.split()
)
# Too short for a section of their own: they stand together, in this order.
_FACTS = (
    *(DD + name for name in "inDomain rungOf skill level rank organisation evidenceGrade".split()),
    *(DD + name for name in "unit direction sourceType dateRead qualityNote attribution deprecationReason".split()),
    *(DCTERMS + name for name in "date publisher issued license isReplacedBy".split()),
    "http://www.w3.org/ns/dcat#version",
    SKOS + "notation",
    "https://schema.org/url",
)
# Said elsewhere on the page, or of no use to a reader.
_UNSHOWN = frozenset(
    {
        RDF + "type",
        SKOS + "prefLabel",
        RDFS + "label",
        SKOS + "definition",
        SKOS + "scopeNote",
        SKOS + "altLabel",
        SKOS + "inScheme",
        SKOS + "topConceptOf",
        SKOS + "broader",  # stands above the name
        SKOS + "editorialNote",
        DD + "reviewState",
        DD + "amount",
        DD + "plural",
        DD + "jsonName",
        DD + "inverseLabel",
        DD + "atMostOne",
        DD + "embedded",
        RDFS + "isDefinedBy",
        RDFS + "subClassOf",
        RDFS + "range",
        _OWL + "disjointWith",
        _OWL + "deprecated",
        "http://www.w3.org/ns/shacl#declare",
    }
)
_SOURCE = DCTERMS + "source"
_MOST_OPEN = 60


@dataclass(frozen=True)
class Value:
    """One line of a section: a text, or a link with what stands under it."""

    text: str
    href: str | None = None
    under: str = ""
    facts: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Section:
    """A heading and its values. `prose` sections hold one text; long ones are folded."""

    heading: str
    values: tuple[Value, ...]
    prose: bool = False

    @property
    def folded(self) -> bool:
        return len(self.values) > _MOST_OPEN


@dataclass(frozen=True)
class View:
    """What a page shows of one thing."""

    iri: str
    label: str
    kind: str
    also: tuple[str, ...]
    definition: str
    scope: str
    domain: str
    sections: tuple[Section, ...]
    facts: tuple[tuple[str, tuple[Value, ...]], ...]
    sources: tuple[Value, ...]
    retired: bool
    unreviewed: bool
    trail: tuple[Value, ...]
    questions: tuple[Value, ...]
    alternates: tuple[Value, ...] = field(default=())


def view(site: Site, iri: str) -> View:
    """Everything a page shows of a thing, sorted as a reader wants it. Raises NotFound."""
    triples = site.documents.triples(iri)
    root = ox.NamedNode(iri)
    forward: dict[str, list[object]] = {}
    backward: dict[str, list[str]] = {}
    for triple in triples:
        if triple.subject == root:
            forward.setdefault(triple.predicate.value, []).append(triple.object)
        elif triple.object == root and isinstance(triple.subject, ox.NamedNode):
            backward.setdefault(triple.predicate.value, []).append(triple.subject.value)
    types = iris(site, iri, RDF + "type")
    return View(
        iri=iri,
        label=site.index.label(iri),
        kind=_kind_label(site, types),
        also=_texts(forward, SKOS + "altLabel"),
        definition=" ".join(_texts(forward, SKOS + "definition")),
        scope=" ".join(_texts(forward, SKOS + "scopeNote")),
        domain=next((d.rpartition("/")[2] for d in [iri, *iris(site, iri, DD + "inDomain")] if "/domain/" in d), ""),
        sections=(*_said(site, iri, forward, backward), *_said_of(site, backward)),
        facts=_facts(site, forward),
        sources=tuple(value(site, node) for node in sorted(iris(site, iri, _SOURCE), key=site.index.label)),
        retired=_OWL + "deprecated" in forward,
        unreviewed=DD + "reviewState" in forward,
        trail=_trail(site, iri),
        questions=_questions_about(site, iri),
        alternates=_alternates(site, iri),
    )


def _said(
    site: Site, iri: str, forward: Mapping[str, list[object]], backward: Mapping[str, list[str]]
) -> Iterator[Section]:
    """A section for each thing that the thing says of itself."""
    properties = site.documents.vocabulary.properties
    hidden = {*_UNSHOWN, *_FACTS, _SOURCE}
    if DD + "requires" in forward:
        hidden.add(DD + "requiresSkill")  # the same needs without their levels
    if _SUBJECT in backward:
        hidden |= _MATCHES  # the mappings say the same, with reasons
    for predicate in sorted(set(forward) - hidden, key=lambda p: _rank(p, properties)):
        prop = properties.get(predicate)
        if predicate == _HOLDS:
            yield from _held(site, subjects(site, SKOS + "inScheme", iri))
            continue
        label = prop.label if prop else predicate
        prose = bool(prop and not prop.links and prop.single)
        yield Section(sentence_case(label), _sorted(site, forward[predicate]), prose)


def _said_of(site: Site, backward: Mapping[str, list[str]]) -> Iterator[Section]:
    """A section for each thing that others say of the thing."""
    properties = site.documents.vocabulary.properties
    for predicate in sorted(backward, key=lambda p: (p in (_SUBJECT, _TARGET), _rank(p, properties))):
        nodes = [ox.NamedNode(node) for node in backward[predicate]]
        if predicate == _SUBJECT:
            yield Section("In other frameworks", tuple(_mapping(site, node.value, _TARGET) for node in nodes))
        elif predicate == _TARGET:
            yield Section("In this model", tuple(_mapping(site, node.value, _SUBJECT) for node in nodes))
        else:
            label = properties[predicate].inverse_label or properties[predicate].label
            yield Section(sentence_case(label), _sorted(site, nodes))


def _held(site: Site, units: list[str]) -> Iterator[Section]:
    """What a list holds, a section for each class."""
    by_class: dict[str, list[object]] = {}
    for unit in units:
        by_class.setdefault(_class(site, iris(site, unit, RDF + "type")) or "", []).append(ox.NamedNode(unit))
    for name in sorted(by_class, key=lambda name: (len(by_class[name]) > _MOST_OPEN, name)):
        plural = (_literals(site, name, DD + "plural") if name else []) or ["Holds"]
        yield Section(plural[0], _sorted(site, by_class[name]))


def _facts(site: Site, forward: Mapping[str, list[object]]) -> tuple[tuple[str, tuple[Value, ...]], ...]:
    properties = site.documents.vocabulary.properties
    said = {p: tuple(_shown(site, term) for term in forward[p]) for p in _FACTS if p in forward and p in properties}
    facts = [(sentence_case(properties[p].label), values) for p, values in said.items()]
    if DD + "amount" in forward and DD + "unit" in said:
        figure = f"{_amount(forward[DD + 'amount'][0])} {said[DD + 'unit'][0].text}"
        facts = [("Figure", (Value(figure),)), *(fact for fact in facts if fact[1] is not said[DD + "unit"])]
    return tuple(facts)


def _amount(term: object) -> str:
    """`1200000` → `1,200,000`; digits are never rounded."""
    whole, point, part = str(getattr(term, "value", term)).partition(".")
    return f"{int(whole):,}{point}{part}" if whole.lstrip("-").isdigit() else whole + point + part


def _sorted(site: Site, terms: Iterable[object]) -> tuple[Value, ...]:
    """By name; rungs of one ladder from the lowest up."""

    def place(term: object) -> tuple[str, int, str]:
        iri = str(getattr(term, "value", term))
        if not isinstance(term, ox.NamedNode):
            return ("", 0, iri.casefold())
        skill = "".join(site.index.label(node).casefold() for node in iris(site, iri, DD + "skill"))
        ranks = [r for node in (iri, *iris(site, iri, DD + "level")) for r in _literals(site, node, DD + "rank")]
        return (skill, int(ranks[0]) if ranks else 0, site.index.label(iri).casefold())

    return tuple(_shown(site, term) for term in sorted(terms, key=place))


def _shown(site: Site, term: object) -> Value:
    return value(site, term.value) if isinstance(term, ox.NamedNode) else Value(str(getattr(term, "value", term)))


def value(site: Site, iri: str) -> Value:
    """A linked thing: its name, what it is, and the few facts that make sense beside it."""
    if path_of(iri) is None and not site.documents.has(iri):
        return Value(iri, iri if iri.startswith(("http://", "https://")) else None)
    facts = []
    for predicate in ("fitsWhen", "whoBenefits", "result", "organisation"):
        for text in _literals(site, iri, DD + predicate):
            facts.append((sentence_case(site.documents.vocabulary.properties[DD + predicate].label), text))
    for predicate in ("measuredBy", "evidenceGrade"):
        targets = sorted(site.index.label(target) for target in iris(site, iri, DD + predicate))
        if targets:
            label = site.documents.vocabulary.properties[DD + predicate].label
            facts.append((sentence_case(label), "; ".join(targets)))
    under = " ".join(_literals(site, iri, SKOS + "definition"))
    return Value(site.index.label(iri), address(site, iri), under, tuple(facts))


def _mapping(site: Site, iri: str, other: str) -> Value:
    """A mapping row in words: the unit at its other end, how the two relate, how sure that is, and why."""
    relation = "".join(iris(site, iri, _OWL + "annotatedProperty")[:1])
    if other == _SUBJECT:
        relation = _BACKWARDS.get(relation, relation)
    relation = site.index.label(relation)
    unit = next(iter(iris(site, iri, other)), iri)
    lists = iris(site, unit, SKOS + "inScheme") or [
        source for group in iris(site, iri, DCTERMS + "isPartOf") for source in iris(site, group, _MAPS_TO)
    ]
    found = site.documents.has(unit)
    facts = [
        ("Relation", ("not " if iris(site, iri, _NEGATION) else "") + relation if found else ""),
        ("In", ", ".join(site.index.label(name) for name in lists)),
        ("Basis", ", ".join(site.index.label(node) for node in iris(site, iri, _BASIS))),
        ("Confidence", "".join(_literals(site, iri, _CONFIDENCE)[:1])),
        ("Reviewed", "not yet" if _literals(site, iri, DD + "reviewState") else "yes"),
    ]
    return Value(
        site.index.label(unit) if found else "Nothing found that corresponds",
        address(site, unit if found else iri),
        " ".join(_literals(site, iri, RDFS + "comment")),
        tuple((name, text) for name, text in facts if text),
    )


def address(site: Site, iri: str) -> str:
    path = path_of(iri)
    return f"/{path}" if path is not None else f"/unit?iri={quote(iri, safe='')}"


def _trail(site: Site, iri: str) -> tuple[Value, ...]:
    """From the list a thing stands in down to the thing above it."""
    above: list[Value] = []
    seen = {iri}
    node = iri
    while True:
        wider = [w for w in iris(site, node, SKOS + "broader") if w not in seen]
        if not wider:
            break
        node = sorted(wider)[0]
        seen.add(node)
        above.insert(0, Value(site.index.label(node), address(site, node)))
    lists = [Value(site.index.label(s), address(site, s)) for s in sorted(iris(site, iri, SKOS + "inScheme"))]
    return (*lists, *above)


def _questions_about(site: Site, iri: str) -> tuple[Value, ...]:
    """Questions that take a thing of this kind, asked of this thing."""
    namespace = iri.rpartition("/")[0] + "/"
    found = []
    for question in site.questions.values():
        for parameter in question.parameters:
            example = question.default_iri(parameter)
            if example and example.rpartition("/")[0] + "/" == namespace:
                short = site.index.short(iri)
                found.append(
                    Value(question.summary, f"/questions/{question.name}?{urlencode({parameter.name: short})}")
                )
    return tuple(found)


def _alternates(site: Site, iri: str) -> tuple[Value, ...]:
    path = path_of(iri)
    if path is None:
        return ()
    offered = (formats.JSON, formats.JSONLD, formats.TURTLE)
    return tuple(Value(f.label, f"/{path}{f.suffix}") for f in offered)


def _kind_label(site: Site, types: list[str]) -> str:
    name = _class(site, types)
    return site.index.label(name) if name else "list" if types else "term"


def _class(site: Site, types: list[str]) -> str | None:
    """The most telling of a thing's classes."""
    own = [t for t in types if t.startswith(DD) and not t.endswith("Unit")]
    specific = [t for t in own if not any(t in iris(site, other, RDFS + "subClassOf") for other in own)]
    return min(specific, default=None)


def _rank(predicate: str, properties: Mapping[str, Property]) -> tuple[int, str]:
    if predicate in _ORDER:
        return (_ORDER.index(predicate), "")
    prop = properties.get(predicate)
    return (len(_ORDER), prop.label if prop else predicate)


def _texts(forward: Mapping[str, list[object]], predicate: str) -> tuple[str, ...]:
    return tuple(sorted(str(getattr(t, "value", t)) for t in forward.get(predicate, ())))


def iris(site: Site, iri: str, predicate: str) -> list[str]:
    terms = site.dataset.store.objects(ox.NamedNode(iri), predicate)
    return [term.value for term in terms if isinstance(term, ox.NamedNode)]


def _literals(site: Site, iri: str, predicate: str) -> list[str]:
    terms = site.dataset.store.objects(ox.NamedNode(iri), predicate)
    return sorted(term.value for term in terms if isinstance(term, ox.Literal))


def subjects(site: Site, predicate: str, iri: str) -> list[str]:
    quads = site.dataset.store.incoming(ox.NamedNode(iri), ox.NamedNode(predicate))
    return sorted(quad.subject.value for quad in quads if isinstance(quad.subject, ox.NamedNode))


def sentence_case(text: str) -> str:
    return text[:1].upper() + text[1:]
