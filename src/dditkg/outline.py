"""A document as lines for a terminal: each key, and under it its values by name."""

from __future__ import annotations

from collections.abc import Iterator

from dditkg.search import Index

_LEFT_OUT = frozenset({"@context", "id", "label", "inScheme", "topConceptOf"})


def outline(document: dict[str, object], index: Index) -> str:
    """The JSON form of a thing, to be read in a terminal."""
    iri = str(document["id"])
    lines = [index.label(iri), f"  {iri}"]
    for key, value in document.items():
        if key not in _LEFT_OUT:
            lines += [key, *(f"  {line}" for line in _lines(value, index))]
    return "\n".join(lines)


def _lines(value: object, index: Index) -> Iterator[str]:
    if isinstance(value, list):
        for item in value:
            yield from _lines(item, index)
    elif not isinstance(value, dict):
        yield str(value)
    elif "id" in value:
        iri = str(value["id"])
        yield f"{index.label(iri)}  [{index.short(iri)}]"
    elif "@value" in value:
        yield str(value["@value"])
    else:
        for text in value.values():
            yield from _lines(text, index)
