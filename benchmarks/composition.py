"""Chains held against what was written or published without them: each is made with those rows left out."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from agreement import CLAIMS, Bench, Published, without

from dditkg.crosswalk import OURS, Crosswalk, Link

CHAIN, LEAD = "chain", "lead"
_PLACES = range(3)


@dataclass(frozen=True)
class Composed:
    """One unit that composing leads to: a chain, which claims a relation, or a lead, which claims nothing.

    `supported` says whether it is among what was left out: the unit, its group, the group above (None: no such group).
    `confidence` is the product of those that are stated: publishers state none. `relations` are those of the rows
    between the same two units that were left out.
    """

    kind: str
    relation: str
    confidence: float
    supported: tuple[bool | None, ...]
    relations: frozenset[str]


@dataclass(frozen=True)
class Composition:
    """What composing gives between two frameworks, and which of the pairs left out it finds, by kind and place."""

    name: str
    asked: int
    made: tuple[Composed, ...]
    found: Mapping[str, tuple[tuple[bool | None, ...], ...]]


def from_ours(bench: Bench, end: str) -> Composition:
    """Our units by way of others and published crosswalks to `end`, held against our own rows to it that claim.

    Asked are our units that have a row to `end` and one to the other end of a published crosswalk.
    """
    nears = {by.near(end) for by in bench.published if end in (by.source, by.target)}
    pairs = {
        unit.iri: frozenset(row.object for row in bench.rows(unit.iri, end, CLAIMS))
        for unit in bench.ours
        if bench.rows(unit.iri, end) and any(bench.rows(unit.iri, near) for near in nears)
    }
    return _composition(bench, without(bench.walk, bench.sets_to(end)), f"{OURS} → {end}", pairs, end)


def through_ours(bench: Bench, by: Published) -> Composition:
    """One outside framework to another by way of ours, held against a crosswalk that was published between them."""
    same = [other.iri for other in bench.published if {other.source, other.target} == {by.source, by.target}]
    pairs = {unit: given for unit, given in by.gives(by.target).items() if bench.reaches(unit, OURS)}
    name = f"{by.source} → {OURS} → {by.target} ({by.name})"
    return _composition(bench, without(bench.walk, same), name, pairs, by.target)


def _composition(
    bench: Bench, walk: Crosswalk, name: str, pairs: Mapping[str, frozenset[str]], end: str
) -> Composition:
    made: list[Composed] = []
    found: dict[str, list[tuple[bool | None, ...]]] = {CHAIN: [], LEAD: []}
    for unit, wanted in pairs.items():
        answer = walk.map(unit, end)
        reached = [(CHAIN, m.unit.iri, m.relation, _stated(m.steps)) for m in answer.matches if m.composed]
        reached += [(LEAD, way[-1].object, "", _stated(way)) for way in answer.leads]
        for kind, target, relation, confidence in reached:
            left_out = frozenset(row.relation for row in bench.walk.links.outgoing[unit] if row.object == target)
            supported = tuple(bench.same(target, wanted, place) for place in _PLACES)
            made.append(Composed(kind, relation, confidence, supported, left_out))
        for kind, rows in found.items():
            of = [target for known, target, *_ in reached if known == kind]
            rows += [tuple(bench.same(target, of, place) for place in _PLACES) for target in sorted(wanted)]
    return Composition(name, len(pairs), tuple(made), {kind: tuple(rows) for kind, rows in found.items()})


def _stated(steps: Iterable[Link]) -> float:
    return math.prod(step.confidence for step in steps if step.confidence)
