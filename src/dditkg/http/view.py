"""What a page shows of one thing: the words and links of its document, sorted as a reader wants them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode

import pyoxigraph as ox

from dditkg.http.arrangement import FACTS, GLANCE, NAMED, NAMED_OF_ROLES, UNSHOWN, heading_of, rank
from dditkg.http.lines import SUBJECT, TARGET, Value, mapping, sentence_case, source, value
from dditkg.http.site import Site
from dditkg.http.ways import MATCHES, ROLES, alternates, elsewhere, questions_about, trail
from dditkg.terms import DCTERMS, DD, OWL, RDF, RDFS, SKOS, kind_of

_HOLDS = SKOS + "hasTopConcept"

_SOURCE = DCTERMS + "source"
_MOST_OPEN = 60
_MOST_SKILLS = 5
_SEE = re.compile(r"(?<=\(see )[^()]+(?=\))")


@dataclass(frozen=True)
class Section:
    """A heading and its values. `prose` sections hold one text; long ones among others are folded."""

    heading: str
    values: tuple[Value, ...]
    prose: bool = False
    folded: bool = False


@dataclass(frozen=True)
class View:
    """What a page shows of one thing."""

    iri: str
    label: str
    kind: str
    also: tuple[str, ...]
    definition: str
    scope: tuple[Value, ...]
    domain: str
    glance: tuple[Section, ...]
    sections: tuple[Section, ...]
    facts: tuple[tuple[str, tuple[Value, ...]], ...]
    sources: tuple[Value, ...]
    retired: bool
    unreviewed: bool
    trail: tuple[Value, ...]
    questions: tuple[Value, ...]
    alternates: tuple[Value, ...] = field(default=())
    elsewhere: Value | None = None


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
    said = tuple(_said(site, iri, forward, backward))
    properties = site.documents.vocabulary.properties
    is_capability = DD + "Capability" in site.iris(iri, RDF + "type")
    glance = {sentence_case(properties[p].label) for p in GLANCE if p in properties} if is_capability else set()
    return View(
        iri=iri,
        label=site.index.label(iri),
        kind=kind_label(site, iri),
        also=_also(site, forward, backward),
        definition=" ".join(_texts(forward, SKOS + "definition")),
        scope=_with_links(site, iri, " ".join(_texts(forward, SKOS + "scopeNote"))),
        domain=next((d.rpartition("/")[2] for d in [iri, *site.iris(iri, DD + "inDomain")] if "/domain/" in d), ""),
        glance=tuple(section for section in said if section.heading in glance),
        sections=(*(section for section in said if section.heading not in glance), *_said_of(site, backward)),
        facts=_facts(site, iri, forward, backward, is_capability),
        sources=tuple(source(site, node) for node in sorted(site.iris(iri, _SOURCE), key=site.index.label)),
        retired=OWL + "deprecated" in forward,
        unreviewed=DD + "reviewState" in forward,
        trail=trail(site, iri),
        questions=questions_about(site, iri),
        alternates=alternates(site, iri),
        elsewhere=elsewhere(site, iri, forward, backward),
    )


def _also(site: Site, forward: Mapping[str, list[object]], backward: Mapping[str, list[str]]) -> tuple[str, ...]:
    """Other names; job titles stand in a section of their own, with their sources."""
    titles = {site.index.label(title) for title in backward.get(DD + "usedFor", ())}
    return tuple(name for name in _texts(forward, SKOS + "altLabel") if name not in titles)


def _said(
    site: Site, iri: str, forward: Mapping[str, list[object]], backward: Mapping[str, list[str]]
) -> Iterator[Section]:
    """A section for each thing that the thing says of itself."""
    properties = site.documents.vocabulary.properties
    hidden = {*UNSHOWN, *FACTS, _SOURCE}
    if DD + "requires" in forward:
        hidden.add(DD + "requiresSkill")  # the same needs without their levels
    if SUBJECT in backward:
        hidden |= MATCHES  # the mappings say the same, with reasons
    for predicate in sorted(set(forward) - hidden, key=lambda p: rank(p, properties)):
        prop = properties.get(predicate)
        if predicate == _HOLDS:
            yield from _held(site, site.subjects(SKOS + "inScheme", iri))
            continue
        label = prop.label if prop else predicate
        prose = bool(prop and not prop.links and prop.single)
        values = _sorted(site, forward[predicate])
        yield Section(sentence_case(label), values, prose, len(values) > _MOST_OPEN)


def _said_of(site: Site, backward: Mapping[str, list[str]]) -> Iterator[Section]:
    """A section for each thing that others say of the thing."""
    properties = site.documents.vocabulary.properties
    for predicate in sorted(backward, key=lambda p: (p in (SUBJECT, TARGET), rank(p, properties))):
        nodes = [ox.NamedNode(node) for node in _whole(site, predicate, backward[predicate])]
        if predicate == SUBJECT:
            yield Section("In other frameworks", tuple(mapping(site, node.value, TARGET) for node in nodes))
        elif predicate == TARGET:
            yield Section("In this model", tuple(mapping(site, node.value, SUBJECT) for node in nodes))
        else:
            heading = heading_of(properties[predicate])
            yield Section(heading, _sorted(site, nodes), folded=len(nodes) > _MOST_OPEN)


def _whole(site: Site, predicate: str, nodes: list[str]) -> list[str]:
    """Without the rungs of roles that need the same and are there themselves."""
    if predicate not in (DD + "requires", DD + "requiresSkill"):
        return nodes
    return [node for node in nodes if not set(site.iris(node, DD + "rungOf")).intersection(nodes)]


def _with_links(site: Site, iri: str, text: str) -> tuple[Value, ...]:
    """A text in which “(see Data analysis)” leads to what has just that name here, first to what is of one kind with
    the thing that says it."""
    parts: list[Value] = []
    end = 0
    for match in _SEE.finditer(text):
        ours = [
            other
            for other in site.index.named(match[0])
            if (kind_of(other) or "framework/").partition("/")[0] != "framework" and site.index.label(other) == match[0]
        ]
        meant = [other for other in ours if kind_of(other) == kind_of(iri)] or ours
        if len(meant) == 1:
            parts += [Value(text[end : match.start()]), Value(match[0], site.address(meant[0]))]
            end = match.end()
    return (*parts, Value(text[end:])) if text else ()


def _held(site: Site, units: list[str]) -> Iterator[Section]:
    """What a list holds: a section for each class, or for each domain where it holds one class that has domains."""
    by_class: dict[str, list[object]] = {}
    for unit in units:
        by_class.setdefault(_class(site, site.iris(unit, RDF + "type")) or "", []).append(ox.NamedNode(unit))
    if len(by_class) == 1:
        by_domain: dict[str, list[object]] = {}
        for unit in units:
            for domain in site.iris(unit, DD + "inDomain"):
                by_domain.setdefault(site.index.label(domain), []).append(ox.NamedNode(unit))
        if by_domain:
            for name in sorted(by_domain):
                yield Section(name, _sorted(site, by_domain[name]))
            return
    for name in sorted(by_class, key=lambda name: (len(by_class[name]) > _MOST_OPEN, name)):
        plural = (site.texts(name, DD + "plural") if name else []) or ["Holds"]
        values = _sorted(site, by_class[name])
        yield Section(plural[0], values, folded=len(by_class) > 1 and len(values) > _MOST_OPEN)


def _facts(
    site: Site,
    iri: str,
    forward: Mapping[str, list[object]],
    backward: Mapping[str, list[str]],
    is_capability: bool,
) -> tuple[tuple[str, tuple[Value, ...]], ...]:
    """What stands together above the sections; of a capability and a role also names that are told at length below."""
    properties = site.documents.vocabulary.properties
    said = {p: tuple(_shown(site, term) for term in forward[p]) for p in FACTS if p in forward and p in properties}
    facts = [(sentence_case(properties[p].label), values) for p, values in said.items()]
    for p in [p for p in NAMED if is_capability and p in forward and p in properties]:
        facts.append((sentence_case(properties[p].label), _sorted(site, forward[p])))
        if p == DD + "deliveredBy":
            facts += _skills(site, iri, forward[p])
    if ROLES.intersection(site.iris(iri, RDF + "type")):
        facts += [
            (heading_of(properties[p]), _sorted(site, map(ox.NamedNode, backward[p])))
            for p in NAMED_OF_ROLES
            if p in backward
        ]
    if DD + "amount" in forward and DD + "unit" in said:
        ends = [
            grouped(str(getattr(forward[DD + end][0], "value", "")))
            for end in ("amount", "amountUpTo")
            if DD + end in forward
        ]
        figure = f"{' to '.join(ends)} {said[DD + 'unit'][0].text}"
        facts = [("Figure", (Value(figure),)), *(fact for fact in facts if fact[1] is not said[DD + "unit"])]
    return tuple(facts)


def _skills(site: Site, iri: str, roles: Iterable[object]) -> list[tuple[str, tuple[Value, ...]]]:
    """The skills that most of these roles need, and the way to all that they need."""
    needs = Counter(
        skill for role in roles for skill in site.iris(str(getattr(role, "value", role)), DD + "requiresSkill")
    )
    most = sorted(needs, key=lambda skill: (-needs[skill], site.index.label(skill)))[:_MOST_SKILLS]
    values = [Value(site.index.label(skill), site.address(skill)) for skill in most]
    question = site.questions.get("team-for-a-capability")
    if question and len(needs) > len(values):
        asked = urlencode({"capability": site.index.short(iri)})
        values.append(Value("all, with levels", f"/questions/{question.name}?{asked}"))
    return [("Skills", tuple(values))] if values else []


def grouped(number: str) -> str:
    """`1200000` → `1,200,000`; digits are never rounded."""
    whole, point, part = number.partition(".")
    return f"{int(whole):,}{point}{part}" if whole.lstrip("-").isdigit() else whole + point + part


def _sorted(site: Site, terms: Iterable[object]) -> tuple[Value, ...]:
    """By name; steps of the work in their order, rungs of one ladder from the lowest up."""

    def place(term: object) -> tuple[str, int, str]:
        iri = str(getattr(term, "value", term))
        if not isinstance(term, ox.NamedNode):
            return ("", 0, iri.casefold())
        skill = "".join(site.index.label(node).casefold() for node in site.iris(iri, DD + "skill"))
        ranks = [r for node in (iri, *site.iris(iri, DD + "level")) for r in site.texts(node, DD + "rank")]
        ranks += site.texts(iri, DD + "step")
        return (skill, int(ranks[0]) if ranks else 0, site.index.label(iri).casefold())

    return tuple(_shown(site, term) for term in sorted(terms, key=place))


def _shown(site: Site, term: object) -> Value:
    return value(site, term.value) if isinstance(term, ox.NamedNode) else Value(str(getattr(term, "value", term)))


def kind_label(site: Site, iri: str) -> str:
    """What a thing is, in a word or two."""
    types = site.iris(iri, RDF + "type")
    name = _class(site, types)
    if name:
        return site.index.label(name)
    return "list" if SKOS + "ConceptScheme" in types else "term" if any(t.startswith(OWL) for t in types) else ""


def _class(site: Site, types: list[str]) -> str | None:
    """The most telling of a thing's classes."""
    own = [t for t in types if t.startswith(DD) and not t.endswith("Unit")]
    specific = [t for t in own if not any(t in site.iris(other, RDFS + "subClassOf") for other in own)]
    return min(specific, default=None)


def _texts(forward: Mapping[str, list[object]], predicate: str) -> tuple[str, ...]:
    return tuple(sorted(str(getattr(t, "value", t)) for t in forward.get(predicate, ())))
