"""ESCO, from its download: a folder of its CSV files, or of its SKOS files, or one SKOS file.

Occupations become roles, skills and knowledge become skills, headings of skills become groups; an occupation needs its
essential skills. Occupations stand under the groups of ISCO-08, which is a framework of its own. English names only,
no descriptions and no other names. With a file `keep.txt` beside the source, only the addresses in it are kept, and
the groups above them.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from dditkg import framework, sheets
from dditkg.errors import BadFile
from dditkg.framework import Unit
from dditkg.intake import Intake
from dditkg.store import Term
from dditkg.syntax import is_rdf, quads_of
from dditkg.terms import RDF, SKOS

SUMMARY = "ESCO occupations and skills: the folder of its CSV download, or its SKOS file"

_TAKEN = ("role", "skill", "group")
MOST_ROWS = 300_000  # all pairs of an occupation and a skill
USUAL: Mapping[str, Any] = {
    "id": "esco",
    "label": "European Skills, Competences, Qualifications and Occupations",
    "also": ["ESCO"],
    "publisher": "European Commission",
    "edition": "1.2",
    "licence": "https://eur-lex.europa.eu/eli/dec/2011/833/oj",
    "attribution": "This service uses the ESCO classification of the European Commission.",
    "page": "https://esco.ec.europa.eu",
}
_ESCO = "http://data.europa.eu/esco/"
_MODEL = _ESCO + "model#"
_OWN_PREFIXES = {"esco-occupation": _ESCO + "occupation/", "esco-skill": _ESCO + "skill/"}
_KINDS = {
    "occupation": "role",
    "knowledgeskillcompetence": "skill",
    "skill": "skill",
    "skillgroup": "group",
    "iscogroup": "isco",
}


@dataclass
class Content:
    """What the files say, by address."""

    kinds: dict[str, str] = field(default_factory=dict)
    labels: dict[str, str] = field(default_factory=dict)
    codes: dict[str, str] = field(default_factory=dict)
    above: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    needs: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    read: Counter[str] = field(default_factory=Counter)  # rows or triples about each


def run(source: Path, target: Path, intake: Intake) -> str:
    """Read ESCO's files, write `target`, and say what came out. Raises BadFile with file and row."""
    about = framework.beside(source, {**USUAL, "prefixes": _OWN_PREFIXES})
    content = read(source, intake)
    intake.require_some(source)
    found = units(content, framework.kept(source))
    _leave_out(content, {unit.iri for unit in found}, intake)
    with intake.meter.during(f"Writing {target}"):
        count = framework.write(target, about, found)
    held = {kind: sum(unit.kind == kind for unit in found) for kind in ("role", "skill", "group")}
    needs = sum(len(unit.needs) for unit in found)
    return (
        f"Wrote {target}: {held['role']:,} occupations, {held['skill']:,} skills, {held['group']:,} groups and "
        f"{needs:,} essential skills of occupations; {count:,} triples."
    )


def read(source: Path, intake: Intake) -> Content:
    """What ESCO's files say in English. Raises BadFile."""
    content = Content()
    files = [source] if source.is_file() else sorted(p for p in source.iterdir() if p.is_file())
    tables = [path for path in files if path.suffix == ".csv"]
    graphs = [path for path in files if is_rdf(path) and path.suffix != ".csv"]
    if not tables and not graphs:
        raise BadFile(f"{source}: there is neither a CSV nor a SKOS file. Unpack ESCO's download there.")
    if not tables:
        intake.what = "triples"
    for path in tables:
        _read_table(path, content, intake)
    for path in graphs:
        _read_graph(path, content, intake)
    if not content.labels and not intake.refused:
        raise BadFile(f"{source}: no row and no triple names a concept of ESCO.")
    return content


def _leave_out(content: Content, wanted: set[str], intake: Intake) -> None:
    """Say of what was read and stands nowhere why."""
    for iri, count in content.read.items():
        if iri not in wanted:
            why = f"not in {framework.KEEP}"
            if content.kinds.get(iri) == "isco":
                why = "about groups of ISCO-08, which is a framework of its own"
            elif content.kinds.get(iri) not in _TAKEN:
                why = "about what is neither occupation, skill nor group"
            elif iri not in content.labels:
                why = "about what has no English name there"
            intake.leave_out(why, count)


def units(content: Content, keep: frozenset[str] | None = None) -> list[Unit]:
    """The units, or those to keep and the groups above them. Raises BadFile for one to keep that is not there."""
    held = {iri for iri, kind in content.kinds.items() if kind in _TAKEN and iri in content.labels}
    wanted = held
    if keep is not None:
        if missing := sorted(keep - held):
            raise BadFile(f"{framework.KEEP}: {missing[0]} is not in the files of ESCO. Correct it or leave it out.")
        wanted = set(keep)
        rising = set(keep)
        while rising := {up for iri in rising for up in content.above[iri] if up in held} - wanted:
            wanted |= rising
    return [_unit(content, iri, wanted) for iri in sorted(wanted)]


def _unit(content: Content, iri: str, wanted: set[str]) -> Unit:
    kind = content.kinds[iri]
    above = {up for up in content.above[iri] if up in wanted or content.kinds.get(up) == "isco"}
    above -= set().union(*(_higher(content, up) for up in above))
    needs = sorted(content.needs[iri] & wanted)
    return Unit(
        kind, iri, content.labels[iri], content.codes.get(iri, ""), above=tuple(sorted(above)), needs=tuple(needs)
    )


def _higher(content: Content, iri: str) -> set[str]:
    """All that stands above a unit, however far. A link to it beside a longer way is a shortcut and is left out."""
    found: set[str] = set()
    rising = {iri}
    while rising := {up for one in rising for up in content.above.get(one, ())} - found:
        found |= rising
    return found


def _read_table(path: Path, content: Content, intake: Intake) -> None:
    with path.open(encoding="utf-8-sig", errors="replace") as lines:
        if not {"conceptUri", "occupationUri"} & set(next(lines, "").strip().split(",")):
            return  # another file of the download
    with intake.meter.during(f"Reading {path.name}"):
        rows = sheets.rows(path, most=MOST_ROWS)
    for row in intake.over(rows, path):
        with intake.row(path, row.number):
            if "occupationuri" in row.cells and "skilluri" in row.cells:
                _read_need(row, content, intake)
            else:
                _read_concept(row, content)


def _read_need(row: sheets.Row, content: Content, intake: Intake) -> None:
    occupation, skill = _address(row, "occupationUri"), _address(row, "skillUri")
    if row.filled("relationType") == "essential":
        content.needs[occupation].add(skill)
        content.read[occupation] += 1
    else:
        intake.leave_out("about skills that are not essential")


def _read_concept(row: sheets.Row, content: Content) -> None:
    iri = _address(row, "conceptUri")
    cells = row.cells
    above = cells.get("broaderuri") or cells.get("broaderconcepturi") or ""
    label = cells.get("preferredlabel", "")
    if label:
        kind = _KINDS.get(cells.get("concepttype", "").casefold())
        if kind is None:
            raise BadFile(f"the type “{cells.get('concepttype', '')}” is unknown.")
        content.labels[iri], content.kinds[iri] = label, kind
        if code := cells.get("code"):
            content.codes[iri] = code
    elif not above:
        raise BadFile("“preferredLabel” is empty.")
    content.above[iri] |= {part.strip() for part in above.split("|") if part.strip()}
    content.read[iri] += 1


def _address(row: sheets.Row, column: str) -> str:
    iri = row.filled(column)
    if not iri.startswith(_ESCO):
        raise BadFile(f"“{iri}” is not an address of ESCO.")
    return iri


def _read_graph(path: Path, content: Content, intake: Intake) -> None:
    for quad in intake.passing(quads_of(path), f"triples of {path.name}"):
        iri, predicate, value = quad.subject, quad.predicate.value, quad.object
        intake.read += 1
        if (
            isinstance(iri, ox.NamedNode)
            and iri.value.startswith(_ESCO)
            and _said(content, iri.value, predicate, value)
        ):
            content.read[iri.value] += 1
        else:
            intake.leave_out("that say nothing that is kept")
    for named in content.labels:
        if named.startswith(_ESCO + "isco/"):
            content.kinds[named] = "isco"
        elif not named.startswith(_ESCO + "concept-scheme/"):
            content.kinds.setdefault(named, "group")


def _said(content: Content, iri: str, predicate: str, value: Term) -> bool:
    """Note what a triple says of a concept. False when it says nothing that is kept."""
    if isinstance(value, ox.Literal):
        if predicate == SKOS + "prefLabel" and value.language == "en":
            content.labels[iri] = " ".join(value.value.split())
        elif predicate == SKOS + "notation":
            content.codes[iri] = value.value
        else:
            return False
    elif predicate == RDF + "type" and isinstance(value, ox.NamedNode) and value.value.startswith(_MODEL):
        content.kinds[iri] = _KINDS.get(value.value.removeprefix(_MODEL).casefold(), "")
    elif predicate == SKOS + "broader" and isinstance(value, ox.NamedNode):
        content.above[iri].add(value.value)
    elif predicate == _MODEL + "relatedEssentialSkill" and isinstance(value, ox.NamedNode):
        content.needs[iri].add(value.value)
    else:
        return False
    return True
