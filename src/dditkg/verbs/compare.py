"""Roles side by side, and the roles nearest to one, by what they need."""

from __future__ import annotations

import argparse
import json
import textwrap
from collections.abc import Iterator
from typing import TYPE_CHECKING

from dditkg import console
from dditkg.errors import WrongUse

if TYPE_CHECKING:
    from dditkg.console import Verbs
    from dditkg.crosswalk import Comparison, Crosswalk, Match, Nearest, Role
    from dditkg.search import Index

_FORMATS = ("text", "json", "csv", "md")


def add(verbs: Verbs) -> None:
    """Add these verbs to the command line."""
    comparing = verbs.add_parser(
        "compare", help="roles side by side, skill by skill: dditkg compare data-analyst gdad:role/data-analyst"
    )
    comparing.add_argument("roles", nargs="+", metavar="ROLE", help="a role or rung: a name, code, short form, address")
    comparing.add_argument("-f", "--format", choices=_FORMATS, default="text")
    console.offer_added(comparing)
    comparing.set_defaults(run=_compare)
    near = verbs.add_parser("nearest", help="the roles nearest to one in every framework: dditkg nearest data-analyst")
    near.add_argument("role", metavar="ROLE", help="a role or rung: a name, code, short form or address")
    near.add_argument("--to", metavar="FRAMEWORK,…", help="such as gdad,esco; dditkg for this model; default: all")
    near.add_argument("--most", type=int, default=5, metavar="N", help="how many in each framework; default: 5")
    near.add_argument("-f", "--format", choices=_FORMATS, default="text")
    console.offer_added(near)
    near.set_defaults(run=_nearest)


def _compare(arguments: argparse.Namespace) -> int:
    from dditkg.crosswalk import FLAT, MEANINGS, OUTSIDE, Forms, Tables, Ties, compare, read_needs, roles_meant

    index, walk = console.walk(arguments)
    needs = read_needs(walk)
    roles = roles_meant(needs, index, arguments.roles)
    held = compare(Ties(needs), roles)
    tables = Tables(walk, Forms(walk, index))
    if arguments.format == "json":
        print(json.dumps(tables.comparison(held), ensure_ascii=False, indent=1))
    elif arguments.format == "csv":
        console.write_csv(FLAT, [[row[name] for name in FLAT] for row in tables.flat(held)])
    elif arguments.format == "md":
        console.write_markdown(*tables.wide(held))
    else:
        headings, lines = tables.wide(held)
        print(*_about(walk, index, held), sep="\n")
        print("", console.text_table(headings, lines), "", sep="\n")
        said = {row.verdict(place) for row in held.rows for place in range(len(held.roles))}
        print(*(f"{word}: {what}" for word, what in MEANINGS.items() if word in said), sep="\n")
        if held.outside:
            print(f"\n{OUTSIDE}")
    return 0


def _about(walk: Crosswalk, index: Index, held: Comparison) -> Iterator[str]:
    """What is compared, and the sum of it."""
    from dditkg.crosswalk import named

    for place, (role, match) in enumerate(zip(held.roles, held.matches, strict=True)):
        needs = f"{len(role.needs)} skills" if role.needs else "no skills are held for it, so none can be compared"
        yield f"{named(walk, role.unit)}  [{index.short(role.unit.iri)}], {role.unit.kind}: {needs}"
        counts = ", ".join(f"{verdict} {number}" for verdict, number in held.counts(place).items())
        if place:
            yield f"    against the first: {counts or 'nothing to compare'}"
            yield f"    {_row(match)}"
        elif counts:
            yield f"    {counts}"
        if any(need.rungs for need in role.needs):
            rungs = ", ".join(map(index.short, walk.units.steps[role.unit.iri]))
            yield f"    where a level spans its rungs, name one of them instead: {rungs}"


def _row(match: Match | None) -> str:
    from dditkg.crosswalk import sure

    if match is None:
        return "no row says how the roles themselves correspond"
    why = f": {match.steps[0].rationale}" if not match.composed and match.steps[0].rationale else ""
    return f"as roles: {match.relation}, {sure(match.confidence)}{', a chain' if match.composed else ''}{why}"


def _nearest(arguments: argparse.Namespace) -> int:
    from dditkg.crosswalk import COMPUTED, NEAREST_COLUMNS, Forms, Neighbours, Tables, Ties, one_meant, read_needs

    if arguments.most < 1:
        raise WrongUse("--most takes a number from 1 up.")
    index, walk = console.walk(arguments)
    needs = read_needs(walk)
    role = needs.role(one_meant(walk, index, arguments.role, kinds=needs.kinds))
    to = walk.units.frameworks_of(arguments.to) if arguments.to else ()
    found = Neighbours(Ties(needs)).nearest(role, to, arguments.most)
    tables = Tables(walk, Forms(walk, index))
    rows = [[row[name] for name in NEAREST_COLUMNS] for row in tables.nearest_rows(found)]
    if arguments.format == "json":
        said = {"role": Forms(walk, index).unit(role.unit), "note": COMPUTED, "frameworks": tables.nearest(found)}
        print(json.dumps(said, ensure_ascii=False, indent=1))
    elif arguments.format == "csv":
        console.write_csv(NEAREST_COLUMNS, rows)
    elif arguments.format == "md":
        console.write_markdown(NEAREST_COLUMNS, rows)
    else:
        print(f"{role.unit.label}  [{index.short(role.unit.iri)}], {role.unit.kind}: {len(role.needs)} skills")
        for one in found:
            print(f"\nIn {walk.units.frameworks[one.framework].label}:")
            print(*_told(role, one), sep="\n")
        print(f"\n{COMPUTED}")
    return 0


def _told(role: Role, found: Nearest) -> Iterator[str]:
    from dditkg.crosswalk import explained, sure

    shown = set()
    for near in found.near:
        shown.add(near.role.unit.iri)
        row = f"  row: {near.match.relation}, {sure(near.match.confidence)}" if near.match else ""
        yield f"  {near.overlap:4.0%}  {near.role.unit.label}{row}"
        for said, skills in explained(near):
            yield textwrap.fill(
                f"{said}: {', '.join(skills)}", console.width(), initial_indent=" " * 8, subsequent_indent=" " * 10
            )
    if not role.needs:
        yield "  no skills of the role are held, so nothing can be computed"
    elif not found.held:
        yield "  no skills of its roles are held, so nothing can be computed"
    elif not found.near:
        yield "  no role shares a skill, as far as rows say"
    for match in found.matches:
        if match.unit.iri not in shown:
            yield f"  row   {match.unit.label}: {match.relation}, {sure(match.confidence)}"
