"""Data of any size: this dataset, filled up with other people's vocabularies under new names.

Each copy of a vocabulary has addresses of its own, as if it were another one. ESCO's occupations and skills are also
described as units of a framework, so that our rules have more to judge as the data grows. Everything is N-Triples in
the default graph.
"""

from __future__ import annotations

import gzip
import itertools
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox

from dditkg.dataset import open_dataset

ROOT = Path(__file__).parents[1]
#: Where the vocabularies lie.
FOLDER = Path(os.environ.get("DDITKG_VOCABULARIES", ROOT.parent / "shared/data"))
_FILES = ("esco/esco_v1.1_subset_skos.nt.gz", "skos/jskos-data_cc0.nt.gz", "skos/nomisma_concepts.nt.gz")
_IRI = re.compile(r"<(http://(?:data\.europa\.eu/esco|uri\.gbv\.de/terminology|nomisma\.org/id))/(?!model#)")
_BLANK = re.compile(r"(?<![^ ])_:(\w+)")
_DD, _TYPE = "https://w3id.org/dditkg/ontology/", "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
_KINDS = {
    "<http://data.europa.eu/esco/model#Occupation>": "FrameworkRole",
    "<http://data.europa.eu/esco/model#Skill>": "FrameworkSkill",
}
_SAID = {  # what our rules want to know of a framework
    "http://www.w3.org/2004/02/skos/core#prefLabel": '"A copy"@en',
    "http://purl.org/dc/terms/title": '"A copy"@en',
    "http://purl.org/dc/terms/publisher": '"Nobody"@en',
    "http://purl.org/dc/terms/license": "<https://creativecommons.org/licenses/by/4.0/>",
    "http://www.w3.org/ns/dcat#version": '"1"',
    "https://schema.org/url": "<https://example.org/>",
}
_SCHEME = "<http://www.w3.org/2004/02/skos/core#inScheme>"


def require_vocabularies() -> None:
    """Exits with what to do where a vocabulary is missing."""
    missing = [name for name in _FILES if not (FOLDER / name).is_file()]
    if missing:
        raise SystemExit(f"No {', '.join(missing)} under {FOLDER}. Name their folder with DDITKG_VOCABULARIES.")


def write_own(target: Path) -> int:
    """This dataset's default graph as N-Triples; how many there are."""
    triples = list(open_dataset().local.triples())
    ox.serialize(triples, target, ox.RdfFormat.N_TRIPLES)
    return len(triples)


def write_filling(target: Path, count: int) -> None:
    """So many triples of vocabularies, copy after copy."""
    with target.open("w", encoding="utf-8") as file:
        file.writelines(itertools.islice(_copies(), count))


def _copies() -> Iterator[str]:
    for number in itertools.count():
        for name in _FILES:
            with gzip.open(FOLDER / name, "rt", encoding="utf-8") as lines:
                yield from _copy(lines, number)


def _copy(lines: Iterator[str], number: int) -> Iterator[str]:
    framework = f"<https://w3id.org/dditkg/framework/copy-{number}>"
    yield f"{framework} {_TYPE} <{_DD}Framework> .\n"
    for predicate, value in _SAID.items():
        yield f"{framework} <{predicate}> {value} .\n"
    for line in lines:
        renamed = _BLANK.sub(rf"_:c{number}\1", _IRI.sub(rf"<\1/copy-{number}/", line))
        subject, _, rest = renamed.partition(" ")
        predicate, _, value = rest.partition(" ")
        if predicate == _SCHEME:
            continue  # ESCO's belong to the framework; the others' schemes name 25,000 things alike, against our rules
        if value.endswith('"@e .\n') or "\ufffd" in line:
            continue  # no language, or no address, that an engine would read
        kind = _KINDS.get(value.removesuffix(" .\n")) if predicate == _TYPE else None
        if not kind:
            yield renamed
        else:
            yield f"{subject} {_TYPE} <{_DD}{kind}> .\n"
            yield f"{subject} {_TYPE} <{_DD}FrameworkUnit> .\n"
            yield f"{subject} {_TYPE} <{_DD}Unit> .\n"
            yield f"{subject} {_SCHEME} {framework} .\n"
