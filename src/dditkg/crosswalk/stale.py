"""Mapping rows that a new edition of a framework leaves behind."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from dditkg.crosswalk.links import Link
from dditkg.crosswalk.walk import Crosswalk
from dditkg.editions import Difference


@dataclass(frozen=True)
class Stale:
    """A row to be looked at again, the unit of the old edition that it is about, and why."""

    link: Link
    unit: str
    why: str


def stale(walk: Crosswalk, found: Difference) -> list[Stale]:
    """The rows, in the order of their sets, that touch a unit which was retired or renamed, or whose levels changed.

    A row about a rung or a skill at a level is touched by what happened to its whole.
    """
    why: dict[str, list[str]] = defaultdict(list)
    former = {one.new.iri: one.old.iri for one in found.renamed}
    for unit, reason in found.retired:
        why[unit.iri].append(f"retired: {reason}" if reason else "retired")
    for one in found.renamed:
        moved = f", now {one.new.iri}" if one.new.iri != one.old.iri else ""
        why[one.old.iri].append(f"renamed to “{one.new.label}”{moved}")
    for changed in found.levels:
        unit = changed.unit
        for iri in filter(None, (unit.iri, unit.of)):
            if "levels changed" not in why[former.get(iri, iri)]:
                why[former.get(iri, iri)].append("levels changed")
    rows = []
    for link in walk.links.direct():
        ends = [end for iri in (link.subject, link.object) for end in (iri, walk.units.whole.get(iri, ""))]
        end = next((end for end in ends if end in why), None)
        if link.row and end is not None:
            rows.append(Stale(link, end, "; ".join(why[end])))
    return sorted(rows, key=lambda row: (row.link.set, row.link.subject, row.link.object))
