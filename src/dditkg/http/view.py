"""What a page shows of one thing: the words and links of its document, sorted as a reader wants them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from urllib.parse import quote, urlencode

import pyoxigraph as ox

from dditkg import formats
from dditkg.http.site import Site
from dditkg.terms import DCTERMS, DD, RDF, RDFS, SKOS, path_of
from dditkg.vocabulary import Property

# What a reader wants first; anything else follows by name.
_ORDER = tuple(
    DD + name
    for name in """
    withoutIt consistsOf enables goodLooksLike deliveredBy practisedThrough supportedBy acquiredThrough evidencedBy
    noEvidenceHeld organisation result evidenceGrade whoBenefits measuredBy howCounted unit direction requires
    benefitsFrom requiresSkill howToGrow fitsWhen firstStep example skill level rank rungOf inDomain
    """.split()
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
        "http://www.w3.org/2002/07/owl#disjointWith",
        "http://www.w3.org/ns/shacl#declare",
    }
)
_SOURCE = DCTERMS + "source"


@dataclass(frozen=True)
class Value:
    """One line of a section: a text, or a link with what stands under it."""

    text: str
    href: str | None = None
    under: str = ""
    facts: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Section:
    """A heading and its values. `prose` sections hold one text."""

    heading: str
    values: tuple[Value, ...]
    prose: bool = False


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
    properties = site.documents.vocabulary.properties
    sections = []
    for predicate in sorted(forward, key=lambda p: _rank(p, properties)):
        if predicate in _UNSHOWN or predicate == _SOURCE:
            continue
        if predicate == DD + "requiresSkill" and DD + "requires" in forward:
            continue  # the same needs without their levels
        prop = properties.get(predicate)
        label = prop.label if prop else predicate
        values = tuple(
            sorted((_shown(site, prop, term) for term in forward[predicate]), key=lambda v: v.text.casefold())
        )
        prose = bool(prop and not prop.links and prop.single)
        sections.append(Section(sentence_case(label), values, prose))
    for predicate in sorted(backward, key=lambda p: _rank(p, properties)):
        prop = properties[predicate]
        values = _sorted(value(site, node) for node in backward[predicate])
        sections.append(Section(sentence_case(prop.inverse_label or prop.label), values))
    types = iris(site, iri, RDF + "type")
    return View(
        iri=iri,
        label=site.index.label(iri),
        kind=_kind_label(site, types),
        also=_texts(forward, SKOS + "altLabel"),
        definition=" ".join(_texts(forward, SKOS + "definition")),
        scope=" ".join(_texts(forward, SKOS + "scopeNote")),
        domain=next((d.rpartition("/")[2] for d in [iri, *iris(site, iri, DD + "inDomain")] if "/domain/" in d), ""),
        sections=tuple(sections),
        sources=tuple(value(site, node) for node in sorted(iris(site, iri, _SOURCE), key=site.index.label)),
        retired="http://www.w3.org/2002/07/owl#deprecated" in forward,
        unreviewed=DD + "reviewState" in forward,
        trail=_trail(site, iri),
        questions=_questions_about(site, iri),
        alternates=_alternates(site, iri),
    )


def _sorted(values: Iterable[Value]) -> tuple[Value, ...]:
    return tuple(sorted(values, key=lambda value: value.text.casefold()))


def _shown(site: Site, prop: Property | None, term: object) -> Value:
    if isinstance(term, ox.NamedNode):
        return value(site, term.value)
    text = str(getattr(term, "value", term))
    if prop and prop.iri.endswith("#deprecated"):
        text = "yes"
    return Value(text)


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
    mapping = _mapping(site, iri)
    if mapping:
        return mapping
    under = " ".join(_literals(site, iri, SKOS + "definition"))
    return Value(site.index.label(iri), address(site, iri), under, tuple(facts))


def _mapping(site: Site, iri: str) -> Value | None:
    """A mapping row in words: relation, the other unit, how sure, and why."""
    owl = "http://www.w3.org/2002/07/owl#"
    relations = iris(site, iri, owl + "annotatedProperty")
    targets = iris(site, iri, owl + "annotatedTarget")
    subjects = iris(site, iri, owl + "annotatedSource")
    if not (relations and targets and subjects):
        return None
    relation = site.documents.vocabulary.properties[relations[0]].label
    known = site.documents.has(targets[0])
    text = f"{site.index.label(subjects[0])} {relation} {site.index.label(targets[0])}"
    if not known:
        text = f"{site.index.label(subjects[0])}: looked for, nothing corresponds"
    confidence = _literals(site, iri, "https://w3id.org/sssom/confidence")
    facts = (("Confidence", confidence[0]),) if confidence else ()
    under = " ".join(_literals(site, iri, RDFS + "comment"))
    return Value(text, address(site, targets[0]) if known else address(site, iri), under, facts)


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
    own = [t for t in types if t.startswith(DD) and not t.endswith("Unit")]
    specific = [t for t in own if not any(t in iris(site, other, RDFS + "subClassOf") for other in own)]
    return site.index.label(sorted(specific)[0]) if specific else "list" if types else "term"


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
