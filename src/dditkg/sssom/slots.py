"""The tables of the SSSOM standard, and what this project asks of a mapping set beyond it."""

from __future__ import annotations

import re
from datetime import date

from dditkg.terms import BASE, OWL, RDF, RDFS, SKOS, SSSOM, XSD

#: What `confidence` may be; the rule for each is in docs/method.md.
CONFIDENCES = (0.95, 0.85, 0.7, 0.5, 0.3)
PREDICATES = tuple(SKOS + name for name in "exactMatch closeMatch broadMatch narrowMatch relatedMatch".split())
SEMAPV = "https://w3id.org/semapv/vocab/"
JUSTIFICATIONS = tuple(
    SEMAPV + name
    for name in """
        BackgroundKnowledgeBasedMatching CompositeMatching LexicalMatching LexicalSimilarityThresholdMatching
        LogicalReasoning ManualMappingCuration MappingChaining MappingInversion MappingReview
        SemanticSimilarityThresholdMatching UnspecifiedMatching
    """.split()
)
#: Under which the organisations stand that assert rows, and this project among them.
AGENTS = f"{BASE}agent/"
PROJECT = f"{AGENTS}project"
#: “Looked and there is none”, in place of a subject or an object.
NO_TERM = SSSOM + "NoTermFound"
#: Prefixes that a file may use without declaring them.
BUILT_IN = {
    "linkml": "https://w3id.org/linkml/",
    "owl": OWL,
    "rdf": RDF,
    "rdfs": RDFS,
    "semapv": SEMAPV,
    "skos": SKOS,
    "sssom": SSSOM,
    "xsd": XSD,
}

#: Columns in the order of the standard.
COLUMNS = tuple(
    """
    record_id subject_id subject_label subject_category predicate_id predicate_label predicate_modifier
    object_id object_label object_category mapping_justification author_id author_label reviewer_id
    reviewer_label creator_id creator_label license subject_type subject_source subject_source_version
    object_type object_source object_source_version predicate_type mapping_provider mapping_source
    mapping_cardinality cardinality_scope mapping_tool mapping_tool_id mapping_tool_version mapping_date
    publication_date review_date reviewer_agreement confidence curation_rule curation_rule_text
    subject_match_field object_match_field match_string subject_preprocessing object_preprocessing
    similarity_score similarity_measure see_also issue_tracker_item other comment
    """.split()
)
#: Columns that every file of ours has, filled or not.
ALWAYS = tuple("subject_id predicate_id object_id mapping_justification".split())
#: Slots of a set whose value stands for every row when no row has its own.
PROPAGATED = frozenset(
    """
    subject_type subject_source subject_source_version object_type object_source object_source_version
    predicate_type mapping_provider cardinality_scope mapping_tool mapping_tool_id mapping_tool_version
    mapping_date subject_match_field object_match_field subject_preprocessing object_preprocessing
    similarity_measure curation_rule curation_rule_text
    """.split()
)
SET_SLOTS = PROPAGATED.union(
    """
    sssom_version curie_map mapping_set_id mapping_set_version mapping_set_source mapping_set_title
    mapping_set_description mapping_set_confidence creator_id creator_label license publication_date see_also
    issue_tracker other comment extension_definitions
    """.split()
)
REQUIRED_OF_SET = tuple(
    """
    mapping_set_id license sssom_version mapping_set_version mapping_set_title mapping_set_description curie_map
    subject_source subject_source_version object_source object_source_version creator_id publication_date
    """.split()
)
REQUIRED_OF_ROW = tuple(
    """
    subject_id predicate_id object_id mapping_justification confidence comment author_id mapping_date
    """.split()
)
#: What a row that another publisher asserts must say; the rest is theirs to state or not.
REQUIRED_OF_PUBLISHED = tuple("subject_id predicate_id object_id mapping_justification author_id".split())
#: Slots that hold CURIEs, in a row or in the header.
REFERENCES = tuple(
    """
    record_id subject_id predicate_id object_id mapping_justification author_id reviewer_id creator_id
    subject_source object_source mapping_source mapping_tool_id curation_rule issue_tracker_item
    """.split()
)

#: The one extension of ours: the rows that a computed one follows from, declared as the standard asks.
DERIVED_FROM = {
    "property": "http://www.w3.org/ns/prov#wasDerivedFrom",
    "slot_name": "derived_from",
    "type_hint": "linkml:Uriorcurie",
}
CURIE = re.compile(r"([A-Za-z_][\w.-]*):[^\s<>\"{}|^`\\]+")
DECIMAL = re.compile(r"[0-9]+(?:\.[0-9]+)?")


def is_date(text: str) -> bool:
    """True for a day written as 2026-11-25."""
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
