"""What can stand at an end of a mapping: units of ours and of frameworks, with their names, codes and levels."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from dditkg.crosswalk.source import Source
from dditkg.errors import NotFound
from dditkg.terms import BASE
from dditkg.wording import nearest

#: How this model is named where a framework is asked for.
OURS = "dditkg"
_MODEL = "this model"
_SHORT = 32  # letters that a heading has room for
_FRAMEWORKS = f"{BASE}framework/"
_LEVELS = ("skill level", "framework level")
_HAVING_LEVELS = ("skill", "framework skill", "framework competence")
_OTHER_NAMES = {"ddat": "gdad", "ours": OURS, "this model": OURS}


@dataclass(frozen=True)
class Unit:
    """A part of this model or of a framework. `framework` is an id, `sfia-9`; `code` is its owner's, or empty."""

    iri: str
    label: str
    code: str
    kind: str
    framework: str
    retired: bool


@dataclass(frozen=True)
class Framework:
    """A framework that is held, by its id and by what people call it: `names` in small letters, and a `short` one for
    headings, which is the label where that is short enough."""

    id: str
    label: str
    edition: str
    names: tuple[str, ...]
    short: str


@dataclass(frozen=True)
class Units:
    """All units by address, what each is a level of, and what levels each has, the lowest first."""

    by_iri: Mapping[str, Unit]
    frameworks: Mapping[str, Framework]
    whole: Mapping[str, str]
    steps: Mapping[str, tuple[str, ...]]
    by_code: Mapping[str, tuple[str, ...]] = field(repr=False)

    def of(self, framework: str) -> list[Unit]:
        """The units of a framework that are in use."""
        return [unit for unit in self.by_iri.values() if unit.framework == framework and not unit.retired]

    @cached_property
    def levelled(self) -> frozenset[str]:
        """The addresses of the skills and competences of those frameworks that have levels."""
        having = {unit.framework for unit in self.by_iri.values() if unit.kind in _LEVELS}
        return frozenset(
            unit.iri for unit in self.by_iri.values() if unit.kind in _HAVING_LEVELS and unit.framework in having
        )

    def framework(self, typed: str) -> str:
        """The id of the framework that a name means: `sfia` is the newest edition of SFIA that is held.

        Raises NotFound naming those that are held.
        """
        wanted = typed.strip().casefold()
        wanted = _OTHER_NAMES.get(wanted, wanted)
        if wanted in self.frameworks:
            return wanted
        joined = "-".join(wanted.split())
        called = [f.id for f in self.frameworks.values() if joined in ("-".join(name.split()) for name in f.names)]
        editions = [known for known in self.frameworks if re.fullmatch(re.escape(wanted) + r"-[0-9.]+", known)]
        found = sorted(editions, key=_edition) or called
        if found:
            return found[-1]
        names = [n for f in self.frameworks.values() for n in (f.id, f.id.rstrip("0123456789.").rstrip("-"), *f.names)]
        near = nearest(wanted, dict.fromkeys(names), 3)
        hint = f" Did you mean {' or '.join(near)}?" if near else ""
        held = ", ".join(sorted(self.frameworks))
        raise NotFound(f"No framework called “{typed}” is held.{hint} There are: {held}.", near=near)

    def called(self, framework: str) -> str:
        """What people call a framework, in a word or a few."""
        known = self.frameworks.get(framework)
        return known.short if known else framework

    def frameworks_of(self, typed: str) -> list[str]:
        """The ids that a list such as `sfia,esco` means."""
        return list(dict.fromkeys(self.framework(name) for name in typed.split(",") if name.strip()))


def read_units(source: Source) -> Units:
    """Every unit, read once."""
    frameworks = _frameworks(source)
    by_iri: dict[str, Unit] = {}
    for iri, label, code, _, kind, framework, retired in source.rows("units"):
        if iri in by_iri and not code:
            continue
        owner = framework.removeprefix(_FRAMEWORKS) if framework else OURS if iri.startswith(BASE) else ""
        by_iri.setdefault(iri, Unit(iri, label, code, kind, owner, retired == "true"))
    whole, steps = {}, defaultdict(list)
    for step, of, _, _ in source.rows("levels"):
        whole[step] = of
        steps[of].append(step)
    by_code: dict[str, list[str]] = defaultdict(list)
    for unit in by_iri.values():
        if unit.code:
            by_code[unit.code.casefold()].append(unit.iri)
    return Units(
        by_iri,
        frameworks,
        whole,
        {of: tuple(found) for of, found in steps.items()},
        {code: tuple(found) for code, found in by_code.items()},
    )


def _frameworks(source: Source) -> dict[str, Framework]:
    others: dict[str, list[str]] = defaultdict(list)
    said: dict[str, tuple[str, str]] = {}
    for iri, label, edition, other in source.rows("frameworks"):
        known = iri.removeprefix(_FRAMEWORKS)
        said[known] = label, edition
        others[known] += [other] if other else []
    found = {}
    for known, (label, edition) in said.items():
        names = tuple(dict.fromkeys(name.casefold() for name in (label, *others[known])))
        found[known] = Framework(known, label, edition, names, _short(known, label, others[known]))
    found[OURS] = Framework(OURS, _MODEL, source.dataset.version, (), _MODEL)
    return found


def _short(known: str, label: str, others: list[str]) -> str:
    """The name that the id was made from, where the label is long."""
    if len(label) <= _SHORT or not others:
        return label
    return next(
        (name for name in others if re.fullmatch(re.escape(name.casefold()) + r"(-[0-9.]+)?", known)), others[0]
    )


def _edition(framework: str) -> list[int]:
    return [int(part) for part in re.findall(r"[0-9]+", framework.rpartition("-")[2])]
