"""Comparisons of roles and nearest roles in the forms that people and programs read: JSON, flat and wide tables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from dditkg.crosswalk.compare import ONLY, Comparison, Row
from dditkg.crosswalk.forms import Forms
from dditkg.crosswalk.lists import chain, sure
from dditkg.crosswalk.nearest import Near, Nearest, Shared
from dditkg.crosswalk.needs import Need, Role
from dditkg.crosswalk.ties import HIGHER, LOWER, NOT_COMPARED, OVERLAPS, PARTLY, SAME, Tie
from dditkg.crosswalk.units import Unit
from dditkg.crosswalk.walk import Crosswalk, Match

#: The columns of the flat form of a comparison: one line for each skill that a role needs, under the skill of its row.
FLAT = ("skill", "skill_address", "role", "role_address", "verdict", "needs", "needs_address", "levels", "rungs",
        "relation", "confidence", "review", "why")  # fmt: skip
#: The columns of nearest roles: one line for each role.
NEAREST_COLUMNS = ("framework", "role", "role_address", "overlap", "row", "row_confidence", "shared")
#: What the words of a comparison mean.
MEANINGS = {
    SAME: "needed at the same level",
    HIGHER: "needed at a higher level",
    LOWER: "needed at a lower level",
    OVERLAPS: "needed at a range of levels, by rung or by mapping, which meets that of the other",
    NOT_COMPARED: "the same skill, but nothing says how the levels compare",
    PARTLY: "one skill lies inside the other (broad: this one is wider; narrow: it is inside)",
    ONLY: "no other of these roles needs it, as far as rows say",
}
COMPUTED = (
    "Which roles are near is computed from the skills they need, not asserted by anyone. An overlap of 100% means the "
    "same needs at the same levels; overlaps of different frameworks are not comparable."
)


_SHARED = {
    SAME: "same level",
    HIGHER: "higher there",
    LOWER: "lower there",
    OVERLAPS: "levels overlap",
    NOT_COMPARED: NOT_COMPARED,
    PARTLY: PARTLY,
    "": "near, no match follows",
}

OUTSIDE = (
    "Close matches are not chained, so two outside frameworks share few skills here. Name a role of this model too: "
    "both can be seen against it."
)


def span(need: Need, role: Role | None = None) -> str:
    """`working to expert, 3 of 6 rungs`: the levels that are asked for."""
    text = " to ".join(dict.fromkeys((need.steps[0].level, need.steps[-1].level))) if need.steps else "no level said"
    if role is None or not need.rungs:
        return text
    return f"{text}, {need.rungs} of {role.rungs} rungs" if need.rungs < role.rungs else f"{text}, by rung"


def named(walk: Crosswalk, unit: Unit) -> str:
    """`Data analyst (GDaD)`."""
    return f"{unit.label} ({walk.units.called(unit.framework)})"


class Tables:
    """Comparisons and neighbours in the form they are sent in."""

    def __init__(self, walk: Crosswalk, forms: Forms) -> None:
        self._walk, self._forms = walk, forms

    # Comparisons

    def comparison(self, held: Comparison) -> dict[str, Any]:
        """A comparison as JSON."""
        return {
            "roles": [
                {
                    **self._forms.unit(role.unit),
                    "needs": len(role.needs),
                    "match": self._match(match),
                    "counts": held.counts(place),
                }
                for place, (role, match) in enumerate(zip(held.roles, held.matches, strict=True))
            ],
            "rows": [self._row(held, row) for row in held.rows],
        }

    def _row(self, held: Comparison, row: Row) -> dict[str, Any]:
        return {
            "skill": self._forms.unit(row.need.skill),
            "cells": [
                {"verdict": row.verdict(place) or None, "needs": [self._need(row.need)]}
                if place == row.place
                else {"verdict": row.verdict(place) or None, "needs": [self._tie(tie) for tie in row.ties[place]]}
                for place in range(len(held.roles))
            ],
            "ways": [
                {
                    "role": self._forms.unit(held.roles[way.place].unit)["id"],
                    **self._need(way.other),
                    "steps": [self._forms.step(link) for link in way.links],
                }
                for way in row.ways
            ],
        }

    def _need(self, need: Need) -> dict[str, Any]:
        return {
            "skill": self._forms.unit(need.skill),
            "levels": [{"id": step.iri, "label": step.level, "rank": step.rank} for step in need.steps],
            "rungs": need.rungs or None,
        }

    def _tie(self, tie: Tie) -> dict[str, Any]:
        return {
            **self._need(tie.other),
            "verdict": tie.verdict,
            "relation": tie.relation,
            "match": self._match(tie.match),
            "why": tie.why or None,
        }

    def _match(self, match: Match | None) -> dict[str, Any] | None:
        return self._forms.match(match) if match else None

    def flat(self, held: Comparison) -> Iterator[dict[str, str]]:
        """A comparison as rows under FLAT."""
        for row in held.rows:
            yield self._flat(held.roles[row.place], row, row.verdict(row.place), row.need, None)
            for role, ties in zip(held.roles, row.ties, strict=True):
                for tie in ties:
                    yield self._flat(role, row, tie.verdict, tie.other, tie)

    def _flat(self, role: Role, row: Row, verdict: str, need: Need, tie: Tie | None) -> dict[str, str]:
        match = tie.match if tie else None
        return {
            "skill": row.need.skill.label,
            "skill_address": row.need.skill.iri,
            "role": named(self._walk, role.unit),
            "role_address": role.unit.iri,
            "verdict": verdict,
            "needs": need.skill.label,
            "needs_address": need.skill.iri,
            "levels": "|".join(step.level for step in need.steps),
            "rungs": f"{need.rungs} of {role.rungs}" if need.rungs else "",
            "relation": tie.relation if tie else "",
            "confidence": f"{match.confidence:g}" if match and match.confidence else "",
            "review": ("reviewed" if match.reviewed else "unreviewed") if match else "",
            "why": (tie.why if tie else self.near(row)),
        }

    def wide(self, held: Comparison) -> tuple[list[str], list[list[str]]]:
        """A comparison as a table for people: headings, and a line for each skill."""
        headings = ["Skill", *(named(self._walk, role.unit) for role in held.roles), "Why"]
        lines = []
        for row in held.rows:
            cells = [self._cell(held, row, place) for place in range(len(held.roles))]
            whys = dict.fromkeys(tie.why for ties in row.ties for tie in ties if tie.why and tie.verdict != PARTLY)
            lines.append([row.need.skill.label, *cells, " ".join([*whys, self.near(row)]).strip()])
        if not any(line[-1] for line in lines):
            return headings[:-1], [line[:-1] for line in lines]
        return headings, lines

    def _cell(self, held: Comparison, row: Row, place: int) -> str:
        role = held.roles[place]
        if place == row.place:
            return span(row.need, role) + ("" if row.shared else f" ({ONLY})")
        return "; ".join(f"{tie.verdict}: {span(tie.other, role)}{_as(tie)}" for tie in row.ties[place])

    def near(self, row: Row) -> str:
        """What stands near a need that no other role has, though no match follows."""
        ways = "; ".join(chain(self._walk, way.links) for way in row.ways)
        return f"Near, but no match follows: {ways}." if ways else ""

    # Nearest roles

    def nearest(self, found: Iterable[Nearest]) -> list[dict[str, Any]]:
        """Nearest roles as JSON."""
        return [
            {
                "framework": one.framework,
                "roles_held": one.held,
                "computed": [self._near(near) for near in one.near],
                "asserted": [self._forms.match(match) for match in one.matches],
            }
            for one in found
        ]

    def _near(self, near: Near) -> dict[str, Any]:
        return {
            **self._forms.unit(near.role.unit),
            "overlap": near.overlap,
            "match": self._match(near.match),
            "shared": [self._shared(shared) for shared in near.shared],
        }

    def _shared(self, shared: Shared) -> dict[str, Any]:
        return {
            "counts": shared.counts,
            "from": self._need(shared.one),
            "to": self._tie(shared.tie) if shared.tie else self._need(shared.other),
            "way": [self._forms.step(link) for link in shared.way] if shared.way else None,
        }

    def nearest_rows(self, found: Iterable[Nearest]) -> Iterator[dict[str, str]]:
        """Nearest roles as rows under NEAREST_COLUMNS, and roles that only rows name, without an overlap."""
        for one in found:
            shown = {near.role.unit.iri for near in one.near}
            for near in one.near:
                shared = "; ".join(f"{said}: {', '.join(skills)}" for said, skills in explained(near))
                yield _nearest_row(near.role.unit, f"{near.overlap:g}", near.match, shared)
            for match in one.matches:
                if match.unit.iri not in shown:
                    yield _nearest_row(match.unit, "", match, "")


def explained(near: Near) -> Iterator[tuple[str, list[str]]]:
    """What two roles share, for people: (`same level`, [`Data modelling`, …]), the surest first."""
    for wanted, said in _SHARED.items():
        held = [shared for shared in near.shared if (shared.tie.verdict if shared.tie else "") == wanted]
        if held:
            yield said, [_pair(shared) for shared in held]


def _pair(shared: Shared) -> str:
    one, other = shared.one.skill.label, shared.other.skill.label
    return one if one == other else f"{one} ~ {other}"


def _nearest_row(unit: Unit, overlap: str, match: Match | None, shared: str) -> dict[str, str]:
    return {
        "framework": unit.framework,
        "role": unit.label,
        "role_address": unit.iri,
        "overlap": overlap,
        "row": match.relation if match else "",
        "row_confidence": f"{match.confidence:g}" if match and match.confidence else "",
        "shared": shared,
    }


def _as(tie: Tie) -> str:
    """` as Lamp care (exact, confidence 0.95)`, or nothing for one and the same skill."""
    if tie.match is None:
        return ""
    name = f"{tie.other.skill.label} " if tie.other.skill.label != tie.one.skill.label else ""
    return f" — {name}({tie.relation}, {sure(tie.match.confidence)})"
