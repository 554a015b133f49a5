"""The crosswalk over HTTP: one unit in other frameworks, and two frameworks side by side."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import quote, urlencode

from starlette.requests import Request
from starlette.responses import Response

from dditkg import formats, sssom
from dditkg.crosswalk import (
    OURS,
    PAIR_COLUMNS,
    RELATIONS,
    STATES,
    Answer,
    Crosswalk,
    Exchange,
    Filter,
    Forms,
    Pair,
    Unit,
    crosswalk,
    meant,
    one_meant,
    ordered,
    pair,
)
from dditkg.errors import NotFound, WrongUse
from dditkg.formats import Format
from dditkg.http import crosswalk_pages, pages
from dditkg.http import crosswalk_schema as schema
from dditkg.http.api import Api
from dditkg.http.replies import allow, choose, go, only, reply
from dditkg.http.site import Site
from dditkg.terms import BASE
from dditkg.wording import nearest

_TRUTH = {"": True, "true": True, "1": True, "false": False, "0": False}
_REVIEWS = ("reviewed", "unreviewed")


@dataclass(frozen=True)
class Held:
    """The crosswalk of a site, read when it is first asked for."""

    site: Site

    @cached_property
    def walk(self) -> Crosswalk:
        return crosswalk(self.site.dataset)

    @cached_property
    def forms(self) -> Forms:
        return Forms(self.walk, self.site.index)

    @cached_property
    def exchange(self) -> Exchange:
        return Exchange(self.walk, self.site.index)

    @cached_property
    def pairs(self) -> list[dict[str, Any]]:
        """Each pair of frameworks that rows were written for, counted."""
        found = []
        for (near, far), links in self.walk.pairs().items():
            whole = pair(self.walk, near, far, compose=False)
            found.append(
                {
                    "from": near,
                    "to": far,
                    "rows": len(links),
                    "relations": {name: sum(link.relation == name for link in links) for name in RELATIONS},
                    "coverage": {name: sum(answer.state == name for answer in whole.answers) for name in STATES},
                    "published_by": sorted({link.by for link in links if link.published}),
                    "url": f"{self.site.settings.address}/crosswalk/{near}/{far}",
                }
            )
        return sorted(found, key=lambda one: (one["from"] != OURS, self.walk.units.called(one["to"]).casefold()))


def mount(api: Api, held: Held) -> None:
    """Add `/map/{unit}` and `/crosswalk`."""

    def one(request: Request) -> Response:
        return _one(held, request)

    def overview(request: Request) -> Response:
        return _overview(held, request)

    def between(request: Request) -> Response:
        return _between(held, request)

    def asked(request: Request) -> Response:
        allow(request, ("unit", "to"))
        unit, to = only(request, "unit").strip(), only(request, "to").strip()
        return go(f"/map/{quote(unit, safe=':')}{'?' + urlencode({'to': to}) if to else ''}" if unit else "/crosswalk")

    def as_written(request: Request) -> Response:
        return _as_written(held, request)

    api.add("/mapping-set/{name}.sssom.tsv", as_written, schema.SET)
    api.add("/map/{unit:path}", one, schema.MAP)
    api.add("/crosswalk", overview, schema.OVERVIEW)
    api.add("/crosswalk/{source}/{target}", between, schema.BETWEEN)
    # What forms without script lead to, and lists by suffix.
    api.add("/map", asked)
    api.add("/crosswalk.json", overview)
    api.add("/crosswalk/{source}", overview)


# One unit


def _one(held: Held, request: Request) -> Response:
    allow(request, ("to", "compose", "min_confidence"))
    walk = held.walk
    unit, chosen = _asked_unit(held, request)
    to = only(request, "to")
    wanted = walk.units.frameworks_of(to) if to else [name for name in walk.targets() if name != unit.framework]
    if unit.framework in wanted:
        raise WrongUse(f"“{unit.label}” is part of {walk.units.called(unit.framework)} itself. Name another framework.")
    compose, least = _composed(request), _least(request)
    answers = [walk.map(unit.iri, framework, compose, least) for framework in wanted]
    vary = None if chosen else "Accept"
    chosen = chosen or choose(request, schema.ONE)
    if chosen is formats.HTML:
        body = crosswalk_pages.mapped(held.site, walk, unit, ordered(answers, walk.units), to)
        return reply(request, body, chosen.content_type, vary=vary, headers=pages.HEADERS)
    shown = answers if to else [answer for answer in answers if answer.state != "not compared" or answer.denied]
    if chosen is formats.CSV:
        return reply(request, _csv(held, shown), chosen.content_type, vary=vary)
    said = {
        "version": held.site.dataset.version,
        "unit": held.forms.unit(unit),
        "answers": [held.forms.answer(answer) for answer in shown],
    }
    return reply(request, written(said), chosen.content_type, vary=vary)


def _asked_unit(held: Held, request: Request) -> tuple[Unit, Format | None]:
    """The unit that the address names, and the format, where it ends in a suffix that is no part of a name."""
    typed = request.path_params["unit"]
    stem, _, suffix = typed.rpartition(".")
    chosen = formats.by_name(suffix, schema.ONE) if stem else None
    if chosen is None or meant(held.walk, held.site.index, typed):
        return _meant(held, typed), None
    return _meant(held, stem), chosen


def _meant(held: Held, typed: str) -> Unit:
    """The unit that a name, code or short form means. Raises NotFound, and WrongUse where it means several."""
    unit = one_meant(held.walk, held.site.index, typed)
    if unit.code in held.walk.units.frameworks:
        raise WrongUse(f"“{typed}” is a framework, and no part of one. See /crosswalk/{unit.code}.")
    return unit


# Two frameworks


def _overview(held: Held, request: Request) -> Response:
    allow(request, ("from", "to"))
    walk, suffix = held.walk, request.url.path.endswith(".json")
    near, far = only(request, "from"), only(request, "to")
    if near and far:
        return go(f"/crosswalk/{walk.units.framework(near)}/{walk.units.framework(far)}")
    one = request.path_params.get("source") or near or far
    one = walk.units.framework(one) if one else ""
    pairs = [known for known in held.pairs if one in ("", known["from"], known["to"])]
    chosen = formats.JSON if suffix else choose(request, schema.OVERALL)
    vary = None if suffix else "Accept"
    if chosen is formats.HTML:
        body = crosswalk_pages.overview(held.site, walk, pairs, one)
        return reply(request, body, chosen.content_type, vary=vary, headers=pages.HEADERS)
    known = [walk.units.frameworks[name] for name in walk.targets()]
    said = {
        "version": held.site.dataset.version,
        "frameworks": [{"id": one.id, "label": one.label, "edition": one.edition} for one in known],
        "pairs": pairs,
    }
    return reply(request, written(said), chosen.content_type, vary=vary)


def _between(held: Held, request: Request) -> Response:
    allow(request, ("relation", "review", "words", "compose", "min_confidence"))
    walk = held.walk
    source = walk.units.framework(request.path_params["source"])
    target, suffix = _asked_framework(walk, request.path_params["target"])
    if source == target:
        raise WrongUse("A framework is not compared with itself. Name two.")
    keep = Filter(_choice(request, "relation", RELATIONS), _choice(request, "review", _REVIEWS),
                  only(request, "words").strip(), _least(request))  # fmt: skip
    whole = pair(walk, source, target, _composed(request))
    shown = whole.only(keep) if keep != Filter() else whole
    chosen, vary = suffix or choose(request, schema.PAIR), None if suffix else "Accept"
    if chosen is formats.HTML:
        asked = {name: only(request, name) for name in ("relation", "review", "words", "min_confidence", "compose")}
        body = crosswalk_pages.side_by_side(held.site, walk, whole, shown, asked)
        return reply(request, body, chosen.content_type, vary=vary, headers=pages.HEADERS)
    return reply(request, _as(held, shown, whole, chosen), chosen.content_type, vary=vary)


def _asked_framework(walk: Crosswalk, typed: str) -> tuple[str, Format | None]:
    """The framework at the end of an address, and the format where it ends in a suffix."""
    suffixed = next((form for form in schema.PAIR[1:] if typed.endswith(form.suffix)), None)
    try:
        return walk.units.framework(typed.removesuffix(suffixed.suffix) if suffixed else typed), suffixed
    except NotFound:
        stem, _, suffix = typed.partition(".")
        if suffixed or not suffix or stem not in walk.units.frameworks:
            raise
    offered = ", ".join(form.suffix for form in schema.PAIR[1:])
    raise WrongUse(f"“.{suffix}” is not offered. Add one of {offered}, or nothing.")


def _as_written(held: Held, request: Request) -> Response:
    """A mapping set as it was written, and not only what is read between two frameworks."""
    allow(request, ())
    dataset, name = held.site.dataset, request.path_params["name"]
    names = [iri.rpartition("/")[2] for iri in held.walk.links.sets]
    if name not in names:
        near = nearest(name, names, 3)
        hint = f" Near: {', '.join(near)}." if near else ""
        raise NotFound(f"No mapping set is called “{name}”.{hint}", near=near)
    found = sssom.restored(dataset.store, f"{BASE}mapping-set/{name}", dataset.prefixes, held.site.index.label)
    return reply(request, sssom.write(found).encode(), formats.SSSOM.content_type, vary=None)


def _as(held: Held, shown: Pair, whole: Pair, chosen: Format) -> bytes:
    if chosen is formats.CSV:
        return _csv(held, shown.answers)
    if chosen is formats.SSSOM:
        return held.exchange.sssom(shown).encode()
    if chosen is formats.JSKOS:
        return written(held.exchange.jskos(shown))
    return written(
        {
            "version": held.site.dataset.version,
            "from": shown.source,
            "to": shown.target,
            "coverage": whole.coverage,
            "answers": [held.forms.answer(answer) for answer in shown.answers],
        }
    )


def _csv(held: Held, answers: Iterable[Answer]) -> bytes:
    return table(
        PAIR_COLUMNS, ([row[name] for name in PAIR_COLUMNS] for one in answers for row in held.forms.rows(one))
    )


def table(headings: Sequence[str], lines: Iterable[Sequence[str]]) -> bytes:
    """Rows as CSV with a line of headings."""
    output = io.StringIO(newline="")
    csv.writer(output).writerows([headings, *lines])
    return output.getvalue().encode()


def _composed(request: Request) -> bool:
    given = only(request, "compose").lower()
    if given not in _TRUTH:
        raise WrongUse("“compose” is true or false.")
    return _TRUTH[given]


def _least(request: Request) -> float:
    given = only(request, "min_confidence") or "0"
    try:
        least = float(given)
    except ValueError:
        least = -1
    if not 0 <= least <= 1:
        raise WrongUse(f"“min_confidence” is a number from 0 to 1, such as 0.7. It was “{given[:20]}”.")
    return least


def _choice(request: Request, name: str, allowed: tuple[str, ...]) -> str:
    given = only(request, name)
    if given and given not in allowed:
        raise WrongUse(f"“{name}” is one of {', '.join(allowed)}.")
    return given


def written(value: object) -> bytes:
    """A value as compact JSON."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
