"""What may be said of a unit of SFIA: its code, its edition and its level, in whatever form it is kept or served."""

from __future__ import annotations

import re
from collections.abc import Iterable

import pyoxigraph as ox

from dditkg.terms import DD, SKOS

UNIT = re.compile(r"https://rdf\.sfia-online\.org/")
_ALLOWED = {
    SKOS + "prefLabel": r"SFIA [0-9]+ [A-Z]{4}(: level [1-7])?|Level [1-7]",
    SKOS + "notation": r"[A-Z]{4}(_[1-7])?|[1-7]",
    DD + "rank": r"[1-7]",
}


def beyond_codes(triples: Iterable[ox.Triple]) -> tuple[int, list[str]]:
    """How many texts there are of units of SFIA, and those that say more than code, edition and level."""
    count, found = 0, []
    for triple in triples:
        if isinstance(triple.object, ox.Literal) and UNIT.match(str(triple.subject).strip("<>")):
            count += 1
            allowed = _ALLOWED.get(triple.predicate.value, r"(?!)")
            if not re.fullmatch(allowed, triple.object.value):
                found.append(f"{triple.subject} {triple.predicate} {triple.object}")
    return count, found


def named_in_rows(labels: Iterable[tuple[str, str]]) -> list[str]:
    """Of pairs of address and label those that call a unit of SFIA by more than its code."""
    allowed = _ALLOWED[SKOS + "prefLabel"]
    return [f"{iri} {label}" for iri, label in labels if UNIT.match(iri) and label and not re.fullmatch(allowed, label)]
