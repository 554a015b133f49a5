"""DigComp 3.0, from the workbook that is published with it: areas, competences and the four levels, names only."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from dditkg import framework, sheets
from dditkg.errors import BadFile
from dditkg.framework import About, Unit
from dditkg.intake import Intake

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
_COLUMNS = ("Competence area name", "Competence area number", "Competence name", "Competence number")
_LEVEL = "Proficiency level name"


def run(source: Path, target: Path, intake: Intake) -> str:
    """Read the workbook, write `target`, and say what came out. Raises BadFile with file and row."""
    about = framework.beside(source, USUAL)
    found = read(source, about, intake)
    intake.require_some(source)
    count = framework.write(target, about, found)
    held = {kind: sum(unit.kind == kind for unit in found) for kind in ("group", "competence", "level")}
    return (
        f"Wrote {target}: {held['group']} areas, {held['competence']} competences and {held['level']} levels; "
        f"{count:,} triples."
    )


def read(path: Path, about: About, intake: Intake) -> list[Unit]:
    """The areas, competences and levels, in the workbook's order. Raises BadFile with file and row."""
    return [*_competences(path, about, intake), *_levels(path, about, intake)]


def _competences(path: Path, about: About, intake: Intake) -> Iterator[Unit]:
    areas: dict[str, str] = {}
    groups: dict[str, Unit] = {}
    addresses = framework.Addresses()
    for row in intake.over(sheets.rows(path, "Competence Areas", needed=_COLUMNS), path):
        with intake.row(path, row.number):
            area, number = row.filled(_COLUMNS[0]), row.filled(_COLUMNS[1])
            name, code = row.filled(_COLUMNS[2]), row.filled(_COLUMNS[3])
            if not code.startswith(number + "."):
                raise BadFile(f"the competence {code} stands under the area {number}.")
            group = Unit("group", framework.mint(about, "group", area), area, number)
            if areas.setdefault(number, group.iri) != group.iri or list(areas.values()).count(group.iri) > 1:
                raise BadFile(
                    f"the area {number}, “{area}”, has another name or number in an earlier row. Correct one."
                )
            competence = framework.mint(about, "competence", name)
            yield addresses.take(Unit("competence", competence, name, code, above=(group.iri,)))
            groups[group.iri] = group
    yield from groups.values()


def _levels(path: Path, about: About, intake: Intake) -> list[Unit]:
    """Each level once, though it stands in a row for each of its two steps or more."""
    names: list[str] = []
    for row in sheets.rows(path, "Proficiency Levels", needed=(_LEVEL,)):
        with intake.row(path, row.number):
            name = row.filled(_LEVEL)
            if name not in names:
                names.append(name)
    return [
        Unit("level", framework.mint(about, "level", name), name, rank=rank) for rank, name in enumerate(names, start=1)
    ]
