"""Roles side by side, skill by skill: needed at the same level, higher, lower, partly, or by one of them only."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from dditkg.crosswalk.links import Link
from dditkg.crosswalk.needs import Need, Role
from dditkg.crosswalk.ties import VERDICTS, Tie, Ties
from dditkg.crosswalk.units import OURS
from dditkg.crosswalk.walk import Match

ONLY = "only here"


@dataclass(frozen=True)
class Way:
    """Two rows that lead from a need to one of another role, by way of a third skill. They claim nothing."""

    place: int
    other: Need
    links: tuple[Link, Link]


@dataclass(frozen=True)
class Row:
    """A need of one role, at `place`, and for each role what of its needs is tied to it, the surest first.

    `ties` of the role itself is empty. `ways` is filled where no other role has the skill.
    """

    place: int
    need: Need
    ties: tuple[tuple[Tie, ...], ...]
    ways: tuple[Way, ...] = ()

    def verdict(self, place: int) -> str:
        """What is said of a role against the one whose need this is: one of VERDICTS, “only here”, or nothing."""
        if place == self.place:
            return "" if self.shared else ONLY
        return self.ties[place][0].verdict if self.ties[place] else ""

    @property
    def shared(self) -> bool:
        return any(self.ties)


@dataclass(frozen=True)
class Comparison:
    """Two or more roles in the order in which they were named, with what mapping rows say of the roles themselves.

    `rows` come as they are read: what roles share first, then what only one has. `matches` are those of the first role.
    """

    roles: tuple[Role, ...]
    rows: tuple[Row, ...]
    matches: tuple[Match | None, ...]

    @property
    def outside(self) -> bool:
        """Whether the roles are of several frameworks and none is of this model."""
        frameworks = {role.unit.framework for role in self.roles}
        return len(frameworks) > 1 and OURS not in frameworks

    def counts(self, place: int) -> Mapping[str, int]:
        """How often each verdict is given on a role against the first, and how many needs only that role has."""
        found = Counter(row.verdict(place) for row in self.rows if row.place == 0 or row.verdict(place) == ONLY)
        return {verdict: found[verdict] for verdict in (*VERDICTS, ONLY) if found[verdict]}


def compare(ties: Ties, roles: Sequence[Role]) -> Comparison:
    """Roles side by side. Each need stands in the row of the first role that has the skill; one that is partly the same
    as several stands in each of their rows."""
    rows = sorted(_rows(ties, roles), key=_place)
    first = roles[0].unit
    matches = [None if role.unit == first else _match(ties, first.iri, role) for role in roles]
    return Comparison(tuple(roles), tuple(rows), tuple(matches))


def _rows(ties: Ties, roles: Sequence[Role]) -> Iterator[Row]:
    placed: set[tuple[int, str]] = set()
    for place, role in enumerate(roles):
        for need in role.needs:
            if (place, need.skill.iri) in placed:
                continue
            found = tuple(() if there == place else _tied(ties, need, other.needs) for there, other in enumerate(roles))
            placed |= {(there, tie.other.skill.iri) for there, held in enumerate(found) for tie in held}
            yield Row(place, need, found, () if any(found) else tuple(_ways(ties, need, place, roles)))


def _tied(ties: Ties, need: Need, others: Sequence[Need]) -> tuple[Tie, ...]:
    found = [tie for other in others if (tie := ties.between(need, other)) is not None]
    return tuple(sorted(found, key=lambda tie: tie.order))


def _ways(ties: Ties, need: Need, place: int, roles: Sequence[Role]) -> Iterator[Way]:
    leading = ties.ways(need.skill.iri)
    for there, role in enumerate(roles):
        for other in role.needs:
            if there != place and other.skill.iri in leading:
                yield Way(there, other, leading[other.skill.iri])


def _match(ties: Ties, first: str, role: Role) -> Match | None:
    """What rows, or a chain of them, say of two roles."""
    answer = ties.needs.walk.map(first, role.unit.framework)
    return next((match for match in answer.matches if match.unit == role.unit and answer.of is None), None)


def _place(row: Row) -> tuple[object, ...]:
    """What most roles share comes first, then by the role that has it, and the most alike before the least."""
    verdicts = [VERDICTS.index(ties[0].verdict) for ties in row.ties if ties]
    return -len(verdicts), row.place, verdicts, row.need.skill.label.casefold()
