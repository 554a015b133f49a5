"""All mapping sets together: what no row says alone, but several rows say between them. Each rule is `Mapping-…`."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from dditkg.finding import Finding
from dditkg.joint import Joint
from dditkg.sssom import BACKWARDS, CHAINED, MOST_STEPS, NO_TERM, PREDICATES, MappingSet, Row
from dditkg.terms import SKOS

#: Every rule and what it asks for.
RULES = {
    "Mapping-closure-clash": "What is the same by way of others is not also wider, narrower or only related.",
    "Mapping-closure-exact": "No two units of one list are the same by way of others.",
    "Mapping-closure-kind": "No two things of different kinds are the same by way of others.",
    "Mapping-contradicts": "“Related only”, “not so” and “none found” agree with what other rows make together.",
    "Mapping-cycle": "Nothing is wider than itself by way of others.",
}
_CLASHING = ("broad", "narrow", "related")


@dataclass(frozen=True)
class Step:
    """A row that asserts a relation, read from `subject` to `object`."""

    set: MappingSet
    row: Row
    subject: str
    relation: str
    object: str

    def turned(self) -> Step:
        """The same row, read from the other end."""
        return replace(
            self, subject=self.object, object=self.subject, relation=BACKWARDS.get(self.relation, self.relation)
        )

    @property
    def doubt(self) -> tuple[bool, float, str, int]:
        """Sorts rows by which to look at first: ours before those of others, and the least sure."""
        sure = float(self.row.cells.get("confidence") or 0)
        return self.set.is_published(self.row), sure, self.set.path.as_posix(), self.row.line


Way = tuple[Step, ...]
_Said = tuple[Step, str, str]


def findings(sets: Sequence[MappingSet], held: Joint) -> list[Finding]:
    """What rows of any sets say together that cannot hold, each at the row that is to be looked at first."""
    steps = [step for ms in sets for step in _steps(ms)]
    outgoing: dict[str, list[Step]] = defaultdict(list)
    for step in steps:
        outgoing[step.subject].append(step)
        outgoing[step.object].append(step.turned())
    groups = _groups(outgoing)
    told = _Telling(held)
    said: Iterable[_Said] = (
        *_closure(outgoing, groups, held, told),
        *_clashes(steps, outgoing, groups, told),
        *_cycles(steps, groups, told),
        *_contradictions(sets, outgoing, held, told),
    )
    return sorted(
        Finding(
            step.set.path.as_posix(),
            step.row.line,
            f"Mapping-{rule}",
            "warning" if rule == "contradicts" else "violation",
            message,
        )
        for step, rule, message in said
    )


@dataclass(frozen=True)
class _Telling:
    """Units and ways in words."""

    held: Joint

    def unit(self, iri: str) -> str:
        return f"{self.held.name(iri) or iri} ({self.held.framework(next(iter(self._lists(iri)), ''))})"

    def way(self, way: Way) -> str:
        return self.unit(way[0].subject) + "".join(f" → {step.relation} → {self.unit(step.object)}" for step in way)

    def _lists(self, iri: str) -> list[str]:
        return sorted(self.held.values(iri, SKOS + "inScheme"))


def _steps(ms: MappingSet) -> Iterator[Step]:
    for row in ms.rows:
        near, relation, far = (ms.expanded(text) for text in (row.subject, row.predicate, row.object))
        if relation in PREDICATES and not row.negated and NO_TERM not in (near, far) and near and far:
            yield Step(ms, row, near, _short(relation), far)


def _short(predicate: str) -> str:
    return predicate.removeprefix(SKOS).removesuffix("Match")


def _ways(start: str, follow: Callable[[str], Iterable[Step]]) -> dict[str, Way]:
    """The shortest way from a unit to each that can be reached."""
    ways: dict[str, Way] = {start: ()}
    waiting = deque([start])
    while waiting:
        here = waiting.popleft()
        for step in follow(here):
            if step.object not in ways:
                ways[step.object] = (*ways[here], step)
                waiting.append(step.object)
    return ways


def _same(outgoing: Mapping[str, list[Step]], start: str) -> dict[str, Way]:
    """All that is the same as a unit by exact matches, and the way there."""
    return _ways(start, lambda unit: (step for step in outgoing.get(unit, ()) if step.relation == "exact"))


def _groups(outgoing: Mapping[str, list[Step]]) -> dict[str, str]:
    """For each unit the first of those that it is the same as."""
    found: dict[str, str] = {}
    for unit in sorted(outgoing):
        for other in _same(outgoing, unit) if unit not in found else ():
            found[other] = unit
    return found


def _closure(
    outgoing: Mapping[str, list[Step]], groups: Mapping[str, str], held: Joint, told: _Telling
) -> Iterator[_Said]:
    members: dict[str, list[str]] = defaultdict(list)
    for unit, group in groups.items():
        members[group].append(unit)
    for units in members.values():
        for one, other in combinations(sorted(units), 2):
            way = _same(outgoing, one)[other]
            if len(way) < 2:
                continue
            first = min(way, key=lambda step: step.doubt)
            lists = set(held.values(one, SKOS + "inScheme")) & set(held.values(other, SKOS + "inScheme"))
            if lists and not _said_at_the_row(way):
                said = f"Two units of one list are made the same: {told.way(way)}."
                yield first, "closure-exact", f"{said} Make one of these rows a close match."
            elif not lists and held.differ(one, other):
                said = f"Things of different kinds are made the same: {told.way(way)}."
                yield first, "closure-kind", f"{said} Make one of these rows a related match with confidence 0.3."


def _said_at_the_row(way: Way) -> bool:
    """True where the rules on one set, or on what one unit is the same as, find it."""
    if len(way) != 2:
        return False
    one, two = way
    middle = one.object
    same_end = all(step.set.expanded(step.row.subject) == middle for step in way)
    return same_end or one.set.path == two.set.path


def _clashes(
    steps: Iterable[Step], outgoing: Mapping[str, list[Step]], groups: Mapping[str, str], told: _Telling
) -> Iterator[_Said]:
    for step in steps:
        if step.relation in _CLASHING and groups[step.subject] == groups[step.object]:
            way = _same(outgoing, step.subject)[step.object]
            if len(way) > 1:  # one row and another of the same two are told by other rules
                said = f"{step.row.predicate} cannot hold where the two are the same: {told.way(way)}."
                yield step, "closure-clash", f"{said} Correct this row or one of those."


def _cycles(steps: Iterable[Step], groups: Mapping[str, str], told: _Telling) -> Iterator[_Said]:
    """Each circle once. What is the same counts as one."""
    wider: dict[str, list[Step]] = defaultdict(list)
    for step in steps:
        upwards = step if step.relation == "broad" else step.turned()
        if step.relation in ("broad", "narrow") and groups[step.subject] != groups[step.object]:
            wider[groups[upwards.subject]].append(replace(upwards, object=groups[upwards.object]))
    done: set[str] = set()
    for group in sorted(wider):
        for step in wider[group]:
            back = _ways(step.object, lambda unit: wider.get(unit, ())).get(group)
            if back is None or group in done:
                continue
            circle = (step, *back)
            done |= {each.object for each in circle}
            named = " → ".join(told.unit(each.subject) for each in circle)
            said = f"Each of these is wider than the one before, in a circle: {named} → {told.unit(step.subject)}."
            yield min(circle, key=lambda each: each.doubt), "cycle", f"{said} Correct one of the rows."


def _contradictions(
    sets: Iterable[MappingSet], outgoing: Mapping[str, list[Step]], held: Joint, told: _Telling
) -> Iterator[_Said]:
    for ms in sets:
        for row in ms.rows:
            near, predicate, far = (ms.expanded(text) for text in (row.subject, row.predicate, row.object))
            relation = _short(predicate)
            step = Step(ms, row, near, relation, far)
            if NO_TERM in (near, far):
                end, unit = ("object", near) if far == NO_TERM else ("subject", far)
                lists = {ms.expanded(source) for source in ms.value(row, f"{end}_source").split("|")}
                ways = [w for w in _chains(outgoing, unit) if lists & set(held.values(w[-1].object, SKOS + "inScheme"))]
                claim = "that none was found"
            elif row.negated:
                ways = [w for w in _chains(outgoing, near) if w[-1].object == far and _whole(w) == relation]
                claim = f"that it is not {row.predicate}"
            elif relation == "related":
                ways = [w for w in _chains(outgoing, near) if w[-1].object == far and _whole(w) != "exact"]
                claim = "that the two are only related"
            else:
                continue
            if ways:
                way = min(ways, key=len)
                said = f"The row says {claim}, but other rows make it {_whole(way)}: {told.way(way)}."
                yield step, "contradicts", f"{said} Look again at this row and those."


def _chains(outgoing: Mapping[str, list[Step]], start: str) -> Iterator[Way]:
    """All ways of two steps or more that claim something."""
    waiting: list[Way] = [()]
    while waiting:
        way = waiting.pop()
        here = way[-1].object if way else start
        for step in outgoing.get(here, ()):
            further = (*way, step)
            if step.object in {start, *(each.object for each in way)} or not _whole(further):
                continue
            if len(further) > 1:
                yield further
            if len(further) < MOST_STEPS:
                waiting.append(further)


def _whole(way: Way) -> str:
    """What the steps of a way make together; nothing where they claim nothing."""
    relation = "exact"
    for step in way:
        relation = CHAINED.get((relation, step.relation), "")
    return relation
