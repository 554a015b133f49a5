"""The Government Digital and Data Profession Capability Framework, from its three downloads.

A folder holds `roles.csv`, `skills.csv` and `changelog.csv` in the columns of the framework's download page. Of the
change notes two forms are read, on the page of the role or skill they are about: `Previously 'X'.` and
`Removed from the Skills A to Z. …`. The latest date among the change notes is the edition.
"""

from __future__ import annotations

import csv
import io
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

import pyoxigraph as ox

from dditkg import disk, turtle
from dditkg.errors import BadFile
from dditkg.intake import Intake
from dditkg.terms import BASE, DCTERMS, DD, OWL, RDF, SH, SKOS, XSD, slug

SUMMARY = "UK Government Digital and Data framework: roles.csv, skills.csv and changelog.csv from its download page"

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

_FRAMEWORK = BASE + "framework/gdad"
_DCAT = "http://www.w3.org/ns/dcat#"
_SCHEMA = "https://schema.org/"
_SITE = "https://understand-digital-data-roles-skills.service.gov.uk/"
#: When the downloads kept with the content were read. It changes with them.
_READ = date(2026, 11, 25)
_LICENCE = "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/"
_OWN_PREFIXES = {"gdad": f"{_FRAMEWORK}/"} | {
    f"gdad-{kind}": f"{_FRAMEWORK}/{kind}/"
    for kind in ("family", "role", "role-level", "skill", "skill-level", "level")
}
PREFIXES = {
    **_OWN_PREFIXES,
    "dcat": _DCAT,
    "dcterms": DCTERMS,
    "dd": DD,
    "framework": BASE + "framework/",
    "owl": OWL,
    "prefix": BASE + "prefix/",
    "schema": _SCHEMA,
    "sh": SH,
    "skos": SKOS,
    "xsd": XSD,
}

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


def read(source: Path, intake: Intake) -> Content:
    """The content of the three files in a folder. Raises BadFile with file, row and reason."""
    content = Content()
    _read_skills(source / "skills.csv", content, intake)
    _read_roles(source / "roles.csv", content, intake)
    _read_changes(source / "changelog.csv", content, intake)
    return content


# Reading ------------------------------------------------------------------------------------------------------------


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


# Writing ------------------------------------------------------------------------------------------------------------


def triples(content: Content) -> Iterator[ox.Triple]:
    """What is authored of the framework; superclasses, inverses and labels of pairs are derived at build."""
    yield from _framework(content.edition)
    for family in content.families:
        yield from _unit("FrameworkGroup", _iri("family", family), family)
    for role, family in content.family_of.items():
        yield from _role(content, role, family)
    for skill, levels in content.skills.items():
        yield from _skill(content, skill, levels)
    for skill, reason in content.retired.items():
        yield from _unit("FrameworkSkill", _iri("skill", skill), skill)
        yield _triple(_iri("skill", skill), OWL + "deprecated", _boolean())
        yield _triple(_iri("skill", skill), DD + "deprecationReason", _text(reason))


def _framework(edition: date) -> Iterator[ox.Triple]:
    owner = "Government Digital and Data profession"
    definition = (
        "The roles and skills of digital and data people in the UK government, "
        "with the skills that each level of a role needs and how well."
    )
    quality = (
        "Written by and for central government, renewed every quarter or so; roles, skills and levels in detail. "
        "Leaves out what an organisation must be able to do, innovation work, and jobs found only in councils."
    )
    for predicate, value in (
        (RDF + "type", ox.NamedNode(DD + "Framework")),
        (SKOS + "prefLabel", _text("Government Digital and Data Profession Capability Framework")),
        (SKOS + "altLabel", _text("GDaD")),
        (SKOS + "altLabel", _text("DDaT")),
        (SKOS + "definition", _text(definition)),
        (SKOS + "notation", ox.Literal("gdad")),
        (_DCAT + "version", ox.Literal(edition.isoformat())),
        (DCTERMS + "issued", ox.Literal(edition.isoformat(), datatype=ox.NamedNode(XSD + "date"))),
        (DCTERMS + "publisher", _text(owner)),
        (DCTERMS + "license", ox.NamedNode(_LICENCE)),
        (
            DD + "attribution",
            _text("Contains public sector information licensed under the Open Government Licence v3.0."),
        ),
        (_SCHEMA + "url", ox.NamedNode(_SITE)),
        (DD + "answers", ox.Literal("what it consists of")),
        (DD + "answers", ox.Literal("what good looks like")),
        (DD + "dateRead", ox.Literal(_READ.isoformat(), datatype=ox.NamedNode(XSD + "date"))),
        (DD + "qualityNote", _text(quality)),
        (DD + "sourceType", ox.Literal("government framework")),
    ):
        yield _triple(_FRAMEWORK, predicate, value)
    for prefix, namespace in _OWN_PREFIXES.items():
        declaration = f"{BASE}prefix/{prefix}"
        yield _triple(_FRAMEWORK, SH + "declare", ox.NamedNode(declaration))
        yield _triple(declaration, RDF + "type", ox.NamedNode(SH + "PrefixDeclaration"))
        yield _triple(declaration, SH + "prefix", ox.Literal(prefix))
        yield _triple(declaration, SH + "namespace", ox.Literal(namespace, datatype=ox.NamedNode(XSD + "anyURI")))
    for rank, level in enumerate(LEVELS, start=1):
        yield from _unit("FrameworkLevel", _iri("level", level), level.capitalize())
        yield _triple(_iri("level", level), DD + "rank", _integer(rank))


def _role(content: Content, role: str, family: str) -> Iterator[ox.Triple]:
    iri = _iri("role", role)
    yield from _unit("FrameworkRole", iri, role, content.previous.get(role, ()))
    yield _triple(iri, SKOS + "broader", ox.NamedNode(_iri("family", family)))
    yield _triple(iri, _SCHEMA + "url", ox.NamedNode(f"{_SITE}role/{slug(role)}/"))
    for skill in content.senior_skills.get(role, ()):
        yield _triple(iri, DD + "requiresSkill", ox.NamedNode(_iri("skill", skill)))
    for rank, (rung, needs) in enumerate(content.role_levels.get(role, {}).items(), start=1):
        step = _iri("role-level", role, rung)
        yield from _unit("FrameworkRoleLevel", step, rung)
        yield _triple(step, DD + "rungOf", ox.NamedNode(iri))
        yield _triple(step, DD + "rank", _integer(rank))
        for skill, level in needs.items():
            yield _triple(step, DD + "requires", ox.NamedNode(_iri("skill-level", skill, level)))


def _skill(content: Content, skill: str, levels: Sequence[str]) -> Iterator[ox.Triple]:
    iri = _iri("skill", skill)
    yield from _unit("FrameworkSkill", iri, skill, content.previous.get(skill, ()))
    for level in levels:
        pair = _iri("skill-level", skill, level)
        yield _triple(pair, RDF + "type", ox.NamedNode(DD + "FrameworkSkillLevel"))
        yield _triple(pair, SKOS + "inScheme", ox.NamedNode(_FRAMEWORK))
        yield _triple(pair, DD + "skill", ox.NamedNode(iri))
        yield _triple(pair, DD + "level", ox.NamedNode(_iri("level", level)))


def _unit(kind: str, iri: str, label: str, also: Sequence[str] = ()) -> Iterator[ox.Triple]:
    yield _triple(iri, RDF + "type", ox.NamedNode(DD + kind))
    yield _triple(iri, SKOS + "prefLabel", _text(label))
    yield _triple(iri, SKOS + "inScheme", ox.NamedNode(_FRAMEWORK))
    for name in also:
        yield _triple(iri, SKOS + "altLabel", _text(name))


def _iri(kind: str, *names: str) -> str:
    return f"{_FRAMEWORK}/{kind}/" + "--".join(slug(name) for name in names)


def _triple(subject: str, predicate: str, value: ox.NamedNode | ox.Literal) -> ox.Triple:
    return ox.Triple(ox.NamedNode(subject), ox.NamedNode(predicate), value)


def _text(value: str) -> ox.Literal:
    return ox.Literal(value, language="en")


def _integer(value: int) -> ox.Literal:
    return ox.Literal(str(value), datatype=ox.NamedNode(XSD + "integer"))


def _boolean() -> ox.Literal:
    return ox.Literal("true", datatype=ox.NamedNode(XSD + "boolean"))
