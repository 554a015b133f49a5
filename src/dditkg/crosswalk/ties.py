"""What holds the needs of two roles together: the same skill, a match, or a way that claims nothing; and their levels.

Exact and close matches count as the same skill. Broad and narrow ones are partly the same, and levels are not compared
across them: part of a skill at a level is not the whole at that level. Related skills are not tied.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from dditkg.crosswalk.links import Link
from dditkg.crosswalk.needs import Need, Needs, Step
from dditkg.crosswalk.walk import Match
from dditkg.sssom import RELATIONS

SAME, HIGHER, LOWER, OVERLAPS = "same", "higher", "lower", "overlaps"
NOT_COMPARED, PARTLY = "level not compared", "partly"
#: What can be said of a need of one role against one of another, from the most that is alike to the least.
VERDICTS = (SAME, HIGHER, LOWER, OVERLAPS, NOT_COMPARED, PARTLY)
_AS_ONE = frozenset({"same", "exact", "close"})
_ORDER = {relation: place for place, relation in enumerate(("same", *RELATIONS))}


@dataclass(frozen=True)
class Tie:
    """Two needs of different roles that have a skill in common, wholly or partly.

    `match` is None for one and the same skill. `verdict` says how the level of `other` stands to that of `one`, `apart`
    by how many steps, and `why` gives the reason where it cannot be said, or rests on more than a plain comparison.
    """

    one: Need
    other: Need
    match: Match | None
    verdict: str
    apart: int = 0
    why: str = ""

    @property
    def relation(self) -> str:
        """`same`, or what the other skill is to the one: exact, close, broad, narrow."""
        return self.match.relation if self.match else SAME

    @property
    def whole(self) -> bool:
        """Whether the two count as one skill."""
        return self.relation in _AS_ONE

    @property
    def order(self) -> tuple[int, float, str]:
        """For sorting: what is most surely the same comes first."""
        return _ORDER[self.relation], -self.match.confidence if self.match else -1.0, self.other.skill.label


@dataclass(frozen=True)
class Ties:
    """What ties any two needs. What is found out about a skill is kept."""

    needs: Needs
    _matches: dict[str, Mapping[str, Match]] = field(default_factory=dict, repr=False)
    _ways: dict[str, Mapping[str, tuple[Link, Link]]] = field(default_factory=dict, repr=False)

    def between(self, one: Need, other: Need) -> Tie | None:
        """What ties two needs, or None."""
        if one.skill == other.skill:
            return Tie(one, other, None, *self._compared(one, other, None))
        match = self.matches(one.skill.iri).get(other.skill.iri)
        if match is None:
            return None
        if match.relation not in _AS_ONE:
            return Tie(one, other, match, PARTLY, 0, "Part of a skill at a level is not the whole at that level.")
        return Tie(one, other, match, *self._compared(one, other, match))

    def matches(self, skill: str) -> Mapping[str, Match]:
        """Every skill that some role needs and that is more than related to this one, by address."""
        if skill not in self._matches:
            found: dict[str, Match] = {}
            for framework in self.needs.frameworks:
                for match in self.needs.walk.map(skill, framework).matches:
                    if match.relation != "related" and match.unit.iri != skill:
                        found.setdefault(match.unit.iri, match)
            self._matches[skill] = found
        return self._matches[skill]

    def ways(self, skill: str) -> Mapping[str, tuple[Link, Link]]:
        """Skills of other frameworks that two rows lead to by way of a third skill, where no match follows from them.

        They claim nothing: close matches are not chained.
        """
        if skill not in self._ways:
            walk, known = self.needs.walk, self.matches(skill)
            found: dict[str, tuple[Link, Link]] = {}
            for first in self._leading(skill):
                for second in self._leading(first.object):
                    there, way = walk.units.by_iri.get(second.object), (first, second)
                    if there is None or there.iri in known or there.framework == walk.units.by_iri[skill].framework:
                        continue
                    if there.iri not in found or _sure(way) > _sure(found[there.iri]):
                        found[there.iri] = way
            self._ways[skill] = found
        return self._ways[skill]

    def _leading(self, skill: str) -> list[Link]:
        links = self.needs.walk.links.outgoing.get(skill, ())
        return [link for link in links if not link.denied and link.relation != "related"]

    def _compared(self, one: Need, other: Need, match: Match | None) -> tuple[str, int, str]:
        """Verdict, steps apart, and why."""
        called = self.needs.walk.units.called
        silent = [called(need.skill.framework) for need in (one, other) if not need.steps]
        if silent:
            said = "Neither says at which level." if len(silent) == 2 else f"No level is said by {silent[0]}."
            return NOT_COMPARED, 0, said
        if match is None:
            return *_verdict(one.steps[0].rank, one.steps[-1].rank, other), ""
        there: list[Step] = []
        why = ""
        for step in one.steps:
            links = [link for link in match.levels if link.subject == step.iri and link.object in self.needs.steps]
            surest = [link for link in links if link.relation in ("exact", "close")]
            if not links:
                return NOT_COMPARED, 0, f"No row says what “{step.level}” is there."
            why = why if surest else f"“{step.level}” is related to a range there."
            there += [self.needs.steps[link.object] for link in surest or links]
        ranks = sorted(step.rank for step in there)
        return *_verdict(ranks[0], ranks[-1], other), why


def _verdict(low: int, high: int, other: Need) -> tuple[str, int]:
    """How the levels of a need stand to a span of ranks on the same ladder, and how many steps lie between."""
    least, most = other.steps[0].rank, other.steps[-1].rank
    if least > high:
        return HIGHER, least - high
    if most < low:
        return LOWER, low - most
    return (SAME if (least, most) == (low, high) else OVERLAPS), 0


def _sure(way: tuple[Link, Link]) -> float:
    return way[0].confidence * way[1].confidence
