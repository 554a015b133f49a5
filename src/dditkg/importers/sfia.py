"""SFIA 9, from the SFIA Foundation's own files, for those who hold its licence: names, descriptions and levels.

The source is the official workbook (sheets “Skills” and “Levels of responsibility”), its skills sheet saved as CSV, or
the Turtle that the Foundation's converter makes of it. Workbook and Turtle give the same file, which says whose text it
is. Within a checkout it is written only to the folder that git and the package leave out. Attributes are not read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from dditkg import framework, sheets
from dditkg.dataset import LOCAL, find_root
from dditkg.errors import BadFile, NotFound, WrongUse
from dditkg.framework import Unit
from dditkg.intake import Intake
from dditkg.store import LocalStore
from dditkg.syntax import is_rdf, quads_of
from dditkg.terms import DD, RDF, RDFS, SKOS, is_iri

SUMMARY = "SFIA 9 for holders of its licence: the Foundation's workbook, or the Turtle of its converter"

BASE = "https://rdf.sfia-online.org/9/"
USUAL: Mapping[str, Any] = {
    "id": "sfia-9",
    "label": "Skills Framework for the Information Age (SFIA)",
    "also": ["SFIA 9"],
    "publisher": "SFIA Foundation",
    "edition": "9",
    "rights": "© SFIA Foundation. This file is for use under your own licence from the SFIA Foundation: it may not be "
    "published or handed on without the Foundation's permission.",
    "attribution": "SFIA is the property of the SFIA Foundation.",
    "page": "https://sfia-online.org/en/about-us/how-we-work",
    "type": "professional body's framework",
    "answers": ["what it consists of", "what good looks like"],
}
_OWN_PREFIXES = {
    "sfia-9-category": BASE + "categories/",
    "sfia-9-level": BASE + "lor/",
    "sfia-9-skill": BASE + "skills/",
    "sfia-9-skill-level": BASE + "skilllevels/",
}
_MODEL = BASE + "ontology/"
_CODE = re.compile(r"[A-Z]{4}")
_EDITION = re.compile(r"/(?:skillcode|shortcode|lor)/(\d+)/")
_RANKS = range(1, 8)
_LEVELS = "Levels"


@dataclass(frozen=True)
class Skill:
    """A skill, with the description of each level it is defined at, and the groups it is in, the widest first."""

    code: str
    label: str
    definition: str
    note: str
    page: str
    groups: tuple[str, ...]
    levels: Mapping[int, str]


@dataclass
class Content:
    """What the source says. Of a level of responsibility: its guiding phrase, its essence, its page."""

    skills: dict[str, Skill] = field(default_factory=dict)
    levels: dict[int, tuple[str, str, str]] = field(default_factory=dict)


def run(source: Path, target: Path, intake: Intake) -> str:
    """Read the workbook or the Turtle, write `target`, and say what came out.

    Raises BadFile with file and row, and WrongUse for a target that git would take up.
    """
    _keep_private(target)
    about = framework.beside(source, {**USUAL, "prefixes": _OWN_PREFIXES})
    content = read(source, intake)
    intake.require_some(source)
    if not content.skills:
        raise BadFile(f"{source}: no skill is in it.")
    found = list(units(content))
    count = framework.write(target, about, found, _steps(content, about.iri))
    steps = sum(len(skill.levels) for skill in content.skills.values())
    groups = sum(unit.kind == "group" for unit in found)
    intake.notes.append(
        f"{target} holds the SFIA Foundation's text, for use under your licence only. Use it beside the rest: "
        f"dditkg map data-modelling --to sfia --add {target}"
    )
    return (
        f"Wrote {target}: {len(content.skills)} skills, {steps} skills at a level, {groups} categories and "
        f"{len(_RANKS)} levels; {count:,} triples."
    )


def read(source: Path, intake: Intake) -> Content:
    """What the official files say. Raises BadFile with file and row."""
    return _read_graph(source, intake) if is_rdf(source) else _read_sheets(source, intake)


def _keep_private(target: Path) -> None:
    try:
        root = find_root(target.parent)
    except NotFound:
        return
    private = root / LOCAL
    if not target.resolve().is_relative_to(private):
        raise WrongUse(
            f"{target} would be loaded and committed with the project, and this text may not be handed on. "
            f"Write to {private / target.name}, or outside the project."
        )
    private.mkdir(exist_ok=True)
    (private / ".gitignore").write_text("*\n", encoding="utf-8")


# The workbook ---------------------------------------------------------------------------------------------------------


def _read_sheets(path: Path, intake: Intake) -> Content:
    content = Content()
    with intake.meter.during(f"Reading {path.name}"):
        sheet = sheets.table(path, "Skills" if sheets.is_workbook(path) else "")
    at = {
        name: sheet.column(name, path) for name in ("Code", "Skill", "Category", "Subcategory", "Overall description")
    }
    described = {rank: sheet.column(f"Level {rank} description", path) for rank in _RANKS}
    also = {name.casefold(): place for place, name in enumerate(sheet.headings)}
    for number, line in intake.over(list(enumerate(sheet.rows, sheet.first)), path):
        if any(line):
            with intake.row(path, number):
                said = {name: line[place] for name, place in at.items()}
                said |= {name: line[also[name]] if name in also else "" for name in ("url", "guidance notes")}
                texts = {rank: line[place] for rank, place in described.items() if line[place]}
                _take(content, _skill(said, _marked(line, also, at["Code"]), texts))
    if sheets.is_workbook(path):
        content.levels = _read_levels(path)
    return content


def _marked(line: Sequence[str], also: Mapping[str, int], end: int) -> frozenset[str]:
    """The levels that the cells under “Levels” name; they stand before the code."""
    start = also.get(_LEVELS.casefold())
    if start is None:
        return frozenset()
    return frozenset(cell.removesuffix(".0") for cell in line[start:end] if cell)


def _skill(said: Mapping[str, str], marked: frozenset[str], texts: Mapping[int, str]) -> Skill:
    for name in ("Code", "Skill", "Category", "Subcategory"):
        if not said[name]:
            raise BadFile(f"“{name}” is empty.")
    if said["url"] and not is_iri(said["url"]):
        raise BadFile(f"“{said['url']}” is not an address.")
    edition = _EDITION.search(said["url"])
    if edition and edition[1] != "9":
        raise BadFile(f"{said['url']} is of edition {edition[1]}, and only edition 9 can be read.")
    if strange := sorted(marked - set(map(str, _RANKS))):
        raise BadFile(f"“{strange[0]}” is not a level from 1 to 7.")
    ranks = sorted(map(int, marked)) or sorted(texts)
    if not ranks:
        raise BadFile("no level is given.")
    if beyond := sorted(set(texts) - set(ranks)):
        raise BadFile(f"level {beyond[0]} is described, but is not among the levels given.")
    groups = tuple(dict.fromkeys((said["Category"], said["Subcategory"])))
    levels = {rank: texts.get(rank, "") for rank in ranks}
    notes, page = said["guidance notes"], said["url"]
    return Skill(said["Code"], said["Skill"], said["Overall description"], notes, page, groups, levels)


def _take(content: Content, skill: Skill) -> None:
    if not _CODE.fullmatch(skill.code):
        raise BadFile(f"“{skill.code}” is not a code of four capital letters.")
    if skill.code in content.skills:
        raise BadFile(f"the code {skill.code} stands in an earlier row.")
    content.skills[skill.code] = skill


def _read_levels(path: Path) -> dict[int, tuple[str, str, str]]:
    """The sheet of levels, in which each level is a column."""
    sheet = sheets.table(path, "Levels of responsibility")
    by_name = {line[0].casefold(): line for line in sheet.rows}
    found = {}
    for rank in _RANKS:
        place = sheet.column(str(rank), path)
        cells = (by_name.get(name, ())[place : place + 1] for name in ("guiding phrase", "essence of the level", "url"))
        phrase, essence, page = ("".join(cell) for cell in cells)
        found[rank] = phrase, essence, page if is_iri(page) else ""
    return found


# The Turtle -----------------------------------------------------------------------------------------------------------


def _read_graph(path: Path, intake: Intake) -> Content:
    intake.what = "skills"
    store = LocalStore(intake.passing(quads_of(path), f"triples of {path.name}"))
    content = Content()

    def text(node: ox.NamedNode, predicate: str) -> str:
        found = sorted(str(getattr(term, "value", "")) for term in store.objects(node, predicate))
        return " ".join(found[0].split()) if found else ""

    def nodes(node: ox.NamedNode, predicate: str) -> list[ox.NamedNode]:
        return [term for term in store.objects(node, predicate) if isinstance(term, ox.NamedNode)]

    for skill in _typed(store, "Skill"):
        with intake.one(f"{path}, {skill.value}"):
            below = nodes(skill, _MODEL + "skillCategory")
            groups = [*(wide for group in below for wide in nodes(group, SKOS + "broader")), *below]
            names = [text(group, SKOS + "prefLabel") for group in groups]
            said = {"Code": text(skill, SKOS + "notation"), "Skill": text(skill, RDFS + "label")}
            said |= {"Category": names[0] if names else "", "Subcategory": names[-1] if names else ""}
            said |= {"Overall description": text(skill, _MODEL + "skillDescription")}
            said |= {"guidance notes": text(skill, _MODEL + "skillNotes"), "url": text(skill, _MODEL + "url")}
            steps = {step.value.rpartition("_")[2]: step for step in nodes(skill, _MODEL + "definedAtLevel")}
            texts = {
                rank: text(steps[str(rank)], _MODEL + "skillLevelDescription") for rank in _RANKS if str(rank) in steps
            }
            _take(content, _skill(said, frozenset(steps), {rank: told for rank, told in texts.items() if told}))
    for level in _typed(store, "Level"):
        rank = level.value.rpartition("/")[2]
        if rank in map(str, _RANKS):
            phrase, essence, page = (
                text(level, _MODEL + name) for name in ("levelGuidingPhrase", "levelEssence", "url")
            )
            content.levels[int(rank)] = phrase, essence, page
    return content


def _typed(store: LocalStore, name: str) -> list[ox.NamedNode]:
    found = store.incoming(ox.NamedNode(_MODEL + name), ox.NamedNode(RDF + "type"))
    return sorted((q.subject for q in found if isinstance(q.subject, ox.NamedNode)), key=lambda node: node.value)


# What is written ------------------------------------------------------------------------------------------------------


def units(content: Content) -> Iterator[Unit]:
    """The categories, the levels and the skills."""
    above: dict[str, str] = {}
    for skill in content.skills.values():
        wider = ""
        for group in skill.groups:
            above.setdefault(group, wider)
            wider = group
    for group, wide in above.items():
        yield Unit("group", _category(group), group, above=(_category(wide),) if wide else ())
    for rank in _RANKS:
        phrase, essence, page = content.levels.get(rank, ("", "", ""))
        also = (phrase,) if phrase else ()
        iri = f"{BASE}lor/{rank}"
        yield Unit("level", iri, f"Level {rank}", str(rank), essence, page, rank, also=also)
    for skill in content.skills.values():
        inside = (_category(skill.groups[-1]),)
        iri = f"{BASE}skills/{skill.code}"
        yield Unit("skill", iri, skill.label, skill.code, skill.definition, skill.page, above=inside, note=skill.note)


def _steps(content: Content, iri: str) -> Iterator[ox.Triple]:
    """The skills at their levels."""
    for skill in content.skills.values():
        for rank, description in skill.levels.items():
            step = ox.NamedNode(f"{BASE}skilllevels/{skill.code}_{rank}")
            for predicate, target in (
                (RDF + "type", DD + "FrameworkSkillLevel"),
                (SKOS + "inScheme", iri),
                (DD + "skill", f"{BASE}skills/{skill.code}"),
                (DD + "level", f"{BASE}lor/{rank}"),
            ):
                yield ox.Triple(step, ox.NamedNode(predicate), ox.NamedNode(target))
            if description:
                definition = ox.Literal(description, language="en")
                yield ox.Triple(step, ox.NamedNode(SKOS + "definition"), definition)


def _category(name: str) -> str:
    """The address that the Foundation's converter gives to a category."""
    return BASE + "categories/" + re.sub("[ ,]", "_", name.lower())
