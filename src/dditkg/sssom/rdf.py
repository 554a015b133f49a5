"""A mapping set as RDF."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator

import pyoxigraph as ox

from dditkg.errors import BadFile, WrongUse
from dditkg.sssom.mapping_set import MappingSet, Row
from dditkg.sssom.slots import DECIMAL, DERIVED_FROM, NO_TERM, is_date
from dditkg.terms import BASE, DCTERMS, OWL, RDF, RDFS, SSSOM, XSD

#: Where each slot stands in RDF. Labels are those of the units, and are not said again.
SET_TEXTS = {"mapping_set_title": DCTERMS + "title", "mapping_set_description": DCTERMS + "description"}
SET_REFERENCES = {
    "license": DCTERMS + "license",
    "mapping_set_source": SSSOM + "mapping_set_source",
    "creator_id": DCTERMS + "creator",
    "subject_source": SSSOM + "subject_source",
    "object_source": SSSOM + "object_source",
}
SET_STRINGS = {
    "subject_source_version": SSSOM + "subject_source_version",
    "object_source_version": SSSOM + "object_source_version",
    "mapping_set_version": "http://www.w3.org/ns/dcat#version",
}
SET_ISSUED = DCTERMS + "issued"
ROW_REFERENCES = {
    "subject_id": OWL + "annotatedSource",
    "predicate_id": OWL + "annotatedProperty",
    "object_id": OWL + "annotatedTarget",
    "mapping_justification": SSSOM + "mapping_justification",
    "author_id": SSSOM + "author_id",
    "reviewer_id": SSSOM + "reviewer_id",
    "license": DCTERMS + "license",
    "derived_from": DERIVED_FROM["property"],
    "subject_source": SSSOM + "subject_source",
    "object_source": SSSOM + "object_source",
}


def triples(mapping_set: MappingSet) -> list[ox.Triple]:
    """The set and its rows as RDF. No direct skos:*Match triples: those are derived from the rows.

    Ask `findings` first: a value that has no RDF form raises BadFile with file and line, so that no row is dropped.
    """
    return [*_set_triples(mapping_set), *(t for row in mapping_set.rows for t in row_triples(mapping_set, row))]


def mapping_iri(mapping_set: MappingSet, row: Row) -> str:
    """The lasting IRI of a row: the same when its relation, confidence or rationale is corrected."""
    named = [("subject_id", row.subject), ("object_id", row.object)]
    named += [("author_id", author) for author in row.values("author_id")]
    parts = [_iri(mapping_set, row.line, slot, text) for slot, text in named]
    digest = hashlib.sha1("\n".join(parts).encode(), usedforsecurity=False).hexdigest()
    return f"{BASE}mapping/{mapping_set.name}/{digest[:10]}"


def _set_triples(ms: MappingSet) -> Iterator[ox.Triple]:
    def line(slot: str) -> int:
        return ms.lines.get(slot, 1)

    iri = _set_iri(ms)
    yield _triple(iri, RDF + "type", ox.NamedNode(SSSOM + "MappingSet"))
    for slot, predicate in SET_TEXTS.items():
        for value in ms.values(slot):
            yield _triple(iri, predicate, ox.Literal(value, language="en"))
    for slot, predicate in SET_REFERENCES.items():
        for value in ms.values(slot):
            yield _triple(iri, predicate, ox.NamedNode(_iri(ms, line(slot), slot, value)))
    for slot, predicate in SET_STRINGS.items():
        for value in ms.values(slot):
            yield _triple(iri, predicate, ox.Literal(value))
    for value in ms.values("publication_date"):
        yield _triple(iri, SET_ISSUED, _date(ms, line("publication_date"), value))


def _set_iri(ms: MappingSet) -> str:
    return next(iter(ms.values("mapping_set_id")), ms.iri)


def row_triples(ms: MappingSet, row: Row) -> Iterator[ox.Triple]:
    """One row as RDF. Raises BadFile with file and line for a value that has no RDF form."""
    iri = mapping_iri(ms, row)

    def references(slot: str, values: Iterable[str], predicate: str = "") -> Iterator[ox.Triple]:
        for value in values:
            yield _triple(iri, predicate or SSSOM + slot, ox.NamedNode(_iri(ms, row.line, slot, value)))

    yield _triple(iri, RDF + "type", ox.NamedNode(SSSOM + "Mapping"))
    yield _triple(iri, DCTERMS + "isPartOf", ox.NamedNode(_set_iri(ms)))
    for slot in ("subject_id", "predicate_id", "object_id"):
        yield from references(slot, [row.cells.get(slot, "")], ROW_REFERENCES[slot])
    for slot in ("mapping_justification", "author_id", "reviewer_id", "license", "derived_from"):
        yield from references(slot, row.values(slot), ROW_REFERENCES[slot])
    for end, text in (("subject", row.subject), ("object", row.object)):
        source = ms.value(row, f"{end}_source")
        if ms.expanded(text) == NO_TERM and source:
            yield from references(f"{end}_source", [source])
    if row.negated:
        yield _triple(iri, SSSOM + "predicate_modifier", ox.NamedNode(SSSOM + "NegatedPredicate"))
    if confidence := row.cells.get("confidence"):
        if not DECIMAL.fullmatch(confidence):
            raise BadFile(f"{ms.path}:{row.line}  confidence is “{confidence}”, which is not a number such as 0.85.")
        yield _triple(iri, SSSOM + "confidence", ox.Literal(confidence, datatype=ox.NamedNode(XSD + "decimal")))
    if day := ms.value(row, "mapping_date"):
        yield _triple(iri, SSSOM + "mapping_date", _date(ms, row.line, day))
    if comment := row.cells.get("comment"):
        yield _triple(iri, RDFS + "comment", ox.Literal(comment, language="en"))


def _iri(ms: MappingSet, line: int, slot: str, text: str) -> str:
    if not text and slot not in ms.columns:
        raise BadFile(
            f"{ms.path}:{ms.table_line}  The table has no column {slot}. Add it or rename the one that is meant."
        )
    if not text:
        raise BadFile(f"{ms.path}:{line}  The row has no {slot}. Fill it in.")
    try:
        return ox.NamedNode(ms.prefixes.expand(text)).value
    except WrongUse as error:
        raise BadFile(f"{ms.path}:{line}  {slot} is “{text}”, which is no short form. {error}") from error
    except ValueError as error:
        raise BadFile(f"{ms.path}:{line}  {slot} is “{text}”, which gives no address: {error}.") from error


def _date(ms: MappingSet, line: int, text: str) -> ox.Literal:
    if not is_date(text):
        raise BadFile(f"{ms.path}:{line}  “{text}” is not a date such as 2026-11-25.")
    return ox.Literal(text, datatype=ox.NamedNode(XSD + "date"))


def _triple(subject: str, predicate: str, value: ox.NamedNode | ox.Literal) -> ox.Triple:
    return ox.Triple(ox.NamedNode(subject), ox.NamedNode(predicate), value)
