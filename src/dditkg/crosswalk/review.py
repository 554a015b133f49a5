"""Suggestions in the forms that a curator works with: an SSSOM file to review, and JSON."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from dditkg import disk, sssom
from dditkg.crosswalk.exchange import Exchange
from dditkg.crosswalk.forms import Forms
from dditkg.crosswalk.lists import chain
from dditkg.crosswalk.signals import SIGNALS
from dditkg.crosswalk.suggest import Candidate, Suggestions
from dditkg.crosswalk.walk import Crosswalk
from dditkg.errors import WrongUse
from dditkg.search import Index
from dditkg.sssom import SEMAPV
from dditkg.terms import BASE, SKOS

#: What the tool calls itself in the rows that it proposes.
TOOL = "dditkg suggest"
_SLIGHT = 0.005
_MEASURE = "logistic function of the signals in the comment, from 0 to 1"


def as_json(found: Suggestions, forms: Forms) -> dict[str, Any]:
    """Each unit with its candidates, the best first."""
    return {
        "from": found.source,
        "for": found.target,
        "settled": found.settled,
        "without": found.without,
        "signals": dict(SIGNALS),
        "units": [
            {
                "unit": forms.unit(ranked[0].unit),
                "candidates": [
                    {
                        **forms.unit(one.target),
                        "score": round(one.score, 3),
                        "signals": {name: round(strength, 3) for name, strength in one.signals.items()},
                        "predicate": f"{SKOS}{one.relation}Match",
                        "confidence": one.confidence,
                        "justification": f"{SEMAPV}{one.justification}",
                        "way": [forms.step(link) for link in one.way],
                    }
                    for one in ranked
                ],
            }
            for ranked in found.candidates
        ],
    }


def as_sssom(found: Suggestions, exchange: Exchange, index: Index, name: Path, today: date) -> str:
    """The text of an SSSOM TSV file. Its rows name no author, so that none is taken for a mapping before somebody
    has made it their own."""
    rows = [_row(exchange.walk, one, index, today) for ranked in found.candidates for one in ranked]
    metadata = exchange.heading(found.source, found.target, rows) | {
        "mapping_set_id": f"{BASE}suggestions/{found.source}--{found.target}",
        "mapping_set_title": f"Suggestions: {exchange.called(found.source)} to {exchange.called(found.target)}",
        "mapping_set_description": "Candidates found by a program, none of them reviewed. Read both texts, correct the "
        "relation, the confidence and the kind of matching, write what both share and what only one has as comment, "
        "put your author_id, and delete the rest.",
        "publication_date": today.isoformat(),
    }
    held = tuple(sssom.Row(number, row) for number, row in enumerate(rows, 1))
    return sssom.write(sssom.MappingSet(name, metadata, (), held))


def refuse(path: Path) -> None:
    """Raises WrongUse for a place among the data, where a file would count as what this project asserts, and for a
    file that is there: a review may be under way in it."""
    place = path.resolve()
    for folder in place.parents:
        is_content = folder.name == "data" and (folder.parent / "ontology").is_dir()
        if is_content or folder.parts[-2:] == ("data", "mappings"):
            raise WrongUse(f"{path} would lie among the mappings of {folder}. Name a file elsewhere to review.")
    if place.exists():
        raise WrongUse(f"{path} is there already, perhaps half reviewed. Name another file, or remove it.")


def write(path: Path, text: str) -> None:
    """Write a file to review, whole or not at all. Raises what `refuse` raises, and BadFile."""
    refuse(path)
    disk.replace(path, text.encode())


def told(walk: Crosswalk, one: Candidate) -> str:
    """`names 0.82, ways 0.64: Testing (gdad) → exact → …`: the signals that fired, the strongest first, and the way."""
    fired = sorted(one.signals.items(), key=lambda pair: (-pair[1], pair[0]))
    text = ", ".join(f"{name} {strength:.2f}" for name, strength in fired if strength >= _SLIGHT)
    return f"{text}; {chain(walk, one.way)}" if one.way else text


def _row(walk: Crosswalk, one: Candidate, index: Index, today: date) -> dict[str, str]:
    return {
        "subject_id": index.short(one.unit.iri),
        "subject_label": one.unit.label,
        "predicate_id": f"skos:{one.relation}Match",
        "object_id": index.short(one.target.iri),
        "object_label": one.target.label,
        "mapping_justification": f"semapv:{one.justification}",
        "mapping_tool": TOOL,
        "mapping_date": today.isoformat(),
        "confidence": f"{one.confidence:g}",
        "similarity_score": f"{one.score:.3f}",
        "similarity_measure": _MEASURE,
        "comment": f"To review: {told(walk, one)}.",
    }
