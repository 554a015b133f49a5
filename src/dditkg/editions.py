"""Two editions of an outside framework: what was added, renamed, retired, and at what levels its jobs changed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

import pyoxigraph as ox

from dditkg.errors import BadFile
from dditkg.terms import DD, OWL, RDF, SKOS, kebab, slug
from dditkg.wording import spelt

_VERSION = "http://www.w3.org/ns/dcat#version"
_KINDS = DD + "Framework"
_PAIR = "skill level"  # has no name of its own: it is told with its skill
_ALIKE = 0.85
_IN_USE = "in use"


@dataclass(frozen=True)
class Unit:
    """A part of an edition. `retired` is the reason, or None; `needs` holds skill → level for a role or a rung of one,
    `levels` those of a skill; `of` is the role of a rung."""

    iri: str
    label: str
    kind: str
    code: str = ""
    former: frozenset[str] = frozenset()
    retired: str | None = None
    of: str = ""
    needs: Mapping[str, str] = field(default_factory=dict)
    levels: tuple[str, ...] = ()


@dataclass(frozen=True)
class Edition:
    """A framework as one file or download has it, its units by address."""

    framework: str
    label: str
    version: str
    units: Mapping[str, Unit] = field(repr=False)

    @property
    def used(self) -> dict[str, Unit]:
        """The units that are not retired."""
        return {iri: unit for iri, unit in self.units.items() if unit.retired is None}


@dataclass(frozen=True)
class Renamed:
    """A unit that goes under another name, and how it was known to be the same."""

    old: Unit
    new: Unit
    how: str


@dataclass(frozen=True)
class Changed:
    """What a role or a rung needs (`what` is a skill), or a skill has (`what` is a level), before and after; empty is
    not at all."""

    unit: Unit
    what: str
    before: str
    after: str


@dataclass(frozen=True)
class Difference:
    """What happened from one edition to the next. `retired` gives the reason where the framework has one."""

    old: Edition
    new: Edition
    added: tuple[Unit, ...]
    renamed: tuple[Renamed, ...]
    retired: tuple[tuple[Unit, str], ...]
    levels: tuple[Changed, ...]


def edition(triples: Iterable[ox.Triple], where: str) -> Edition:
    """A framework out of the triples of its file. Raises BadFile where there is none, or more than one."""
    said: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for triple in triples:
        said[_text(triple.subject)][triple.predicate.value].append(_text(triple.object))
    frameworks = [iri for iri, about in said.items() if DD + "Framework" in about[RDF + "type"]]
    if len(frameworks) != 1:
        found = f"{len(frameworks)} frameworks" if frameworks else "no framework"
        raise BadFile(f"{where}: it describes {found}, and one is compared. Name the file of one framework.")
    levels: dict[str, list[str]] = defaultdict(list)
    for pair, about in said.items():
        for skill in about.get(DD + "skill", ()):
            levels[skill].append(_level(said, pair))
    parts = [iri for iri, about in said.items() if _kind(about) not in ("", _PAIR)]
    units = {iri: _unit(iri, said, tuple(sorted(levels[iri]))) for iri in parts}
    about = said[frameworks[0]]
    return Edition(frameworks[0], _first(about, SKOS + "prefLabel"), _first(about, _VERSION), units)


def compare(old: Edition, new: Edition) -> Difference:
    """What happened from `old` to `new`. Rungs of roles that came or went are told with their roles."""
    known = _matched(old, new)
    taken = {iri for iri, _ in known.values()}
    before, after = old.used, new.used
    added = [u for iri, u in after.items() if iri not in taken and (not u.of or u.of in taken)]
    renamed: list[Renamed] = []
    retired: list[tuple[Unit, str]] = []
    levels: list[Changed] = []
    for iri, unit in before.items():
        if iri not in known:
            if not unit.of or unit.of in known:
                reason = new.units[iri].retired if iri in new.units else None
                retired.append((unit, reason or ""))
            continue
        now, how = known[iri]
        if unit.label != after[now].label or (iri != now and old.framework == new.framework and not unit.of):
            renamed.append(Renamed(unit, after[now], how))
        levels += _changes(unit, after[now], {one: other for one, (other, _) in known.items()}, old, new)
    return Difference(
        old,
        new,
        tuple(sorted(added, key=_order)),
        tuple(sorted(renamed, key=lambda one: _order(one.new))),
        tuple(sorted(retired, key=lambda pair: _order(pair[0]))),
        tuple(sorted(levels, key=lambda one: (_order(one.unit), one.what.casefold()))),
    )


def _matched(old: Edition, new: Edition) -> dict[str, tuple[str, str]]:
    """For each unit of the old edition that goes on, its address in the new one, and how that is known."""
    found: dict[str, tuple[str, str]] = {}
    wholes = [u for u in old.used.values() if not u.of], [u for u in new.used.values() if not u.of]
    _match(*wholes, found)
    for role in list(found):
        rungs = [u for u in old.used.values() if u.of == role]
        _match(rungs, [u for u in new.used.values() if u.of == found[role][0]], found)
    return found


def _match(old: list[Unit], new: list[Unit], found: dict[str, tuple[str, str]]) -> None:
    ways: tuple[tuple[str, Callable[[Unit], Iterable[str]], Callable[[Unit], Iterable[str]]], ...] = (
        ("same address", lambda u: [u.iri], lambda u: [u.iri]),
        ("same code", lambda u: [u.code] if u.code else [], lambda u: [u.code] if u.code else []),
        ("the new edition names its former name", lambda u: [u.label.casefold()], lambda u: u.former),
        ("same name", lambda u: [slug(u.label)], lambda u: [slug(u.label)]),
    )
    for how, of_old, of_new in ways:
        taken = {iri for iri, _ in found.values()}
        left = {(u.kind, key): u.iri for u in new if u.iri not in taken for key in of_new(u)}
        for unit in old:
            match = next((left[unit.kind, key] for key in of_old(unit) if (unit.kind, key) in left), None)
            if unit.iri not in found and match and match not in {iri for iri, _ in found.values()}:
                found[unit.iri] = match, how
    for likeness, one, other in sorted(_alike(old, new, found), key=lambda row: (-row[0], row[1], row[2])):
        if one not in found and other not in {iri for iri, _ in found.values()}:
            found[one] = other, f"spelt alike ({likeness:.2f}), so to be confirmed"


def _alike(old: list[Unit], new: list[Unit], found: Mapping[str, object]) -> Iterator[tuple[float, str, str]]:
    for unit in old:
        same = [other for other in new if other.kind == unit.kind]
        if unit.iri not in found:
            for place, likeness in spelt(unit.label, [other.label for other in same], _ALIKE).items():
                yield likeness, unit.iri, same[place].iri


def _changes(old: Unit, new: Unit, known: Mapping[str, str], was: Edition, now: Edition) -> Iterator[Changed]:
    needed = {known.get(skill, skill): level for skill, level in old.needs.items()}
    for skill in dict.fromkeys((*needed, *new.needs)):
        before, after = needed.get(skill, ""), new.needs.get(skill, "")
        if before != after:
            held = now.units.get(skill) or was.units.get(skill)
            yield Changed(new, held.label if held else skill, before, after)
    for level in dict.fromkeys((*old.levels, *new.levels)):
        if (level in old.levels) != (level in new.levels):
            yield Changed(new, level, _IN_USE * (level in old.levels), _IN_USE * (level in new.levels))


def _unit(iri: str, said: Mapping[str, Mapping[str, list[str]]], levels: tuple[str, ...]) -> Unit:
    about = said[iri]
    needs = dict.fromkeys(about.get(DD + "requiresSkill", ()), "without a level")
    for pair in about.get(DD + "requires", ()):
        needs[_first(said.get(pair, {}), DD + "skill")] = _level(said, pair)
    return Unit(
        iri,
        _first(about, SKOS + "prefLabel"),
        _kind(about),
        _first(about, SKOS + "notation"),
        frozenset(name.casefold() for name in about.get(SKOS + "altLabel", ())),
        _first(about, DD + "deprecationReason") if about.get(OWL + "deprecated") == ["true"] else None,
        _first(about, DD + "rungOf"),
        needs,
        levels,
    )


def _level(said: Mapping[str, Mapping[str, list[str]]], pair: str) -> str:
    level = _first(said.get(pair, {}), DD + "level")
    return _first(said.get(level, {}), SKOS + "prefLabel") or level


def _kind(about: Mapping[str, list[str]]) -> str:
    """`role level` for a FrameworkRoleLevel; empty for what is no unit."""
    kinds = [kind.removeprefix(_KINDS) for kind in about.get(RDF + "type", ()) if kind.startswith(_KINDS)]
    return kebab(kinds[0]).replace("-", " ").strip() if kinds else ""


def _first(about: Mapping[str, list[str]], predicate: str) -> str:
    return min(about.get(predicate, ()), default="")


def _order(unit: Unit) -> tuple[str, str, str]:
    return unit.kind, unit.label.casefold(), unit.iri


def _text(term: object) -> str:
    return str(getattr(term, "value", term))
