"""Two frameworks in the forms in which mappings are exchanged: SSSOM TSV and JSKOS."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from dditkg import sssom
from dditkg.crosswalk.links import Link
from dditkg.crosswalk.lists import chain
from dditkg.crosswalk.pair import Pair
from dditkg.crosswalk.units import OURS, Unit
from dditkg.crosswalk.walk import Crosswalk, Match
from dditkg.search import Index
from dditkg.sssom import NO_TERM, SEMAPV
from dditkg.terms import BASE, SKOS

_LICENCE = "https://creativecommons.org/licenses/by/4.0/"
_PROJECT = f"{BASE}agent/project"
# JSKOS asks for one of these at each mapping.
_JSKOS_CONTEXT = "https://gbv.github.io/jskos/context.json"


class Exchange:
    """A pair of frameworks as files that other tools read. Links between levels stand in them as rows of their own."""

    def __init__(self, walk: Crosswalk, index: Index) -> None:
        self.walk, self._index = walk, index

    def sssom(self, pair: Pair) -> str:
        """Matches, denials and “none found” as an SSSOM TSV file. What was computed from rows, a chain or a link
        between levels, names them in the declared extension `derived_from`."""
        rows = list({tuple(cells.items()): cells for cells in self._cells(pair)}.values())
        metadata = self.heading(pair.source, pair.target, rows) | {
            "mapping_set_id": f"{BASE}crosswalk/{pair.source}/{pair.target}",
            "mapping_set_title": f"{self.called(pair.source)} to {self.called(pair.target)}",
            "mapping_set_description": "Rows of those whom author_id names, under license where that is not the "
            "set's, and, where derived_from is filled, what follows from them by this project's rules. "
            "Unreviewed where no reviewer_id stands.",
        }
        if any(row.get("derived_from") for row in rows):
            metadata["extension_definitions"] = [sssom.DERIVED_FROM]
        held = tuple(sssom.Row(number, row) for number, row in enumerate(rows, 1))
        return sssom.write(sssom.MappingSet(Path(f"{pair.source}--{pair.target}.sssom.tsv"), metadata, (), held))

    def heading(self, source: str, target: str, rows: Sequence[Mapping[str, str]]) -> dict[str, object]:
        """What the header of every SSSOM file between two frameworks says: editions, licence, and the prefixes used."""
        editions = {known: self.walk.units.frameworks[known].edition for known in (source, target)}
        return {
            "curie_map": self._curie_map(rows),
            "creator_id": ["dditkg:agent/project"],
            "license": _LICENCE,
            "mapping_set_version": self.walk.dataset.version,
            "object_source": _source(target),
            "object_source_version": editions[target],
            "sssom_version": "1.1",
            "subject_source": _source(source),
            "subject_source_version": editions[source],
        }

    def _cells(self, pair: Pair) -> Iterator[dict[str, str]]:
        for answer in pair.answers:
            for match in answer.matches:
                yield self._chained(match) if match.composed else self._row(match.steps[0])
                yield from map(self._row, match.levels)
            yield from map(self._row, answer.denied)
            if answer.sought and not answer.matches:
                yield self._row(answer.sought)

    def _row(self, link: Link) -> dict[str, str]:
        return self._filled(
            self._ends(link.subject, link.relation, link.object)
            | {
                "predicate_modifier": "Not" if link.denied else "",
                "mapping_justification": "semapv:"
                + (link.justification.removeprefix(SEMAPV) if link.justification else "LogicalReasoning"),
                "author_id": self._index.short(link.author) if link.author else "",
                "reviewer_id": self._index.short(link.reviewer) if link.reviewer else "",
                "mapping_date": link.date,
                "confidence": f"{link.confidence:g}" if link.confidence else "",
                "license": "" if link.licence == _LICENCE else link.licence,
                "derived_from": "|".join(map(self._index.short, link.derived_from)),
                "comment": link.rationale,
            }
        )

    def _chained(self, match: Match) -> dict[str, str]:
        def joined(addresses: set[str]) -> str:
            return "|".join(sorted(map(self._index.short, filter(None, addresses))))

        steps = match.steps
        return self._filled(
            self._ends(steps[0].subject, match.relation, match.unit.iri)
            | {
                "mapping_justification": "semapv:MappingChaining",
                "author_id": joined({step.author for step in steps}),
                "reviewer_id": joined({step.reviewer for step in steps}) if match.reviewed else "",
                "confidence": f"{match.confidence:g}" if match.confidence else "",
                "license": "|".join(sorted({step.licence for step in steps if step.licence} - {_LICENCE})),
                "derived_from": "|".join(map(self._index.short, match.rows)),
                "comment": chain(self.walk, steps),
            }
        )

    def _ends(self, subject: str, relation: str, target: str) -> dict[str, str]:
        found = {"predicate_id": f"skos:{relation}Match"}
        for end, iri in (("subject", subject), ("object", target)):
            known = self.walk.units.by_iri.get(iri)
            found[f"{end}_id"] = "sssom:NoTermFound" if iri == NO_TERM else self._index.short(iri)
            found[f"{end}_label"] = known.label if known else ""
        return found

    def _filled(self, cells: dict[str, str]) -> dict[str, str]:
        return {name: " ".join(cell.split()) for name, cell in cells.items() if cell}

    def _curie_map(self, rows: Sequence[Mapping[str, str]]) -> dict[str, str]:
        """The prefixes that rows use, ours always."""
        cells = [cell for row in rows for name, cell in row.items() if name.endswith("_id") or name == "derived_from"]
        used = {part.partition(":")[0] for cell in cells for part in cell.split("|")} - set(sssom.BUILT_IN)
        table = self.walk.dataset.prefixes.table
        return {"dditkg": BASE, **{name: table[name] for name in sorted(used) if name in table}}

    def jskos(self, pair: Pair) -> dict[str, Any]:
        """The matches as a JSKOS concordance with its mappings. JSKOS has no form for a denial, nor for “none found”:
        they are left out."""
        schemes = {known: {"uri": self._scheme(known), "prefLabel": {"en": self.called(known)}}
                   for known in (pair.source, pair.target)}  # fmt: skip
        matches = [(answer, match) for answer in pair.answers for match in answer.matches]
        mappings = [self._jskos_mapping(answer.of or answer.unit, match, schemes) for answer, match in matches]
        by_iri = self.walk.units.by_iri
        for _, match in matches:
            for link in match.levels:
                at_level = Match(by_iri[link.object], link.relation, link.confidence, (link,))
                mappings.append(self._jskos_mapping(by_iri[link.subject], at_level, schemes))
        return {
            "@context": _JSKOS_CONTEXT,
            "uri": f"{BASE}crosswalk/{pair.source}/{pair.target}",
            "type": ["http://rdfs.org/ns/void#Linkset"],
            "fromScheme": schemes[pair.source],
            "toScheme": schemes[pair.target],
            "license": [{"uri": _LICENCE}],
            "creator": [{"uri": _PROJECT, "prefLabel": {"en": "dditkg"}}],
            "extent": str(len(mappings)),
            "mappings": mappings,
        }

    def _jskos_mapping(self, unit: Unit, match: Match, schemes: dict[str, Any]) -> dict[str, Any]:
        first = match.steps[0]
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
        if match.composed or first.derived_from:
            return {**found, "source": [{"uri": row} for row in match.rows]}
        found |= {"uri": first.row} if first.row else {}
        found |= {"created": first.date} if first.date else {}
        return found | ({"note": {"en": [first.rationale]}} if first.rationale else {})

    def called(self, framework: str) -> str:
        """A framework by the name that its owner gives it."""
        return "dditkg" if framework == OURS else self.walk.units.frameworks[framework].label

    def _scheme(self, framework: str) -> str:
        return f"{BASE}dataset" if framework == OURS else f"{BASE}framework/{framework}"


def _concept(unit: Unit) -> dict[str, Any]:
    found: dict[str, Any] = {"uri": unit.iri, "prefLabel": {"en": unit.label}}
    return {**found, "notation": [unit.code]} if unit.code else found


def _source(framework: str) -> str:
    return "dditkg:dataset" if framework == OURS else f"dditkg:framework/{framework}"
