"""The crosswalk for people: one unit, two frameworks, a list, and what there is to compare."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote, urlencode

from dditkg import formats
from dditkg.crosswalk import (
    ALREADY_THERE,
    RELATIONS,
    STATES,
    Answer,
    Crosswalk,
    Framework,
    Pair,
    Translated,
    Unit,
    chain,
    note,
    step,
)
from dditkg.http.pages import page
from dditkg.http.site import Site

# A page shows so many rows of a pair or a list; what is taken away holds all.
_MOST_ROWS = 500
_TAKEN = (formats.CSV, formats.JSON, formats.SSSOM, formats.JSKOS)
#: The relations in words that need no explanation, and what each means.
WORDS = {
    "exact": ("the same", "one could stand for the other"),
    "close": ("close", "mostly the same; each holds something that the other has not"),
    "broad": ("wider", "what is found there takes in more"),
    "narrow": ("narrower", "what is found there is only a part of it"),
    "related": ("related", "they touch, and neither would be taken for the other"),
}
_STATES = {"mapped": "with a match", "none found": "looked for, none found", "not compared": "not compared yet"}


def mapped(site: Site, walk: Crosswalk, unit: Unit, answers: Sequence[Answer], to: str) -> bytes:
    """What a unit corresponds to in other frameworks."""
    short = quote(site.index.short(unit.iri), safe=":/")
    asked = walk.units.frameworks_of(to)
    query = f"?{urlencode({'to': to})}" if to else ""
    return _page(
        "mapped.html",
        site,
        walk,
        unit=unit,
        answers=[one for one in answers if to or one.state != "not compared" or one.leads or one.denied],
        untouched=[] if to else [a for a in answers if a.state == "not compared" and not a.leads and not a.denied],
        asked=asked[0] if len(asked) == 1 else "",
        frameworks=[known for known in _named(walk) if known.id != unit.framework],
        taken=[(form.label, f"/map/{short}{form.suffix}{query}") for form in (formats.CSV, formats.JSON)],
    )


def overview(site: Site, walk: Crosswalk, pairs: Sequence[Mapping[str, Any]], one: str) -> bytes:
    """Which frameworks can be compared, and how far each pair has been. `one` is the framework that it is about."""
    beside = {known for pair in pairs for known in (pair["from"], pair["to"])}
    return _page(
        "crosswalks.html",
        site,
        walk,
        pairs=pairs,
        one=one,
        frameworks=_named(walk),
        beyond=[known for known in _named(walk) if known.id not in beside] if one else [],
    )


def side_by_side(site: Site, walk: Crosswalk, whole: Pair, shown: Pair, asked: Mapping[str, str]) -> bytes:
    """Two frameworks side by side, with filters and how much of the first has been looked at."""
    here = f"/crosswalk/{whole.source}/{whole.target}"
    given = urlencode({name: value for name, value in asked.items() if value})
    told = [answer for answer in shown.answers if answer.state != "not compared" or answer.denied]
    first, count = [], 0
    for answer in told:
        if count < _MOST_ROWS:
            first.append(answer)
            count += max(len(answer.matches), 1)
    return _page(
        "side-by-side.html",
        site,
        walk,
        near=whole.source,
        far=whole.target,
        coverage=whole.coverage,
        answers=first,
        count=sum(max(len(answer.matches), 1) for answer in told),
        listed=count,
        open=[answer for answer in shown.answers if answer not in told],
        reviewed=any(match.reviewed for answer in whole.answers for match in answer.matches),
        asked=asked,
        filtered=bool(given),
        here=here,
        back=f"/crosswalk/{whole.target}/{whole.source}",
        taken=[(form.label, f"{here}{form.suffix}{'?' + given if given else ''}") for form in _TAKEN],
    )


def listed(site: Site, walk: Crosswalk, to: str, source: str, rows: Sequence[Translated]) -> bytes:
    """A list, and what became of each entry."""
    return _page(
        "listed.html",
        site,
        walk,
        far=to,
        source=source,
        rows=rows[:_MOST_ROWS],
        count=len(rows),
        units="\n".join(row.typed for row in rows),
        counts={
            state: sum(row.state == state for row in rows)
            for state in (*STATES, ALREADY_THERE, "several", "unknown", "empty")
        },
        noted=lambda row: note(walk, site.index, row),
    )


def _page(template: str, site: Site, walk: Crosswalk, **values: object) -> bytes:
    def at(unit: Unit) -> str:
        return f"/map/{quote(site.index.short(unit.iri), safe=':/')}"

    shared = {
        "walk": walk,
        "called": lambda framework: walk.units.called(framework),
        "at": at,
        "way": lambda steps: chain(walk, steps, {name: word for name, (word, _) in WORDS.items()}),
        "step": lambda iri: step(walk, iri),
        "by_iri": walk.units.by_iri,
        "states": STATES,
        "state_words": _STATES,
        "relations": RELATIONS,
        "words": WORDS,
    }
    return page(template, site, **shared, **values)


def _named(walk: Crosswalk) -> list[Framework]:
    """The frameworks that can be chosen, this model first."""
    first, *others = (walk.units.frameworks[name] for name in walk.targets())
    return [first, *sorted(others, key=lambda known: known.short.casefold())]
