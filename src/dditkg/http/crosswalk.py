"""The crosswalk over HTTP: one unit, a list of them, and two frameworks side by side."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from dditkg import formats
from dditkg.crosswalk import (
    PAIR_COLUMNS,
    RELATIONS,
    Crosswalk,
    Filter,
    Forms,
    Pair,
    Unit,
    crosswalk,
    meant,
    pair,
    translate,
)
from dditkg.errors import WrongUse
from dditkg.formats import Format
from dditkg.http import pages
from dditkg.http.protocol import whole_body
from dditkg.http.replies import choose, only, refusal, reply
from dditkg.http.site import Site

MOST_ENTRIES = 10_000
MOST_BYTES = 1024 * 1024
_TRUTH = {"": True, "true": True, "1": True, "false": False, "0": False}
_ONE = (formats.HTML, formats.JSON, formats.CSV)
_PAIR = (formats.HTML, formats.JSON, formats.CSV, formats.SSSOM, formats.JSKOS)


@dataclass(frozen=True)
class _Held:
    """The crosswalk of a site, read when it is first asked for."""

    site: Site

    @cached_property
    def walk(self) -> Crosswalk:
        return crosswalk(self.site.dataset)

    @cached_property
    def forms(self) -> Forms:
        return Forms(self.walk, self.site.index)


def mount(app: FastAPI, site: Site) -> None:
    """Add `/map/{unit}`, `/translate` and `/crosswalk`."""
    held = _Held(site)

    def one(request: Request) -> Response:
        return _one(held, request)

    def overview(request: Request) -> Response:
        return _overview(held, request)

    def between(request: Request) -> Response:
        return _between(held, request)

    async def several(request: Request) -> Response:
        body = await whole_body(request, MOST_BYTES)
        return await run_in_threadpool(_several, held, request, body)

    def add(path: str, answer: Any, summary: str, parameters: list[dict[str, Any]], **more: Any) -> None:
        name = path.strip("/").partition("/")[0] + ("_between" if "{source}" in path else "")
        app.add_api_route(
            path,
            answer,
            operation_id=name,
            summary=summary,
            tags=["crosswalk"],
            response_class=Response,
            openapi_extra={"parameters": parameters, **more.pop("extra", {})},
            **more,
        )

    add(
        "/map/{unit:path}",
        one,
        "What a unit of any framework corresponds to in others: at which level, why, how surely",
        [
            _parameter("unit", "skill:data-modelling", "A short form, code, name or address.", place="path"),
            _parameter("to", "gdad", "Frameworks, divided by commas; dditkg is this model. Default: all."),
            *_COMPOSING,
        ],
        responses=_responses(_ONE),
    )
    add(
        "/translate",
        several,
        "A list of names or codes, each mapped to one framework: as many rows out as in",
        [],
        methods=["POST"],
        responses=_responses((formats.JSON,)),
        extra={"requestBody": _TRANSLATE_BODY},
    )
    add(
        "/crosswalk",
        overview,
        "Which frameworks can be compared, and how far each pair has been",
        [],
        responses=_responses((formats.HTML, formats.JSON)),
    )
    add(
        "/crosswalk/{source}/{target}",
        between,
        "Two frameworks side by side: every mapping between them, with filters; also as SSSOM and JSKOS",
        [
            _parameter("source", "gdad", "The framework to read from; dditkg is this model.", place="path"),
            _parameter("target", "dditkg", "The framework to read to; may end in .json, .csv, .sssom.tsv or .jskos."
                       , place="path"),
            _parameter("relation", None, f"Only these matches: {', '.join(RELATIONS)}."),
            _parameter("review", None, "reviewed or unreviewed."),
            _parameter("words", None, "Words in a name or code on either side."),
            *_COMPOSING,
        ],
        responses=_responses(_PAIR),
    )  # fmt: skip


# One unit


def _one(held: _Held, request: Request) -> Response:
    unit = _meant(held, request.path_params["unit"])
    to = only(request, "to")
    walk = held.walk
    wanted = walk.units.frameworks_of(to) if to else walk.targets()
    compose, least = _composed(request), _least(request)
    answers = [walk.map(unit.iri, framework, compose, least) for framework in wanted]
    if not to:
        answers = [answer for answer in answers if answer.state != "not compared"]
    chosen = choose(request, _ONE)
    if chosen is formats.HTML:
        body = pages.mapped(held.site, unit, answers, walk, to)
        return reply(request, body, chosen.content_type, headers=pages.HEADERS)
    if chosen is formats.CSV:
        return reply(request, _csv(held, answers), chosen.content_type)
    said = {
        "version": held.site.dataset.version,
        "unit": held.forms.unit(unit),
        "answers": [held.forms.answer(answer) for answer in answers],
    }
    return reply(request, _json(said), chosen.content_type)


def _meant(held: _Held, typed: str) -> Unit:
    """The unit that a name, code or short form means. Raises NotFound, and WrongUse where it means several."""
    found = meant(held.walk, held.site.index, typed)
    if len(found) > 1:
        near = [{"iri": unit.iri, "label": unit.label} for unit in found]
        named = ", ".join(held.site.index.short(unit.iri) for unit in found)
        raise WrongUse(f"“{typed}” means several things: {named}. Name one of them.", near=near)
    return found[0] if found else held.walk.unit(held.site.index.resolve(typed))


# Lists


def _several(held: _Held, request: Request, body: bytes) -> Response:
    asked = _asked(body)
    entries, walk = asked["units"], held.walk
    framework = walk.units.framework(asked["to"])
    rows = translate(
        walk,
        held.site.index,
        entries,
        framework,
        source=walk.units.framework(asked["from"]) if asked["from"] else "",
        compose=asked["compose"],
        least=float(asked["min_confidence"]),
    )
    said = {
        "version": held.site.dataset.version,
        "to": framework,
        "rows": [held.forms.translated(row) for row in rows],
    }
    headers = {"Content-Type": formats.JSON.content_type, "Cache-Control": "no-store"}
    return Response(_json(said), headers=headers)


def _asked(body: bytes) -> dict[str, Any]:
    """What a list asks for, each member of the kind it must be. Raises WrongUse with what is expected."""
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        said = None
    if not isinstance(said, dict) or not isinstance(said.get("units"), list) or not isinstance(said.get("to"), str):
        raise WrongUse('Send JSON such as {"units": ["data modelling", "gdad:skill/consultancy"], "to": "sfia"}.')
    asked = {"from": "", "compose": True, "min_confidence": 0, **said}
    for name, kind, what in (
        ("from", str, "the name of a framework"),
        ("compose", bool, "true or false"),
        ("min_confidence", (int, float), "a number from 0 to 1"),
    ):
        if not isinstance(asked[name], kind) or (name == "min_confidence" and not 0 <= asked[name] <= 1):
            raise WrongUse(f"“{name}” must be {what}.")
    if strange := sorted(set(asked) - {"units", "to", "from", "compose", "min_confidence"}):
        raise WrongUse(f"“{strange[0]}” is not known here. Known: units, to, from, compose, min_confidence.")
    wrong = next((place for place, entry in enumerate(asked["units"], 1) if not isinstance(entry, str)), None)
    if wrong is not None:
        raise WrongUse(f"Entry {wrong} of “units” is no text. Write codes in quotes too.")
    if len(asked["units"]) > MOST_ENTRIES:
        sentence = f"A list may have {MOST_ENTRIES} entries; this one has {len(asked['units'])}. Split it."
        raise refusal(413, "Too large", sentence, limit="entries", allowed=MOST_ENTRIES)
    return asked


# Two frameworks


def _overview(held: _Held, request: Request) -> Response:
    walk = held.walk
    names = walk.targets()
    pairs = [
        {
            "from": near,
            "to": far,
            "rows": len(links),
            "relations": {name: sum(link.relation == name for link in links) for name in RELATIONS},
            "published_by": sorted({link.by for link in links if link.published}),
            "url": f"{held.site.settings.address}/crosswalk/{near}/{far}",
        }
        for (near, far), links in sorted(walk.pairs().items())
    ]
    chosen = choose(request, (formats.HTML, formats.JSON))
    if chosen is formats.HTML:
        body = pages.crosswalks(held.site, [walk.units.frameworks[name] for name in names], pairs)
        return reply(request, body, chosen.content_type, headers=pages.HEADERS)
    frameworks = [
        {"id": name, "label": walk.units.frameworks[name].label, "edition": walk.units.frameworks[name].edition}
        for name in names
    ]
    said = {"version": held.site.dataset.version, "frameworks": frameworks, "pairs": pairs}
    return reply(request, _json(said), chosen.content_type)


def _between(held: _Held, request: Request) -> Response:
    walk = held.walk
    target, _, suffix = request.path_params["target"].partition(".")
    chosen = formats.by_name(suffix, _PAIR) if suffix else choose(request, _PAIR)
    if chosen is None:
        offered = ", ".join(form.suffix for form in _PAIR[1:])
        raise WrongUse(f"“.{suffix}” is not offered. Add one of {offered}, or nothing.")
    source, target = walk.units.framework(request.path_params["source"]), walk.units.framework(target)
    if source == target:
        raise WrongUse("A framework is not compared with itself. Name two.")
    keep = Filter(_choice(request, "relation", RELATIONS), _choice(request, "review", ("reviewed", "unreviewed")),
                  only(request, "words"), _least(request))  # fmt: skip
    compose = _composed(request)
    whole = pair(walk, source, target, compose)
    shown = whole.only(keep) if keep != Filter() else whole
    vary = None if suffix else "Accept"
    if chosen is formats.HTML:
        asked = {"relation": keep.relation, "review": keep.review, "words": keep.words,
                 "min_confidence": only(request, "min_confidence"), "compose": only(request, "compose")}  # fmt: skip
        body = pages.side_by_side(held.site, walk, whole, shown, asked)
        return reply(request, body, chosen.content_type, vary=vary, headers=pages.HEADERS)
    return reply(request, _written(held, shown, whole, chosen), chosen.content_type, vary=vary)


def _written(held: _Held, shown: Pair, whole: Pair, chosen: Format) -> bytes:
    if chosen is formats.CSV:
        return _csv(held, shown.answers)
    if chosen is formats.SSSOM:
        return held.forms.sssom(shown.source, shown.target, shown.answers).encode()
    if chosen is formats.JSKOS:
        return _json(held.forms.jskos(shown.source, shown.target, shown.answers))
    return _json(
        {
            "version": held.site.dataset.version,
            "from": shown.source,
            "to": shown.target,
            "coverage": whole.coverage,
            "rows": [{"unit": held.forms.unit(answer.unit), **held.forms.answer(answer)} for answer in shown.answers],
        }
    )


def _csv(held: _Held, answers: Any) -> bytes:
    output = io.StringIO(newline="")
    writer = csv.DictWriter(output, PAIR_COLUMNS)
    writer.writeheader()
    for answer in answers:
        writer.writerows(held.forms.pair_row(answer.of or answer.unit, match) for match in answer.matches)
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


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


# The API's description


def _parameter(name: str, example: object, what: str, place: str = "query") -> dict[str, Any]:
    schema = {"type": "string", **({"default": example} if example is not None else {})}
    return {"name": name, "in": place, "required": place == "path", "schema": schema, "description": what}


_COMPOSING = [
    _parameter("compose", "true", "Whether rows may be chained where the rule of composition allows it."),
    _parameter("min_confidence", "0", "The least sure to be shown, from 0 to 1."),
]
_TRANSLATE_BODY = {
    "required": True,
    "content": {
        "application/json": {
            "schema": {
                "type": "object",
                "required": ["units", "to"],
                "properties": {
                    "units": {
                        "type": "array",
                        "maxItems": MOST_ENTRIES,
                        "items": {"type": "string"},
                        "description": "Names, codes, short forms or addresses.",
                    },
                    "to": {"type": "string", "description": "A framework, such as sfia; dditkg is this model."},
                    "from": {"type": "string", "description": "The framework that the names are from, if from one."},
                    "compose": {"type": "boolean", "default": True},
                    "min_confidence": {"type": "number", "minimum": 0, "maximum": 1, "default": 0},
                },
            },
            "example": {"units": ["data modelling", "gdad:skill/consultancy"], "to": "dditkg"},
        }
    },
}


def _responses(offered: tuple[Format, ...]) -> Mapping[int | str, dict[str, Any]]:
    content = {form.media_type: {"schema": {"type": "object" if form.name == "json" else "string"}} for form in offered}
    return {
        200: {"description": "The answer", "content": content},
        400: {"description": "What was asked cannot be understood"},
        404: {"description": "A name that nothing here has"},
    }
