"""Pages of roles side by side, and of those nearest to one."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote, urlencode

from dditkg import formats
from dditkg.crosswalk import (
    COMPUTED,
    MEANINGS,
    OUTSIDE,
    Comparison,
    Crosswalk,
    Nearest,
    Role,
    Tables,
    Unit,
    explained,
    named,
    span,
    sure,
)
from dditkg.http.pages import page
from dditkg.http.site import Site


def to_compare(site: Site, typed: Sequence[str]) -> bytes:
    """A form for the roles to be compared, with what is typed already."""
    asked = [*typed, "", "", ""][:3]
    return page("compare.html", site, held=None, asked=asked, meanings=MEANINGS)


def compared(site: Site, walk: Crosswalk, held: Comparison, tables: Tables) -> bytes:
    """Roles side by side, skill by skill."""
    asked = [site.index.short(role.unit.iri) for role in held.roles]

    def instead(place: int, rung: str) -> str:
        """The same with one of the roles replaced by a rung of it."""
        return _compare([*asked[:place], site.index.short(rung), *asked[place + 1 :]])

    return page(
        "compare.html",
        site,
        walk=walk,
        held=held,
        asked=[*asked, ""],
        meanings=MEANINGS,
        outside=OUTSIDE,
        tables=tables,
        span=span,
        sure=sure,
        names=_unlike(walk, [role.unit for role in held.roles]),
        short=lambda role: quote(site.index.short(role.unit.iri), safe=":/"),
        framework=lambda unit: walk.units.called(unit.framework),
        instead=instead,
        taken=[(form.label, _compare(asked, form.suffix)) for form in (formats.CSV, formats.JSON)],
    )


def neighbours(site: Site, walk: Crosswalk, role: Role, found: Sequence[Nearest], to: str) -> bytes:
    """The roles nearest to one in each framework, with what explains it."""
    short = site.index.short(role.unit.iri)
    given = f"?{urlencode({'to': to})}" if to else ""
    return page(
        "nearest.html",
        site,
        walk=walk,
        role=role,
        found=found,
        to=to,
        computed=COMPUTED,
        explained=explained,
        sure=sure,
        beside=lambda other: _compare([short, site.index.short(other.unit.iri)]),
        taken=[
            (form.label, f"/nearest/{quote(short, safe=':/')}{form.suffix}{given}")
            for form in (formats.CSV, formats.JSON)
        ],
    )


def _unlike(walk: Crosswalk, units: Sequence[Unit]) -> list[str]:
    """Names that tell units apart: with the framework where two are called the same."""
    labels = [unit.label.casefold() for unit in units]
    return [named(walk, unit) if labels.count(unit.label.casefold()) > 1 else unit.label for unit in units]


def _compare(roles: Sequence[str], suffix: str = "") -> str:
    return f"/compare{suffix}?{urlencode([('role', role) for role in roles], safe=':/')}"
