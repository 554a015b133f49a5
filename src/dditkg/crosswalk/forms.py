"""Mappings in the forms that people and programs read: one JSON shape, and a flat table."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from dditkg.crosswalk.links import Link
from dditkg.crosswalk.lists import LEVELS_OPEN, Translated, chain, levels
from dditkg.crosswalk.units import Unit
from dditkg.crosswalk.walk import Answer, Crosswalk, Match
from dditkg.search import Index
from dditkg.sssom import NO_TERM
from dditkg.terms import SKOS

#: The columns of the flat table between two frameworks.
PAIR_COLUMNS = (
    "from", "from_code", "from_label", "state", "relation", "to", "to_code", "to_label", "levels", "confidence",
    "review", "by", "basis", "rationale", "chain", "row",
)  # fmt: skip


class Forms:
    """Everything about a crosswalk in the form it is sent in."""

    def __init__(self, walk: Crosswalk, index: Index) -> None:
        self._walk, self._index = walk, index

    def unit(self, unit: Unit) -> dict[str, Any]:
        """A unit as JSON."""
        return {
            "id": unit.iri,
            "curie": self._index.short(unit.iri),
            "code": unit.code or None,
            "label": unit.label,
            "kind": unit.kind,
            "framework": unit.framework,
            **({"retired": True} if unit.retired else {}),
        }

    def answer(self, answer: Answer) -> dict[str, Any]:
        """What is held about a unit against one framework, as JSON: the one shape that every address gives."""
        return {
            "unit": self.unit(answer.unit),
            "framework": answer.framework,
            "state": answer.state,
            "of": self.unit(answer.of) if answer.of else None,
            "matches": [self.match(match) for match in answer.matches],
            "denied": [self.step(link) for link in answer.denied],
            "sought": self.step(answer.sought) if answer.sought else None,
            "leads": [[self.step(link) for link in way] for way in answer.leads],
        }

    def match(self, match: Match) -> dict[str, Any]:
        """One match as JSON: the unit, how it is related, how surely, at which levels, and the rows it rests on."""
        return {
            **self.unit(match.unit),
            "relation": match.relation,
            "predicate": f"{SKOS}{match.relation}Match",
            "confidence": match.confidence or None,
            "review": _review(match.reviewed),
            "by": list(match.by),
            "composed": match.composed,
            "levels": [self.step(link) for link in match.levels],
            "steps": [self.step(link) for link in match.steps],
        }

    def step(self, link: Link) -> dict[str, Any]:
        """One row as JSON, read in the direction in which it was walked."""
        return {
            "row": link.row or None,
            "from": self._named(link.subject),
            "relation": link.relation,
            "to": self._named(link.object),
            "confidence": link.confidence or None,
            "review": _review(bool(link.reviewer)),
            "basis": link.basis,
            "rationale": link.rationale or None,
            "author": link.author or None,
            "by": link.by or None,
            "date": link.date or None,
            **({"derived_from": list(link.derived_from)} if link.derived_from else {}),
        }

    def translated(self, row: Translated, framework: str) -> dict[str, Any]:
        """One entry of a list as JSON: the shape of an answer, with what was typed and, where that means several
        things, which."""
        if row.answer:
            said = self.answer(row.answer)
        else:
            nothing: dict[str, Any] = {"of": None, "matches": [], "denied": [], "sought": None, "leads": []}
            said = {"unit": None, "framework": framework, "state": row.state, **nothing}
        return {"typed": row.typed, **said, "state": row.state, "choices": [self.unit(unit) for unit in row.choices]}

    def _named(self, iri: str) -> dict[str, str] | None:
        unit = self._walk.units.by_iri.get(iri)
        return None if iri == NO_TERM else {"id": iri, "label": unit.label if unit else self._index.label(iri)}

    def rows(self, answer: Answer) -> Iterator[dict[str, str]]:
        """An answer as rows under PAIR_COLUMNS: one for each match, and for each that was denied; one that says so
        where nothing was found or nothing was compared. A row of the whole, where a level was asked about, says so."""
        near = answer.of or answer.unit
        start = {"from": near.iri, "from_code": near.code, "from_label": near.label, "state": answer.state}
        for match in answer.matches:
            asked = {"levels": f"{answer.unit.label}: {LEVELS_OPEN}"} if answer.of else {}
            yield {**_EMPTY, **start, **self._match_cells(match), **asked}
        for link in answer.denied:
            unit = self._walk.units.by_iri[link.object]
            yield {**_EMPTY, **start, **_unit_cells(unit), "state": "denied", **_link_cells(link)}
        if not answer.matches and (answer.sought or not answer.denied):
            yield {**_EMPTY, **start, **(_link_cells(answer.sought) if answer.sought else {}), "relation": ""}

    def _match_cells(self, match: Match) -> dict[str, str]:
        found = {**_link_cells(match.steps[0]), **_unit_cells(match.unit), "levels": levels(self._walk, match)}
        if match.composed:
            found |= {
                "basis": "chain",
                "rationale": "",
                "row": " ".join(match.rows),
                "chain": chain(self._walk, match.steps),
            }
        said = {"relation": match.relation, "confidence": _number(match.confidence), "by": "; ".join(match.by)}
        return {**found, **said, "review": _review(match.reviewed)}


_EMPTY = dict.fromkeys(PAIR_COLUMNS, "")


def _unit_cells(unit: Unit) -> dict[str, str]:
    return {"to": unit.iri, "to_code": unit.code, "to_label": unit.label}


def _link_cells(link: Link) -> dict[str, str]:
    return {
        "relation": link.relation,
        "confidence": _number(link.confidence),
        "review": _review(bool(link.reviewer)),
        "by": link.by,
        "basis": link.basis,
        "rationale": link.rationale,
        "row": link.row,
    }


def _number(confidence: float) -> str:
    return f"{confidence:g}" if confidence else ""


def _review(reviewed: bool) -> str:
    return "reviewed" if reviewed else "unreviewed"
