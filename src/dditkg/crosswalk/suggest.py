"""Candidate rows between two frameworks, for a person to judge: none of them is a mapping until somebody says so."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from dditkg.crosswalk.links import Link
from dditkg.crosswalk.signals import Hidden, Material, Signals, nothing
from dditkg.crosswalk.units import OURS, Unit
from dditkg.crosswalk.walk import Crosswalk
from dditkg.errors import NotFound, WrongUse

# Fitted (logistic regression) to half of the units that have rows, once with the other rows of a framework in sight and
# once without them; what benchmarks/README.md tells was counted on the other half.
_WEIGHTS = {"names": 2.2, "definitions": 11.5, "kin": 6.4, "ways": 5.3, "neighbours": 5.3}
_AT_NOTHING = -5.4
_WITH_MEANING = {"names": 0.2, "definitions": 3.6, "kin": 2.8, "ways": 5.0, "neighbours": 2.3, "meaning": 10.5}
_AT_NOTHING_WITH_MEANING = -7.1
_CLOSE = 0.8  # below it, fewer than half of the pairs are related by any row
_WORDS = frozenset({"names", "definitions"})
# Ladders are compared as wholes, not by the words on their rungs.
_LADDERS = frozenset({"skill level", "level"})


@dataclass(frozen=True)
class Candidate:
    """A pair that may correspond. `score` and the signals that fired run from 0 to 1; `way` holds the rows that lead
    from the one to the other by way of further units, where some do."""

    unit: Unit
    target: Unit
    score: float
    signals: Mapping[str, float]
    way: tuple[Link, ...] = ()

    @property
    def relation(self) -> str:
        """What is proposed, close or related: what is surer, or has a direction, is for whoever reads both texts."""
        return "close" if self.score >= _CLOSE else "related"

    @property
    def confidence(self) -> float:
        """What docs/method.md allows for thin ground, and for related only."""
        return 0.5 if self.score >= _CLOSE else 0.3

    @property
    def justification(self) -> str:
        """The kind of matching, as semapv names it."""
        return "LexicalSimilarityThresholdMatching" if self.signals.keys() <= _WORDS else "CompositeMatching"


@dataclass(frozen=True)
class Suggestions:
    """The candidates of each unit, the best first; units with the best candidates come first.

    `settled` counts units left out because they were looked for and none was found, or because only units without a
    row were wanted; `without` those of which no candidate reached the least score.
    """

    source: str
    target: str
    candidates: tuple[tuple[Candidate, ...], ...]
    settled: int
    without: int


def suggest(
    held: Material,
    source: str,
    target: str,
    *,
    kind: str = "",
    limit: int = 5,
    least: float = 0.0,
    unmapped: bool = False,
) -> Suggestions:
    """Candidates between two frameworks, by their ids; never a pair that a row states or denies.

    `limit` is the most for one unit. Raises WrongUse for a framework against itself and for a kind that has no
    counterpart, NotFound where the two hold nothing that can be compared.
    """
    walk = held.walk
    if source == target:
        raise WrongUse("A framework is not compared with itself. Name another after --for.")
    pairs = comparable(walk, source, target)
    if not pairs:
        raise NotFound(f"{source} and {target} hold no units of kinds that can be compared.")
    if kind and kind not in {bare(walk.units.by_iri[iri]) for iri in pairs}:
        kinds = sorted({bare(walk.units.by_iri[iri]) for iri in pairs})
        raise WrongUse(
            f"“{kind}” is no kind of {source} that can be compared with {target}. There are: {', '.join(kinds)}."
        )
    found, settled, without = [], 0, 0
    signals = Signals(held, {iri: walk.units.by_iri[iri] for targets in pairs.values() for iri in targets}.values())
    for iri, targets in pairs.items():
        unit = walk.units.by_iri[iri]
        if kind and bare(unit) != kind:
            continue
        stated = {link.object for link in walk.links.outgoing.get(iri, ())}
        if (iri, target) in walk.links.sought or (unmapped and stated & signals.targets.keys()):
            settled += 1
            continue
        allowed = targets - stated - _sought(walk, source, targets)
        ranked = [one for one in candidates(signals, unit, allowed) if one.score >= least][:limit]
        found += [tuple(replace(one, way=signals.way(iri, one.target.iri)) for one in ranked)] if ranked else []
        without += not ranked
    found.sort(key=lambda ranked: (-ranked[0].score, ranked[0].unit.label.casefold(), ranked[0].unit.iri))
    return Suggestions(source, target, tuple(found), settled, without)


def candidates(signals: Signals, unit: Unit, allowed: Iterable[str], hidden: Hidden = nothing) -> list[Candidate]:
    """The targets among those allowed for which a signal fires, the best first; `hidden` rows count as not there."""
    fired = signals.of(unit.iri, hidden)
    scored = ((iri, _score(fired[iri], signals.with_meaning)) for iri in allowed if iri in fired)
    found = [Candidate(unit, signals.targets[iri], score, fired[iri]) for iri, score in scored]
    return sorted(found, key=lambda one: (-one.score, one.target.label.casefold(), one.target.iri))


def comparable(walk: Crosswalk, source: str, target: str) -> dict[str, frozenset[str]]:
    """For each unit of a framework, the units of another that it may correspond to: those of kinds that some row
    between the two relates or, where there is none, some row at all."""
    by_iri, whole = walk.units.by_iri, walk.units.whole
    between, anywhere = set(), {(bare(unit),) * 2 for unit in by_iri.values() if unit.framework != OURS}
    for link in walk.links.direct():
        one, other = by_iri.get(link.subject), by_iri.get(link.object)
        if one is None or other is None or one.iri in whole:
            continue
        kinds = {(bare(one), bare(other))} if one.framework != other.framework else set()
        anywhere |= kinds | {(b, a) for a, b in kinds}
        if (one.framework, other.framework) == (source, target):
            between |= kinds
        elif (other.framework, one.framework) == (source, target):
            between |= {(b, a) for a, b in kinds}
    kinds = between or anywhere
    there = walk.units.of(target)
    found = {}
    for unit in walk.units.of(source):
        wanted = {other for one, other in kinds if one == bare(unit)}
        targets = frozenset(other.iri for other in there if bare(other) in wanted)
        if targets and unit.iri not in whole and bare(unit) not in _LADDERS:
            found[unit.iri] = targets
    return found


def bare(unit: Unit) -> str:
    """The kind of a unit, whoever owns it: `skill` for “skill” and “framework skill”."""
    return unit.kind.removeprefix("framework ")


def _sought(walk: Crosswalk, source: str, targets: Iterable[str]) -> set[str]:
    return {iri for iri in targets if (iri, source) in walk.links.sought}


def _score(fired: Mapping[str, float], with_meaning: bool) -> float:
    weights, nothing_at_all = (_WITH_MEANING, _AT_NOTHING_WITH_MEANING) if with_meaning else (_WEIGHTS, _AT_NOTHING)
    return 1 / (1 + math.exp(-nothing_at_all - sum(weights[name] * strength for name, strength in fired.items())))
