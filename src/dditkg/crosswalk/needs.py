"""What roles need: skills, and at which levels, in this model and in every framework that says so."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from dditkg.crosswalk.lists import one_meant
from dditkg.crosswalk.source import Source
from dditkg.crosswalk.units import Unit, Units
from dditkg.crosswalk.walk import Crosswalk
from dditkg.errors import WrongUse
from dditkg.search import Index


@dataclass(frozen=True)
class Step:
    """A skill at a level: the level's name, and its place on its ladder, 1 for the lowest."""

    iri: str
    level: str
    rank: int


@dataclass(frozen=True)
class Need:
    """A skill that a role needs. `steps` are the levels that are asked for, the lowest first; none where none is said.

    Where a role says nothing itself and its rungs do, `steps` are those of all rungs, and `rungs` says how many of
    them need it.
    """

    skill: Unit
    steps: tuple[Step, ...] = ()
    rungs: int = 0


@dataclass(frozen=True)
class Role:
    """A role or a rung of one, with what it needs by name of the skill. `rungs` counts those of a role."""

    unit: Unit
    needs: tuple[Need, ...]
    rungs: int = 0


@dataclass(frozen=True)
class Needs:
    """The roles of which something is known that they need, by address. Rungs stand beside the roles they are of."""

    walk: Crosswalk
    roles: Mapping[str, Role] = field(repr=False)
    steps: Mapping[str, Step] = field(repr=False)

    def role(self, unit: Unit) -> Role:
        """A role by its unit: without needs where none are held."""
        return self.roles.get(unit.iri, Role(unit, ()))

    def is_rung(self, role: Role) -> bool:
        return role.unit.iri in self.walk.units.whole

    @cached_property
    def frameworks(self) -> tuple[str, ...]:
        """The ids of those that say which skills roles need."""
        return tuple(sorted({need.skill.framework for role in self.roles.values() for need in role.needs}))

    @cached_property
    def kinds(self) -> frozenset[str]:
        """What things that need skills are called: roles and rungs, ours and others'."""
        return frozenset(role.unit.kind for role in self.roles.values())


def read_needs(walk: Crosswalk) -> Needs:
    """Read once what every role needs."""
    source, units = Source(walk.dataset), walk.units
    steps = {
        step: Step(step, units.by_iri[level].label, int(rank))
        for step, _, level, rank in source.rows("levels")
        if level in units.by_iri and rank
    }
    said: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for role, skill, step in source.rows("needs"):
        if role in units.by_iri and skill in units.by_iri:
            said[role][skill] |= {step} & steps.keys()
    wholes = {units.whole[rung] for rung in said if rung in units.whole}
    roles = {role: _role(units, steps, said, role) for role in sorted(said.keys() | wholes)}
    return Needs(walk, roles, steps)


def _role(units: Units, steps: Mapping[str, Step], said: Mapping[str, Mapping[str, set[str]]], role: str) -> Role:
    rungs = [said[rung] for rung in units.steps.get(role, ()) if rung in said]
    needs = []
    for skill in set().union(said.get(role, ()), *rungs):
        own = said.get(role, {}).get(skill, set())
        at = [needed[skill] for needed in rungs if skill in needed] if not own else []
        asked = own.union(*at)
        found = tuple(sorted({steps[step] for step in asked}, key=lambda step: step.rank))
        needs.append(Need(units.by_iri[skill], found, len(at)))
    needs.sort(key=lambda need: (need.skill.label.casefold(), need.skill.iri))
    return Role(units.by_iri[role], tuple(needs), len(rungs))


def roles_meant(needs: Needs, index: Index, typed: Iterable[str]) -> list[Role]:
    """The roles that names mean, in their order. Raises what `one_meant` does, and WrongUse for fewer than two roles or
    one named twice."""
    found = [needs.role(one_meant(needs.walk, index, name, kinds=needs.kinds)) for name in typed]
    if len(found) < 2:
        raise WrongUse("Name at least two roles to compare; for those nearest to one, ask for the nearest.")
    for place, role in enumerate(found):
        if role in found[:place]:
            raise WrongUse(f"{role.unit.label} ({index.short(role.unit.iri)}) is named twice. Name different roles.")
    return found
