"""In what order a page tells of a thing, under which headings, and what it leaves out."""

from __future__ import annotations

from collections.abc import Mapping

from dditkg.http.lines import sentence_case
from dditkg.terms import DCTERMS, DD, OWL, RDF, RDFS, SKOS
from dditkg.vocabulary import Property

# What a reader wants first; anything else follows by name.
_ORDER = tuple(
    DD + name
    for name in """
    withoutIt leaderQuestion callsFor consistsOf enables goodLooksLike deliveredBy practisedThrough supportedBy
    acquiredThrough evidencedBy
    noEvidenceHeld result whoBenefits measuredBy howCounted rungOf requires benefitsFrom skill requiresSkill howToGrow
    fitsWhen firstStep example
    """.split()
)
# A capability on one screen: these sections stand side by side at the top, and the names of these links above them.
GLANCE = tuple(DD + name for name in ("withoutIt", "leaderQuestion", "consistsOf", "goodLooksLike"))
NAMED = tuple(DD + name for name in ("enables", "deliveredBy", "practisedThrough", "supportedBy", "acquiredThrough"))
# What others say of a role, by name above the sections.
NAMED_OF_ROLES = tuple(DD + name for name in ("rungOf", "deliveredBy", "about"))
# Plainer on a page than the ontology's words read backwards, which are keys of the JSON and so stay.
_HEADINGS = {DD + "rungOf": "Levels of this role", DD + "skill": "At each level", DD + "about": "Figures"}
# Too short for a section of their own: they stand together, in this order.
FACTS = (
    *(
        DD + name
        for name in """
        inDomain particularTo rungOf skill level rank organisation scope topic about evidenceGrade unit direction
        sourceType answers dateRead qualityNote attribution fromRule reason deprecationReason
        """.split()
    ),
    *(DCTERMS + name for name in "date publisher issued license rights isReplacedBy".split()),
    "http://www.w3.org/ns/dcat#version",
    SKOS + "notation",
    "https://schema.org/url",
)
# Said elsewhere on the page, or of no use to a reader.
UNSHOWN = frozenset(
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
        DD + "amountUpTo",
        DD + "plural",
        DD + "jsonName",
        DD + "inverseLabel",
        DD + "atMostOne",
        DD + "embedded",
        RDFS + "isDefinedBy",
        RDFS + "subClassOf",
        RDFS + "range",
        OWL + "disjointWith",
        OWL + "deprecated",
        "http://www.w3.org/ns/shacl#declare",
    }
)


def heading_of(prop: Property) -> str:
    """What stands above the things that say this of another."""
    return _HEADINGS.get(prop.iri) or sentence_case(prop.inverse_label or prop.label)


def rank(predicate: str, properties: Mapping[str, Property]) -> tuple[int, str]:
    if predicate in _ORDER:
        return (_ORDER.index(predicate), "")
    prop = properties.get(predicate)
    return (len(_ORDER), prop.label if prop else predicate)
