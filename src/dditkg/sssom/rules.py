"""What a mapping set must keep to. Each rule has an id `Mapping-…`."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping

from dditkg.finding import Finding
from dditkg.sssom.mapping_set import MappingSet, Row
from dditkg.sssom.slots import (
    BUILT_IN,
    COLUMNS,
    CONFIDENCES,
    CURIE,
    DECIMAL,
    JUSTIFICATIONS,
    NO_TERM,
    PREDICATES,
    REFERENCES,
    REQUIRED_OF_ROW,
    REQUIRED_OF_SET,
    SEMAPV,
    SET_SLOTS,
    is_date,
)
from dditkg.terms import SKOS, Prefixes, is_iri

_FILE_NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*--[a-z0-9]+(?:-[a-z0-9]+)*\.sssom\.tsv")
_Found = Iterator[tuple[int, str, str]]
_DECLARE = "Correct the name or declare it in extension_definitions."

#: Every rule and what it asks for.
RULES = {
    "Mapping-bare-iri": "Identifiers are written in short form, such as gdad:skill/data-modelling.",
    "Mapping-clash": "Two units are related in one way only.",
    "Mapping-column": "Each column is one of SSSOM's or is declared in extension_definitions.",
    "Mapping-confidence": "confidence is one of the five values that docs/method.md explains.",
    "Mapping-curie": "A short form is prefix:name without spaces.",
    "Mapping-date": "Dates are written as 2026-11-25.",
    "Mapping-duplicate": "No row says what another row says.",
    "Mapping-file-name": "A file is named <subject>--<object>.sssom.tsv.",
    "Mapping-justification": "mapping_justification is a kind of matching that semapv lists.",
    "Mapping-licence": "license is the licence's web address.",
    "Mapping-modifier": "predicate_modifier is Not or empty.",
    "Mapping-no-term-alone": "A unit for which none was found has no match in the same source.",
    "Mapping-no-term-source": "“None found” says in what source it was looked for.",
    "Mapping-one-subject": "A unit is the exact match of at most one unit of the other side.",
    "Mapping-one-target": "A unit has at most one exact match in the other side.",
    "Mapping-predicate": "The relation is one of the five SKOS mapping relations.",
    "Mapping-prefix-agrees": "A prefix means what it means everywhere in the project and in SSSOM.",
    "Mapping-prefix-declared": "Every prefix in use is declared in curie_map.",
    "Mapping-reviewer": "Manual curation names the person who did it.",
    "Mapping-row-required": "Each row says who relates what to what, how, when, why and how surely.",
    "Mapping-set-id": "mapping_set_id is the address that the file's name gives.",
    "Mapping-set-required": "The header says what the set is, its edition, licence, makers and sources.",
    "Mapping-slot": "Each header key is one of SSSOM's or is declared in extension_definitions.",
}


def findings(mapping_set: MappingSet, prefixes: Prefixes) -> list[Finding]:
    """All that breaks a rule, by line. `prefixes` is the project's table, which the file may not contradict."""
    file = mapping_set.path.as_posix()
    found = [
        Finding(file, line, f"Mapping-{rule}", "violation", message)
        for check in (_set_rules, _prefix_rules, _reference_rules, _row_rules, _pair_rules, _no_term_rules)
        for line, rule, message in check(mapping_set, prefixes)
    ]
    return sorted(found)


def _set_rules(ms: MappingSet, _: Prefixes) -> _Found:
    if not _FILE_NAME.fullmatch(ms.path.name):
        yield 1, "file-name", f"“{ms.path.name}” should be named <subject>--<object>.sssom.tsv in small letters."
    for slot in REQUIRED_OF_SET:
        if not ms.metadata.get(slot):
            yield ms.lines.get(slot, 1), "set-required", f"The header has no {slot}. Add it."
    identifier = ms.metadata.get("mapping_set_id")
    if identifier and identifier != ms.iri:
        yield ms.lines.get("mapping_set_id", 1), "set-id", f"mapping_set_id is “{identifier}”. Write {ms.iri}."
    licence = ms.metadata.get("license")
    if licence and not is_iri(str(licence)):
        yield ms.lines.get("license", 1), "licence", f"license is “{licence}”. Write the licence's web address."
    for slot in ("publication_date", "mapping_date"):
        for value in ms.values(slot):
            if not is_date(value):
                yield ms.lines.get(slot, 1), "date", f"{slot} is “{value}”. Write a date such as 2026-11-25."
    known = _declared(ms)
    for slot in ms.metadata:
        if slot not in SET_SLOTS and slot not in known:
            yield ms.lines.get(slot, 1), "slot", f"“{slot}” is not a slot of SSSOM. {_DECLARE}"
    for column in ms.columns:
        if column not in COLUMNS and column not in known:
            yield ms.table_line, "column", f"“{column}” is not a column of SSSOM. {_DECLARE}"


def _prefix_rules(ms: MappingSet, prefixes: Prefixes) -> _Found:
    for prefix, namespace in ms.curie_map.items():
        expected = BUILT_IN.get(prefix) or prefixes.table.get(prefix, namespace)
        if namespace != expected:
            line = ms.lines.get(f"curie_map.{prefix}", 1)
            yield line, "prefix-agrees", f"“{prefix}:” stands for {expected} in this project, not {namespace}."


def _reference_rules(ms: MappingSet, _: Prefixes) -> _Found:
    known = {**BUILT_IN, **ms.curie_map}
    for line, slot, value in _references(ms):
        if is_iri(value):
            yield line, "bare-iri", f"{slot} is the whole IRI {value}. Write its short form with a declared prefix."
            continue
        form = CURIE.fullmatch(value)
        if form is None:
            yield line, "curie", f"{slot} is “{value}”. Write prefix:name, without spaces."
        elif form[1] not in known:
            yield line, "prefix-declared", f"The prefix “{form[1]}:” in {slot} is not declared. Add it to curie_map."


def _references(ms: MappingSet) -> Iterator[tuple[int, str, str]]:
    for slot in REFERENCES:
        if slot in SET_SLOTS:
            for value in ms.values(slot):
                yield ms.lines.get(slot, 1), slot, value
    for row in ms.rows:
        for slot in REFERENCES:
            for value in row.values(slot):
                yield row.line, slot, value


def _row_rules(ms: MappingSet, _: Prefixes) -> _Found:
    for row in ms.rows:
        for slot in REQUIRED_OF_ROW:
            if not ms.value(row, slot):
                yield row.line, "row-required", f"The row has no {slot}. Fill it in."
        predicate = ms.expanded(row.predicate)
        if is_iri(predicate) and predicate not in PREDICATES:
            names = ", ".join(f"skos:{iri.removeprefix(SKOS)}" for iri in PREDICATES)
            yield row.line, "predicate", f"The relation “{row.predicate}” is not used here. Choose from {names}."
        modifier = row.cells.get("predicate_modifier", "Not")
        if modifier != "Not":
            yield row.line, "modifier", f"predicate_modifier is “{modifier}”. Write Not or leave it empty."
        reason = row.cells.get("mapping_justification", "")
        justification = ms.expanded(reason)
        if is_iri(justification) and justification not in JUSTIFICATIONS:
            yield row.line, "justification", f"“{reason}” is no kind of matching that semapv lists. Choose one it does."
        if justification == SEMAPV + "ManualMappingCuration" and not row.values("reviewer_id"):
            yield row.line, "reviewer", f"{reason} needs the named person who did it as reviewer_id."
        confidence = row.cells.get("confidence")
        if confidence and not _is_allowed(confidence):
            allowed = ", ".join(str(value) for value in CONFIDENCES)
            yield row.line, "confidence", f"confidence is “{confidence}”. Choose from {allowed}; see docs/method.md."
        for slot in ("mapping_date", "publication_date", "review_date"):
            if not is_date(row.cells.get(slot, "2000-01-01")):
                yield row.line, "date", f"{slot} is “{row.cells[slot]}”. Write a date such as 2026-11-25."


def _pair_rules(ms: MappingSet, _: Prefixes) -> _Found:
    pairs: dict[tuple[str, str], Row] = {}
    targets: dict[str, Row] = {}
    subjects: dict[str, Row] = {}
    for row in ms.rows:
        subject, predicate, target = (ms.expanded(text) for text in (row.subject, row.predicate, row.object))
        if not (subject and predicate and target):
            continue
        first = pairs.setdefault((subject, target), row)
        if first is not row:
            if ms.expanded(first.predicate) == predicate:
                yield row.line, "duplicate", f"The row says again what line {first.line} says. Remove one of them."
            else:
                said = f"Line {first.line} relates the same two as {first.predicate}."
                yield row.line, "clash", f"{said} Keep one relation for a pair."
            continue
        if predicate != PREDICATES[0] or row.negated or NO_TERM in (subject, target):
            continue
        for rule, exact, unit, written, verb in (
            ("one-target", targets, subject, row.subject, "has"),
            ("one-subject", subjects, target, row.object, "is"),
        ):
            first = exact.setdefault(unit, row)
            if first is not row:
                said = f"{written} {verb} an exact match in line {first.line} already."
                yield row.line, rule, f"{said} Make one of the two a close match."


def _no_term_rules(ms: MappingSet, _: Prefixes) -> _Found:
    for near, far in (("subject", "object"), ("object", "subject")):
        against: dict[tuple[str, str], list[Row]] = defaultdict(list)
        for row in ms.rows:
            against[(row.cells.get(f"{near}_id", ""), ms.value(row, f"{far}_source"))].append(row)
        for (unit, source), rows in against.items():
            for row in rows:
                if ms.expanded(row.cells.get(f"{far}_id", "")) != NO_TERM:
                    continue
                if not source:
                    yield row.line, "no-term-source", f"“None found” needs {far}_source: in what was it looked for?"
                other = next((r for r in rows if ms.expanded(r.cells.get(f"{far}_id", NO_TERM)) != NO_TERM), None)
                if other and unit and ms.expanded(unit) != NO_TERM:
                    yield (
                        row.line,
                        "no-term-alone",
                        f"{unit} has a match in line {other.line}, so “none found” is wrong. Remove one of the rows.",
                    )


def _declared(ms: MappingSet) -> set[str]:
    definitions = ms.metadata.get("extension_definitions")
    members = definitions if isinstance(definitions, list) else []
    return {str(member.get("slot_name")) for member in members if isinstance(member, Mapping)}


def _is_allowed(confidence: str) -> bool:
    return bool(DECIMAL.fullmatch(confidence)) and float(confidence) in CONFIDENCES
