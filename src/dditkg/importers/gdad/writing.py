"""The framework as triples: what is authored of it, with its own metadata."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

import pyoxigraph as ox

from dditkg.importers.gdad.reading import LEVELS, Content
from dditkg.terms import BASE, DCTERMS, DD, OWL, RDF, SH, SKOS, XSD, slug

_FRAMEWORK = BASE + "framework/gdad"
_DCAT = "http://www.w3.org/ns/dcat#"
_SCHEMA = "https://schema.org/"
_SITE = "https://understand-digital-data-roles-skills.service.gov.uk/"
#: When the downloads kept with the content were read. It changes with them.
_READ = date(2026, 11, 25)
_LICENCE = "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/"
_OWN_PREFIXES = {"gdad": f"{_FRAMEWORK}/"} | {
    f"gdad-{kind}": f"{_FRAMEWORK}/{kind}/"
    for kind in ("family", "role", "role-level", "skill", "skill-level", "level")
}
PREFIXES = {
    **_OWN_PREFIXES,
    "dcat": _DCAT,
    "dcterms": DCTERMS,
    "dd": DD,
    "framework": BASE + "framework/",
    "owl": OWL,
    "prefix": BASE + "prefix/",
    "schema": _SCHEMA,
    "sh": SH,
    "skos": SKOS,
    "xsd": XSD,
}


def triples(content: Content) -> Iterator[ox.Triple]:
    """What is authored of the framework; superclasses, inverses and labels of pairs are derived at build."""
    yield from _framework(content.edition)
    for family in content.families:
        yield from _unit("FrameworkGroup", _iri("family", family), family)
    for role, family in content.family_of.items():
        yield from _role(content, role, family)
    for skill, levels in content.skills.items():
        yield from _skill(content, skill, levels)
    for skill, reason in content.retired.items():
        yield from _unit("FrameworkSkill", _iri("skill", skill), skill)
        yield _triple(_iri("skill", skill), OWL + "deprecated", _boolean())
        yield _triple(_iri("skill", skill), DD + "deprecationReason", _text(reason))


def _framework(edition: date) -> Iterator[ox.Triple]:
    owner = "Government Digital and Data profession"
    definition = (
        "The roles and skills of digital and data people in the UK government, "
        "with the skills that each level of a role needs and how well."
    )
    quality = (
        "Written by and for central government, renewed every quarter or so; roles, skills and levels in detail. "
        "Leaves out what an organisation must be able to do, innovation work, and jobs found only in councils."
    )
    for predicate, value in (
        (RDF + "type", ox.NamedNode(DD + "Framework")),
        (SKOS + "prefLabel", _text("Government Digital and Data Profession Capability Framework")),
        (SKOS + "altLabel", _text("GDaD")),
        (SKOS + "altLabel", _text("DDaT")),
        (SKOS + "definition", _text(definition)),
        (SKOS + "notation", ox.Literal("gdad")),
        (_DCAT + "version", ox.Literal(edition.isoformat())),
        (DCTERMS + "issued", ox.Literal(edition.isoformat(), datatype=ox.NamedNode(XSD + "date"))),
        (DCTERMS + "publisher", _text(owner)),
        (DCTERMS + "license", ox.NamedNode(_LICENCE)),
        (
            DD + "attribution",
            _text("Contains public sector information licensed under the Open Government Licence v3.0."),
        ),
        (_SCHEMA + "url", ox.NamedNode(_SITE)),
        (DD + "answers", ox.Literal("what it consists of")),
        (DD + "answers", ox.Literal("what good looks like")),
        (DD + "dateRead", ox.Literal(_READ.isoformat(), datatype=ox.NamedNode(XSD + "date"))),
        (DD + "qualityNote", _text(quality)),
        (DD + "sourceType", ox.Literal("government framework")),
    ):
        yield _triple(_FRAMEWORK, predicate, value)
    for prefix, namespace in _OWN_PREFIXES.items():
        declaration = f"{BASE}prefix/{prefix}"
        yield _triple(_FRAMEWORK, SH + "declare", ox.NamedNode(declaration))
        yield _triple(declaration, RDF + "type", ox.NamedNode(SH + "PrefixDeclaration"))
        yield _triple(declaration, SH + "prefix", ox.Literal(prefix))
        yield _triple(declaration, SH + "namespace", ox.Literal(namespace, datatype=ox.NamedNode(XSD + "anyURI")))
    for rank, level in enumerate(LEVELS, start=1):
        yield from _unit("FrameworkLevel", _iri("level", level), level.capitalize())
        yield _triple(_iri("level", level), DD + "rank", _integer(rank))


def _role(content: Content, role: str, family: str) -> Iterator[ox.Triple]:
    iri = _iri("role", role)
    yield from _unit("FrameworkRole", iri, role, content.previous.get(role, ()))
    yield _triple(iri, SKOS + "broader", ox.NamedNode(_iri("family", family)))
    yield _triple(iri, _SCHEMA + "url", ox.NamedNode(f"{_SITE}role/{slug(role)}/"))
    for skill in content.senior_skills.get(role, ()):
        yield _triple(iri, DD + "requiresSkill", ox.NamedNode(_iri("skill", skill)))
    for rank, (rung, needs) in enumerate(content.role_levels.get(role, {}).items(), start=1):
        step = _iri("role-level", role, rung)
        yield from _unit("FrameworkRoleLevel", step, rung)
        yield _triple(step, DD + "rungOf", ox.NamedNode(iri))
        yield _triple(step, DD + "rank", _integer(rank))
        for skill, level in needs.items():
            yield _triple(step, DD + "requires", ox.NamedNode(_iri("skill-level", skill, level)))


def _skill(content: Content, skill: str, levels: Sequence[str]) -> Iterator[ox.Triple]:
    iri = _iri("skill", skill)
    yield from _unit("FrameworkSkill", iri, skill, content.previous.get(skill, ()))
    for level in levels:
        pair = _iri("skill-level", skill, level)
        yield _triple(pair, RDF + "type", ox.NamedNode(DD + "FrameworkSkillLevel"))
        yield _triple(pair, SKOS + "inScheme", ox.NamedNode(_FRAMEWORK))
        yield _triple(pair, DD + "skill", ox.NamedNode(iri))
        yield _triple(pair, DD + "level", ox.NamedNode(_iri("level", level)))


def _unit(kind: str, iri: str, label: str, also: Sequence[str] = ()) -> Iterator[ox.Triple]:
    yield _triple(iri, RDF + "type", ox.NamedNode(DD + kind))
    yield _triple(iri, SKOS + "prefLabel", _text(label))
    yield _triple(iri, SKOS + "inScheme", ox.NamedNode(_FRAMEWORK))
    for name in also:
        yield _triple(iri, SKOS + "altLabel", _text(name))


def _iri(kind: str, *names: str) -> str:
    return f"{_FRAMEWORK}/{kind}/" + "--".join(slug(name) for name in names)


def _triple(subject: str, predicate: str, value: ox.NamedNode | ox.Literal) -> ox.Triple:
    return ox.Triple(ox.NamedNode(subject), ox.NamedNode(predicate), value)


def _text(value: str) -> ox.Literal:
    return ox.Literal(value, language="en")


def _integer(value: int) -> ox.Literal:
    return ox.Literal(str(value), datatype=ox.NamedNode(XSD + "integer"))


def _boolean() -> ox.Literal:
    return ox.Literal("true", datatype=ox.NamedNode(XSD + "boolean"))
