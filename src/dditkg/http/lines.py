"""One line of a page: a text, or a link with what stands under it and beside it."""

from __future__ import annotations

from dataclasses import dataclass

from dditkg.http.site import Site
from dditkg.terms import DCTERMS, DD, OWL, RDF, RDFS, SKOS, SSSOM, path_of

#: The two ends of a mapping.
SUBJECT, TARGET = OWL + "annotatedSource", OWL + "annotatedTarget"

# What makes sense beside a name, in this order.
_BESIDE = (
    *(DD + name for name in ("fitsWhen", "whoBenefits", "measuredBy", "result", "organisation")),
    DCTERMS + "date",
    DD + "evidenceGrade",
)
_CASE = DD + "CaseStudy"
_BASIS = SSSOM + "mapping_justification"
_MAPS_TO, _NEGATION, _CONFIDENCE = (SSSOM + name for name in ("object_source", "predicate_modifier", "confidence"))
_BACKWARDS = {SKOS + "broadMatch": SKOS + "narrowMatch", SKOS + "narrowMatch": SKOS + "broadMatch"}


#: A name, a text, and where it leads.
Fact = tuple[str, str, str | None]


@dataclass(frozen=True)
class Value:
    """One line of a section: a text, or a link with what stands under it."""

    text: str
    href: str | None = None
    under: str = ""
    facts: tuple[Fact, ...] = ()


def value(site: Site, iri: str) -> Value:
    """A linked thing: its name, what it is, and the few facts that make sense beside it."""
    if path_of(iri) is None and not site.documents.has(iri):
        return Value(iri, iri if iri.startswith(("http://", "https://")) else None)
    facts: list[Fact] = []
    for predicate in _BESIDE:
        name = sentence_case(site.index.label(predicate))
        facts += [(name, text, None) for text in site.texts(iri, predicate)]
        facts += [(name, site.index.label(other), site.address(other)) for other in sorted(site.iris(iri, predicate))]
    if _CASE in site.iris(iri, RDF + "type"):
        facts += [
            ("Source", source(site, node).text, site.address(node)) for node in site.iris(iri, DCTERMS + "source")
        ]
    under = " ".join(site.texts(iri, SKOS + "definition"))
    return Value(site.index.label(iri), site.address(iri), under, tuple(facts))


def source(site: Site, iri: str) -> Value:
    """A source by title and publisher."""
    publisher = ", ".join(site.texts(iri, DCTERMS + "publisher"))
    return Value(", ".join(filter(None, (site.index.label(iri), publisher))), site.address(iri))


def mapping(site: Site, iri: str, other: str) -> Value:
    """A mapping row in words: the unit at its other end, how the two relate, how sure that is, and why."""
    relation = "".join(site.iris(iri, OWL + "annotatedProperty")[:1])
    if other == SUBJECT:
        relation = _BACKWARDS.get(relation, relation)
    relation = site.index.label(relation)
    unit = next(iter(site.iris(iri, other)), iri)
    lists = site.iris(unit, SKOS + "inScheme") or [
        source for group in site.iris(iri, DCTERMS + "isPartOf") for source in site.iris(group, _MAPS_TO)
    ]
    found = site.documents.has(unit)
    facts = [
        ("Relation", ("not " if site.iris(iri, _NEGATION) else "") + relation if found else ""),
        ("In", ", ".join(site.index.label(name) for name in lists)),
        ("Basis", ", ".join(site.index.label(node) for node in site.iris(iri, _BASIS))),
        ("Confidence", "".join(site.texts(iri, _CONFIDENCE)[:1])),
        ("Reviewed", "not yet" if site.texts(iri, DD + "reviewState") else "yes"),
    ]
    return Value(
        site.index.label(unit) if found else "Nothing found that corresponds",
        site.address(unit if found else iri),
        " ".join(site.texts(iri, RDFS + "comment")),
        tuple((name, text, None) for name, text in facts if text),
    )


def sentence_case(text: str) -> str:
    return text[:1].upper() + text[1:]
