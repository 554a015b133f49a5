"""The Government Digital and Data Profession Capability Framework, from its three downloads.

A folder holds `roles.csv`, `skills.csv` and `changelog.csv` in the columns of the framework's download page. Of the
change notes two forms are read, on the page of the role or skill they are about: `Previously 'X'.` and
`Removed from the Skills A to Z. …`. The latest date among the change notes is the edition.
"""

from __future__ import annotations

from pathlib import Path

from dditkg import disk, turtle
from dditkg.importers.gdad.reading import LEVELS, Content, read
from dditkg.importers.gdad.writing import PREFIXES, triples
from dditkg.intake import Intake

__all__ = ["LEVELS", "SUMMARY", "Content", "read", "run", "triples"]

SUMMARY = "UK Government Digital and Data framework: roles.csv, skills.csv and changelog.csv from its download page"


def run(source: Path, target: Path, intake: Intake) -> str:
    """Read the folder `source`, write the Turtle file `target`, and say in a sentence what came out.

    Raises BadFile with file, row and reason; then `target` is as it was.
    """
    content = read(source, intake)
    intake.require_some(source)
    found = set(triples(content))
    disk.replace(target, turtle.write(found, PREFIXES).encode())
    rungs = sum(len(levels) for levels in content.role_levels.values())
    needs = sum(len(skills) for levels in content.role_levels.values() for skills in levels.values())
    plain = sum(len(skills) for skills in content.senior_skills.values())
    return (
        f"Wrote {target}, edition {content.edition}: {len(content.families)} families, {len(content.family_of)} roles, "
        f"{rungs} role levels, {len(content.skills)} skills and {len(content.retired)} retired ones, {needs:,} needs "
        f"with a level and {plain:,} without; {len(found):,} triples."
    )
