"""Lists of names or codes, each taken for the unit it means and mapped: as many rows out as in, nothing decided by
chance."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from dditkg.crosswalk.links import Link
from dditkg.crosswalk.units import OURS, Unit
from dditkg.crosswalk.walk import Answer, Crosswalk, Match, best
from dditkg.errors import NotFound, WrongUse
from dditkg.search import Index

_MOST_CHOICES = 5
_MOST_NAMED = 10
ALREADY_THERE = "already there"
#: What is said of a match whose levels nothing compares.
LEVELS_OPEN = "no row says how the levels correspond"


@dataclass(frozen=True)
class Translated:
    """What became of one entry of a list.

    `state` is that of the answer (mapped, none found, not compared), or: unknown (nothing here is called so),
    several (it means several units, which `choices` lists), already there (it is of the framework asked for), empty.
    """

    typed: str
    state: str
    answer: Answer | None = None
    choices: tuple[Unit, ...] = ()

    @property
    def best(self) -> tuple[Match, ...]:
        """The foremost match; several where they are equally good."""
        return best(self.answer.matches) if self.answer else ()


def translate(
    walk: Crosswalk,
    index: Index,
    entries: Iterable[str],
    framework: str,
    *,
    source: str = "",
    compose: bool = True,
    least: float = 0.0,
) -> Iterator[Translated]:
    """Each entry in its order. `source` is the id of the framework that the entries are from; without it a name that
    is one unit of ours means that one, whatever else others call so."""
    for typed in entries:
        name = typed.strip()
        if not name:
            yield Translated(typed, "empty")
            continue
        found = meant(walk, index, name, source)
        if len(found) == 1 and found[0].framework == framework:
            yield Translated(typed, ALREADY_THERE, Answer(found[0], framework, "not compared"))
        elif len(found) == 1:
            answer = walk.map(found[0].iri, framework, compose, least, leads=False)
            yield Translated(typed, answer.state, answer)
        else:
            yield Translated(typed, "several" if found else "unknown", choices=tuple(found[:_MOST_CHOICES]))


def meant(walk: Crosswalk, index: Index, typed: str, source: str = "", kinds: Collection[str] = ()) -> list[Unit]:
    """The units that a name, a code, a short form or an address can mean, those in use before retired ones.

    `kinds`, where given, leaves out all that is of another kind.
    """
    iris = index.named(typed) or walk.units.by_code.get(typed.casefold(), ())
    units = [walk.units.by_iri[iri] for iri in iris if iri in walk.units.by_iri]
    units = [unit for unit in units if not kinds or unit.kind in kinds]
    if source:
        units = [unit for unit in units if unit.framework == source]
        by_code = walk.units.by_code.get(typed.casefold(), ())
        units = units or [u for u in map(walk.units.by_iri.__getitem__, by_code) if u.framework == source]
    units = [unit for unit in units if not unit.retired] or units
    ours = [unit for unit in units if unit.framework == OURS]
    return ours if len(ours) == 1 and not source else units


def one_meant(walk: Crosswalk, index: Index, typed: str, source: str = "", kinds: Collection[str] = ()) -> Unit:
    """The unit that something typed means. Raises NotFound with near misses, and WrongUse that lists the choices where
    it means several units or none of these kinds."""
    found = meant(walk, index, typed, source, kinds)
    if len(found) > 1:
        near = [{"iri": unit.iri, "label": f"{unit.label} ({unit.kind})"} for unit in found]
        named = ", ".join(f"{index.short(unit.iri)} ({unit.kind})" for unit in found[:_MOST_NAMED])
        raise WrongUse(f"“{typed}” means several things: {named}. Name one of them.", near=near)
    if found:
        return found[0]
    unit = walk.unit(_resolved(walk, index, typed))
    if kinds and unit.kind not in kinds:
        raise WrongUse(f"“{typed}” is a {unit.kind}. Name one of these: {', '.join(sorted(kinds))}.")
    return unit


def _resolved(walk: Crosswalk, index: Index, typed: str) -> str:
    """The address of something that is no unit by name. Raises NotFound, near misses only of kinds that are mapped."""
    try:
        return index.resolve(typed)
    except NotFound as error:
        units = walk.units.by_iri
        mapped = {units[iri].kind for iri in walk.links.outgoing if iri in units}
        found = {str(short): index.named(str(short)) for short in error.details.get("near", ())}
        near = [
            short for short, iris in found.items() if any(iri in units and units[iri].kind in mapped for iri in iris)
        ]
        hint = f" Near: {', '.join(near)}." if near else ""
        raise NotFound(f"Nothing here is called “{typed}”.{hint}", near=near) from None


#: What is added to each row of a list, in this order.
COLUMNS = ("taken for", "relation", "name there", "code there", "address there", "level there", "confidence", "review",
           "by", "chain", "also", "note")  # fmt: skip


def columns(walk: Crosswalk, index: Index, row: Translated) -> list[str]:
    """The cells under COLUMNS for one entry. Equally good matches stand side by side, divided by bars."""
    answer = row.answer
    if answer is None:
        return [""] * (len(COLUMNS) - 1) + [note(walk, index, row)]
    first = row.best
    others = [match for match in answer.matches if match not in first]
    return [
        answer.unit.label,
        _joined(match.relation for match in first),
        _joined(match.unit.label for match in first),
        _joined(match.unit.code for match in first),
        _joined(match.unit.iri for match in first),
        _joined(levels(walk, match) for match in first),
        _joined(f"{match.confidence:g}" if match.confidence else "" for match in first),
        _joined("reviewed" if match.reviewed else "unreviewed" for match in first),
        _joined("; ".join(match.by) for match in first),
        _joined(chain(walk, match.steps) if match.composed else "" for match in first),
        "; ".join(f"{match.unit.label} ({match.relation}, {sure(match.confidence)})" for match in others),
        note(walk, index, row),
    ]


def sure(confidence: float) -> str:
    """A confidence in words: `confidence 0.7`, or that none is stated."""
    return f"confidence {confidence:g}" if confidence else "no confidence stated"


def levels(walk: Crosswalk, match: Match) -> str:
    """`practitioner → level 4 (close)` for each level of the unit that has a counterpart; where both have levels and
    nothing compares them, a sentence that says so."""
    if match.levels_open:
        return LEVELS_OPEN
    return ", ".join(
        f"{step(walk, link.subject)} → {step(walk, link.object)} ({link.relation})" for link in match.levels
    )


def step(walk: Crosswalk, iri: str) -> str:
    """A level by itself where its name begins with that of its skill: `practitioner`, not `Data modelling:
    practitioner`."""
    units = walk.units.by_iri
    whole = units[walk.units.whole[iri]].label if iri in walk.units.whole else ""
    return units[iri].label.removeprefix(f"{whole}: ")


def chain(walk: Crosswalk, steps: Sequence[Link], words: Mapping[str, str] | None = None) -> str:
    """`Data modelling (this model) → exact → Data modelling (GDaD) → …`: the way from one unit to another. `words` says
    how relations are called, where not by their own names."""
    words = words or {}
    text = _placed(walk, steps[0].subject)
    return text + "".join(
        f" → {words.get(step.relation, step.relation)} → {_placed(walk, step.object)}" for step in steps
    )


def _placed(walk: Crosswalk, iri: str) -> str:
    unit = walk.units.by_iri[iri]
    return f"{unit.label} ({walk.units.called(unit.framework)})"


def _joined(texts: Iterable[str]) -> str:
    found = list(texts)
    return " | ".join(found) if any(found) else ""


def note(walk: Crosswalk, index: Index, row: Translated) -> str:
    """What a reader must know about an entry beyond its matches, or nothing."""
    if row.answer is None:
        if row.state == "several":
            named = ", ".join(f"{unit.label} ({index.short(unit.iri)})" for unit in row.choices)
            return f"means several things: {named}"
        return "" if row.state == "empty" else "nothing here is called so"
    if row.state == ALREADY_THERE:
        return f"part of {walk.units.called(row.answer.framework)} itself"
    answer, notes = row.answer, []
    if answer.of is not None:
        notes.append(f"matched as a whole ({answer.of.label}): no row says how the level corresponds")
    if answer.state == "none found":
        notes.append(
            f"looked for, none found: {answer.sought.rationale}" if answer.sought else "looked for, none found"
        )
    elif answer.state == "not compared":
        notes.append("not compared yet")
    if len(row.best) > 1:
        notes.append(f"{len(row.best)} equally good: choose")
    return "; ".join(notes)
