"""The roles nearest to a given one in every framework, by what they need. This is computed, not asserted.

The measure is the overlap of needs (Dice's), weighted by how rare a skill is and by how far levels lie apart. Each need
of either role counts by its rarity, log(1 + roles of its framework / those of them that need it). It is met by the best
of the other's needs: the same skill or an exact match wholly, a close match by four fifths, a broad or narrow one by
half; two rows that claim nothing by half of what both give. Each step between two levels takes a quarter off; levels
that cannot be compared take nothing. The overlap is what is met of the needs of both, over all needs of both.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from dditkg.crosswalk.links import Link
from dditkg.crosswalk.needs import Need, Needs, Role
from dditkg.crosswalk.ties import Tie, Ties
from dditkg.crosswalk.units import OURS
from dditkg.crosswalk.walk import Match

_PART = {"same": 1.0, "exact": 1.0, "close": 0.8, "broad": 0.5, "narrow": 0.5}
_BY_WAY = 0.5
_STEP = 0.25
MOST = 5


@dataclass(frozen=True)
class Shared:
    """Two needs that explain why roles are near: by a tie, or by a way of two rows that claims nothing.

    `meets` runs from 0 to 1. `counts` is the part of the overlap that rests on this.
    """

    one: Need
    other: Need
    tie: Tie | None
    way: tuple[Link, Link] | None
    meets: float
    counts: float = 0.0


@dataclass(frozen=True)
class Near:
    """A role that is near, the overlap from 0 to 1, and what explains it, what counts most first.

    `match` is what mapping rows say of the two roles, where they say something.
    """

    role: Role
    overlap: float
    shared: tuple[Shared, ...]
    match: Match | None


@dataclass(frozen=True)
class Nearest:
    """The nearest roles in one framework, `near` by the measure and `matches` by mapping rows between roles.

    `held` counts the roles of it of which needs are held: where that is none, only rows can say something.
    """

    framework: str
    held: int
    near: tuple[Near, ...]
    matches: tuple[Match, ...]


@dataclass(frozen=True)
class Neighbours:
    """What is needed to find the roles nearest to any."""

    ties: Ties
    _rarity: dict[tuple[str, str], float] = field(default_factory=dict, repr=False)

    @property
    def _needs(self) -> Needs:
        return self.ties.needs

    def nearest(self, role: Role, frameworks: Iterable[str] = (), most: int = MOST) -> list[Nearest]:
        """The nearest roles in each framework, or in those named. A rung is held against rungs, and against roles
        that have none."""
        found = []
        for framework in frameworks or self.frameworks:
            candidates = [other for other in self._roles[framework] if self._fits(role, other)]
            matches = self._needs.walk.map(role.unit.iri, framework).matches
            stated = {match.unit.iri: match for match in matches}
            near = [self._near(role, other, stated.get(other.unit.iri)) for other in candidates]
            near = [one for one in near if one.overlap > 0]
            near.sort(key=lambda one: (-one.overlap, one.role.unit.label, one.role.unit.iri))
            if near or matches or frameworks:
                found.append(Nearest(framework, len(candidates), tuple(near[:most]), matches))
        return found

    @cached_property
    def frameworks(self) -> list[str]:
        """The ids of the frameworks that have roles, ours first."""
        units = self._needs.walk.units
        held = {unit.framework for unit in units.by_iri.values() if unit.kind in self._needs.kinds}
        return sorted(held, key=lambda framework: (framework != OURS, framework))

    @cached_property
    def _roles(self) -> Mapping[str, list[Role]]:
        held: dict[str, list[Role]] = defaultdict(list)
        for role in self._needs.roles.values():
            if not role.unit.retired:
                held[role.unit.framework].append(role)
        return held

    @cached_property
    def _asked(self) -> Mapping[str, Counter[str]]:
        """How many roles of a framework need a skill; rungs are no roles of their own here."""
        return {
            framework: Counter(need.skill.iri for role in roles if not self._needs.is_rung(role) for need in role.needs)
            for framework, roles in self._roles.items()
        }

    def _fits(self, role: Role, other: Role) -> bool:
        whole = self._needs.walk.units.whole
        one, two = (whole.get(held.unit.iri, held.unit.iri) for held in (role, other))
        if one == two:
            return False
        return self._needs.is_rung(other) == self._needs.is_rung(role) or not (
            self._needs.is_rung(other) or other.rungs
        )

    def _near(self, role: Role, other: Role, match: Match | None) -> Near:
        ours = {need.skill.iri: self._weight(role, need) for need in role.needs}
        theirs = {need.skill.iri: self._weight(other, need) for need in other.needs}
        whole = sum(ours.values()) + sum(theirs.values())
        held = [shared for one in role.needs for two in other.needs if (shared := self._shared(one, two))]
        held.sort(key=lambda shared: -shared.meets)
        counted: dict[tuple[str, str], float] = {}
        for side, weights in ((0, ours), (1, theirs)):
            met: set[str] = set()
            for shared in held:
                skill = (shared.one, shared.other)[side].skill.iri
                if skill not in met:
                    met.add(skill)
                    pair = shared.one.skill.iri, shared.other.skill.iri
                    counted[pair] = counted.get(pair, 0) + weights[skill] * shared.meets / whole
        told = [
            Shared(shared.one, shared.other, shared.tie, shared.way, shared.meets, round(counted[pair], 4))
            for shared in held
            if (pair := (shared.one.skill.iri, shared.other.skill.iri)) in counted
        ]
        told.sort(key=lambda shared: (-shared.counts, shared.one.skill.label))
        return Near(other, round(sum(counted.values()), 4), tuple(told), match)

    def _shared(self, one: Need, other: Need) -> Shared | None:
        tie = self.ties.between(one, other)
        if tie is not None:
            meets = _PART[tie.relation] * max(0.0, 1 - _STEP * tie.apart)
            return Shared(one, other, tie, None, meets) if meets else None
        way = self.ties.ways(one.skill.iri).get(other.skill.iri)
        if way is None:
            return None
        return Shared(one, other, None, way, _BY_WAY * _PART[way[0].relation] * _PART[way[1].relation])

    def _weight(self, role: Role, need: Need) -> float:
        key = role.unit.framework, need.skill.iri
        if key not in self._rarity:
            roles = sum(not self._needs.is_rung(held) for held in self._roles[key[0]])
            asked = max(1, self._asked.get(key[0], Counter())[key[1]])
            self._rarity[key] = math.log(1 + roles / asked)
        return self._rarity[key]
