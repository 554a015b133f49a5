"""What a mapping set must keep to. Each rule has an id `Mapping-…`."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping

import pyoxigraph as ox

from dditkg.finding import Finding
from dditkg.sssom import published
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
    PROJECT,
    PROPAGATED,
    REFERENCES,
    REQUIRED_OF_PUBLISHED,
    REQUIRED_OF_ROW,
    REQUIRED_OF_SET,
    SEMAPV,
    SET_SLOTS,
    is_date,
)
from dditkg.terms import SKOS, Prefixes, is_iri
from dditkg.wording import nearest

_FILE_NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*--[a-z0-9]+(?:-[a-z0-9]+)*\.sssom\.tsv")
_Found = Iterator[tuple[int, str, str]]
_PEOPLE = ("author_id", "creator_id", "reviewer_id")
_EXACT, _RELATED = PREDICATES[0], PREDICATES[4]
_DECLARE = "Correct the name or declare it in extension_definitions."

#: Every rule and what it asks for.
RULES = {
    "Mapping-bare-iri": "Identifiers are written in short form, such as gdad:skill/data-modelling.",
    "Mapping-clash": "Two units are related in one way only.",
    "Mapping-column": "Each column is one of SSSOM's or is declared in extension_definitions.",
    "Mapping-column-required": "The table has a column for all that each row must say.",
    "Mapping-confidence": "confidence is one of the five values that docs/method.md explains.",
    "Mapping-curie": "A short form is prefix:name without spaces.",
    "Mapping-date": "Dates are written as 2026-11-25.",
    "Mapping-duplicate": "No row says what another row says.",
    "Mapping-exact-sure": "An exact match is one of which we are sure: 0.85 or 0.95.",
    "Mapping-file-name": "A file is named <subject>--<object>.sssom.tsv.",
    "Mapping-justification": "mapping_justification is a kind of matching that semapv lists.",
    "Mapping-lexical-sure": "Where only the names decided, confidence is at most 0.5.",
    "Mapping-licence": "license is the licence's web address.",
    "Mapping-modifier": "predicate_modifier is Not or empty.",
    "Mapping-no-term-alone": "A unit for which none was found has no match in the same source.",
    "Mapping-no-term-source": "“None found” says in what source it was looked for.",
    "Mapping-one-subject": "A unit is the exact match of at most one unit of the other side.",
    "Mapping-one-target": "A unit has at most one exact match in the other side.",
    "Mapping-predicate": "The relation is one of the five SKOS mapping relations.",
    "Mapping-prefix-agrees": "A prefix means what it means everywhere in the project and in SSSOM.",
    "Mapping-prefix-declared": "Every prefix in use is declared in curie_map.",
    "Mapping-related-sure": "A related match has the confidence 0.3, and nothing else has.",
    "Mapping-reviewer": "A reviewer is a person outside this project, and manual curation names one.",
    "Mapping-row-required": "Each row says who relates what to what, how, when, why and how surely.",
    "Mapping-set-id": "mapping_set_id is the address that the file's name gives.",
    "Mapping-set-required": "The header says what the set is, its edition, licence, makers and sources.",
    "Mapping-slot": "Each header key is one of SSSOM's or is declared in extension_definitions.",
    **published.RULES,
}


def findings(mapping_set: MappingSet, prefixes: Prefixes) -> list[Finding]:
    """All that breaks a rule, by line. `prefixes` is the project's table, which the file may not contradict."""
    file = mapping_set.path.as_posix()
    found = [
        Finding(file, line, f"Mapping-{rule}", "violation", message)
        for check in _CHECKS
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
    strange = [column for column in ms.columns if column not in COLUMNS and column not in known]
    for slot in _missing_columns(ms):
        meant = nearest(slot, [_as_slot(column) for column in strange], 1)
        found = next((column for column in strange if _as_slot(column) in meant), None)
        advice = f"Rename “{found}”, if that is meant." if found else "Add it."
        yield ms.table_line, "column-required", f"The table has no column {slot}. {advice}"
        strange = [column for column in strange if column != found]
    for slot in ms.metadata:
        if slot not in SET_SLOTS and slot not in known:
            yield ms.lines.get(slot, 1), "slot", f"“{slot}” is not a slot of SSSOM. {_DECLARE}"
    for column in strange:
        yield ms.table_line, "column", f"“{column}” is not a column of SSSOM. {_DECLARE}"


def _prefix_rules(ms: MappingSet, prefixes: Prefixes) -> _Found:
    for prefix, namespace in ms.curie_map.items():
        expected = BUILT_IN.get(prefix) or prefixes.table.get(prefix, namespace)
        if namespace != expected:
            line = ms.lines.get(f"curie_map.{prefix}", 1)
            yield line, "prefix-agrees", f"“{prefix}:” stands for {expected} in this project, not {namespace}."


def _reference_rules(ms: MappingSet, _: Prefixes) -> _Found:
    known = {**BUILT_IN, **ms.curie_map}
    undeclared: dict[str, tuple[int, str]] = {}
    for line, slot, value in _references(ms):
        if is_iri(value):
            yield line, "bare-iri", f"{slot} is the whole IRI {value}. Write its short form with a declared prefix."
            continue
        form = CURIE.fullmatch(value)
        if form is None and slot in _PEOPLE:
            said = f"{slot} is “{value}”, which is a name. Here stands who that is, in short form such as"
            label = slot.replace("_id", "_label")
            yield (
                line,
                "curie",
                f"{said} orcid:0000-0002-1825-0097 with its prefix in curie_map; a name goes to {label}.",
            )
        elif form is None:
            yield line, "curie", f"{slot} is “{value}”. Write prefix:name, without spaces."
        elif form[1] not in known:
            undeclared.setdefault(form[1], (line, slot))
        elif not _is_address(ms.expanded(value)):
            yield line, "curie", f"{slot} is “{value}”, which gives no address. Look for characters such as % or [."
    for prefix, (line, slot) in undeclared.items():  # once, at its first use
        yield line, "prefix-declared", f"The prefix “{prefix}:” in {slot} is not declared. Add it to curie_map."


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
    missing = _missing_columns(ms)
    for row in ms.rows:
        for slot in REQUIRED_OF_PUBLISHED if ms.is_published(row) else REQUIRED_OF_ROW:
            if slot not in missing and not ms.value(row, slot):
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
        if (
            justification == SEMAPV + "ManualMappingCuration"
            and not row.values("reviewer_id")
            and not ms.is_published(row)
        ):
            yield row.line, "reviewer", f"{reason} needs the named person who did it as reviewer_id."
        if PROJECT in map(ms.expanded, row.values("reviewer_id")):
            said = "reviewer_id is this project itself, which made the row."
            yield row.line, "reviewer", f"{said} Name a person outside it, or leave the cell empty: unreviewed."
        confidence = row.cells.get("confidence")
        if ms.is_published(row):
            confidence = ""  # judged by the rules on what others publish
        if confidence and not _is_allowed(confidence):
            allowed = ", ".join(str(value) for value in CONFIDENCES)
            yield row.line, "confidence", f"confidence is “{confidence}”. Choose from {allowed}; see docs/method.md."
        elif confidence:
            yield from _sure_rules(ms, row, float(confidence))
        for slot in ("mapping_date", "publication_date", "review_date"):
            if not is_date(row.cells.get(slot, "2000-01-01")):
                yield row.line, "date", f"{slot} is “{row.cells[slot]}”. Write a date such as 2026-11-25."


def _sure_rules(ms: MappingSet, row: Row, confidence: float) -> _Found:
    """What docs/method.md says of confidence and relation. “None found” and “not so” claim no relation."""
    reason = row.cells.get("mapping_justification", "")
    if ms.expanded(reason) == SEMAPV + "LexicalMatching" and confidence > 0.5:
        said = f"{reason} with confidence {confidence}: where only the names decided, it is at most 0.5."
        yield row.line, "lexical-sure", f"{said} Compare the definitions, or write 0.5."
    relation = ms.expanded(row.predicate)
    if relation not in PREDICATES or row.negated or NO_TERM in (ms.expanded(row.subject), ms.expanded(row.object)):
        return
    said = f"{row.predicate} with confidence {confidence}: "
    if relation == _RELATED and confidence != 0.3:
        yield row.line, "related-sure", f"{said}related only is 0.3. Write 0.3, or choose the relation that holds."
    elif relation != _RELATED and confidence == 0.3:
        yield row.line, "related-sure", f"{said}0.3 is for related only. Write skos:relatedMatch, or 0.5 or more."
    elif relation == _EXACT and confidence < 0.85:
        yield (
            row.line,
            "exact-sure",
            f"{said}an exact match needs 0.85 or 0.95. Make it a close match, or say why surer.",
        )


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


def _published_rules(ms: MappingSet, _: Prefixes) -> _Found:
    return published.published_rules(ms)


_CHECKS = (_set_rules, _prefix_rules, _reference_rules, _row_rules, _pair_rules, _no_term_rules, _published_rules)


def _missing_columns(ms: MappingSet) -> list[str]:
    """What some row must say and no row can. A set without rows is asked for all."""
    theirs = bool(ms.rows) and all(map(ms.is_published, ms.rows))
    required = REQUIRED_OF_PUBLISHED if theirs else REQUIRED_OF_ROW
    return [slot for slot in required if slot not in ms.columns and not (slot in PROPAGATED and ms.values(slot))]


def _as_slot(column: str) -> str:
    """A column's name as SSSOM would write it: `Subject ID` → `subject_id`."""
    return re.sub(r"[\s-]+", "_", column.strip()).casefold()


def _is_address(text: str) -> bool:
    try:
        ox.NamedNode(text)
    except ValueError:
        return False
    return True


def _declared(ms: MappingSet) -> set[str]:
    definitions = ms.metadata.get("extension_definitions")
    members = definitions if isinstance(definitions, list) else []
    return {str(member.get("slot_name")) for member in members if isinstance(member, Mapping)}


def _is_allowed(confidence: str) -> bool:
    return bool(DECIMAL.fullmatch(confidence)) and float(confidence) in CONFIDENCES
