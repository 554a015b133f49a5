"""Our rows held against crosswalks that others published.

A published crosswalk joins two outside frameworks, X and Y. Where a unit of ours has a row to X and a row to Y, the two
rows and the crosswalk make a triangle: the row to Y is supported when the crosswalk leads from the X of the one row to
the Y of the other. Neither row was written from the crosswalk, so support is evidence for both.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import product

from dditkg.crosswalk import OURS, Crosswalk, Link, Unit
from dditkg.crosswalk.links import Links

#: Relations that claim more than that one should know of the other.
CLAIMS = ("exact", "close", "broad", "narrow")
#: How much of a code names the unit, its group, and the group above. 0: there is no such group.
_WIDTHS = {"isco-08": (4, 3, 2), "soc-2020": (4, 3, 2), "onet": (10, 7, 6), "esco": (99, 4, 3), "nice": (99, 2, 0)}
_WHOLE = (99, 0, 0)
#: What the widths are called, by framework.
GRAINS = {
    "isco-08": ("unit group", "minor group", "sub-major group"),
    "soc-2020": ("unit group", "minor group", "sub-major group"),
    "onet": ("occupation", "SOC occupation", "broad occupation"),
    "esco": ("occupation", "ISCO unit group", "ISCO minor group"),
    "nice": ("work role", "category", ""),
}


@dataclass(frozen=True)
class Published:
    """A crosswalk of somebody else's, as one mapping set holds it. `source` and `target` are ids of frameworks."""

    name: str
    iri: str
    source: str
    target: str
    rows: tuple[Link, ...] = field(repr=False)

    def gives(self, end: str) -> Mapping[str, frozenset[str]]:
        """For each unit at the other end, the units of this end that it goes with."""
        return self._forwards if end == self.target else self._backwards

    @cached_property
    def _forwards(self) -> Mapping[str, frozenset[str]]:
        return _grouped((row.subject, row.object) for row in self.rows)

    @cached_property
    def _backwards(self) -> Mapping[str, frozenset[str]]:
        return _grouped((row.object, row.subject) for row in self.rows)

    def near(self, end: str) -> str:
        """The framework at the other end."""
        return self.source if end == self.target else self.target


def _grouped(pairs: Iterable[tuple[str, str]]) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for one, other in pairs:
        found[one].add(other)
    return {one: frozenset(others) for one, others in found.items()}


def published(walk: Crosswalk) -> list[Published]:
    """The mapping sets between two outside frameworks: this project writes none of those, so they are others'."""
    rows: dict[str, list[Link]] = defaultdict(list)
    for link in walk.links.direct():
        if not link.denied:
            rows[link.set].append(link)
    return [
        Published(iri.rpartition("/")[2], iri, source, target, tuple(rows[iri]))
        for iri, (source, target) in sorted(walk.links.sets.items())
        if OURS not in (source, target) and rows[iri]
    ]


def without(walk: Crosswalk, left_out: Iterable[str]) -> Crosswalk:
    """The same crosswalk without the rows of some mapping sets."""
    gone = set(left_out)
    outgoing = {
        iri: tuple(link for link in links if link.set not in gone) for iri, links in walk.links.outgoing.items()
    }
    return Crosswalk(walk.dataset, walk.units, Links(outgoing, walk.links.sought, walk.links.sets))


@dataclass(frozen=True)
class Verdict:
    """One of our rows to `end`, held against one published crosswalk.

    `ways` are our rows to the crosswalk's other end, `given` what the crosswalk makes of them. `supported` says so for
    the unit, its group and the group above (None: there is no such group); `chance` how often the same row would be
    supported if it stood at any other unit of ours that can be judged.
    """

    row: Link
    end: str
    by: str
    ways: tuple[Link, ...]
    given: frozenset[str]
    supported: tuple[bool | None, ...]
    chance: tuple[float, ...]


class Bench:
    """A crosswalk with everything that its rows are held against."""

    def __init__(self, walk: Crosswalk) -> None:
        self.walk = walk
        self.published = published(walk)
        self.ours = [unit for unit in walk.units.of(OURS) if unit.iri in walk.links.outgoing]

    def rows(self, unit: str, framework: str, relations: Iterable[str] = ()) -> list[Link]:
        """The rows between a unit and a framework, read from the unit; of some relations where some are named."""
        wanted = set(relations)
        return [
            link
            for link in self.walk.links.outgoing.get(unit, ())
            if self._unit(link.object).framework == framework
            and not link.denied
            and (not wanted or link.relation in wanted)
        ]

    def reaches(self, unit: str, framework: str) -> bool:
        """Whether some row leads from a unit to a framework."""
        return bool(self.rows(unit, framework))

    def sets_to(self, framework: str) -> list[str]:
        """The mapping sets between ours and a framework."""
        return [iri for iri, ends in self.walk.links.sets.items() if set(ends) == {OURS, framework}]

    def verdicts(self, by: Published, end: str, through: Iterable[str] = CLAIMS) -> list[Verdict]:
        """Every row of ours to `end` that a crosswalk can judge, by way of our rows with the relations `through`."""
        gives, near = by.gives(end), by.near(end)
        ways: dict[str, tuple[Link, ...]] = {}
        given: dict[str, frozenset[str]] = {}
        for unit in self.ours:
            known = tuple(way for way in self.rows(unit.iri, near, through) if way.object in gives)
            if known:
                ways[unit.iri] = known
                given[unit.iri] = frozenset().union(*(gives[way.object] for way in known))
        judged = [(unit, row) for unit in ways for row in self.rows(unit, end)]
        return [
            Verdict(
                row,
                end,
                by.name,
                ways[unit],
                given[unit],
                supported,
                tuple(
                    sum(bool(self.same(row.object, given[other], place)) for other in ways) / len(ways)
                    for place in range(3)
                ),
            )
            for unit, row in judged
            for supported in [tuple(self.same(row.object, given[unit], place) for place in range(3))]
        ]

    def implied(self, by: Published, through: Iterable[str] = CLAIMS) -> Iterator[tuple[Link, str]]:
        """What follows from our rows and a crosswalk, in the direction in which it was published: the row, and the unit
        that it leads to. Only for units of ours that were looked for in that framework at all."""
        gives = by.gives(by.target)
        for unit in self.ours:
            answer = self.walk.map(unit.iri, by.target, compose=False)
            if answer.state == "not compared" and not answer.denied:
                continue
            for way in self.rows(unit.iri, by.source, through):
                yield from product([way], sorted(gives.get(way.object, ())))

    def held(self, unit: str, target: str, place: int, relations: Iterable[str] = ()) -> bool | None:
        """Whether we have a row between a unit of ours and one of a framework, or its group."""
        rows = self.rows(unit, self._unit(target).framework, relations)
        found = [self.same(target, [row.object], place) for row in rows]
        return None if not self.width(target, place) else any(found)

    def same(self, one: str, others: Iterable[str], place: int) -> bool | None:
        """Whether a unit is among others: itself, or in the same group. One that is itself a wider group is compared at
        its own width. None where the framework has no such groups."""
        width = self.width(one, place)
        if not width:
            return None
        code = self._unit(one).code
        if width == 99 or not code:
            return one in set(others)
        width = min(width, len(code))
        return any(self._unit(other).code[:width] == code[:width] for other in others)

    def width(self, unit: str, place: int) -> int:
        """How much of the code of a unit counts at a place: 0 the unit, 1 its group, 2 the group above."""
        return _WIDTHS.get(self._unit(unit).framework, _WHOLE)[place]

    def _unit(self, iri: str) -> Unit:
        return self.walk.units.by_iri[iri]
