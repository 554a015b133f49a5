"""Answers for a terminal: what corresponds first and with its reasons, what only touches last and short."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence

from dditkg.crosswalk.lists import LEVELS_OPEN, chain, step, sure
from dditkg.crosswalk.units import OURS
from dditkg.crosswalk.walk import Answer, Crosswalk, Match, ordered
from dditkg.sssom import RELATIONS

_INDENT = " " * 11
_MEANINGS = {
    "exact": "one could stand for the other",
    "close": "mostly the same",
    "broad": "theirs is wider",
    "narrow": "theirs lies within it",
    "related": "they touch, no more",
}
_LEADS = "No match. Places to look, which prove nothing, since close and related matches are not chained:"


def told(walk: Crosswalk, answers: Sequence[Answer], width: int) -> Iterator[str]:
    """Lines of at most `width` letters. Reasons of related matches are told only where one framework was asked for."""
    whole = len(answers) == 1
    for answer in ordered(answers, walk.units):
        yield ""
        yield from _headed(walk, answer, width)
        yield from _matches(walk, answer, width, whole)
        yield from _beside(walk, answer, width)
    matches = [match for answer in answers for match in answer.matches]
    if matches:
        used = [name for name in RELATIONS if any(match.relation == name for match in matches)]
        review = "" if any(match.reviewed for match in matches) else " Nobody outside this project has reviewed these."
        legend = "; ".join(f"{name}: {_MEANINGS[name]}" for name in used)
        yield ""
        yield from _folded(f"{legend}. The number is the confidence, from 0 to 1.{review}", width, "")
    elif not answers:
        yield "\nNothing is recorded yet."


def _headed(walk: Crosswalk, answer: Answer, width: int) -> Iterator[str]:
    framework = walk.units.frameworks[answer.framework]
    edition = f", edition {framework.edition}" if framework.edition and framework.id != OURS else ""
    yield from _folded(f"{framework.label[:1].upper()}{framework.label[1:]}{edition}", width, "")
    if answer.of is not None:
        yield from _folded(f"(of {answer.of.label} as a whole: no row says how the level corresponds)", width, "  ")


def _matches(walk: Crosswalk, answer: Answer, width: int, whole: bool) -> Iterator[str]:
    """Grouped by relation, whose name stands once."""
    for relation in RELATIONS:
        group = [match for match in answer.matches if match.relation == relation]
        if not group:
            continue
        if relation == "related" and not whole:
            names = ", ".join(_named(match) for match in group)
            yield from _folded(names, width, _INDENT, f"  {relation:<9}")
            continue
        for place, match in enumerate(group):
            head = f"  {relation if place == 0 else '':<9}"
            review = ", reviewed" if match.reviewed else ""
            by = f", asserted by {' and '.join(match.by)}" if match.published else ""
            stated = sure(match.confidence).removeprefix("confidence ")
            yield from _folded(f"{_named(match)}  ({stated}{review}{by})", width, _INDENT, head)
            reason = f"by way of {chain(walk, match.steps)}" if match.composed else match.steps[0].rationale
            yield from _folded(reason, width, _INDENT)
            yield from _folded(_levels(walk, match), width, _INDENT)


def _beside(walk: Crosswalk, answer: Answer, width: int) -> Iterator[str]:
    """What is said beside matches: none, not compared, not so, and places to look."""
    if answer.state == "none found":
        reason = f" {answer.sought.rationale}" if answer.sought else ""
        yield from _folded(f"Looked for, and none found.{reason}", width, _INDENT, "  none     ")
    elif answer.state == "not compared" and not answer.leads:
        yield "  not compared yet"
    for link in answer.denied:
        yield from _folded(f"{walk.units.by_iri[link.object].label}. {link.rationale}", width, _INDENT, "  not so   ")
    if answer.leads:
        yield from _folded(_LEADS, width, "  ")
        for way in answer.leads:
            yield from _folded(chain(walk, way), width, _INDENT, "         - ")


def _named(match: Match) -> str:
    unit = match.unit
    return f"{unit.code}  {unit.label}" if unit.code and unit.code not in unit.label else unit.label


def _levels(walk: Crosswalk, match: Match) -> str:
    """`levels: working → level 2, practitioner → level 4; related: working → level 3`, or that nothing says so."""
    if match.levels_open:
        return f"levels: {LEVELS_OPEN}"
    found = []
    for relation in RELATIONS:
        links = [link for link in match.levels if link.relation == relation]
        if links:
            named = [(step(walk, link.subject), step(walk, link.object)) for link in links]
            pairs = ", ".join(f"{one} → {other}" for one, other in named)
            if len(named) > 1 and all(one == other for one, other in named):
                pairs = "each to the one of the same name"
            found.append(f"levels: {pairs}" if relation == "close" else f"{relation}: {pairs}")
    return "; ".join(found)


def _folded(text: str, width: int, indent: str, first: str | None = None) -> list[str]:
    return textwrap.wrap(
        text,
        max(width, 40),
        initial_indent=indent if first is None else first,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )
