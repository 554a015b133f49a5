"""DigComp 3.0, from the workbook that is published with it: areas, competences and the four levels, names only."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from dditkg import framework, sheets
from dditkg.errors import BadFile
from dditkg.framework import About, Unit

SUMMARY = "DigComp 3.0: the workbook “Data Supplement” that the Joint Research Centre publishes with it"

USUAL: Mapping[str, Any] = {
    "id": "digcomp-3",
    "label": "DigComp 3.0: European Digital Competence Framework",
    "also": ["DigComp 3.0"],
    "publisher": "Joint Research Centre of the European Commission",
    "edition": "3.0",
    "licence": "https://creativecommons.org/licenses/by/4.0/",
    "attribution": "European Commission, Joint Research Centre: DigComp 3.0, JRC144121. Names and structure only.",
    "page": "https://publications.jrc.ec.europa.eu/repository/handle/JRC144121",
}
_AREA, _COMPETENCE, _LEVEL = "competence area", "competence", "proficiency level name"


def run(source: Path, target: Path) -> str:
    """Read the workbook, write `target`, and say what went in and came out. Raises BadFile with file and row."""
    about = framework.beside(source, USUAL)
    found = read(source, about)
    count = framework.write(target, about, found)
    held = {kind: sum(unit.kind == kind for unit in found) for kind in ("group", "competence", "level")}
    return (
        f"Read {source}. Wrote {target}: {held['group']} areas, {held['competence']} competences and "
        f"{held['level']} levels; {count:,} triples."
    )


def read(path: Path, about: About) -> list[Unit]:
    """The areas, competences and levels, in the workbook's order. Raises BadFile with file and row."""
    return [*_competences(path, about), *_levels(path, about)]


def _competences(path: Path, about: About) -> Iterator[Unit]:
    areas: dict[str, str] = {}
    for row in sheets.rows(path, "Competence Areas"):
        area, number = _cell(path, row, f"{_AREA} name"), _cell(path, row, f"{_AREA} number")
        name, code = _cell(path, row, f"{_COMPETENCE} name"), _cell(path, row, f"{_COMPETENCE} number")
        if number not in areas:
            areas[number] = framework.mint(about, "group", area)
            yield Unit("group", areas[number], area, number)
        if not code.startswith(number + "."):
            raise BadFile(f"{path}, row {row.number}: the competence {code} stands under the area {number}.")
        iri = framework.mint(about, "competence", name)
        yield Unit("competence", iri, name, code, above=(areas[number],))


def _levels(path: Path, about: About) -> Iterator[Unit]:
    names = dict.fromkeys(_cell(path, row, _LEVEL) for row in sheets.rows(path, "Proficiency Levels"))
    for rank, name in enumerate(names, start=1):
        yield Unit("level", framework.mint(about, "level", name), name, rank=rank)


def _cell(path: Path, row: sheets.Row, column: str) -> str:
    if not row.cells.get(column):
        raise BadFile(f"{path}, row {row.number}: “{column}” is missing or empty.")
    return row.cells[column]
