"""Any framework that stands in a table, by a map of its columns.

The source is a TOML file. `table` names the CSV, tab-separated file or workbook beside it (`sheet` a sheet of it),
`[framework]` says what the framework is, `[columns]` which column holds what, and `[kinds]` what a row is by the word
in the column `kind`; without that column every row is a `kind`. `slug` says what addresses are made from:

    table = "roles.csv"
    kind = "role"
    slug = "label"

    [framework]
    id = "beacon"
    label = "Beacon, the list of lighthouse work"
    publisher = "Guild of Invented Lights"
    edition = "3"
    licence = "https://example.org/licence"

    [columns]
    code = "No."
    label = "Title"
    above = "No. of the heading"
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from dditkg import framework, sheets
from dditkg.errors import BadFile
from dditkg.framework import KINDS, About, Unit
from dditkg.intake import Intake
from dditkg.terms import is_iri, slug

SUMMARY = "any framework in a CSV file or workbook: a TOML file that names the table and maps its columns"

_COLUMNS = ("code", "label", "kind", "above", "iri", "page", "definition", "rank")
_KEYS = ("framework", "table", "sheet", "kind", "slug", "columns", "kinds")


@dataclass(frozen=True)
class Map:
    """How the columns of a table are to be read."""

    path: Path
    table: Path
    sheet: str
    kind: str
    slug: str
    columns: Mapping[str, str]
    kinds: Mapping[str, str]


def run(source: Path, target: Path, intake: Intake) -> str:
    """Read the table that the map `source` names, write `target`, and say what came out. Raises BadFile."""
    said = framework.read_toml(source)
    about = framework.about(said.get("framework", {}), source)
    if "table" not in said:
        count = framework.write(target, about, [])
        return f"{source} names no table. Wrote {target}: the framework without units; {count:,} triples."
    how = _map(said, source)
    found = read(how, about, intake)
    intake.require_some(how.table)
    count = framework.write(target, about, found)
    kinds = {kind: sum(unit.kind == kind for unit in found) for kind in KINDS}
    held = ", ".join(f"{number} × {kind}" for kind, number in kinds.items() if number)
    return f"Wrote {target}: {held}; {count:,} triples."


def read(how: Map, about: About, intake: Intake) -> list[Unit]:
    """The units of a table, in its order. Raises BadFile with file, row and reason."""
    rows = sheets.rows(how.table, how.sheet)
    if not rows:
        raise BadFile(f"{how.table}: there is no row under the headings.")
    for what, column in how.columns.items():
        if column.casefold() not in rows[0].cells:
            raise BadFile(f"{how.table}: there is no column “{column}”, which {how.path} gives for “{what}”.")
    named: dict[str, str] = {}  # address, by code or by name
    addresses = framework.Addresses()
    made: dict[int, tuple[Unit, str]] = {}
    for row in intake.over(rows, how.table):
        with intake.row(how.table, row.number):
            unit = _unit(how, about, row)
            name = unit.code or unit.label
            if named.get(name, unit.iri) != unit.iri:
                raise BadFile(f"“{name}” stands in an earlier row. Give each unit its own code.")
            named[name] = addresses.take(unit).iri
            made[row.number] = unit, _cell(how, row, "above")
    return _placed(how, made, named, intake)


def _placed(how: Map, made: dict[int, tuple[Unit, str]], named: dict[str, str], intake: Intake) -> list[Unit]:
    """The units under what is above them. A row under a refused one is refused too, and so on down."""
    lost = True
    while lost:
        held = {unit.iri for unit, _ in made.values()}
        lost = False
        for number, (unit, above) in list(made.items()):
            if above and named.get(above) not in held:
                with intake.one(f"{how.table}, row {number}", counted=False):
                    raise BadFile(f"“{above}” is above “{unit.label}”, but no row has that code or name.")
                del made[number]
                lost = True
    return [replace(unit, above=(named[above],)) if above else unit for unit, above in made.values()]


def _unit(how: Map, about: About, row: sheets.Row) -> Unit:
    label, code, rank = row.filled(how.columns["label"]), _cell(how, row, "code"), _cell(how, row, "rank")
    word = _cell(how, row, "kind")
    kind = how.kinds.get(word, word) if "kind" in how.columns else how.kind
    if kind not in KINDS:
        raise BadFile(f"“{kind}” is no kind of unit. Use one of {', '.join(KINDS)}, or map it in [kinds].")
    name = code if how.slug == "code" else label
    if not slug(name):
        raise BadFile(f"“{name}” gives no address. Map a column to “iri”.")
    for what in ("iri", "page"):
        if (text := _cell(how, row, what)) and not is_iri(text):
            raise BadFile(f"“{text}” is not an address.")
    if rank and not rank.isdigit():
        raise BadFile(f"the rank “{rank}” is not a whole number.")
    iri = _cell(how, row, "iri") or framework.mint(about, kind, name)
    definition, page = _cell(how, row, "definition"), _cell(how, row, "page")
    return Unit(kind, iri, label, code, definition, page, int(rank or 0))


def _cell(how: Map, row: sheets.Row, what: str) -> str:
    column = how.columns.get(what)
    return row.cells.get(column.casefold(), "") if column else ""


def _map(said: Mapping[str, Any], path: Path) -> Map:
    for name in said:
        if name not in _KEYS:
            raise BadFile(f"{path}: “{name}” is not known here. Known: {', '.join(_KEYS)}.")
    columns = said.get("columns", {})
    for what in columns:
        if what not in _COLUMNS:
            raise BadFile(f"{path}: no column can be “{what}”. Known: {', '.join(_COLUMNS)}.")
    if "label" not in columns:
        raise BadFile(f'{path}: [columns] does not say which column holds the name. Add label = "…".')
    table = path.parent / str(said["table"])
    if not table.is_file():
        raise BadFile(f"{table}: there is no such file, though {path} names it.")
    sheet, kind, made = (str(said.get(name, "")) for name in ("sheet", "kind", "slug"))
    return Map(path, table, sheet, kind, made, columns, said.get("kinds", {}))
