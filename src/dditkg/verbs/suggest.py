"""Candidates for new mapping rows, for a person to review."""

from __future__ import annotations

import argparse
import json
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from dditkg import console
from dditkg.errors import WrongUse

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dditkg.console import Verbs
    from dditkg.crosswalk import Crosswalk, Suggestions
    from dditkg.search import Index


def add(verbs: Verbs) -> None:
    """Add this verb to the command line."""
    suggest = verbs.add_parser(
        "suggest", help="candidates for mapping rows that nobody has written yet: dditkg suggest gdad --for sfia"
    )
    suggest.add_argument("source", metavar="FRAMEWORK", help="such as gdad; dditkg for this model")
    suggest.add_argument("--for", dest="target", required=True, metavar="FRAMEWORK", help="where to look")
    suggest.add_argument("--kind", default="", metavar="KIND", help="only units of this kind, such as skill or role")
    suggest.add_argument("--limit", type=int, default=5, metavar="N", help="candidates for each unit (%(default)s)")
    suggest.add_argument("--min-score", type=float, default=0.1, metavar="N", help="from 0 to 1 (%(default)s)")
    suggest.add_argument("--unmapped", action="store_true", help="only units without a row to that framework")
    suggest.add_argument("--meaning", action="store_true", help="ask a language model too; slow; extra “meaning”")
    suggest.add_argument("-o", "--output", type=Path, metavar="FILE", help="write an SSSOM TSV file to review")
    suggest.add_argument("-f", "--format", choices=("text", "json"), default="text")
    suggest.set_defaults(run=_suggest)


def _suggest(arguments: argparse.Namespace) -> int:
    from dditkg.crosswalk import Exchange, Forms, crosswalk, material, review, suggest
    from dditkg.meaning import Meanings

    if not 0 <= arguments.min_score <= 1:
        raise WrongUse("--min-score takes a number from 0 to 1.")
    if arguments.limit < 1:
        raise WrongUse("--limit takes a number from 1.")
    if arguments.output:
        review.refuse(arguments.output)
    index = console.index()
    walk = crosswalk(index.dataset)
    found = suggest(
        material(walk, Meanings() if arguments.meaning else None),
        walk.units.framework(arguments.source),
        walk.units.framework(arguments.target),
        kind=arguments.kind,
        limit=arguments.limit,
        least=arguments.min_score,
        unmapped=arguments.unmapped,
    )
    if arguments.output:
        review.write(
            arguments.output, review.as_sssom(found, Exchange(walk, index), index, arguments.output, date.today())
        )
        print(f"{arguments.output}: {_closing(found)}")
    elif arguments.format == "json":
        print(json.dumps(review.as_json(found, Forms(walk, index)), ensure_ascii=False, indent=1))
    else:
        print(*_told(walk, found, index), _closing(found), sep="\n")
    return 0


def _told(walk: Crosswalk, found: Suggestions, index: Index) -> Iterator[str]:
    from dditkg.crosswalk import review

    for ranked in found.candidates:
        unit = ranked[0].unit
        yield f"{unit.label}  [{index.short(unit.iri)}], {unit.kind}"
        for one in ranked:
            yield f"  {one.score:.2f}  {one.target.label}  [{index.short(one.target.iri)}]  {one.relation}?"
            yield f"        {review.told(walk, one)}"
        yield ""


def _closing(found: Suggestions) -> str:
    candidates = sum(map(len, found.candidates))
    left_out = f" Left out as looked for or mapped already: {found.settled:,}." if found.settled else ""
    return (
        f"{candidates:,} candidates, none of them reviewed, for {len(found.candidates):,} units. "
        f"Units without a candidate of that score: {found.without:,}.{left_out}"
    )
