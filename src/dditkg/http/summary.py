"""What the page of the dataset shows: its VoID and DCAT statements, set out for people."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import pyoxigraph as ox

from dditkg.catalogue import DCAT, VOID
from dditkg.http.lines import Value
from dditkg.http.site import Site
from dditkg.terms import BASE, DCTERMS

_ABOUT = BASE + "dataset"
_NAMED = (("Made by", "publisher"), ("Licence of its own text", "license"))
_COUNTS = (
    ("Version", DCAT + "version"),
    ("Statements", VOID + "triples"),
    ("Things", VOID + "entities"),
    ("Classes", VOID + "classes"),
    ("Properties", VOID + "properties"),
)


@dataclass(frozen=True)
class Counted:
    """A line of a table: what is counted, and how often it is there."""

    value: Value
    number: int


@dataclass(frozen=True)
class Summary:
    """What the page of the dataset shows."""

    title: str
    description: str
    facts: tuple[tuple[str, tuple[Value, ...]], ...]
    classes: tuple[Counted, ...]
    properties: tuple[Counted, ...]
    links: tuple[tuple[Value, Value, Value, int], ...]
    examples: tuple[Value, ...]


def summary(site: Site, triples: Iterable[ox.Triple]) -> Summary:
    """The same statements, set out for people."""
    said: dict[tuple[str, str], list[str]] = {}
    for triple in triples:
        key = str(getattr(triple.subject, "value", "")), triple.predicate.value
        said.setdefault(key, []).append(str(getattr(triple.object, "value", "")))

    def values(subject: str, predicate: str) -> list[str]:
        return said.get((subject, predicate), [])

    def first(subject: str, predicate: str) -> str:
        return "".join(values(subject, predicate)[:1])

    def named(iri: str) -> Value:
        if site.index.knows(iri):
            return Value(first(iri, DCTERMS + "title") or site.index.label(iri), site.address(iri))
        outside = iri if iri.startswith(("http://", "https://")) else None
        return Value(site.dataset.prefixes.compress(iri) or iri, outside)

    def counted(partition: str, what: str, number: str) -> tuple[Counted, ...]:
        found = [(first(part, VOID + what), first(part, VOID + number)) for part in values(_ABOUT, VOID + partition)]
        rows = [Counted(named(iri), int(text)) for iri, text in found]
        return tuple(sorted(rows, key=lambda row: (-row.number, row.value.text)))

    facts = (
        *((name, [named(iri) for iri in values(_ABOUT, DCTERMS + key)]) for name, key in _NAMED),
        *((name, [Value(_grouped(text)) for text in values(_ABOUT, key)]) for name, key in _COUNTS),
        ("Vocabularies", [Value(iri, iri) for iri in values(_ABOUT, VOID + "vocabulary")]),
    )
    links = [
        (
            Value(first(part, DCTERMS + "title"), site.address(first(part, DCTERMS + "source"))),
            named(relation),
            named(first(part, VOID + "objectsTarget")),
            int(first(part, VOID + "triples")),
        )
        for part in values(_ABOUT, VOID + "subset")
        if (relation := first(part, VOID + "linkPredicate"))
    ]
    return Summary(
        title=first(_ABOUT, DCTERMS + "title") or "The files served here",
        description=first(_ABOUT, DCTERMS + "description"),
        facts=tuple((name, tuple(lines)) for name, lines in facts if lines),
        classes=counted("classPartition", "class", "entities"),
        properties=counted("propertyPartition", "property", "triples"),
        links=tuple(sorted(links, key=lambda row: tuple(value.text for value in row[:3]))),
        examples=tuple(named(iri) for iri in values(_ABOUT, VOID + "exampleResource")),
    )


def _grouped(text: str) -> str:
    """A number with its thousands apart; any other text as it is."""
    return f"{int(text):,}" if text.isdecimal() else text
