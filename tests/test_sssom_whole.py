"""Nothing is lost: every set there is, and what is computed between frameworks, from SSSOM to RDF and back again, and
as the standard's own reader sees it."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox
import pytest

from dditkg import sssom
from dditkg.crosswalk import Exchange, crosswalk, pair
from dditkg.dataset import build, content_of
from dditkg.search import index
from dditkg.sssom.slots import REFERENCES
from dditkg.store import LocalStore

ROOT = Path(__file__).parents[1]
SETS = sorted((ROOT / "data/mappings").glob("*.sssom.tsv"))
LABELS = index(build(content_of(ROOT)))
DATASET = LABELS.dataset
WALK = crosswalk(DATASET)
# Rows as written from either end, chains, links between levels by rule, and rows of other publishers.
PAIRS = [("dditkg", "gdad"), ("sfia-9", "dditkg"), ("gdad", "sfia-9"), ("gdad", "esco"), ("esco", "isco-08")]
NAMES = [path.name.removesuffix(".sssom.tsv") for path in SETS]


@pytest.fixture(scope="module")
def computed(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str], Path]:
    """A file for each of PAIRS."""
    folder = tmp_path_factory.mktemp("computed")
    files = {}
    for source, target in PAIRS:
        files[source, target] = folder / f"{source}--{target}.sssom.tsv"
        text = Exchange(WALK, LABELS).sssom(pair(WALK, source, target))
        files[source, target].write_text(text, encoding="utf-8")
    return files


def meaning(ms: sssom.MappingSet) -> tuple[dict[str, object], list[tuple[tuple[str, tuple[str, ...]], ...]]]:
    """All that a set says, with whole addresses in place of short forms and each row by itself."""

    def whole(slot: str, texts: tuple[str, ...]) -> tuple[str, ...]:
        is_reference = slot in (*REFERENCES, "derived_from")
        return tuple(sorted(map(ms.expanded, texts) if is_reference else texts))

    header = {slot: whole(slot, ms.values(slot)) for slot in ms.metadata if slot != "curie_map" and ms.values(slot)}
    slots = sorted({*ms.filled, "mapping_date"} - {"subject_source", "object_source"})
    rows = []
    for row in ms.rows:
        said = {slot: row.values(slot) or ((ms.value(row, slot),) if ms.value(row, slot) else ()) for slot in slots}
        rows.append(tuple((slot, whole(slot, texts)) for slot, texts in said.items() if texts))
    return header, sorted(rows)


def returned(path: Path) -> sssom.MappingSet:
    """The set of a file, to RDF, into a store, and back."""
    triples = sssom.triples(sssom.read(path))
    assert len(set(triples)) == len(triples), "two rows have one address"
    store = LocalStore(ox.Quad(*triple) for triple in triples)
    iri = str(sssom.read(path).metadata["mapping_set_id"])
    return sssom.restored(store, iri, DATASET.prefixes, LABELS.label)


def is_whole(again: sssom.MappingSet, path: Path, folder: Path) -> None:
    """Whether a set says all that the file says and no more, also once it is written."""
    original = sssom.read(path)
    assert len(again.rows) == len(original.rows) > 0
    assert meaning(again) == meaning(original)
    copy = folder / path.name
    copy.write_text(sssom.write(again), encoding="utf-8")
    assert meaning(sssom.read(copy)) == meaning(original)
    assert set(sssom.triples(sssom.read(copy))) == set(sssom.triples(original))


def test_every_set_is_looked_at() -> None:
    assert len(SETS) >= 44
    assert sum(len(sssom.read(path).rows) for path in SETS) > 4500


@pytest.mark.parametrize("path", SETS, ids=NAMES)
def test_a_set_comes_back_from_rdf_as_it_went(path: Path, tmp_path: Path) -> None:
    is_whole(returned(path), path, tmp_path)


@pytest.mark.parametrize("path", SETS, ids=NAMES)
def test_a_set_comes_whole_out_of_the_dataset(path: Path, tmp_path: Path) -> None:
    iri = str(sssom.read(path).metadata["mapping_set_id"])
    is_whole(sssom.restored(DATASET.store, iri, DATASET.prefixes, LABELS.label), path, tmp_path)


@pytest.mark.parametrize("frameworks", PAIRS)
def test_what_is_computed_comes_back_too_with_the_rows_it_follows_from(
    frameworks: tuple[str, str], computed: dict[tuple[str, str], Path], tmp_path: Path
) -> None:
    path = computed[frameworks]
    is_whole(returned(path), path, tmp_path)


def test_what_is_computed_names_rows_that_are_there(computed: dict[tuple[str, str], Path]) -> None:
    derived = [(ms, row) for ms in map(sssom.read, computed.values()) for row in ms.rows if "derived_from" in row.cells]
    assert len(derived) > 100
    for ms, row in derived:
        for address in map(ms.expanded, row.values("derived_from")):
            assert LABELS.knows(address), (ms.name, address)
    kinds = {row.cells["mapping_justification"] for _, row in derived}
    assert kinds == {"semapv:MappingChaining", "semapv:LogicalReasoning"}


# Another reader -------------------------------------------------------------------------------------------------------


@pytest.mark.oracle
@pytest.mark.parametrize("path", SETS, ids=NAMES)
def test_the_standards_own_reader_finds_nothing_wrong_and_loses_no_row(path: Path) -> None:
    is_valid(path)


@pytest.mark.oracle
@pytest.mark.parametrize("frameworks", PAIRS)
def test_the_standards_own_reader_takes_what_is_computed(
    frameworks: tuple[str, str], computed: dict[tuple[str, str], Path]
) -> None:
    is_valid(computed[frameworks])


@pytest.mark.oracle
@pytest.mark.parametrize(
    ("old", "new"), [("\t0.85\t", "\t7\t"), ("#  gdad: https://w3id.org/dditkg/framework/gdad/\n", "")]
)
def test_the_standards_own_reader_would_say_so(old: str, new: str, tmp_path: Path) -> None:
    path = tmp_path / "skill--gdad.sssom.tsv"
    text = (ROOT / "data/mappings" / path.name).read_text(encoding="utf-8")
    path.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(AssertionError):
        is_valid(path)


def is_valid(path: Path) -> None:
    """What `sssom validate` says, and how many rows are left after `sssom parse`."""
    from sssom.parsers import parse_sssom_table
    from sssom.validators import validate

    original = sssom.read(path)
    parsed = parse_sssom_table(path)
    assert len(parsed.df) == len(original.rows)
    for report in validate(parsed, fail_on_error=False).values():
        assert [result.message for result in report.results] == []
