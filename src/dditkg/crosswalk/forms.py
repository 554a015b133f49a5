"""Mappings in the forms that people and programs read: one JSON shape, a flat table, SSSOM TSV, JSKOS."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from dditkg import sssom
from dditkg.crosswalk.links import Link
from dditkg.crosswalk.lists import Translated, chain, levels
from dditkg.crosswalk.units import OURS, Unit
from dditkg.crosswalk.walk import Answer, Crosswalk, Match
from dditkg.search import Index
from dditkg.sssom import NO_TERM, SEMAPV
from dditkg.terms import BASE, SKOS, Prefixes

_LICENCE = "https://creativecommons.org/licenses/by/4.0/"
_PROJECT = f"{BASE}agent/project"
# JSKOS asks for one of these at each mapping.
_JSKOS_CONTEXT = "https://gbv.github.io/jskos/context.json"
#: The columns of the flat table between two frameworks.
PAIR_COLUMNS = (
    "from", "from_code", "from_label", "relation", "to", "to_code", "to_label", "levels", "confidence", "review",
    "by", "basis", "rationale", "chain", "row",
)  # fmt: skip


class Forms:
    """Everything about a crosswalk in the form it is sent in."""

    def __init__(self, walk: Crosswalk, index: Index) -> None:
        self.walk, self._index = walk, index

    def unit(self, unit: Unit) -> dict[str, Any]:
        """A unit as JSON."""
        return {
            "id": unit.iri,
            "curie": self._index.short(unit.iri),
            "code": unit.code or None,
            "label": unit.label,
            "kind": unit.kind,
            "framework": unit.framework,
            **({"retired": True} if unit.retired else {}),
        }

    def answer(self, answer: Answer) -> dict[str, Any]:
        """What is held about a unit against one framework, as JSON."""
        return {
            "framework": answer.framework,
            "state": answer.state,
            "of": self.unit(answer.of) if answer.of else None,
            "matches": [self.match(match) for match in answer.matches],
            "denied": [self.step(link) for link in answer.denied],
            "sought": self.step(answer.sought) if answer.sought else None,
            "leads": [[self.step(link) for link in way] for way in answer.leads],
        }

    def match(self, match: Match) -> dict[str, Any]:
        """One match as JSON: the unit, how it is related, how surely, at which levels, and the rows it rests on."""
        return {
            **self.unit(match.unit),
            "relation": match.relation,
            "predicate": f"{SKOS}{match.relation}Match",
            "confidence": match.confidence or None,
            "review": _review(match.reviewed),
            "by": list(match.by),
            "composed": match.composed,
            "levels": [
                {
                    "from": self._named(link.subject),
                    "relation": link.relation,
                    "to": self._named(link.object),
                    "confidence": link.confidence or None,
                    "rationale": link.rationale or None,
                }
                for link in match.levels
            ],
            "steps": [self.step(link) for link in match.steps],
        }

    def step(self, link: Link) -> dict[str, Any]:
        """One row as JSON, read in the direction in which it was walked."""
        return {
            "row": link.row or None,
            "from": self._named(link.subject),
            "relation": link.relation,
            "to": self._named(link.object),
            "confidence": link.confidence or None,
            "review": _review(bool(link.reviewer)),
            "basis": link.basis,
            "rationale": link.rationale or None,
            "author": link.author or None,
            "by": link.by or None,
            "date": link.date or None,
            **({"derived_from": list(link.derived_from)} if link.derived_from else {}),
        }

    def translated(self, row: Translated) -> dict[str, Any]:
        """One entry of a list as JSON."""
        return {
            "typed": row.typed,
            "state": row.state,
            "unit": self.unit(row.answer.unit) if row.answer else None,
            **({"of": self.unit(row.answer.of)} if row.answer and row.answer.of else {}),
            "matches": [self.match(match) for match in row.answer.matches] if row.answer else [],
            "choices": [self.unit(unit) for unit in row.choices],
        }

    def _named(self, iri: str) -> dict[str, str] | None:
        unit = self.walk.units.by_iri.get(iri)
        return None if iri == NO_TERM else {"id": iri, "label": unit.label if unit else self._index.label(iri)}

    # Between two frameworks

    def pair_row(self, unit: Unit, match: Match) -> dict[str, str]:
        """A match as a row under PAIR_COLUMNS."""
        first = match.steps[0]
        return {
            "from": unit.iri,
            "from_code": unit.code,
            "from_label": unit.label,
            "relation": match.relation,
            "to": match.unit.iri,
            "to_code": match.unit.code,
            "to_label": match.unit.label,
            "levels": levels(self.walk, match),
            "confidence": f"{match.confidence:g}" if match.confidence else "",
            "review": _review(match.reviewed),
            "by": "; ".join(match.by),
            "basis": "chain" if match.composed else first.basis,
            "rationale": "" if match.composed else first.rationale,
            "chain": chain(self.walk, match.steps) if match.composed else "",
            "row": "" if match.composed else first.row,
        }

    def sssom(self, source: str, target: str, answers: Sequence[Answer]) -> str:
        """Matches and “none found” as an SSSOM TSV file; a chain names its rows in the declared extension
        `derived_from`."""
        prefixes = self.walk.dataset.prefixes
        rows = [
            *(self._sssom_row(answer, match) for answer in answers for match in answer.matches),
            *(_none_row(answer, answer.sought, prefixes) for answer in answers if answer.sought and not answer.matches),
        ]
        metadata = self.heading(source, target, rows) | {
            "mapping_set_id": f"{BASE}crosswalk/{source}/{target}",
            "mapping_set_title": f"{self.called(source)} to {self.called(target)}",
            "mapping_set_description": "Rows of those whom author_id names, under license where that is not the "
            "set's, and, where derived_from is filled, chains of them, computed by this project's rule of composition. "
            "Unreviewed where no reviewer_id stands.",
        }
        if any(row.get("derived_from") for row in rows):
            metadata["extension_definitions"] = [
                {
                    "slot_name": "derived_from",
                    "property": f"{BASE}ontology/derivedFrom",
                    "type_hint": "linkml:Uriorcurie",
                }
            ]
        held = tuple(sssom.Row(number, row) for number, row in enumerate(rows, 1))
        return sssom.write(sssom.MappingSet(Path(f"{source}--{target}.sssom.tsv"), metadata, (), held))

    def heading(self, source: str, target: str, rows: Sequence[Mapping[str, str]]) -> dict[str, object]:
        """What the header of every SSSOM file between two frameworks says: editions, licence, and the prefixes used."""
        table = self.walk.dataset.prefixes.table
        used = [cell for row in rows for name, cell in row.items() if name.endswith("_id")]
        used += [f"{name}:" for row in rows for name in _prefixes_of(row.get("derived_from", ""))]
        names = sorted({cell.partition(":")[0] for cell in used} - sssom.BUILT_IN.keys())
        editions = {known: self.walk.units.frameworks[known].edition for known in (source, target)}
        return {
            "curie_map": {"dditkg": BASE, **{name: table[name] for name in names if name in table}},
            "creator_id": ["dditkg:agent/project"],
            "license": _LICENCE,
            "mapping_set_version": self.walk.dataset.version,
            "object_source": _source(target),
            "object_source_version": editions[target],
            "sssom_version": "1.1",
            "subject_source": _source(source),
            "subject_source_version": editions[source],
        }

    def _sssom_row(self, answer: Answer, match: Match) -> dict[str, str]:
        unit, short = answer.of or answer.unit, self._index.short
        first = match.steps[0]
        cells = {
            "subject_id": short(unit.iri),
            "subject_label": unit.label,
            "predicate_id": f"skos:{match.relation}Match",
            "object_id": short(match.unit.iri),
            "object_label": match.unit.label,
            "confidence": f"{match.confidence:g}" if match.confidence else "",
            "license": "|".join(sorted({step.licence for step in match.steps if step.licence} - {_LICENCE})),
        }
        if match.composed:
            cells["mapping_justification"] = "semapv:MappingChaining"
            cells["derived_from"] = "|".join(short(step.row) for step in match.steps if step.row)
            cells["comment"] = chain(self.walk, match.steps)
        else:
            cells |= {
                "mapping_justification": _justification(first),
                "mapping_date": first.date,
                "comment": first.rationale,
            }
        author = {step.author for step in match.steps if step.author}
        cells["author_id"] = "|".join(sorted(short(iri) for iri in author))
        if match.reviewed:
            cells["reviewer_id"] = "|".join(sorted({step.reviewer for step in match.steps}))
        return {name: cell for name, cell in cells.items() if cell}

    def jskos(self, source: str, target: str, answers: Iterable[Answer]) -> dict[str, Any]:
        """The matches as a JSKOS concordance with its mappings."""
        schemes = {known: {"uri": self._scheme(known), "prefLabel": {"en": self.called(known)}}
                   for known in (source, target)}  # fmt: skip
        mappings = [self._jskos_mapping(answer, match, schemes) for answer in answers for match in answer.matches]
        return {
            "@context": _JSKOS_CONTEXT,
            "uri": f"{BASE}crosswalk/{source}/{target}",
            "type": ["http://rdfs.org/ns/void#Linkset"],
            "fromScheme": schemes[source],
            "toScheme": schemes[target],
            "license": [{"uri": _LICENCE}],
            "creator": [{"uri": _PROJECT, "prefLabel": {"en": "dditkg"}}],
            "extent": str(len(mappings)),
            "mappings": mappings,
        }

    def _jskos_mapping(self, answer: Answer, match: Match, schemes: dict[str, Any]) -> dict[str, Any]:
        unit, first = answer.of or answer.unit, match.steps[0]
        found: dict[str, Any] = {
            "from": {"memberSet": [_concept(unit)]},
            "to": {"memberSet": [_concept(match.unit)]},
            "fromScheme": schemes[unit.framework],
            "toScheme": schemes[match.unit.framework],
            "type": [f"{SKOS}{match.relation}Match"],
            "creator": [
                {"uri": iri, "prefLabel": {"en": by}}
                for iri, by in sorted({(step.author, step.by) for step in match.steps if step.author})
            ],
        }
        if match.confidence:
            found["mappingRelevance"] = match.confidence
        if match.composed:
            found["source"] = [{"uri": step.row} for step in match.steps if step.row]
        else:
            found |= {"uri": first.row} if first.row else {}
            found |= {"created": first.date} if first.date else {}
            found |= {"note": {"en": [first.rationale]}} if first.rationale else {}
        return found

    def called(self, framework: str) -> str:
        """A framework by the name that its owner gives it."""
        return "dditkg" if framework == OURS else self.walk.units.frameworks[framework].label

    def _scheme(self, framework: str) -> str:
        return f"{BASE}dataset" if framework == OURS else f"{BASE}framework/{framework}"


def _concept(unit: Unit) -> dict[str, Any]:
    found: dict[str, Any] = {"uri": unit.iri, "prefLabel": {"en": unit.label}}
    return {**found, "notation": [unit.code]} if unit.code else found


def _none_row(answer: Answer, sought: Link, prefixes: Prefixes) -> dict[str, str]:
    near = prefixes.compress(answer.unit.iri) or answer.unit.iri
    cells = {
        "subject_id": near,
        "subject_label": answer.unit.label,
        "predicate_id": "skos:exactMatch",
        "object_id": "sssom:NoTermFound",
        "mapping_justification": "semapv:BackgroundKnowledgeBasedMatching",
        "author_id": prefixes.compress(sought.author) or "",
        "mapping_date": sought.date,
        "confidence": f"{sought.confidence:g}",
        "comment": sought.rationale,
    }
    return {name: cell for name, cell in cells.items() if cell}


def _justification(link: Link) -> str:
    if link.justification:
        return "semapv:" + link.justification.removeprefix(SEMAPV)
    return "semapv:LogicalReasoning"


def _source(framework: str) -> str:
    return "dditkg:dataset" if framework == OURS else f"dditkg:framework/{framework}"


def _prefixes_of(derived: str) -> set[str]:
    return {part.partition(":")[0] for part in derived.split("|") if part}


def _review(reviewed: bool) -> str:
    return "reviewed" if reviewed else "unreviewed"
