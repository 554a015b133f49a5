"""Roles over HTTP: side by side by what they need, and those nearest to one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from starlette.requests import Request
from starlette.responses import Response

from dditkg import formats
from dditkg.crosswalk import (
    COMPUTED,
    FLAT,
    NEAREST_COLUMNS,
    Needs,
    Neighbours,
    Tables,
    Ties,
    compare,
    one_meant,
    read_needs,
    roles_meant,
)
from dditkg.errors import WrongUse
from dditkg.http import compare_pages, pages
from dditkg.http import crosswalk_schema as schema
from dditkg.http.api import Api
from dditkg.http.crosswalk import Held, table, written
from dditkg.http.replies import allow, choose, only, refusal, reply


@dataclass(frozen=True)
class _Roles:
    """What roles need, read when it is first asked for."""

    held: Held

    @cached_property
    def needs(self) -> Needs:
        return read_needs(self.held.walk)

    @cached_property
    def neighbours(self) -> Neighbours:
        return Neighbours(Ties(self.needs))

    @cached_property
    def tables(self) -> Tables:
        return Tables(self.held.walk, self.held.forms)


def mount(api: Api, held: Held) -> None:
    """Add `/compare` and `/nearest/{role}`."""
    roles = _Roles(held)

    def side_by_side(request: Request) -> Response:
        return _compared(roles, request)

    def near(request: Request) -> Response:
        return _nearest(roles, request)

    for form in (formats.JSON, formats.CSV):
        api.add(f"/compare{form.suffix}", side_by_side)
    api.add("/compare", side_by_side, schema.COMPARE)
    api.add("/nearest/{role:path}", near, schema.NEAREST)


def _compared(roles: _Roles, request: Request) -> Response:
    allow(request, ("role",))
    held = roles.held
    typed = [name for name in request.query_params.getlist("role") if name.strip()]
    if len(typed) > schema.MOST_ROLES:
        sentence = f"Up to {schema.MOST_ROLES} roles are compared at once; these are {len(typed)}. Name fewer."
        raise refusal(413, "Too large", sentence, limit="roles", allowed=schema.MOST_ROLES)
    suffix = formats.by_name(request.url.path.rpartition(".")[2], (formats.JSON, formats.CSV))
    chosen = suffix or choose(request, schema.ONE)
    if chosen is formats.HTML and len(typed) < 2:
        one = [one_meant(held.walk, held.site.index, name, kinds=roles.needs.kinds).label for name in typed]
        return reply(request, compare_pages.to_compare(held.site, one), chosen.content_type, headers=pages.HEADERS)
    named = roles_meant(roles.needs, held.site.index, typed)
    found = compare(roles.neighbours.ties, named)
    if chosen is formats.HTML:
        body = compare_pages.compared(held.site, held.walk, found, roles.tables)
        return reply(request, body, chosen.content_type, headers=pages.HEADERS)
    if chosen is formats.CSV:
        return reply(request, _csv(FLAT, roles.tables.flat(found)), chosen.content_type)
    said = {"version": held.site.dataset.version, **roles.tables.comparison(found)}
    return reply(request, written(said), chosen.content_type)


def _nearest(roles: _Roles, request: Request) -> Response:
    allow(request, ("to", "most"))
    held = roles.held
    name, _, end = request.path_params["role"].rpartition(".")
    suffix = formats.by_name(end, (formats.JSON, formats.CSV)) if name else None
    typed = name if suffix else request.path_params["role"]
    unit = one_meant(held.walk, held.site.index, typed, kinds=roles.needs.kinds)
    role, to = roles.needs.role(unit), only(request, "to")
    found = roles.neighbours.nearest(role, held.walk.units.frameworks_of(to), _most(request))
    chosen = suffix or choose(request, schema.ONE)
    if chosen is formats.HTML:
        body = compare_pages.neighbours(held.site, held.walk, role, found, to)
        return reply(request, body, chosen.content_type, headers=pages.HEADERS)
    if chosen is formats.CSV:
        return reply(request, _csv(NEAREST_COLUMNS, roles.tables.nearest_rows(found)), chosen.content_type)
    said = {
        "version": held.site.dataset.version,
        "role": held.forms.unit(unit),
        "note": COMPUTED,
        "frameworks": roles.tables.nearest(found),
    }
    return reply(request, written(said), chosen.content_type)


def _most(request: Request) -> int:
    given = only(request, "most") or "5"
    if not re.fullmatch("[0-9]{1,3}", given) or not 0 < int(given) <= schema.MOST_NEAR:
        raise WrongUse(f"“most” is a number from 1 to {schema.MOST_NEAR}. It was “{given[:20]}”.")
    return int(given)


def _csv(columns: Sequence[str], rows: Iterable[dict[str, str]]) -> bytes:
    return table(columns, ([row[name] for name in columns] for row in rows))
