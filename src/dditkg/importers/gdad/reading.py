"""What the three downloads of the framework say, row by row."""

from __future__ import annotations

import csv
import io
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from dditkg import disk
from dditkg.errors import BadFile
from dditkg.intake import Intake
from dditkg.terms import slug

LEVELS = ("awareness", "working", "practitioner", "expert")
NOT_IN_USE = "NOT IN USE"
SENIOR = "Senior Civil Service"
_DUPLICATE = "duplicate rows"

ROLE_COLUMNS = (
    "Role Family",
    "Role",
    "Role Description",
    "Role Level",
    "Role Level Description",
    "Skill Name",
    "Skill Description",
    "Skill Level",
    "Skill Level Description",
    "Role Type",
)
_LEVEL_COLUMNS = tuple(level.capitalize() for level in LEVELS)
SKILL_COLUMNS = ("Skill Name", "Skill Description", *_LEVEL_COLUMNS, "Roles that require Skill")
CHANGE_COLUMNS = ("Timestamp", "Page", "Change note")

_PREVIOUSLY = re.compile(r"Previously ['‘](.+)['’]\.?")
_REMOVED = re.compile(r"Removed from the Skills A to Z\.?(?: (.+))?")


@dataclass
class Content:
    """What the three files say, in their order, by name."""

    edition: date = date.min
    families: list[str] = field(default_factory=list)
    family_of: dict[str, str] = field(default_factory=dict)  # role → family
    role_levels: dict[str, dict[str, dict[str, str]]] = field(default_factory=dict)  # role → rung → skill → level
    senior_skills: dict[str, list[str]] = field(default_factory=dict)  # role without rungs → skills
    skills: dict[str, tuple[str, ...]] = field(default_factory=dict)  # skill → its levels
    previous: dict[str, list[str]] = field(default_factory=dict)  # role or skill → earlier names
    retired: dict[str, str] = field(default_factory=dict)  # skill → reason


def read(source: Path, intake: Intake) -> Content:
    """The content of the three files in a folder. Raises BadFile with file, row and reason."""
    content = Content()
    _read_skills(source / "skills.csv", content, intake)
    _read_roles(source / "roles.csv", content, intake)
    _read_changes(source / "changelog.csv", content, intake)
    return content


def _read_skills(path: Path, content: Content, intake: Intake) -> None:
    slugs: dict[str, str] = {}
    for number, row in _rows(path, SKILL_COLUMNS, intake):
        with intake.row(path, number):
            name = _filled(row, "Skill Name")
            levels = tuple(lv for lv in LEVELS if row[lv.capitalize()] not in ("", NOT_IN_USE))
            if content.skills.get(name, levels) != levels:
                raise BadFile(f"the skill “{name}” stands in an earlier row with other levels. Keep one row.")
            if name in content.skills:
                intake.leave_out(_DUPLICATE)
            _only_name(slugs, "skills", name)
            content.skills[name] = levels


def _read_roles(path: Path, content: Content, intake: Intake) -> None:
    slugs: dict[str, dict[str, str]] = defaultdict(dict)
    for number, row in _rows(path, ROLE_COLUMNS, intake):
        with intake.row(path, number):
            family, role, rung, skill, level = (
                _filled(row, column) for column in ("Role Family", "Role", "Role Level", "Skill Name", "Skill Level")
            )
            if content.family_of.get(role, family) != family:
                raise BadFile(f"the role “{role}” stands under “{content.family_of[role]}” in an earlier row.")
            if skill not in content.skills:
                raise BadFile(f"the skill “{skill}” is not in skills.csv. Add it there or correct the name.")
            if row["Role Type"] not in ("", SENIOR):
                raise BadFile(f"the role type “{row['Role Type']}” is unknown. Leave it empty or write “{SENIOR}”.")
            if (row["Role Type"] == SENIOR) != (rung == NOT_IN_USE):
                raise BadFile(f"“{NOT_IN_USE}” as role level and the role type “{SENIOR}” go together.")
            _only_name(slugs["families"], "role families", family)
            _only_name(slugs["roles"], "roles", role)
            if rung == NOT_IN_USE:
                new = _senior_need(content, role, skill, level)
            else:
                _only_name(slugs[f"of {role}"], f"levels of {role}", rung)
                new = _need(content, role, rung, skill, level)
            if not new:
                intake.leave_out(_DUPLICATE)
            content.family_of[role] = family
            if family not in content.families:
                content.families.append(family)


def _senior_need(content: Content, role: str, skill: str, level: str) -> bool:
    """Note what a role without levels needs. Returns False for a row that says it again."""
    if level != NOT_IN_USE:
        raise BadFile(f"a role without levels cannot need “{skill}” at “{level}”. Write “{NOT_IN_USE}”.")
    if role in content.role_levels:
        raise BadFile(f"the role “{role}” has levels in an earlier row, so “{NOT_IN_USE}” cannot stand here.")
    skills = content.senior_skills.setdefault(role, [])
    if skill in skills:
        return False
    skills.append(skill)
    return True


def _need(content: Content, role: str, rung: str, skill: str, level: str) -> bool:
    """Note what a level of a role needs. Returns False for a row that says it again."""
    word = level.lower()
    if role in content.senior_skills:
        raise BadFile(f"the role “{role}” has no levels in an earlier row, so “{rung}” cannot stand here.")
    if word not in LEVELS:
        raise BadFile(f"the skill level “{level}” is unknown. Use one of {', '.join(LEVELS)}.")
    if not content.skills[skill]:
        raise BadFile(f"the skill “{skill}” has no levels, so it cannot be needed at “{level}”.")
    if word not in content.skills[skill]:
        raise BadFile(f"the skill “{skill}” has no level “{level}” in skills.csv.")
    needs = content.role_levels.setdefault(role, {}).setdefault(rung, {})
    if needs.get(skill, word) != word:
        raise BadFile(f"“{rung}” needs “{skill}” at “{needs[skill]}” in an earlier row. Keep one level.")
    new = skill not in needs
    needs[skill] = word
    return new


def _read_changes(path: Path, content: Content, intake: Intake) -> None:
    seen = set()
    slugs = {slug(name): name for name in content.skills}
    for number, row in _rows(path, CHANGE_COLUMNS, intake):
        with intake.row(path, number):
            when = _date(row["Timestamp"])
            page, note = row["Page"], row["Change note"]
            content.edition = max(content.edition, when or date.min)
            if (row["Timestamp"], page, note) in seen:
                intake.leave_out(_DUPLICATE)
                continue
            seen.add((row["Timestamp"], page, note))
            if renamed := _PREVIOUSLY.fullmatch(note):
                if page not in content.skills and page not in content.family_of:
                    raise BadFile(f"“{page}” is neither a role of roles.csv nor a skill of skills.csv.")
                content.previous.setdefault(page, []).append(renamed[1])
            elif removed := _REMOVED.fullmatch(note):
                if page in content.skills:
                    raise BadFile(f"the skill “{page}” is in skills.csv, so it cannot have been removed.")
                if not page or when is None:
                    raise BadFile("a removal needs the skill's name as page, and its date.")
                _only_name(slugs, "skills", page)
                detail = removed[1] or ""
                content.retired[page] = f"Removed on {when.day} {when:%B %Y}." + (f" {detail}" if detail else "")
            else:
                intake.leave_out("change notes that are not about a name")
    if content.edition == date.min:
        raise BadFile(f"{path}, row 1: no row has a date, so the edition is unknown. Date the change notes.")


def _only_name(taken: dict[str, str], kind: str, name: str) -> None:
    """Raises BadFile for a name that would give the IRI of another."""
    other = taken.setdefault(slug(name), name)
    if not slug(name) or other != name:
        raise BadFile(f"among the {kind}, “{name}” and “{other}” give the same IRI. Correct one.")


def _rows(path: Path, columns: Sequence[str], intake: Intake) -> Iterator[tuple[int, dict[str, str]]]:
    """Row number (the header is row 1) and cells, with runs of white space made one space."""
    reader = csv.reader(io.StringIO(disk.text(path), newline=""), strict=True)
    number, header = 0, None
    try:
        for number, cells in enumerate(intake.passing(reader, f"rows of {path.name}"), start=1):
            tidy = [" ".join(cell.split()) for cell in cells]
            if header is None:
                header = tidy
                missing = [column for column in columns if column not in header]
                if missing:
                    needed = ", ".join(columns)
                    raise BadFile(f"{path}, row {number}: the column “{missing[0]}” is missing. Needed: {needed}.")
            elif len(tidy) != len(header) and any(tidy):
                with intake.row(path, number):
                    raise BadFile(f"there are {len(tidy)} cells where the header has {len(header)}.")
            elif any(tidy):
                yield number, dict(zip(header, tidy, strict=True))
    except csv.Error as error:
        raise BadFile(f"{path}, row {number + 1}: {error}.") from error
    if header is None:
        raise BadFile(f"{path}, row 1: the file is empty.")


def _filled(row: dict[str, str], column: str) -> str:
    if not row[column]:
        raise BadFile(f"“{column}” is empty.")
    return row[column]


def _date(text: str) -> date | None:
    if not text:
        return None
    try:
        return datetime.fromisoformat(text).date()
    except ValueError as error:
        raise BadFile(f"“{text}” is not a date such as 2026-10-06.") from error
