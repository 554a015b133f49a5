"""Two frameworks side by side: what each unit of the one corresponds to in the other, and how much was looked at."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace

from dditkg.crosswalk.walk import Answer, Crosswalk, Match


@dataclass(frozen=True)
class Pair:
    """The answers for all units of `source` of the kinds that some mapping to `target` begins at, by kind and name.

    A kind of which no unit is mapped is left out, and so are levels and rungs: they stand at the match of their whole.
    """

    source: str
    target: str
    answers: tuple[Answer, ...]

    @property
    def coverage(self) -> Mapping[str, Mapping[str, int]]:
        """For each kind of unit, how many are in which state."""
        found: dict[str, Counter[str]] = {}
        for answer in self.answers:
            found.setdefault(answer.unit.kind, Counter())[answer.state] += 1
        return found

    def only(self, keep: Filter) -> Pair:
        """The same with just the matches that a filter lets pass; units of which none is left are gone."""
        answers = []
        for answer in self.answers:
            matches = tuple(match for match in answer.matches if keep.passes(answer, match))
            if matches or (not keep.of_matches and keep.names(answer)):
                answers.append(replace(answer, matches=matches))
        return replace(self, answers=tuple(answers))


@dataclass(frozen=True)
class Filter:
    """What to show of a pair: empty values let everything pass."""

    relation: str = ""
    review: str = ""
    words: str = ""
    least: float = 0.0

    @property
    def of_matches(self) -> bool:
        """Whether units without a match are to be left out."""
        return bool(self.relation or self.review or self.least)

    def passes(self, answer: Answer, match: Match) -> bool:
        return (
            match.relation in (self.relation or match.relation)
            and self.review in ("", "reviewed" if match.reviewed else "unreviewed")
            and match.confidence >= self.least
            and (self.names(answer) or self._named(match.unit.label) or self._named(match.unit.code))
        )

    def names(self, answer: Answer) -> bool:
        return self._named(answer.unit.label) or self._named(answer.unit.code)

    def _named(self, text: str) -> bool:
        return self.words.casefold() in text.casefold()


def pair(walk: Crosswalk, source: str, target: str, compose: bool = True) -> Pair:
    """Everything that is held between two frameworks, read from the first to the second."""
    units = [unit for unit in walk.units.of(source) if unit.iri not in walk.units.whole]
    answers = [walk.map(unit.iri, target, compose) for unit in units]
    kinds = {answer.unit.kind for answer in answers if answer.state != "not compared" or answer.denied}
    shown = [answer for answer in answers if answer.unit.kind in kinds]
    shown.sort(key=lambda answer: (answer.unit.kind, answer.unit.code, answer.unit.label.casefold()))
    return Pair(source, target, tuple(shown))
