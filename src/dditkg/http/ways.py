"""Where a page leads from one thing: to what is above it, to questions about it, to its other forms."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote, urlencode

from dditkg import formats
from dditkg.http.lines import SUBJECT, TARGET, Value
from dditkg.http.site import Site
from dditkg.terms import DD, RDF, SKOS, path_of

#: How a unit of one framework may relate to one of another.
MATCHES = frozenset(SKOS + kind + "Match" for kind in ("exact", "close", "broad", "narrow", "related"))
#: What needs skills, and so can be compared by them.
ROLES = frozenset(DD + name for name in ("Role", "RoleLevel", "FrameworkRole", "FrameworkRoleLevel"))


def elsewhere(
    site: Site, iri: str, forward: Mapping[str, list[object]], backward: Mapping[str, list[str]]
) -> Value | None:
    """The page of what a unit corresponds to in other frameworks, where there is anything; of a framework, the page
    that sets it beside others."""
    if DD + "Framework" in site.iris(iri, RDF + "type"):
        return Value("What corresponds to it in this model, and in others", f"/crosswalk/{iri.rpartition('/')[2]}")
    if {SUBJECT, TARGET} & set(backward) or MATCHES & set(forward):
        return Value("What it corresponds to in other frameworks", f"/map/{quote(site.index.short(iri), safe=':/')}")
    return None


def trail(site: Site, iri: str) -> tuple[Value, ...]:
    """From the list a thing stands in down to the thing above it."""
    above: list[Value] = []
    seen = {iri}
    node = iri
    while True:
        wider = [w for w in site.iris(node, SKOS + "broader") if w not in seen]
        if not wider:
            break
        node = sorted(wider)[0]
        seen.add(node)
        above.insert(0, Value(site.index.label(node), site.address(node)))
    lists = [Value(site.index.label(s), site.address(s)) for s in sorted(site.iris(iri, SKOS + "inScheme"))]
    return (*lists, *above)


def questions_about(site: Site, iri: str) -> tuple[Value, ...]:
    """Questions that take a thing of this kind, asked of this thing."""
    namespace = iri.rpartition("/")[0] + "/"
    found = []
    for question in site.questions.values():
        for parameter in question.parameters:
            example = question.default_iri(parameter)
            if example and example.rpartition("/")[0] + "/" == namespace:
                short = site.index.short(iri)
                found.append(
                    Value(question.summary, f"/questions/{question.name}?{urlencode({parameter.name: short})}")
                )
    if ROLES.intersection(site.iris(iri, RDF + "type")):
        short = site.index.short(iri)
        found.append(
            Value("Which roles are nearest to it, here and in each framework?", f"/nearest/{quote(short, safe=':/')}")
        )
        found.append(Value("How does it compare with another role?", f"/compare?{urlencode({'role': short})}"))
    return tuple(found)


def alternates(site: Site, iri: str) -> tuple[Value, ...]:
    path = path_of(iri)
    if path is None:
        return ()
    offered = (formats.JSON, formats.JSONLD, formats.TURTLE)
    return tuple(Value(f.label, f"/{path}{f.suffix}") for f in offered)
