"""What speaks for a pair of units of two frameworks: their words, and where other rows already lead."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from dditkg.crosswalk.links import Link
from dditkg.crosswalk.source import Source
from dditkg.crosswalk.units import Unit
from dditkg.crosswalk.walk import Crosswalk
from dditkg.meaning import Meanings
from dditkg.wording import Weighed, spelt

#: Each signal, from 0 to 1, in words that follow “since”.
SIGNALS: Mapping[str, str] = {
    "names": "their names share words",
    "definitions": "what is said of them shares words",
    "kin": "a unit worded like it is mapped there",
    "ways": "two or three rows by way of other units lead there",
    "neighbours": "units that belong with it are mapped there or close by",
    "meaning": "a language model takes their texts for near (only where it was asked for)",
}
_MOST_KIN = 20
_SPELT_ALIKE = 0.6
#: How far a row of each relation carries.
_CARRIES = {"exact": 1.0, "close": 0.8, "broad": 0.6, "narrow": 0.6, "related": 0.3}
# A neighbour of a neighbour's match says less than the match of a sibling.
_CLOSE_BY = 0.2

Hidden = Callable[[Link], bool]


def nothing(_: Link) -> bool:
    return False


@dataclass(frozen=True)
class Material:
    """What units are called beside their label, what is said of them, and which belong together."""

    walk: Crosswalk
    names: Mapping[str, Sequence[str]] = field(repr=False)
    said: Mapping[str, Sequence[str]] = field(repr=False)
    beside: Mapping[str, frozenset[str]] = field(repr=False)
    meanings: Meanings | None = field(default=None, repr=False)

    def text(self, iri: str) -> str:
        """All that is held of a unit in words."""
        return " ".join((*self.names[iri], *self.said.get(iri, ())))


def material(walk: Crosswalk, meanings: Meanings | None = None) -> Material:
    """Read what the signals rest on, once for a dataset; with a language model, its signal fires too."""
    source = Source(walk.dataset)
    names = {unit.iri: [unit.label] for unit in walk.units.by_iri.values()}
    said: dict[str, list[str]] = defaultdict(list)
    for iri, sort, text in source.rows("texts"):
        if iri in names:
            (names if sort == "name" else said)[iri].append(text)
    beside: dict[str, set[str]] = defaultdict(set)
    for one, other in source.rows("neighbours"):
        if one != other and one in names and other in names:
            beside[one].add(other)
            beside[other].add(one)
    return Material(walk, names, said, {iri: frozenset(found) for iri, found in beside.items()}, meanings)


class Signals:
    """What speaks for each unit of one list of targets, asked for one unit at a time."""

    def __init__(self, held: Material, targets: Iterable[Unit]) -> None:
        self.with_meaning = held.meanings is not None
        self._held, self._links = held, held.walk.links.outgoing
        self.targets = {unit.iri: unit for unit in targets}
        self._named = [(iri, name) for iri in self.targets for name in held.names[iri]]
        self._names = [name for _, name in self._named]
        self._names_weighed = Weighed(self._names)
        self._places = list(self.targets)
        self._texts = Weighed([held.text(iri) for iri in self._places])
        mapped = {link.object for iri in self.targets for link in self._links.get(iri, ())}
        self._mapped = sorted(iri for iri in mapped if iri in held.names and iri not in held.walk.units.whole)
        self._mapped_texts = Weighed([held.text(iri) for iri in self._mapped])

    def of(self, iri: str, hidden: Hidden = nothing) -> dict[str, dict[str, float]]:
        """The signals that fire for each target, by its address; rows that are `hidden` count as not there."""
        found: dict[str, dict[str, float]] = defaultdict(dict)
        for name, fired in (
            ("names", self._by_name(iri)),
            ("definitions", self._by_text(iri)),
            ("kin", self._by_kin(iri, hidden)),
            ("ways", self._by_ways(iri, hidden)),
            ("neighbours", self._by_neighbours(iri, hidden)),
            ("meaning", self._by_meaning(iri)),
        ):
            for target, strength in fired:
                held = found[target].get(name, 0.0)
                found[target][name] = min(1.0, max(held, strength))
        return found

    def way(self, iri: str, target: str) -> tuple[Link, ...]:
        """The rows that lead from a unit to a target most surely, by way of others; empty where none do."""
        found = [way for way in self._ways(iri, nothing) if way[-1].object == target]
        return max(found, key=_carried, default=())

    def _by_name(self, iri: str) -> Iterator[tuple[str, float]]:
        for name in self._held.names[iri]:
            for found in (self._names_weighed.like(name), spelt(name, self._names, _SPELT_ALIKE)):
                yield from ((self._named[place][0], likeness) for place, likeness in found.items())

    def _by_text(self, iri: str) -> Iterator[tuple[str, float]]:
        if self._held.said.get(iri) or any(self._held.said.get(target) for target in self.targets):
            found = self._texts.like(self._held.text(iri))
            yield from ((self._places[place], likeness) for place, likeness in found.items())

    def _by_kin(self, iri: str, hidden: Hidden) -> Iterator[tuple[str, float]]:
        alike = self._mapped_texts.like(self._held.text(iri))
        foremost = sorted(alike.items(), key=lambda pair: (-pair[1], pair[0]))[: _MOST_KIN + 1]
        for place, likeness in foremost:
            if self._mapped[place] != iri:
                for link in self._rows(self._mapped[place], hidden):
                    if link.object in self.targets:
                        yield link.object, likeness * _CARRIES[link.relation]

    def _by_ways(self, iri: str, hidden: Hidden) -> Iterator[tuple[str, float]]:
        missing: dict[str, float] = defaultdict(lambda: 1.0)
        for way in self._ways(iri, hidden):
            missing[way[-1].object] *= 1 - _carried(way)
        yield from ((target, 1 - rest) for target, rest in missing.items())

    def _ways(self, iri: str, hidden: Hidden) -> Iterator[tuple[Link, ...]]:
        for first in self._rows(iri, hidden):
            if first.object in self.targets:
                continue
            for second in self._rows(first.object, hidden):
                if second.object == iri:
                    continue
                if second.object in self.targets:
                    yield first, second
                else:
                    further = self._rows(second.object, hidden)
                    yield from ((first, second, third) for third in further if third.object in self.targets)

    def _by_neighbours(self, iri: str, hidden: Hidden) -> Iterator[tuple[str, float]]:
        found: dict[str, float] = defaultdict(float)
        beside = self._held.beside
        own = beside.get(iri, frozenset())
        for one in own:
            for link in self._rows(one, hidden):
                around = beside.get(link.object, frozenset()) & self.targets.keys()
                share = _CARRIES[link.relation] / len(own) / math.sqrt(len(beside.get(link.object, ())) or 1)
                for target in around:
                    found[target] += _CLOSE_BY * share
            for sibling in beside.get(one, frozenset()) - {iri}:
                for link in self._rows(sibling, hidden):
                    if link.object in self.targets:
                        found[link.object] += _CARRIES[link.relation] / len(own) / len(beside[one])
        yield from found.items()

    def _by_meaning(self, iri: str) -> Iterator[tuple[str, float]]:
        if self._held.meanings is not None:
            own = self._held.names[iri][0], self._held.text(iri)
            for target in self.targets:
                theirs = self._held.names[target][0], self._held.text(target)
                yield target, self._held.meanings.near(own, theirs)

    def _rows(self, iri: str, hidden: Hidden) -> Iterator[Link]:
        return (link for link in self._links.get(iri, ()) if not link.denied and not hidden(link))


def _carried(way: tuple[Link, ...]) -> float:
    return math.prod(_CARRIES[link.relation] for link in way)
