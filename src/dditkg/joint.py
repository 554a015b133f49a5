"""Mapping rows judged against the dataset they join: units, names, kinds and editions. Each rule is `Mapping-…`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import pyoxigraph as ox

from dditkg.dataset import Dataset
from dditkg.finding import Finding
from dditkg.sssom import NO_TERM, PREDICATES, MappingSet, Row
from dditkg.terms import BASE, DCTERMS, DD, OWL, RDF, RDFS, SKOS
from dditkg.wording import nearest

#: Every rule and what it asks for.
RULES = {
    "Mapping-author": "An organisation that asserts a row is described in the dataset.",
    "Mapping-edition": "A mapping set names the edition of the framework that the dataset holds.",
    "Mapping-kind": "Things of different kinds, such as a role and a skill, are at most related.",
    "Mapping-label": "A label in a row is the name that the unit has in the dataset.",
    "Mapping-newer": "A mapping set leads to and from frameworks of which no newer edition is held.",
    "Mapping-object": "The object of a row is a unit in the dataset.",
    "Mapping-retired": "The object of a row is a unit in use.",
    "Mapping-source": "What a mapping set names as its source is in the dataset.",
    "Mapping-subject": "The subject of a row is a unit in the dataset.",
}

_VERSION = "http://www.w3.org/ns/dcat#version"
_RELATED = PREDICATES[4]
_ENDS = ("subject", "object")
# Classes say what a thing is by their names: FrameworkSkill and Skill are one kind. These go beyond that.
_ABOVE_ALL = frozenset({"Unit", "ModelUnit", "FrameworkUnit"})
_SAME: Mapping[str, frozenset[str]] = {
    "RoleLevel": frozenset({"Role"}),
    "SkillLevel": frozenset({"SkillAtLevel"}),
    "Competence": frozenset({"Capability", "Skill"}),
    # What others call capabilities or points of a standard are often practices.
    "WayOfWorking": frozenset({"Capability", "WayOfWorking"}),
}
_ANYTHING = "Group"  # a heading may gather things of any kind

_Found = Iterator[tuple[int, str, str]]


@dataclass(frozen=True)
class Joint:
    """What the rows of mapping sets are held against. Made once for all sets."""

    dataset: Dataset
    units: frozenset[str]

    def values(self, iri: str, predicate: str) -> list[str]:
        """The values of a property, as text."""
        try:
            node = ox.NamedNode(iri)
        except ValueError:  # no address, so nothing is said of it
            return []
        terms = self.dataset.store.objects(node, predicate)
        return [str(term.value) for term in terms if isinstance(term, (ox.Literal, ox.NamedNode))]

    def classes(self, iri: str) -> frozenset[str]:
        """The names of the classes of ours that say what a thing is."""
        found = (value for value in self.values(iri, RDF + "type") if value.startswith(DD))
        return frozenset(value.removeprefix(DD) for value in found) - _ABOVE_ALL

    def kinds(self, iri: str) -> frozenset[str]:
        """What a thing can be taken for: `Skill` for a skill of ours and of a framework."""
        names = (name.removeprefix("Framework") or name for name in self.classes(iri))
        return frozenset(kind for name in names for kind in _SAME.get(name, (name,)))

    def differ(self, one: str, other: str) -> bool:
        """True for things of different kinds. What may gather anything, or is unknown, differs from nothing."""
        kinds, others = self.kinds(one), self.kinds(other)
        return bool(kinds and others and not kinds & others and _ANYTHING not in kinds | others)

    def name(self, iri: str) -> str:
        """The preferred name of a thing, or nothing."""
        return next(iter(sorted(self.values(iri, SKOS + "prefLabel"))), "")

    def framework(self, source: str) -> str:
        """How people call the framework that a set names as its source; `this model` for a list of ours."""
        if "Framework" in self.classes(source):
            called = self.values(source, SKOS + "notation")
            for short in self.values(source, SKOS + "altLabel"):
                if [short.casefold()] == called:
                    return short
            return self.name(source)
        return "this dataset" if source.startswith(BASE + "framework/") else "this model"


def prepare(dataset: Dataset) -> Joint:
    """Read once which units there are."""
    triples = dataset.store.incoming(ox.NamedNode(DD + "Unit"), ox.NamedNode(RDF + "type"))
    return Joint(dataset, frozenset(t.subject.value for t in triples if isinstance(t.subject, ox.NamedNode)))


def findings(mapping_set: MappingSet, held: Joint) -> list[Finding]:
    """What in a mapping set does not agree with the dataset, by line."""
    file = mapping_set.path.as_posix()
    return sorted(
        Finding(file, line, f"Mapping-{rule}", "warning" if rule in ("edition", "newer") else "violation", message)
        for check in (_author_rules, _source_rules, _unit_rules, _kind_rules)
        for line, rule, message in check(mapping_set, held)
    )


def _source_rules(ms: MappingSet, held: Joint) -> _Found:
    """Each source and edition is said once: at the header where it stands there, else at the rows."""
    for end in _ENDS:
        source, version = f"{end}_source", f"{end}_source_version"
        sources = [(ms.lines.get(source, 1), value) for value in ms.values(source)]
        sources += [(row.line, value) for row in ms.rows for value in row.values(source)]
        for line, written in sources:
            iri = ms.expanded(written)
            if iri.startswith(BASE) and not held.values(iri, RDF + "type"):
                near = _near(iri, held.units, ms)
                yield line, "source", f"{source} is {written}, which is not in this dataset.{near} Mend it or add it."
        for line, written in sources:
            for newer in held.values(ms.expanded(written), DCTERMS + "isReplacedBy"):
                said = f"{source} is {written}, which {held.framework(newer)} has replaced."
                yield line, "newer", f"{said} Look at the rows again, in a set for that edition."
        editions = {
            (row.line if version in row.cells else ms.lines.get(version, 1), named, edition)
            for row in ms.rows
            for named in ms.value(row, source).split("|")
            if (edition := ms.value(row, version))
        }
        for line, written, edition in sorted(editions):
            iri = ms.expanded(written)
            current = held.values(iri, _VERSION)
            if current and edition not in current:
                said = f"{version} is {edition}, but the edition of {held.framework(iri)} held here is {current[0]}."
                theirs = any(map(ms.is_published, ms.rows))
                advice = (
                    "for the publisher's table of that edition"
                    if theirs
                    else "at the rows again, then name this edition"
                )
                yield line, "edition", f"{said} Look {advice}."


def _author_rules(ms: MappingSet, held: Joint) -> _Found:
    """Each organisation is said once, at its first row."""
    told: set[str] = set()
    for row in ms.rows:
        for written in row.values("author_id"):
            iri = ms.expanded(written)
            if iri.startswith(BASE) and iri not in told and not held.name(iri):
                told.add(iri)
                said = f"author_id is {written}, of which nothing is known here."
                yield row.line, "author", f"{said} Correct it, or describe the organisation in data/agents.ttl."


def _unit_rules(ms: MappingSet, held: Joint) -> _Found:
    for row in ms.rows:
        for end in _ENDS:
            written = row.cells.get(f"{end}_id", "")
            iri = ms.expanded(written)
            if not written or iri == NO_TERM:
                continue
            if iri not in held.units:
                owner = held.framework(_source(ms, row, end))
                near = _near(iri, held.units, ms)
                advice = "" if near else " Correct it, or write sssom:NoTermFound if there is none."
                yield row.line, end, f"{written} is not a unit of {owner}.{near}{advice}"
                continue
            label, names = row.cells.get(f"{end}_label"), held.values(iri, SKOS + "prefLabel")
            if label and names and label not in names:
                said = f"{end}_label is “{label}”, but {written} is called “{held.name(iri)}”."
                yield row.line, "label", f"{said} Correct the label, or {end}_id if another unit is meant."
            if end == "object" and "true" in held.values(iri, OWL + "deprecated"):
                yield row.line, "retired", f"{written} is retired. {_successor(iri, ms, held)}"


def _kind_rules(ms: MappingSet, held: Joint) -> _Found:
    for row in ms.rows:
        near, relation, far = (ms.expanded(text) for text in (row.subject, row.predicate, row.object))
        if row.negated or relation not in PREDICATES or relation == _RELATED:
            continue
        if not held.differ(near, far):
            continue
        ours, theirs = (_article(held, iri) for iri in (near, far))
        said = f"{row.subject} is {ours} and {row.object} is {theirs}, so {row.predicate} cannot hold."
        yield row.line, "kind", f"{said} Use skos:relatedMatch with confidence 0.3, or choose a unit of the same kind."


def _source(ms: MappingSet, row: Row, end: str) -> str:
    return ms.expanded(ms.value(row, f"{end}_source") or next(iter(ms.values(f"{end}_source")), ""))


def _successor(iri: str, ms: MappingSet, held: Joint) -> str:
    successors = held.values(iri, DCTERMS + "isReplacedBy")
    if successors:
        named = (f"{_short(new, ms)} ({held.name(new)})" if held.name(new) else _short(new, ms) for new in successors)
        return f"It was replaced by {' and '.join(sorted(named))}: map to that if the meaning still fits."
    reason = next((f"{value} " for value in held.values(iri, DD + "deprecationReason")), "")
    return f"{reason}Nothing is known to have replaced it: map to a unit in use, or to sssom:NoTermFound."


def _near(iri: str, units: Iterable[str], ms: MappingSet) -> str:
    """` Near: …` with up to three units most like a name: of its kind, else of the same owner."""
    kind, _, slug = iri.rpartition("/")
    owner = _owner(iri)
    for pool in (
        [unit for unit in units if unit.rpartition("/")[0] == kind],
        [unit for unit in units if _owner(unit) == owner],
    ):
        names: dict[str, list[str]] = {}
        for unit in sorted(pool):
            names.setdefault(unit.rpartition("/")[2], []).append(unit)
        found = [unit for name in nearest(slug, names, 3) for unit in names[name]][:3]
        if found:
            return f" Near: {', '.join(_short(unit, ms) for unit in found)}."
    return ""


def _owner(iri: str) -> str:
    """The address under which an owner's units lie: that of a framework, or that of all that is ours."""
    return "/".join(iri.split("/")[: 6 if iri.startswith(BASE + "framework/") else 4])


def _short(iri: str, ms: MappingSet) -> str:
    """The short form that the file itself may use."""
    return ms.prefixes.compress(iri) or iri


def _article(held: Joint, iri: str) -> str:
    """`a role`, `an outcome`: the name of the class of a thing."""
    kind = min(held.classes(iri))
    name = next(iter(sorted(held.values(DD + kind, RDFS + "label"))), kind)
    return f"{'an' if name[0] in 'aeiou' else 'a'} {name}"
