"""What a unit corresponds to in another framework: direct rows, and chains where a chain says something.

Only exact, broad and narrow matches may be chained: exact leaves each of them as it is, broad with broad is broad,
narrow with narrow is narrow. A chain through close or related claims nothing; where nothing else is held, such ways are
told apart from matches, as leads.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from dditkg.crosswalk.links import Link, Links, read_links
from dditkg.crosswalk.source import Source
from dditkg.crosswalk.units import OURS, Unit, Units, read_units
from dditkg.dataset import Dataset
from dditkg.errors import NotFound
from dditkg.sssom import CHAINED, MOST_STEPS, RELATIONS

#: What can be said of a unit against a framework, in the order of a bar.
STATES = ("mapped", "none found", "not compared")
MOST_LEADS = 10
_ORDER = {relation: place for place, relation in enumerate(RELATIONS)}


@dataclass(frozen=True)
class Match:
    """What a unit corresponds to. `steps` holds one link, or the chain; `levels` the links between their levels.

    `levels_open` says that both have levels, that more is claimed than a relation, and that nothing tells which level
    is which.

    Confidence runs from 0 to 1: that of the row, or the product along the chain; 0 where a row states none.
    """

    unit: Unit
    relation: str
    confidence: float
    steps: tuple[Link, ...]
    levels: tuple[Link, ...] = ()
    levels_open: bool = False

    @property
    def composed(self) -> bool:
        return len(self.steps) > 1

    @property
    def reviewed(self) -> bool:
        """Whether a named person outside the project has checked every row that it rests on."""
        return all(step.reviewer for step in self.steps)

    @property
    def rows(self) -> tuple[str, ...]:
        """The addresses of the rows that it rests on, in the order of its steps; those that a rule read, too."""
        rows = (row for step in self.steps for row in ((step.row,) if step.row else step.derived_from))
        return tuple(dict.fromkeys(rows))

    @property
    def by(self) -> tuple[str, ...]:
        """The names of those who assert the rows that it rests on, in the order of the steps."""
        return tuple(dict.fromkeys(step.by for step in self.steps if step.by))

    @property
    def published(self) -> bool:
        """Whether a row that it rests on is asserted by another publisher, and not by this project."""
        return any(step.published for step in self.steps)


@dataclass(frozen=True)
class Answer:
    """What is held about one unit against one framework.

    `state` is mapped, none found (looked for; `sought` is the row that says so) or not compared. `of` is the unit that
    the matches are of, where that is the whole skill or role and not the level that was asked for.
    """

    unit: Unit
    framework: str
    state: str
    matches: tuple[Match, ...] = ()
    denied: tuple[Link, ...] = ()
    sought: Link | None = None
    of: Unit | None = None
    leads: tuple[tuple[Link, ...], ...] = ()


@dataclass(frozen=True)
class Crosswalk:
    """All mappings of a dataset, ready to be walked. Made once; asking touches no store."""

    dataset: Dataset
    units: Units
    links: Links = field(repr=False)

    def unit(self, iri: str) -> Unit:
        """A unit by its address. Raises NotFound for what can have no mapping."""
        if iri not in self.units.by_iri:
            raise NotFound(f"“{iri}” is not a unit that can be mapped, such as a role, a skill or a capability.")
        return self.units.by_iri[iri]

    def targets(self) -> list[str]:
        """The ids of the frameworks that some mapping leads to, ours first."""
        found = {framework for pair in self.links.sets.values() for framework in pair}
        return sorted(found, key=lambda framework: (framework != OURS, framework))

    def map(self, iri: str, framework: str, compose: bool = True, least: float = 0.0, leads: bool = True) -> Answer:
        """What a unit corresponds to in a framework, the surest first.

        `least` leaves out what is less sure. Without `leads` no ways are looked for that claim nothing. A level or rung
        that has no row of its own is answered with what its skill or role corresponds to, and says so.
        """
        unit = self.unit(iri)
        answer = self._map(unit, framework, compose, least, leads)
        if answer.state != "mapped" and iri in self.units.whole:
            whole = self.unit(self.units.whole[iri])
            other = self._map(whole, framework, compose, least, leads)
            if other.state != "not compared":
                return Answer(
                    unit, framework, other.state, other.matches, other.denied, other.sought, whole, other.leads
                )
        return answer

    def _map(self, unit: Unit, framework: str, compose: bool, least: float, leads: bool) -> Answer:
        links = [link for link in self.links.outgoing.get(unit.iri, ()) if self._is_of(link.object, framework)]
        matches = [self._match((link,), link.relation, link.confidence) for link in links if not link.denied]
        if compose:
            stated = {match.unit.iri for match in matches} | {link.object for link in links if link.denied}
            matches += [match for match in self._chains(unit, framework) if match.unit.iri not in stated]
        found = tuple(sorted((match for match in matches if match.confidence >= least), key=_foremost))
        denied = tuple(link for link in links if link.denied)
        sought = self.links.sought.get((unit.iri, framework))
        state = "mapped" if found else "none found" if sought else "not compared"
        ways = self._leads(unit, framework) if leads and compose and not matches else ()
        return Answer(unit, framework, state, found, denied, sought, None, ways)

    def _match(self, steps: tuple[Link, ...], relation: str, confidence: float) -> Match:
        one, other = steps[0].subject, steps[-1].object
        levels = self._levels(one, other) if len(steps) == 1 else ()
        both = one in self.units.levelled and other in self.units.levelled
        is_open = both and not levels and relation != "related"
        return Match(self.units.by_iri[other], relation, confidence, steps, levels, is_open)

    def _levels(self, one: str, other: str) -> tuple[Link, ...]:
        """The links between the levels of one unit and those of another."""
        theirs = set(self.units.steps.get(other, ()))
        return tuple(
            link
            for step in self.units.steps.get(one, ())
            for link in self.links.outgoing.get(step, ())
            if link.object in theirs and not link.denied
        )

    def _chains(self, unit: Unit, framework: str) -> Iterator[Match]:
        """The surest chain to each unit of a framework, for each relation that a chain gives."""
        best: dict[tuple[str, str], Match] = {}
        open_ends: list[tuple[tuple[Link, ...], str, float]] = [((), "exact", 1.0)]
        while open_ends:
            steps, relation, confidence = open_ends.pop()
            here = steps[-1].object if steps else unit.iri
            passed = {unit.iri, *(step.object for step in steps)}
            for link in self.links.outgoing.get(here, ()):
                chained = None if link.denied else CHAINED.get((relation, link.relation))
                if chained is None or link.object in passed or link.object not in self.units.by_iri:
                    continue
                further, sure = (*steps, link), confidence * link.confidence
                if self._is_of(link.object, framework):
                    key = link.object, chained
                    if len(further) > 1 and (key not in best or best[key].confidence < sure):
                        best[key] = self._match(further, chained, round(sure, 4))
                elif len(further) < MOST_STEPS:
                    open_ends.append((further, chained, sure))
        yield from best.values()

    def _leads(self, unit: Unit, framework: str) -> tuple[tuple[Link, ...], ...]:
        """Ways of two steps that claim nothing: what stands near what stands near, the surest first."""
        found: dict[str, tuple[Link, ...]] = {}
        for first in self.links.outgoing.get(unit.iri, ()):
            for second in self.links.outgoing.get(first.object, ()):
                if first.denied or second.denied or not self._is_of(second.object, framework):
                    continue
                way = first, second
                if second.object not in found or _surer(way, found[second.object]):
                    found[second.object] = way
        return tuple(sorted(found.values(), key=lambda way: -way[0].confidence * way[1].confidence)[:MOST_LEADS])

    def _is_of(self, iri: str, framework: str) -> bool:
        unit = self.units.by_iri.get(iri)
        return unit is not None and unit.framework == framework

    def pairs(self) -> Mapping[tuple[str, str], list[Link]]:
        """The rows between any two frameworks, by their ids in the direction in which they were written."""
        found: dict[tuple[str, str], list[Link]] = defaultdict(list)
        for link in self.links.direct():
            near, far = self.units.by_iri.get(link.subject), self.units.by_iri.get(link.object)
            if near is not None and far is not None:
                found[near.framework, far.framework].append(link)
        return found


def crosswalk(dataset: Dataset) -> Crosswalk:
    """Read every mapping of a dataset once."""
    source = Source(dataset)
    return Crosswalk(dataset, read_units(source), read_links(source))


def best(matches: Sequence[Match]) -> tuple[Match, ...]:
    """The foremost match, and those that are as good: more than one means that a choice is open."""
    if not matches:
        return ()
    first = _rank(matches[0])
    return tuple(match for match in matches if _rank(match) == first)


def ordered(answers: Sequence[Answer], units: Units) -> list[Answer]:
    """Answers as a reader wants them: those that correspond before those that only touch, what was looked for and not
    found, and what was not compared; then by the name of the framework."""

    def place(answer: Answer) -> tuple[int, str]:
        touches = bool(answer.matches) and all(match.relation == "related" for match in answer.matches)
        first = STATES.index(answer.state) * 2 + touches
        return first, units.called(answer.framework).casefold()

    return sorted(answers, key=place)


def _rank(match: Match) -> tuple[int, int, float]:
    return match.composed, _ORDER[match.relation], -match.confidence


def _foremost(match: Match) -> tuple[object, ...]:
    return *_rank(match), match.unit.label, match.unit.iri


def _surer(one: tuple[Link, ...], other: tuple[Link, ...]) -> bool:
    return one[0].confidence * one[1].confidence > other[0].confidence * other[1].confidence
