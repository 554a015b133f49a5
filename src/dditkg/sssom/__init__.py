"""Mapping sets in SSSOM TSV: read, write in one canonical form, check, and state as RDF.

A file is one set. Everything is text here; what a value must look like is said by the rules of `findings`.
"""

from dditkg.sssom.mapping_set import MappingSet, Row
from dditkg.sssom.rdf import mapping_iri, row_triples, triples
from dditkg.sssom.relations import BACKWARDS, CHAINED, MOST_STEPS, RELATIONS
from dditkg.sssom.restored import restored
from dditkg.sssom.rules import RULES, findings
from dditkg.sssom.slots import (
    BUILT_IN,
    COLUMNS,
    CONFIDENCES,
    DERIVED_FROM,
    JUSTIFICATIONS,
    NO_TERM,
    PREDICATES,
    PROJECT,
    PROPAGATED,
    REQUIRED_OF_PUBLISHED,
    REQUIRED_OF_ROW,
    REQUIRED_OF_SET,
    SEMAPV,
    SET_SLOTS,
)
from dditkg.sssom.tsv import formatted, read, write

__all__ = [
    "BACKWARDS",
    "BUILT_IN",
    "CHAINED",
    "COLUMNS",
    "CONFIDENCES",
    "DERIVED_FROM",
    "JUSTIFICATIONS",
    "MOST_STEPS",
    "NO_TERM",
    "PREDICATES",
    "PROJECT",
    "PROPAGATED",
    "RELATIONS",
    "REQUIRED_OF_PUBLISHED",
    "REQUIRED_OF_ROW",
    "REQUIRED_OF_SET",
    "RULES",
    "SEMAPV",
    "SET_SLOTS",
    "MappingSet",
    "Row",
    "findings",
    "formatted",
    "mapping_iri",
    "read",
    "restored",
    "row_triples",
    "triples",
    "write",
]
