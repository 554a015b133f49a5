"""Mapping sets in SSSOM TSV: read, write in one canonical form, check, and state as RDF.

A file is one set: a YAML header of `#` lines, then a table with one mapping a line. Everything is text here; what a
value must look like is said by the rules of `findings`, each with an id `Mapping-…`.
"""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import yaml

from dditkg.errors import BadFile, WrongUse
from dditkg.finding import Finding
from dditkg.terms import BASE, DCTERMS, OWL, RDF, RDFS, SKOS, SSSOM, XSD, Prefixes, is_iri

#: What `confidence` may be; the rule for each is in docs/method.md.
CONFIDENCES = (0.95, 0.85, 0.7, 0.5, 0.3)
PREDICATES = tuple(SKOS + name for name in ("exactMatch", "closeMatch", "broadMatch", "narrowMatch", "relatedMatch"))
SEMAPV = "https://w3id.org/semapv/vocab/"
JUSTIFICATIONS = tuple(
    SEMAPV + name
    for name in (
        "BackgroundKnowledgeBasedMatching",
        "CompositeMatching",
        "LexicalMatching",
        "LexicalSimilarityThresholdMatching",
        "LogicalReasoning",
        "ManualMappingCuration",
        "MappingChaining",
        "MappingInversion",
        "MappingReview",
        "SemanticSimilarityThresholdMatching",
        "UnspecifiedMatching",
    )
)
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
COLUMNS = (
    "record_id",
    "subject_id",
    "subject_label",
    "subject_category",
    "predicate_id",
    "predicate_label",
    "predicate_modifier",
    "object_id",
    "object_label",
    "object_category",
    "mapping_justification",
    "author_id",
    "author_label",
    "reviewer_id",
    "reviewer_label",
    "creator_id",
    "creator_label",
    "license",
    "subject_type",
    "subject_source",
    "subject_source_version",
    "object_type",
    "object_source",
    "object_source_version",
    "predicate_type",
    "mapping_provider",
    "mapping_source",
    "mapping_cardinality",
    "cardinality_scope",
    "mapping_tool",
    "mapping_tool_id",
    "mapping_tool_version",
    "mapping_date",
    "publication_date",
    "review_date",
    "reviewer_agreement",
    "confidence",
    "curation_rule",
    "curation_rule_text",
    "subject_match_field",
    "object_match_field",
    "match_string",
    "subject_preprocessing",
    "object_preprocessing",
    "similarity_score",
    "similarity_measure",
    "see_also",
    "issue_tracker_item",
    "other",
    "comment",
)
#: Slots of a set whose value stands for every row when no row has its own.
PROPAGATED = frozenset(
    {
        "subject_type",
        "subject_source",
        "subject_source_version",
        "object_type",
        "object_source",
        "object_source_version",
        "predicate_type",
        "mapping_provider",
        "cardinality_scope",
        "mapping_tool",
        "mapping_tool_id",
        "mapping_tool_version",
        "mapping_date",
        "subject_match_field",
        "object_match_field",
        "subject_preprocessing",
        "object_preprocessing",
        "similarity_measure",
        "curation_rule",
        "curation_rule_text",
    }
)
SET_SLOTS = PROPAGATED | {
    "sssom_version",
    "curie_map",
    "mapping_set_id",
    "mapping_set_version",
    "mapping_set_source",
    "mapping_set_title",
    "mapping_set_description",
    "mapping_set_confidence",
    "creator_id",
    "creator_label",
    "license",
    "publication_date",
    "see_also",
    "issue_tracker",
    "other",
    "comment",
    "extension_definitions",
}
REQUIRED_OF_SET = (
    "mapping_set_id",
    "license",
    "sssom_version",
    "mapping_set_version",
    "mapping_set_title",
    "mapping_set_description",
    "curie_map",
    "subject_source",
    "subject_source_version",
    "object_source",
    "object_source_version",
    "creator_id",
    "publication_date",
)
REQUIRED_OF_ROW = (
    "subject_id",
    "predicate_id",
    "object_id",
    "mapping_justification",
    "confidence",
    "comment",
    "author_id",
    "mapping_date",
)
_ALWAYS = ("subject_id", "predicate_id", "object_id", "mapping_justification")
#: Slots that hold CURIEs, in a row or in the header.
_REFERENCES = (
    "record_id",
    "subject_id",
    "predicate_id",
    "object_id",
    "mapping_justification",
    "author_id",
    "reviewer_id",
    "creator_id",
    "subject_source",
    "object_source",
    "mapping_source",
    "mapping_tool_id",
    "curation_rule",
    "issue_tracker_item",
)

_CURIE = re.compile(r"([A-Za-z_][\w.-]*):[^\s<>\"{}|^`\\]+")
_FILE_NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*--[a-z0-9]+(?:-[a-z0-9]+)*\.sssom\.tsv")
_DECIMAL = re.compile(r"[0-9]+(?:\.[0-9]+)?")
_PIPE = re.compile(r"(?<!\\)\|")


@dataclass(frozen=True)
class Row:
    """One mapping. `line` is its line in the file; `cells` holds only what is filled in."""

    line: int
    cells: Mapping[str, str]

    def values(self, slot: str) -> tuple[str, ...]:
        """The values of a cell that may hold several, parted by “|”."""
        parts = _PIPE.split(self.cells.get(slot, ""))
        return tuple(part.replace("\\|", "|").replace("\\\\", "\\") for part in parts if part)

    @property
    def subject(self) -> str:
        return self.cells.get("subject_id", "")

    @property
    def predicate(self) -> str:
        return self.cells.get("predicate_id", "")

    @property
    def object(self) -> str:
        return self.cells.get("object_id", "")

    @property
    def negated(self) -> bool:
        """True when the row says that the two do not correspond so."""
        return self.cells.get("predicate_modifier") == "Not"


@dataclass(frozen=True)
class MappingSet:
    """A file. `metadata` values are text, lists and tables as written.

    `lines` says where a header key stands, `table_line` where the column names do.
    """

    path: Path
    metadata: Mapping[str, object]
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    lines: Mapping[str, int] = field(default_factory=dict, compare=False)
    table_line: int = field(default=1, compare=False)

    @property
    def name(self) -> str:
        """The file's name without `.sssom.tsv`, such as `dditkg--gdad`."""
        return self.path.name.removesuffix(".tsv").removesuffix(".sssom")

    @property
    def iri(self) -> str:
        return f"{BASE}mapping-set/{self.name}"

    @property
    def curie_map(self) -> dict[str, str]:
        """The prefixes that the file declares."""
        declared = self.metadata.get("curie_map")
        return dict(declared) if isinstance(declared, Mapping) else {}

    @cached_property
    def prefixes(self) -> Prefixes:
        """The prefixes that the file may use. What the standard fixes for a prefix wins over what the file says."""
        return Prefixes({**self.curie_map, **BUILT_IN})

    def values(self, slot: str) -> tuple[str, ...]:
        """The values of a header slot; a single one may be written without a list."""
        value = self.metadata.get(slot)
        members = value if isinstance(value, list) else [value]
        return tuple(str(member) for member in members if member not in (None, ""))

    def value(self, row: Row, slot: str) -> str:
        """What holds for a row: its own cell, or the header's where no row has its own. Empty when neither."""
        own = row.cells.get(slot, "")
        if own or slot not in PROPAGATED or slot in self.filled:
            return own
        return "|".join(self.values(slot))

    @cached_property
    def filled(self) -> frozenset[str]:
        """The columns in which some row has a value."""
        return frozenset(name for row in self.rows for name, cell in row.cells.items() if cell)


# Reading and writing --------------------------------------------------------------------------------------------------


class _Loader(yaml.BaseLoader):
    """YAML in which every scalar is text and no key stands twice."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen = set()
        for key, _ in node.value:
            if key.value in seen:
                raise yaml.MarkedYAMLError(problem=f"the key “{key.value}” stands twice", problem_mark=key.start_mark)
            seen.add(key.value)
        return super().construct_mapping(node, deep=deep)


class _Dumper(yaml.SafeDumper):
    """YAML in plain style where possible, else in double quotes; no anchors."""

    def choose_scalar_style(self) -> str:
        style = super().choose_scalar_style()
        return '"' if style == "'" else str(style)

    def ignore_aliases(self, data: object) -> bool:
        return True


def read(path: Path) -> MappingSet:
    """A mapping set with its rows in the order of the file.

    Raises BadFile with file and line for what cannot be read at all: not UTF-8, a byte order mark, no header, a
    header that is not YAML, no table, a row with too many or too few cells, a quote that is not closed.
    """
    lines = _lines(path)
    end = next((i for i, line in enumerate(lines) if not line.startswith("#")), len(lines))
    if end == 0:
        raise BadFile(f"{path}:1  There is no header. Begin with lines such as “#mapping_set_id: …”.")
    metadata, places = _header(path, [line[1:] for line in lines[:end]])
    table = [(number, line) for number, line in enumerate(lines[end:], start=end + 1) if line]
    if not table:
        raise BadFile(f"{path}:{end}  There is no table under the header. Add a line of column names.")
    columns = tuple(_cells(path, *table[0]))
    for column in columns:
        if not column or columns.count(column) > 1:
            raise BadFile(f"{path}:{table[0][0]}  The column “{column}” has no name or stands twice.")
    rows = []
    for number, line in table[1:]:
        cells = _cells(path, number, line)
        if len(cells) != len(columns):
            raise BadFile(f"{path}:{number}  The row has {len(cells)} cells, the table {len(columns)} columns.")
        rows.append(Row(number, {name: cell for name, cell in zip(columns, cells, strict=True) if cell}))
    return MappingSet(path, metadata, columns, tuple(rows), places, table[0][0])


def write(mapping_set: MappingSet) -> str:
    """The canonical text: sorted header, columns in the standard's order without empty ones, sorted rows.

    Raises BadFile for a cell with a tab or a line break.
    """
    metadata = {key: value for key, value in mapping_set.metadata.items() if value not in (None, "", [], {})}
    header = yaml.dump(
        metadata, Dumper=_Dumper, default_flow_style=False, allow_unicode=True, sort_keys=True, width=10**9
    )
    rank = {name: i for i, name in enumerate(COLUMNS)}
    columns = sorted(mapping_set.filled.union(_ALWAYS), key=lambda name: (rank.get(name, len(rank)), name))
    table = []
    for row in mapping_set.rows:
        for name, cell in row.cells.items():
            if any(mark in cell for mark in "\t\n\r"):
                raise BadFile(
                    f"{mapping_set.path}:{row.line}  The cell “{name}” holds a tab or a line break. "
                    "Write it on one line."
                )
        key = (row.subject, row.predicate, row.object)
        table.append((key, "\t".join(_quoted(row.cells.get(name, "")) for name in columns)))
    body = [line for _, line in sorted(table)]
    return "".join(f"{line}\n" for line in (*(f"#{h}" for h in header.splitlines()), "\t".join(columns), *body))


def formatted(path: Path) -> str:
    """The canonical text of a file. Raises BadFile for what `read` refuses and for a comment in the header."""
    mapping_set = read(path)
    for number, line in enumerate(_lines(path), start=1):
        if not line.startswith("#"):
            break
        if line[1:].lstrip().startswith("#"):
            raise BadFile(f"{path}:{number}  A comment would be lost. Write it in the slot “comment” or remove it.")
    return write(mapping_set)


def _lines(path: Path) -> list[str]:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise BadFile(f"{path}: {error.strerror or error}.") from error
    if data.startswith(b"\xef\xbb\xbf"):
        raise BadFile(f"{path}:1  The file starts with a byte order mark. Save it as plain UTF-8.")
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise BadFile(f"{path}:{line}  The file is not UTF-8 here. Save it as UTF-8.") from error
    return [line.removesuffix("\r") for line in text.split("\n")]


def _header(path: Path, lines: list[str]) -> tuple[dict[str, object], dict[str, int]]:
    text = "\n".join(lines)
    try:
        metadata = yaml.load(text, Loader=_Loader)
        root = yaml.compose(text, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise BadFile(f"{path}:{line}  The header is not YAML: {error.problem or error.context}.") from error
    except yaml.YAMLError as error:
        raise BadFile(f"{path}:1  The header is not YAML: {' '.join(str(error).split())}.") from error
    if not isinstance(metadata, dict) or not isinstance(root, yaml.MappingNode):
        raise BadFile(f"{path}:1  The header is not a list of “key: value” lines.")
    places = {}
    for key, value in root.value:
        places[key.value] = key.start_mark.line + 1
        if key.value == "curie_map":
            if not isinstance(value, yaml.MappingNode) or not all(
                isinstance(namespace, yaml.ScalarNode) for _, namespace in value.value
            ):
                raise BadFile(f"{path}:{places[key.value]}  curie_map is not a list of “prefix: address” lines.")
            places.update({f"curie_map.{prefix.value}": prefix.start_mark.line + 1 for prefix, _ in value.value})
    return metadata, places


def _cells(path: Path, number: int, line: str) -> list[str]:
    cells = line.split("\t")
    for i, cell in enumerate(cells):
        if cell.startswith('"'):
            inner = cell[1:-1]
            if len(cell) < 2 or not cell.endswith('"') or '"' in inner.replace('""', ""):
                raise BadFile(
                    f"{path}:{number}  A quoted cell does not end where it should. Double the quotes inside it; "
                    "a cell cannot hold a tab or a line break."
                )
            cells[i] = inner.replace('""', '"')
    return cells


def _quoted(cell: str) -> str:
    return '"' + cell.replace('"', '""') + '"' if '"' in cell else cell


# Rules ----------------------------------------------------------------------------------------------------------------


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
            if not _is_date(value):
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
        form = _CURIE.fullmatch(value)
        if form is None:
            yield line, "curie", f"{slot} is “{value}”. Write prefix:name, without spaces."
        elif form[1] not in known:
            yield line, "prefix-declared", f"The prefix “{form[1]}:” in {slot} is not declared. Add it to curie_map."


def _references(ms: MappingSet) -> Iterator[tuple[int, str, str]]:
    for slot in _REFERENCES:
        if slot in SET_SLOTS:
            for value in ms.values(slot):
                yield ms.lines.get(slot, 1), slot, value
    for row in ms.rows:
        for slot in _REFERENCES:
            for value in row.values(slot):
                yield row.line, slot, value


def _row_rules(ms: MappingSet, _: Prefixes) -> _Found:
    for row in ms.rows:
        for slot in REQUIRED_OF_ROW:
            if not ms.value(row, slot):
                yield row.line, "row-required", f"The row has no {slot}. Fill it in."
        predicate = _expanded(ms, row.predicate)
        if is_iri(predicate) and predicate not in PREDICATES:
            names = ", ".join(f"skos:{iri.removeprefix(SKOS)}" for iri in PREDICATES)
            yield row.line, "predicate", f"The relation “{row.predicate}” is not used here. Choose from {names}."
        modifier = row.cells.get("predicate_modifier", "Not")
        if modifier != "Not":
            yield row.line, "modifier", f"predicate_modifier is “{modifier}”. Write Not or leave it empty."
        reason = row.cells.get("mapping_justification", "")
        justification = _expanded(ms, reason)
        if is_iri(justification) and justification not in JUSTIFICATIONS:
            yield row.line, "justification", f"“{reason}” is no kind of matching that semapv lists. Choose one it does."
        if justification == SEMAPV + "ManualMappingCuration" and not row.values("reviewer_id"):
            yield row.line, "reviewer", f"{reason} needs the named person who did it as reviewer_id."
        confidence = row.cells.get("confidence")
        if confidence and not _is_allowed(confidence):
            allowed = ", ".join(str(value) for value in CONFIDENCES)
            yield row.line, "confidence", f"confidence is “{confidence}”. Choose from {allowed}; see docs/method.md."
        for slot in ("mapping_date", "publication_date", "review_date"):
            if not _is_date(row.cells.get(slot, "2000-01-01")):
                yield row.line, "date", f"{slot} is “{row.cells[slot]}”. Write a date such as 2026-11-25."


def _pair_rules(ms: MappingSet, _: Prefixes) -> _Found:
    pairs: dict[tuple[str, str], Row] = {}
    targets: dict[str, Row] = {}
    subjects: dict[str, Row] = {}
    for row in ms.rows:
        subject, predicate, target = (_expanded(ms, text) for text in (row.subject, row.predicate, row.object))
        if not (subject and predicate and target):
            continue
        first = pairs.setdefault((subject, target), row)
        if first is not row:
            if _expanded(ms, first.predicate) == predicate:
                yield row.line, "duplicate", f"The row says again what line {first.line} says. Remove one of them."
            else:
                yield (
                    row.line,
                    "clash",
                    f"Line {first.line} relates the same two as {first.predicate}. Keep one relation for a pair.",
                )
            continue
        if predicate != PREDICATES[0] or row.negated or NO_TERM in (subject, target):
            continue
        first = targets.setdefault(subject, row)
        if first is not row:
            yield (
                row.line,
                "one-target",
                f"{row.subject} has an exact match in line {first.line} already. Make one of the two a close match.",
            )
        first = subjects.setdefault(target, row)
        if first is not row:
            yield (
                row.line,
                "one-subject",
                f"{row.object} is an exact match in line {first.line} already. Make one of the two a close match.",
            )


def _no_term_rules(ms: MappingSet, _: Prefixes) -> _Found:
    for near, far in (("subject", "object"), ("object", "subject")):
        against: dict[tuple[str, str], list[Row]] = defaultdict(list)
        for row in ms.rows:
            against[(row.cells.get(f"{near}_id", ""), ms.value(row, f"{far}_source"))].append(row)
        for (unit, source), rows in against.items():
            for row in rows:
                if _expanded(ms, row.cells.get(f"{far}_id", "")) != NO_TERM:
                    continue
                if not source:
                    yield row.line, "no-term-source", f"“None found” needs {far}_source: in what was it looked for?"
                other = next((r for r in rows if _expanded(ms, r.cells.get(f"{far}_id", NO_TERM)) != NO_TERM), None)
                if other and unit and _expanded(ms, unit) != NO_TERM:
                    yield (
                        row.line,
                        "no-term-alone",
                        f"{unit} has a match in line {other.line}, so “none found” is wrong. Remove one of the rows.",
                    )


def _declared(ms: MappingSet) -> set[str]:
    definitions = ms.metadata.get("extension_definitions")
    members = definitions if isinstance(definitions, list) else []
    return {str(member.get("slot_name")) for member in members if isinstance(member, Mapping)}


def _expanded(ms: MappingSet, text: str) -> str:
    """The IRI of a CURIE; the text itself where it has none, which another rule reports."""
    try:
        return ms.prefixes.expand(text) if _CURIE.fullmatch(text) or is_iri(text) else text
    except WrongUse:
        return text


def _is_allowed(confidence: str) -> bool:
    return bool(_DECIMAL.fullmatch(confidence)) and float(confidence) in CONFIDENCES


def _is_date(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


# RDF ------------------------------------------------------------------------------------------------------------------


def triples(mapping_set: MappingSet) -> list[ox.Triple]:
    """The set and its rows as RDF. No direct skos:*Match triples: those are derived from the rows.

    Ask `findings` first: a value that has no RDF form raises BadFile with file and line, so that no row is dropped.
    """
    return [*_set_triples(mapping_set), *(t for row in mapping_set.rows for t in _row_triples(mapping_set, row))]


def mapping_iri(mapping_set: MappingSet, row: Row) -> str:
    """The lasting IRI of a row: the same when its relation, confidence or rationale is corrected."""
    parts = [_iri(mapping_set, row.line, text) for text in (row.subject, row.object, *row.values("author_id"))]
    digest = hashlib.sha1("\n".join(parts).encode(), usedforsecurity=False).hexdigest()
    return f"{BASE}mapping/{mapping_set.name}/{digest[:10]}"


def _set_triples(ms: MappingSet) -> Iterator[ox.Triple]:
    def line(slot: str) -> int:
        return ms.lines.get(slot, 1)

    yield _triple(ms.iri, RDF + "type", ox.NamedNode(SSSOM + "MappingSet"))
    for slot, predicate in (("mapping_set_title", "title"), ("mapping_set_description", "description")):
        for value in ms.values(slot):
            yield _triple(ms.iri, DCTERMS + predicate, ox.Literal(value, language="en"))
    for slot, predicate in (
        ("license", DCTERMS + "license"),
        ("creator_id", DCTERMS + "creator"),
        ("subject_source", SSSOM + "subject_source"),
        ("object_source", SSSOM + "object_source"),
    ):
        for value in ms.values(slot):
            yield _triple(ms.iri, predicate, ox.NamedNode(_iri(ms, line(slot), value)))
    for slot, predicate in (
        ("subject_source_version", SSSOM + "subject_source_version"),
        ("object_source_version", SSSOM + "object_source_version"),
        ("mapping_set_version", "http://www.w3.org/ns/dcat#version"),
    ):
        for value in ms.values(slot):
            yield _triple(ms.iri, predicate, ox.Literal(value))
    for value in ms.values("publication_date"):
        yield _triple(ms.iri, DCTERMS + "issued", _date(ms, line("publication_date"), value))


def _row_triples(ms: MappingSet, row: Row) -> Iterator[ox.Triple]:
    iri = mapping_iri(ms, row)

    def references(predicate: str, values: Iterable[str]) -> Iterator[ox.Triple]:
        for value in values:
            yield _triple(iri, predicate, ox.NamedNode(_iri(ms, row.line, value)))

    yield _triple(iri, RDF + "type", ox.NamedNode(SSSOM + "Mapping"))
    yield _triple(iri, DCTERMS + "isPartOf", ox.NamedNode(ms.iri))
    yield from references(OWL + "annotatedSource", [row.subject])
    yield from references(OWL + "annotatedProperty", [row.predicate])
    yield from references(OWL + "annotatedTarget", [row.object])
    yield from references(SSSOM + "mapping_justification", row.values("mapping_justification"))
    yield from references(SSSOM + "author_id", row.values("author_id"))
    yield from references(SSSOM + "reviewer_id", row.values("reviewer_id"))
    for end, text in (("subject", row.subject), ("object", row.object)):
        source = ms.value(row, f"{end}_source")
        if _expanded(ms, text) == NO_TERM and source:
            yield from references(SSSOM + f"{end}_source", [source])
    if row.negated:
        yield _triple(iri, SSSOM + "predicate_modifier", ox.NamedNode(SSSOM + "NegatedPredicate"))
    if confidence := row.cells.get("confidence"):
        if not _DECIMAL.fullmatch(confidence):
            raise BadFile(f"{ms.path}:{row.line}  confidence is “{confidence}”, which is not a number such as 0.85.")
        yield _triple(iri, SSSOM + "confidence", ox.Literal(confidence, datatype=ox.NamedNode(XSD + "decimal")))
    if day := ms.value(row, "mapping_date"):
        yield _triple(iri, SSSOM + "mapping_date", _date(ms, row.line, day))
    if comment := row.cells.get("comment"):
        yield _triple(iri, RDFS + "comment", ox.Literal(comment, language="en"))


def _iri(ms: MappingSet, line: int, text: str) -> str:
    try:
        return ox.NamedNode(ms.prefixes.expand(text)).value
    except (WrongUse, ValueError) as error:
        raise BadFile(f"{ms.path}:{line}  “{text}” cannot be made an IRI: {error}") from error


def _date(ms: MappingSet, line: int, text: str) -> ox.Literal:
    if not _is_date(text):
        raise BadFile(f"{ms.path}:{line}  “{text}” is not a date such as 2026-11-25.")
    return ox.Literal(text, datatype=ox.NamedNode(XSD + "date"))


def _triple(subject: str, predicate: str, value: ox.NamedNode | ox.Literal) -> ox.Triple:
    return ox.Triple(ox.NamedNode(subject), ox.NamedNode(predicate), value)
