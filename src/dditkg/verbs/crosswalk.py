"""From one framework to another: single units, and whole lists."""

from __future__ import annotations

import argparse
import json
import shutil
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from dditkg import console
from dditkg.errors import WrongUse

if TYPE_CHECKING:
    from dditkg.console import Verbs
    from dditkg.crosswalk import Answer, Forms

_FORMATS = ("text", "json", "csv", "md")
_WIDEST = 110  # longer lines are hard to read
_LISTS = (".csv", ".tsv", ".txt", ".xlsx", ".xlsm")


def add(verbs: Verbs) -> None:
    """Add these verbs to the command line."""
    mapping = verbs.add_parser(
        "map", help="what a unit, or a list of them, corresponds to elsewhere: dditkg map data-modelling --to sfia,esco"
    )
    mapping.add_argument("what", help="a name, code, short form or address; or a file: a list as .csv or .xlsx")
    mapping.add_argument("--to", metavar="FRAMEWORK,…", help="such as sfia,esco; dditkg for this model; default: all")
    mapping.add_argument("--from", dest="source", metavar="FRAMEWORK", help="the framework that the names are from")
    mapping.add_argument("--column", metavar="HEADING", help="of a list: the column to map")
    mapping.add_argument("--sheet", default="", metavar="NAME", help="of a workbook: the sheet; default: the first")
    mapping.add_argument("-o", "--output", type=Path, metavar="FILE", help=".xlsx, .csv or .tsv to write")
    mapping.add_argument("--direct", action="store_true", help="rows only, no chains of them")
    mapping.add_argument("--min-confidence", type=float, default=0.0, metavar="N", help="from 0 to 1")
    mapping.add_argument("-f", "--format", choices=_FORMATS, default="text")
    console.offer_added(mapping)
    mapping.set_defaults(run=_map)


def _map(arguments: argparse.Namespace) -> int:
    if not 0 <= arguments.min_confidence <= 1:
        raise WrongUse("--min-confidence takes a number from 0 to 1.")
    if arguments.output and arguments.format != "text":
        raise WrongUse("-f says what is printed, the end of FILE what is written. Give -f or -o.")
    path = Path(arguments.what)
    if path.suffix.casefold() in _LISTS and (path.is_file() or arguments.column):
        return _map_list(arguments, path)
    if arguments.column or arguments.sheet:
        raise WrongUse(f"“{arguments.what}” is no list, and --column and --sheet are for lists: {', '.join(_LISTS)}.")
    return _map_one(arguments)


def _map_one(arguments: argparse.Namespace) -> int:
    from dditkg.crosswalk import PAIR_COLUMNS, Forms, one_meant, told

    index, walk = console.walk(arguments)
    source = walk.units.framework(arguments.source) if arguments.source else ""
    unit = one_meant(walk, index, arguments.what, source)
    wanted = walk.units.frameworks_of(arguments.to) if arguments.to else walk.targets()
    if unit.framework in wanted:
        if arguments.to:
            raise WrongUse(f"“{unit.label}” is part of {walk.units.called(unit.framework)} itself. Name another.")
        wanted.remove(unit.framework)
    answers = [walk.map(unit.iri, to, not arguments.direct, arguments.min_confidence) for to in wanted]
    if not arguments.to:
        answers = [answer for answer in answers if answer.state != "not compared" or answer.denied]
    forms = Forms(walk, index)
    if arguments.output:
        from dditkg import sheets

        lines = _lines(forms, answers)
        sheets.write(arguments.output, PAIR_COLUMNS, lines)
        print(f"{arguments.output}: {len(lines)} row{'' if len(lines) == 1 else 's'}.")
    elif arguments.format == "json":
        shown = {"unit": forms.unit(unit), "answers": [forms.answer(answer) for answer in answers]}
        print(json.dumps(shown, ensure_ascii=False, indent=1))
    elif arguments.format == "text":
        print(f"{unit.label}  [{index.short(unit.iri)}], {unit.kind}")
        width = min(shutil.get_terminal_size((100, 24)).columns, _WIDEST)
        print(*told(walk, answers, width), sep="\n")
    elif arguments.format == "csv":
        console.write_csv(PAIR_COLUMNS, _lines(forms, answers))
    else:
        console.write_markdown(PAIR_COLUMNS, _lines(forms, answers))
    return 0


def _lines(forms: Forms, answers: list[Answer]) -> list[list[str]]:
    from dditkg.crosswalk import PAIR_COLUMNS

    return [[row[name] for name in PAIR_COLUMNS] for answer in answers for row in forms.rows(answer)]


def _map_list(arguments: argparse.Namespace, path: Path) -> int:
    from dditkg import sheets
    from dditkg.crosswalk import COLUMNS, columns, translate

    if not arguments.to or "," in arguments.to:
        raise WrongUse("A list is mapped to one framework: --to gdad.")
    index, walk = console.walk(arguments)
    to = walk.units.framework(arguments.to)
    source = walk.units.framework(arguments.source) if arguments.source else ""
    sheet = sheets.table(path, arguments.sheet)
    if not arguments.column and len(sheet.headings) > 1:
        raise WrongUse(f"Which column is to be mapped? --column, one of: {', '.join(filter(None, sheet.headings))}.")
    place = sheet.column(arguments.column, path) if arguments.column else 0
    found = list(
        translate(
            walk,
            index,
            (row[place] for row in sheet.rows),
            to,
            source=source,
            compose=not arguments.direct,
            least=arguments.min_confidence,
        )
    )
    headings = [*sheet.headings, *(_unlike(name, sheet.headings) for name in COLUMNS)]
    lines = [[*row, *columns(walk, index, one)] for row, one in zip(sheet.rows, found, strict=True)]
    if arguments.output:
        sheets.write(arguments.output, headings, lines)
        counted = ", ".join(f"{number} {state}" for state, number in Counter(one.state for one in found).most_common())
        print(f"{arguments.output}: {len(sheet.rows)} rows in, {len(lines)} rows out: {counted}.")
    elif arguments.format == "json":
        from dditkg.crosswalk import Forms

        forms = Forms(walk, index)
        print(json.dumps([forms.translated(one, to) for one in found], ensure_ascii=False, indent=1))
    elif arguments.format == "md":
        console.write_markdown(headings, lines)
    else:
        console.write_csv(headings, lines)
    return 0


def _unlike(name: str, taken: Iterable[str]) -> str:
    return f"{name} (dditkg)" if name in {heading.casefold() for heading in taken} else name
