"""ESCO, from its download: a folder of its CSV files, or of its SKOS files, or one SKOS file.

Occupations become roles, skills and knowledge become skills, headings of skills become groups; an occupation needs its
essential skills. Occupations stand under the groups of ISCO-08, which is a framework of its own. English names only,
no descriptions and no other names. With a file `keep.txt` beside the source, only the addresses in it are kept, and
the groups above them.
"""

from __future__ import annotations

import gzip
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from dditkg import framework, sheets
from dditkg.errors import BadFile
from dditkg.framework import Unit
from dditkg.terms import RDF, SKOS

SUMMARY = "ESCO occupations and skills: the folder of its CSV download, or its SKOS file"

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
_FORMATS = {
    ".nt": ox.RdfFormat.N_TRIPLES,
    ".ttl": ox.RdfFormat.TURTLE,
    ".rdf": ox.RdfFormat.RDF_XML,
    ".xml": ox.RdfFormat.RDF_XML,
}


@dataclass
class Content:
    """What the files say, by address."""

    kinds: dict[str, str] = field(default_factory=dict)
    labels: dict[str, str] = field(default_factory=dict)
    codes: dict[str, str] = field(default_factory=dict)
    above: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    needs: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))


def run(source: Path, target: Path) -> str:
    """Read ESCO's files, write `target`, and say what went in and came out. Raises BadFile with file and row."""
    about = framework.beside(source, {**USUAL, "prefixes": _OWN_PREFIXES})
    content = read(source)
    found = units(content, framework.kept(source))
    count = framework.write(target, about, found)
    held = {kind: sum(unit.kind == kind for unit in found) for kind in ("role", "skill", "group")}
    needs = sum(len(unit.needs) for unit in found)
    return (
        f"Read {len(content.labels):,} concepts of {source}. Wrote {target}: {held['role']:,} occupations, "
        f"{held['skill']:,} skills, {held['group']:,} groups and {needs:,} essential skills of occupations; "
        f"{count:,} triples."
    )


def read(source: Path) -> Content:
    """What ESCO's files say in English. Raises BadFile."""
    content = Content()
    files = [source] if source.is_file() else sorted(p for p in source.iterdir() if p.is_file())
    tables = [path for path in files if path.suffix == ".csv"]
    graphs = [path for path in files if _format(path)]
    if not tables and not graphs:
        raise BadFile(f"{source}: there is neither a CSV nor a SKOS file. Unpack ESCO's download there.")
    for path in tables:
        _read_table(path, content)
    for path in graphs:
        _read_graph(path, content)
    if not content.labels:
        raise BadFile(f"{source}: no row and no triple names a concept of ESCO.")
    return content


def units(content: Content, keep: frozenset[str] | None = None) -> list[Unit]:
    """The units, or those to keep and the groups above them. Raises BadFile for one to keep that is not there."""
    held = {iri for iri, kind in content.kinds.items() if kind in ("role", "skill", "group") and iri in content.labels}
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


def _read_table(path: Path, content: Content) -> None:
    with path.open(encoding="utf-8-sig", errors="replace") as lines:
        if not {"conceptUri", "occupationUri"} & set(next(lines, "").strip().split(",")):
            return  # another file of the download
    for row in sheets.rows(path, most=MOST_ROWS):
        cells = row.cells
        if cells.get("occupationuri") and cells.get("skilluri"):
            if cells.get("relationtype") == "essential":
                content.needs[cells["occupationuri"]].add(cells["skilluri"])
            continue
        iri = cells.get("concepturi", "")
        if not iri:
            continue
        if not iri.startswith(_ESCO):
            raise BadFile(f"{path}, row {row.number}: “{iri}” is not an address of ESCO.")
        above = cells.get("broaderuri") or cells.get("broaderconcepturi") or ""
        content.above[iri] |= {part.strip() for part in above.split("|") if part.strip()}
        if label := cells.get("preferredlabel"):
            content.labels[iri] = label
            kind = _KINDS.get(cells.get("concepttype", "").casefold())
            if kind is None:
                raise BadFile(f"{path}, row {row.number}: the type “{cells.get('concepttype', '')}” is unknown.")
            content.kinds[iri] = kind
            if code := cells.get("code"):
                content.codes[iri] = code


def _read_graph(path: Path, content: Content) -> None:
    for quad in _quads(path):
        iri, predicate, value = quad.subject, quad.predicate.value, quad.object
        if not isinstance(iri, ox.NamedNode) or not iri.value.startswith(_ESCO):
            continue
        if isinstance(value, ox.Literal):
            if predicate == SKOS + "prefLabel" and value.language == "en":
                content.labels[iri.value] = " ".join(value.value.split())
            elif predicate == SKOS + "notation":
                content.codes[iri.value] = value.value
        elif isinstance(value, ox.NamedNode):
            if predicate == RDF + "type" and value.value.startswith(_MODEL):
                content.kinds[iri.value] = _KINDS.get(value.value.removeprefix(_MODEL).casefold(), "")
            elif predicate == SKOS + "broader":
                content.above[iri.value].add(value.value)
            elif predicate == _MODEL + "relatedEssentialSkill":
                content.needs[iri.value].add(value.value)
    for named in content.labels:
        if named.startswith(_ESCO + "isco/"):
            content.kinds[named] = "isco"
        elif not named.startswith(_ESCO + "concept-scheme/"):
            content.kinds.setdefault(named, "group")


def _quads(path: Path) -> Iterator[ox.Quad]:
    try:
        data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        yield from ox.parse(data, format=_format(path))
    except (OSError, EOFError, SyntaxError, ValueError) as error:
        raise BadFile(f"{path}: {str(error).rstrip('.')}.") from error


def _format(path: Path) -> ox.RdfFormat | None:
    return _FORMATS.get(path.with_suffix("").suffix if path.suffix == ".gz" else path.suffix)
