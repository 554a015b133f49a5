"""O*NET occupations, from the text file “Occupation Data” of its database: names and codes, no descriptions.

With a file `keep.txt` beside the source, only the codes in it are kept.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from dditkg import framework, sheets
from dditkg.errors import BadFile
from dditkg.framework import About, Unit
from dditkg.intake import Intake

SUMMARY = "O*NET occupations: the text file “Occupation Data” of its database"

CODE, TITLE = "O*NET-SOC Code", "Title"
USUAL: Mapping[str, Any] = {
    "id": "onet",
    "label": "O*NET database",
    "also": ["O*NET", "O*NET-SOC"],
    "publisher": "National Center for O*NET Development",
    "edition": "30.2",
    "licence": "https://creativecommons.org/licenses/by/4.0/",
    "attribution": (
        "Includes information from the O*NET Database by the U.S. Department of Labor, Employment and Training "
        "Administration (USDOL/ETA). Used under the CC BY 4.0 license. O*NET® is a trademark of USDOL/ETA. "
        "The information has been modified; USDOL/ETA has not approved, endorsed or tested these modifications."
    ),
    "page": "https://www.onetcenter.org/database.html",
}
_CODE = re.compile(r"\d\d-\d{4}\.\d\d")


def run(source: Path, target: Path, intake: Intake) -> str:
    """Read the file or the folder it is in, write `target`, and say what came out. Raises BadFile with file and row."""
    path = source if source.is_file() else _only(source)
    about = framework.beside(source, USUAL)
    found = read(path, about, intake)
    keep = framework.kept(source)
    if keep is not None:
        if missing := sorted(keep - {unit.code for unit in found}):
            raise BadFile(f"{framework.KEEP}: {missing[0]} is not in {path}. Correct it or leave it out.")
        intake.leave_out(f"not in {framework.KEEP}", sum(unit.code not in keep for unit in found))
        found = [unit for unit in found if unit.code in keep]
    intake.require_some(source)
    count = framework.write(target, about, found)
    return f"Wrote {target}: {len(found):,} occupations; {count:,} triples."


def read(path: Path, about: About, intake: Intake) -> list[Unit]:
    """The occupations of the text file, in its order. Raises BadFile with file and row."""
    found: list[Unit] = []
    addresses = framework.Addresses()
    for row in intake.over(sheets.rows(path, needed=(CODE, TITLE)), path):
        with intake.row(path, row.number):
            code, title = row.cells[CODE.casefold()], row.filled(TITLE)
            if not _CODE.fullmatch(code):
                raise BadFile(f"“{code}” in “{CODE}” is not a code such as 15-1252.00.")
            page = f"https://www.onetonline.org/link/summary/{code}"
            unit = Unit("role", framework.mint(about, "role", title), title, code, page=page)
            found.append(addresses.take(unit))
    return found


def _only(folder: Path) -> Path:
    found = sorted(p for p in folder.glob("*.txt") if p.stem.casefold().replace("_", " ") == "occupation data")
    if not found:
        raise BadFile(f"{folder}: there is no file “Occupation Data.txt”. Unpack O*NET's text files there.")
    return found[0]
