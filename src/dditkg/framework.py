"""An outside framework as one file of ours: what is said of it, its units, and the Turtle that these make.

The units of an owner who has lasting addresses keep them; the others get one from their name, under the framework's.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import MISSING, dataclass, field, fields
from datetime import date
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from dditkg import disk, turtle
from dditkg.errors import BadFile
from dditkg.terms import BASE, DCTERMS, DD, RDF, SH, SKOS, XSD, is_iri, slug

_DCAT = "http://www.w3.org/ns/dcat#"
_SCHEMA = "https://schema.org/"
#: What a unit can be, and its class.
KINDS: Mapping[str, str] = {
    "capability": "FrameworkCapability",
    "competence": "FrameworkCompetence",
    "group": "FrameworkGroup",
    "level": "FrameworkLevel",
    "outcome": "FrameworkOutcome",
    "role": "FrameworkRole",
    "skill": "FrameworkSkill",
}
#: The file beside a source that says what the framework is, where the importer should not say it.
ABOUT = "about.toml"
#: The file beside a source that names the units to keep, one a line, by code or address.
KEEP = "keep.txt"


@dataclass(frozen=True)
class About:
    """What is said of a framework as a whole. `licence` is an address, `rights` are words; one of them is there."""

    id: str
    label: str
    publisher: str
    edition: str
    also: tuple[str, ...] = ()
    definition: str = ""
    issued: str = ""
    licence: str = ""
    rights: str = ""
    attribution: str = ""
    page: str = ""
    type: str = ""
    quality: str = ""
    answers: tuple[str, ...] = ()
    read: str = ""
    prefixes: Mapping[str, str] = field(default_factory=dict)

    @property
    def iri(self) -> str:
        """The address of the framework."""
        return f"{BASE}framework/{self.id}"


@dataclass(frozen=True)
class Unit:
    """One part of a framework, with its owner's name. `above` and `needs` are addresses of other units."""

    kind: str
    iri: str
    label: str
    code: str = ""
    definition: str = ""
    page: str = ""
    rank: int = 0
    above: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    note: str = ""


def about(said: Mapping[str, Any], where: Path) -> About:
    """What a table of a TOML file says of a framework. Raises BadFile naming what is missing or unknown."""
    known = {f.name: f for f in fields(About)}
    for name in said:
        if name not in known:
            raise BadFile(f"{where}: “{name}” is not said of a framework. Known: {', '.join(known)}.")
    for name, f in known.items():
        if f.default is MISSING and f.default_factory is MISSING and not said.get(name):
            raise BadFile(f'{where}: the framework has no “{name}”. Add a line {name} = "…".')
    if not (said.get("licence") or said.get("rights")):
        raise BadFile(f'{where}: the framework has no licence. Add licence = "https://…" or rights in words.')
    if slug(said["id"]) != said["id"]:
        raise BadFile(f"{where}: the id “{said['id']}” is not like “{slug(said['id'])}”. Write it so.")
    values: dict[str, Any] = {name: tuple(v) if isinstance(v, list) else str(v) for name, v in said.items()}
    values["prefixes"] = said.get("prefixes", {})
    return About(**values)


def beside(source: Path, usual: Mapping[str, Any]) -> About:
    """What is said of a framework: as usual, but for what the file about.toml beside the source says otherwise."""
    path = _folder(source) / ABOUT
    return about({**usual, **read_toml(path)} if path.is_file() else usual, path)


def kept(source: Path) -> frozenset[str] | None:
    """The codes or addresses to keep, from the file keep.txt beside the source; None to keep all."""
    path = _folder(source) / KEEP
    if not path.is_file():
        return None
    lines = (
        line.partition("#")[0].strip() if not is_iri(line) else line.strip() for line in disk.text(path).splitlines()
    )
    return frozenset(filter(None, lines))


def read_toml(path: Path) -> dict[str, Any]:
    """A TOML file. Raises BadFile."""
    try:
        return tomllib.loads(disk.text(path))
    except tomllib.TOMLDecodeError as error:
        raise BadFile(f"{path}: {error}.") from error


def mint(framework: About, kind: str, name: str) -> str:
    """The address of a unit whose owner has none for it."""
    return f"{framework.iri}/{kind}/{slug(name)}"


def triples(framework: About, units: Iterable[Unit]) -> Iterator[ox.Triple]:
    """What is authored of a framework; superclasses, inverses and labels of pairs are derived at build."""
    held = list(units)
    yield from _framework(framework)
    for unit in held:
        yield from _unit(framework, unit)
    for prefix, namespace in _prefixes(framework, held).items():
        declaration = f"{BASE}prefix/{prefix}"
        yield _triple(framework.iri, SH + "declare", ox.NamedNode(declaration))
        yield _triple(declaration, RDF + "type", ox.NamedNode(SH + "PrefixDeclaration"))
        yield _triple(declaration, SH + "prefix", ox.Literal(prefix))
        yield _triple(declaration, SH + "namespace", _typed(namespace, "anyURI"))


class Addresses:
    """The addresses that are taken: no two units of a framework have the same."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {}

    def take(self, unit: Unit) -> Unit:
        """The unit, whose address is taken from now on. Raises BadFile when another unit has it."""
        other = self._names.get(unit.iri)
        if other is not None:
            raise BadFile(f"“{unit.label}” and “{other}” would both be {unit.iri}. Correct one name.")
        self._names[unit.iri] = unit.label
        return unit


def write(target: Path, framework: About, units: Iterable[Unit], more: Iterable[ox.Triple] = ()) -> int:
    """Write the file of a framework whole or not at all. Returns the number of triples. Raises BadFile.

    `more` is what an importer knows beyond its units, such as a skill at a level.
    """
    addresses = Addresses()
    held = [addresses.take(unit) for unit in units]
    found = {*triples(framework, held), *more}
    disk.replace(target, turtle.write(found, {**_PREFIXES, **_prefixes(framework, held)}).encode())
    return len(found)


_PREFIXES = {
    "dcat": _DCAT,
    "dcterms": DCTERMS,
    "dd": DD,
    "framework": BASE + "framework/",
    "prefix": BASE + "prefix/",
    "schema": _SCHEMA,
    "sh": SH,
    "skos": SKOS,
    "xsd": XSD,
}


def _prefixes(framework: About, units: Iterable[Unit]) -> dict[str, str]:
    """The owner's prefixes, and ours for each kind of unit that got its address from us."""
    found = dict(framework.prefixes)
    for unit in units:
        if unit.iri.startswith(framework.iri + "/"):
            found[framework.id] = framework.iri + "/"
            found[f"{framework.id}-{unit.kind}"] = f"{framework.iri}/{unit.kind}/"
    return found


def _framework(framework: About) -> Iterator[ox.Triple]:
    texts = [(SKOS + "prefLabel", framework.label), (SKOS + "definition", framework.definition)]
    texts += [(SKOS + "altLabel", name) for name in framework.also]
    texts += [(DCTERMS + "publisher", framework.publisher), (DD + "attribution", framework.attribution)]
    texts += [(DD + "qualityNote", framework.quality)]
    words = [(SKOS + "notation", framework.id), (_DCAT + "version", framework.edition)]
    words += [(DCTERMS + "rights", framework.rights), (DD + "sourceType", framework.type)]
    words += [(DD + "answers", question) for question in framework.answers]
    pages = [(DCTERMS + "license", framework.licence), (_SCHEMA + "url", framework.page)]
    dates = [(DCTERMS + "date" if _is_year(framework.issued) else DCTERMS + "issued", framework.issued)]
    dates += [(DD + "dateRead", framework.read)]
    yield _triple(framework.iri, RDF + "type", ox.NamedNode(DD + "Framework"))
    for predicate, text in texts:
        yield from [_triple(framework.iri, predicate, ox.Literal(text, language="en"))] if text else []
    for predicate, text in words:
        yield from [_triple(framework.iri, predicate, ox.Literal(text))] if text else []
    for predicate, text in pages:
        yield from [_triple(framework.iri, predicate, ox.NamedNode(text))] if text else []
    for predicate, text in dates:
        kind = "gYear" if _is_year(text) else "date"
        yield from [_triple(framework.iri, predicate, _typed(_dated(text), kind))] if text else []


def _unit(framework: About, unit: Unit) -> Iterator[ox.Triple]:
    yield _triple(unit.iri, RDF + "type", ox.NamedNode(DD + KINDS[unit.kind]))
    yield _triple(unit.iri, SKOS + "prefLabel", ox.Literal(unit.label, language="en"))
    yield _triple(unit.iri, SKOS + "inScheme", ox.NamedNode(framework.iri))
    if unit.code:
        yield _triple(unit.iri, SKOS + "notation", ox.Literal(unit.code))
    if unit.definition:
        yield _triple(unit.iri, SKOS + "definition", ox.Literal(unit.definition, language="en"))
    if unit.page:
        yield _triple(unit.iri, _SCHEMA + "url", ox.NamedNode(unit.page))
    if unit.rank:
        yield _triple(unit.iri, DD + "rank", _typed(str(unit.rank), "integer"))
    if unit.note:
        yield _triple(unit.iri, SKOS + "scopeNote", ox.Literal(unit.note, language="en"))
    for name in unit.also:
        yield _triple(unit.iri, SKOS + "altLabel", ox.Literal(name, language="en"))
    for above in unit.above:
        yield _triple(unit.iri, SKOS + "broader", ox.NamedNode(above))
    for need in unit.needs:
        yield _triple(unit.iri, DD + "requiresSkill", ox.NamedNode(need))


def _folder(source: Path) -> Path:
    return source if source.is_dir() else source.parent


def _is_year(text: str) -> bool:
    return len(text) == len("2026") and text.isdigit()


def _dated(text: str) -> str:
    if _is_year(text):
        return text
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError as error:
        raise BadFile(f"“{text}” is neither a year nor a date such as 2026-10-06.") from error


def _triple(subject: str, predicate: str, value: ox.NamedNode | ox.Literal) -> ox.Triple:
    return ox.Triple(ox.NamedNode(subject), ox.NamedNode(predicate), value)


def _typed(value: str, kind: str) -> ox.Literal:
    return ox.Literal(value, datatype=ox.NamedNode(XSD + kind))
