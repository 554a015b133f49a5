"""Two editions of a framework side by side, and what becomes of our mappings."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dditkg import console
from dditkg.errors import WrongUse

if TYPE_CHECKING:
    from dditkg.console import Verbs
    from dditkg.crosswalk import Crosswalk, Stale
    from dditkg.editions import Difference, Edition
    from dditkg.search import Index

_WAYS = "dditkg diff gdad OLD NEW, with two folders of downloads, or dditkg diff OLD.ttl NEW.ttl"
_ABSENT = "absent, without a reason"


def add(verbs: Verbs) -> None:
    """Add this verb to the command line."""
    diff = verbs.add_parser("diff", help=f"what changed between two editions of a framework: {_WAYS}")
    diff.add_argument("what", nargs="+", metavar="EDITION", help="gdad and two folders of its downloads; or two files")
    diff.add_argument("-f", "--format", choices=("text", "json", "md"), default="text")
    diff.set_defaults(run=_diff)


def _diff(arguments: argparse.Namespace) -> int:
    from dditkg.crosswalk import crosswalk, stale
    from dditkg.editions import compare

    old, new = _editions(arguments.what)
    found = compare(old, new)
    index = console.index()
    walk = crosswalk(index.dataset)
    rows = stale(walk, found)
    if arguments.format == "json":
        print(json.dumps(_as_json(found, rows, index), ensure_ascii=False, indent=1))
    else:
        print(*(_markdown if arguments.format == "md" else _text)(found, _parts(found, rows, walk)), sep="\n")
    return 0


def _editions(what: Sequence[str]) -> tuple[Edition, Edition]:
    from dditkg.editions import edition
    from dditkg.importers import gdad
    from dditkg.intake import Intake
    from dditkg.syntax import parse_file

    if len(what) == 3 and what[0].casefold() in ("gdad", "ddat"):
        old, new = (edition(gdad.triples(gdad.read(Path(folder), Intake())), folder) for folder in what[1:])
    elif len(what) == 2 and all(name.endswith(".ttl") for name in what):
        old, new = (edition((quad.triple for quad in parse_file(Path(file)).quads), file) for file in what)
    else:
        raise WrongUse(f"“{' '.join(what)}” names no two editions. Write {_WAYS}.")
    return old, new


Part = tuple[str, tuple[str, ...], list[tuple[str, ...]]]


def _parts(found: Difference, rows: Sequence[Stale], walk: Crosswalk) -> Iterator[Part]:
    """Each part of the answer: its heading, the names of its columns, its rows."""
    old, new = ({**edition.units} for edition in (found.old, found.new))
    yield "Added", ("kind", "name", "of"), [(u.kind, u.label, new[u.of].label if u.of else "") for u in found.added]
    yield (
        "Renamed",
        ("kind", "was", "is", "known by"),
        [(one.new.kind, one.old.label, one.new.label, one.how) for one in found.renamed],
    )
    yield (
        "Retired",
        ("kind", "name", "of", "reason"),
        [(u.kind, u.label, old[u.of].label if u.of else "", reason or _ABSENT) for u, reason in found.retired],
    )
    yield (
        "Levels changed",
        ("kind", "name", "of", "what", "was", "is"),
        [
            (
                one.unit.kind,
                one.unit.label,
                new[one.unit.of].label if one.unit.of else "",
                one.what,
                one.before or "–",
                one.after or "–",
            )
            for one in found.levels
        ],
    )
    yield (
        "Mapping rows to look at again",
        ("set", "from", "relation", "to", "why"),
        [
            (
                row.link.set.rpartition("/")[2],
                _label(walk, row.link.subject),
                row.link.relation,
                _label(walk, row.link.object),
                row.why,
            )
            for row in rows
        ],
    )


def _title(found: Difference) -> str:
    return f"{found.new.label}: edition {found.old.version or '?'} to {found.new.version or '?'}"


def _text(found: Difference, parts: Iterator[Part]) -> Iterator[str]:
    yield _title(found)
    for heading, columns, rows in parts:
        yield f"\n{heading}: {len(rows):,}"
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)] if rows else [0] * len(columns)
        for row in rows:
            yield ("  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))).rstrip()


def _markdown(found: Difference, parts: Iterator[Part]) -> Iterator[str]:
    yield f"# {_title(found)}"
    for heading, columns, rows in parts:
        yield f"\n## {heading}: {len(rows):,}\n"
        if rows:
            yield "\n".join(console.markdown(columns, rows))


def _as_json(found: Difference, rows: Sequence[Stale], index: Index) -> dict[str, Any]:
    return {
        "framework": found.new.framework,
        "old": found.old.version,
        "new": found.new.version,
        "added": [{"id": unit.iri, "label": unit.label, "kind": unit.kind} for unit in found.added],
        "renamed": [
            {"kind": one.new.kind, "was": _one(one.old), "is": _one(one.new), "how": one.how} for one in found.renamed
        ],
        "retired": [{**_one(unit), "kind": unit.kind, "reason": reason or None} for unit, reason in found.retired],
        "levels": [
            {**_one(one.unit), "kind": one.unit.kind, "of": one.unit.of or None, "what": one.what}
            | {"was": one.before or None, "is": one.after or None}
            for one in found.levels
        ],
        "stale": [
            {
                "row": row.link.row,
                "set": row.link.set,
                "from": index.short(row.link.subject),
                "relation": row.link.relation,
                "to": index.short(row.link.object),
                "unit": row.unit,
                "why": row.why,
            }
            for row in rows
        ],
    }


def _one(unit: Any) -> dict[str, str]:
    return {"id": unit.iri, "label": unit.label}


def _label(walk: Crosswalk, iri: str) -> str:
    unit = walk.units.by_iri.get(iri)
    return f"{unit.label} ({unit.framework})" if unit else iri
