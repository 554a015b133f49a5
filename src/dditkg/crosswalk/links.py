"""Mapping rows as links that can be walked from either end."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from dditkg.crosswalk.source import Source
from dditkg.sssom import BACKWARDS, NO_TERM, PROJECT
from dditkg.terms import BASE, SKOS

_BY_RULE = "follows from the row of the skill and that of the level"


@dataclass(frozen=True)
class Link:
    """One mapping row, read from `subject` to `object`. `relation` says what the object is to the subject.

    `confidence` is 0 where none is stated, as in what other publishers assert. `row` is the address of the row, or
    empty for a link that follows from rows by rule, which `derived_from` lists. `reviewer` is empty while nobody
    outside the project has checked it.
    """

    subject: str
    relation: str
    object: str
    confidence: float
    row: str = ""
    set: str = ""
    justification: str = ""  # address of the kind of matching; empty where the link follows by rule
    basis: str = ""  # the same in words
    rationale: str = ""
    author: str = ""  # address of who asserts the row
    by: str = ""  # what they are called
    date: str = ""
    reviewer: str = ""
    denied: bool = False
    backwards: bool = False
    derived_from: tuple[str, ...] = ()
    licence: str = ""  # address of the licence of the set

    @property
    def published(self) -> bool:
        """Whether another publisher asserts the row, and not this project."""
        return bool(self.author) and self.author != PROJECT

    @property
    def predicate(self) -> str:
        """The address of the SKOS property."""
        return f"{SKOS}{self.relation}Match"

    def turned(self) -> Link:
        """The same row, read from the other end."""
        return replace(
            self,
            subject=self.object,
            object=self.subject,
            relation=BACKWARDS.get(self.relation, self.relation),
            backwards=not self.backwards,
        )


@dataclass(frozen=True)
class Links:
    """Every link from the unit at its beginning, in both directions, and where was looked and nothing found."""

    outgoing: Mapping[str, tuple[Link, ...]] = field(repr=False)
    sought: Mapping[tuple[str, str], Link] = field(repr=False)  # by unit and by the framework's id
    sets: Mapping[str, tuple[str, str]]  # from which list to which framework, by address of the set

    def direct(self) -> list[Link]:
        """Each row once, as it was written."""
        return [link for links in self.outgoing.values() for link in links if not link.backwards]


def read_links(source: Source) -> Links:
    """Every row, read once. A row without a confidence counts as 0: nothing is claimed for it."""
    outgoing: dict[str, list[Link]] = defaultdict(list)
    sought: dict[tuple[str, str], Link] = {}
    sets: dict[str, tuple[str, str]] = {}
    seen: dict[str, Link] = {}
    for cells in source.rows("links"):
        (
            row,
            of,
            subject,
            relation,
            target,
            denied,
            confidence,
            basis,
            basis_label,
            rationale,
            author,
            by,
            date,
            reviewer,
            licence,
        ) = cells[:15]
        near, far = (_short(iri) for iri in cells[15:])
        sets[of] = near, far
        if row in seen:  # a row with two authors or two reviewers comes twice
            continue
        name = relation.removeprefix(SKOS).removesuffix("Match")
        link = seen[row] = Link(
            subject,
            name,
            target,
            float(confidence or 0),
            row,
            of,
            basis,
            basis_label or basis,
            rationale,
            author,
            by or author,
            date,
            reviewer,
            bool(denied),
            licence=licence,
        )
        if target == NO_TERM:
            sought[subject, far] = link
        elif subject == NO_TERM:
            sought[target, near] = link.turned()
        else:
            outgoing[subject].append(link)
            outgoing[target].append(link.turned())
    for link in _by_rule(source, outgoing):
        outgoing[link.subject].append(link)
        outgoing[link.object].append(link.turned())
    return Links({unit: tuple(links) for unit, links in outgoing.items()}, sought, sets)


def _by_rule(source: Source, outgoing: Mapping[str, list[Link]]) -> list[Link]:
    """Links between skills at levels that no row states: as sure as the two rows together that they follow from."""
    found = []
    us = next((link.by for links in outgoing.values() for link in links if link.author == PROJECT), PROJECT)
    for step, skill, level, other, other_skill, other_level in source.rows("level-links"):
        between = [_between(outgoing, skill, other_skill), _between(outgoing, level, other_level)]
        rows = [link for link in between if link is not None]
        confidence = 1.0 if len(rows) == 2 else 0.0
        for link in rows:
            confidence *= link.confidence
        found.append(
            Link(
                step,
                "close",
                other,
                round(confidence, 4),
                basis=_BY_RULE,
                author=PROJECT,
                by=us,
                derived_from=tuple(link.row for link in rows),
            )
        )
    return found


def _between(outgoing: Mapping[str, list[Link]], one: str, other: str) -> Link | None:
    return next((link for link in outgoing.get(one, ()) if link.object == other and not link.denied), None)


def _short(source: str) -> str:
    """`sfia-9` for a framework, `dditkg` for a list of ours."""
    return source.removeprefix(f"{BASE}framework/") if source.startswith(f"{BASE}framework/") else "dditkg"
