"""Mappings walked: single units, chains, levels, lists, pairs of frameworks, and the forms they are sent in.

The invented lighthouse gets a second framework, Pharos, in two editions, so that there is something to chain.
"""

from __future__ import annotations

import csv
import io
import json
import shutil
from itertools import pairwise
from pathlib import Path

import openpyxl
import pytest
from content import whole_dataset
from hypothesis import given
from hypothesis import strategies as st

from dditkg import sssom
from dditkg.cli import main
from dditkg.crosswalk import (
    COLUMNS,
    OURS,
    Answer,
    Crosswalk,
    Exchange,
    Filter,
    Forms,
    Link,
    best,
    columns,
    crosswalk,
    meant,
    pair,
    translate,
)
from dditkg.dataset import build, content_of
from dditkg.errors import NotFound
from dditkg.search import Index, index
from dditkg.terms import BASE

ROOT = Path(__file__).parents[1]
BEACON, PHAROS = f"{BASE}framework/beacon/", f"{BASE}framework/pharos-2/"
SKILL = f"{BASE}skill/"

PHAROS_FILE = """
@prefix dcat: <http://www.w3.org/ns/dcat#> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix dd: <https://w3id.org/dditkg/ontology/> .
@prefix f: <https://w3id.org/dditkg/framework/> .
@prefix p: <https://w3id.org/dditkg/framework/pharos-2/skill/> .
@prefix prefix: <https://w3id.org/dditkg/prefix/> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
f:pharos-1 a dd:Framework ; skos:prefLabel "Pharos"@en ; skos:notation "pharos-1" ; dcat:version "1" .
f:pharos-2 a dd:Framework ; skos:prefLabel "Pharos, second edition"@en ; skos:notation "pharos-2" ; dcat:version "2" ;
    sh:declare prefix:pharos-2 .
prefix:pharos-2 a sh:PrefixDeclaration ; sh:prefix "pharos-2" ;
    sh:namespace "https://w3id.org/dditkg/framework/pharos-2/"^^xsd:anyURI .
p:light a dd:FrameworkSkill ; skos:prefLabel "Light work"@en ; skos:notation "P1" ; skos:inScheme f:pharos-2 .
p:glass a dd:FrameworkSkill ; skos:prefLabel "Glass work"@en ; skos:notation "P2" ; skos:inScheme f:pharos-2 .
p:paper a dd:FrameworkSkill ; skos:prefLabel "Paper work"@en ; skos:notation "P3" ; skos:inScheme f:pharos-2 .
p:knots a dd:FrameworkSkill ; skos:prefLabel "Knots"@en ; skos:notation "P4" ; skos:inScheme f:pharos-2 .
"""
PHAROS_ROWS = """\
skill:lamp-tending\t\tskos:broadMatch\tpharos-2:skill/light\t0.7\tPharos puts all work on lights in one.
skill:lens-polishing\t\tskos:exactMatch\tpharos-2:skill/glass\t0.85\tBoth keep the lens clear.
skill:log-keeping\t\tskos:narrowMatch\tpharos-2:skill/paper\t0.7\tPharos has just the paper.
skill:rope-work\tNot\tskos:exactMatch\tpharos-2:skill/knots\t0.85\tKnots are a pastime there.
skill:gull-scaring\t\tskos:exactMatch\tsssom:NoTermFound\t0.85\tPharos has no gulls either.
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The world with Pharos in it."""
    root = tmp_path_factory.mktemp("pharos") / "world"
    shutil.copytree(ROOT / "tests/world", root)
    (root / "data/frameworks/pharos.ttl").write_text(PHAROS_FILE, encoding="utf-8")
    source = (ROOT / "tests/world/data/mappings/skill--beacon.sssom.tsv").read_text(encoding="utf-8")
    header = "\n".join(line for line in source.splitlines() if line.startswith("#"))
    header = header.replace("--beacon", "--pharos-2").replace("framework/beacon", "framework/pharos-2")
    header = header.replace("#  beacon:", "#  pharos-2:").replace(
        'object_source_version: "3"', 'object_source_version: "2"'
    )
    names = "subject_id predicate_modifier predicate_id object_id confidence comment mapping_justification author_id"
    basis = "semapv:BackgroundKnowledgeBasedMatching\tdditkg:agent/project"
    rows = "\n".join(f"{row}\t{basis}" for row in PHAROS_ROWS.splitlines())
    text = header + "\n" + names.replace(" ", "\t") + "\n" + rows + "\n"
    (root / "data/mappings/skill--pharos-2.sssom.tsv").write_text(text, encoding="utf-8")
    return root


@pytest.fixture(scope="module")
def labels(folder: Path) -> Index:
    return index(build(content_of(folder, ROOT)))


@pytest.fixture(scope="module")
def walk(labels: Index) -> Crosswalk:
    return crosswalk(labels.dataset)


def said(answer: Answer) -> list[tuple[str, str, float]]:
    return [(match.unit.label, match.relation, match.confidence) for match in answer.matches]


# Single units


def test_a_row_is_read_from_both_ends(walk: Crosswalk) -> None:
    there = walk.map(SKILL + "rope-work", "beacon")
    back = walk.map(BEACON + "skill/seamanship", OURS)
    assert said(there) == [("Seamanship", "broad", 0.5)]
    assert ("Rope work", "narrow", 0.5) in said(back)
    assert there.matches[0].steps[0].row in {match.steps[0].row for match in back.matches}


def test_an_answer_tells_mapped_from_none_found_from_not_compared(walk: Crosswalk) -> None:
    states = {
        slug: walk.map(SKILL + slug, "beacon").state for slug in ("lamp-tending", "gull-scaring", "candle-dipping")
    }
    assert states == {"lamp-tending": "mapped", "gull-scaring": "none found", "candle-dipping": "not compared"}
    sought = walk.map(SKILL + "gull-scaring", "beacon").sought
    assert sought is not None
    assert sought.rationale == "Beacon does not speak of gulls."


def test_a_denied_row_is_no_match_and_is_told(walk: Crosswalk) -> None:
    answer = walk.map(SKILL + "rope-work", "pharos-2")
    assert answer.matches == ()
    assert [link.rationale for link in answer.denied] == ["Knots are a pastime there."]


def test_levels_come_with_the_match_of_their_skills(walk: Crosswalk) -> None:
    (match,) = walk.map(SKILL + "lamp-tending", "beacon").matches
    found = {(link.subject.rpartition("--")[2], link.object.rpartition("--")[2]) for link in match.levels}
    assert {("expert", "master"), ("practitioner", "hand"), ("working", "helper")} <= found


def test_a_level_with_a_row_is_answered_at_that_level_and_one_without_says_so(walk: Crosswalk) -> None:
    expert = walk.map(f"{BASE}skill-level/lamp-tending--expert", "beacon")
    assert [match.unit.iri.rpartition("/")[2] for match in expert.matches] == ["lamp-care--master"]
    assert expert.of is None
    other = walk.map(f"{BASE}skill-level/rope-work--working", "beacon")
    assert said(other) == [("Seamanship", "broad", 0.5)]
    assert other.of is not None
    assert other.of.label == "Rope work"


def test_levels_that_nothing_compares_are_told_as_such(walk: Crosswalk, labels: Index) -> None:
    claims, touches = walk.map(SKILL + "rope-work", "beacon"), walk.map(SKILL + "oil-measuring", "beacon")
    assert [match.levels_open for match in claims.matches] == [True]
    assert all(match.relation != "related" or not match.levels_open for match in touches.matches)
    assert not any(match.levels_open for match in walk.map(SKILL + "lamp-tending", "beacon").matches)
    assert not any(match.levels_open for match in walk.map(SKILL + "lens-polishing", "pharos-2").matches)
    (cells,) = Forms(walk, labels).rows(claims)
    assert cells["levels"] == "no row says how the levels correspond"


def test_a_table_says_which_level_was_asked_about(walk: Crosswalk, labels: Index) -> None:
    asked = walk.map(f"{BASE}skill-level/rope-work--working", "beacon")
    assert asked.of is not None
    rows = list(Forms(walk, labels).rows(asked))
    assert {row["from_label"] for row in rows} == {"Rope work"}
    assert {row["levels"] for row in rows} == {f"{asked.unit.label}: no row says how the levels correspond"}


def test_a_chain_names_its_rows_in_a_table_too(walk: Crosswalk, labels: Index) -> None:
    chained = [match for match in walk.map(BEACON + "skill/lamp-care", "pharos-2").matches if match.composed]
    rows = list(Forms(walk, labels).rows(walk.map(BEACON + "skill/lamp-care", "pharos-2")))
    assert chained
    assert [row["row"].split() for row in rows] == [[step.row for step in match.steps] for match in chained]


def test_what_cannot_be_mapped_is_refused(walk: Crosswalk) -> None:
    with pytest.raises(NotFound, match="not a unit"):
        walk.map(f"{BASE}mapping/skill--beacon/0", OURS)


# Chains


def test_exact_leaves_a_relation_as_it_is_and_confidences_are_multiplied(walk: Crosswalk) -> None:
    answer = walk.map(BEACON + "skill/lamp-care", "pharos-2")
    assert said(answer) == [("Light work", "broad", pytest.approx(0.95 * 0.7))]
    assert [step.relation for step in answer.matches[0].steps] == ["exact", "broad"]
    assert answer.matches[0].composed


def test_narrow_after_broad_claims_nothing_but_the_way_is_shown(walk: Crosswalk) -> None:
    # Beacon's stock books lie within log-keeping, which is wider than Pharos's paper work: nothing follows.
    answer = walk.map(BEACON + "skill/stock-books", "pharos-2")
    assert answer.matches == ()
    assert [walk.units.by_iri[way[-1].object].code for way in answer.leads] == ["P3"]


def test_close_is_never_chained(walk: Crosswalk) -> None:
    answer = walk.map(BEACON + "skill/optics", "pharos-2")
    assert answer.matches == ()
    assert answer.state == "not compared"
    assert [[step.relation for step in way] for way in answer.leads] == [["close", "exact"]]
    assert walk.map(BEACON + "skill/optics", "pharos-2", compose=False).leads == ()


def test_every_chain_in_the_real_data_keeps_the_rule() -> None:
    real = crosswalk(whole_dataset())
    chained = {("exact", r): r for r in ("exact", "broad", "narrow")} | {(r, "exact"): r for r in ("broad", "narrow")}
    chained |= {(r, r): r for r in ("broad", "narrow")}
    found = 0
    for framework in real.targets():
        for unit in real.units.by_iri.values():
            for match in real.map(unit.iri, framework).matches:
                if match.composed:
                    found += 1
                    relation, sure = "exact", 1.0
                    for step in match.steps:
                        relation, sure = chained[relation, step.relation], sure * step.confidence
                    assert (match.relation, match.confidence) == (relation, pytest.approx(sure, abs=1e-4))
                    assert all(one.object == other.subject for one, other in pairwise(match.steps))
                    assert not any(step.denied for step in match.steps)
    assert found > 50


@given(st.lists(st.sampled_from(["exact", "close", "broad", "narrow", "related"]), min_size=2, max_size=3))
def test_a_chain_gives_a_relation_only_where_each_of_its_steps_allows_it(relations: list[str]) -> None:
    from dditkg.sssom import CHAINED

    result: str | None = "exact"
    for relation in relations:
        result = CHAINED.get((result, relation)) if result else None
    directions = {relation for relation in relations if relation != "exact"}
    allowed = not directions & {"close", "related"} and len(directions) < 2
    assert (result is not None) == allowed
    if result is not None:
        assert result == (directions.pop() if directions else "exact")


# Names


@pytest.mark.parametrize("typed", ["pharos", "Pharos-2", "PHAROS, second edition"])
def test_a_framework_is_found_by_name_and_its_newest_edition_wins(typed: str, walk: Crosswalk) -> None:
    assert walk.units.framework(typed) == "pharos-2"


def test_an_unknown_framework_is_refused_with_those_there_are(walk: Crosswalk) -> None:
    with pytest.raises(NotFound, match=r"No framework called “becon” is held. Did you mean beacon\?"):
        walk.units.framework("becon")


@pytest.mark.parametrize(
    ("typed", "source", "expected"),
    [
        ("lamp tending", "", ["lamp-tending"]),
        ("skill:lamp-tending", "", ["lamp-tending"]),
        ("P2", "", ["glass"]),
        ("p2", "pharos-2", ["glass"]),
        ("P2", "beacon", []),
        (SKILL + "lamp-tending", "", ["lamp-tending"]),
        ("nothing of the kind", "", []),
        ("a:b:c", "", []),
    ],
)
def test_what_is_typed_is_taken_for_the_units_it_can_mean(
    typed: str, source: str, expected: list[str], walk: Crosswalk, labels: Index
) -> None:
    assert [unit.iri.rpartition("/")[2] for unit in meant(walk, labels, typed, source)] == expected


# Lists


def test_a_list_has_as_many_rows_out_as_in_and_nothing_is_decided_by_chance(walk: Crosswalk, labels: Index) -> None:
    entries = ["lamp tending", "", "no such thing", "gull scaring", "candle dipping", "Lamp tending", "stock books"]
    found = list(translate(walk, labels, entries, "beacon"))
    assert [row.typed for row in found] == entries
    states = [row.state for row in found]
    assert states == ["mapped", "empty", "unknown", "none found", "not compared", "mapped", "already there"]
    cells = [dict(zip(COLUMNS, columns(walk, labels, row), strict=True)) for row in found]
    assert cells[0]["name there"] == "Lamp care"
    assert "lamp-care" in cells[0]["address there"]
    assert "close" in cells[0]["level there"]
    assert cells[2]["note"] == "nothing here is called so"
    assert cells[3]["note"].startswith("looked for, none found")
    assert (cells[6]["taken for"], cells[6]["note"]) == ("Stock books", "part of BEACON itself")


def test_equally_good_matches_stand_side_by_side(walk: Crosswalk, labels: Index) -> None:
    (row,) = translate(walk, labels, [BEACON + "skill/stock-books"], OURS)
    assert [match.unit.label for match in best(row.answer.matches if row.answer else ())] == ["Log keeping"]
    cells = dict(zip(COLUMNS, columns(walk, labels, row), strict=True))
    assert "Oil measuring (related, confidence 0.3)" in cells["also"]


# Pairs


def test_a_pair_covers_each_unit_of_the_kinds_compared_once(walk: Crosswalk) -> None:
    found = pair(walk, OURS, "beacon")
    skills = [answer.unit.iri for answer in found.answers if answer.unit.kind == "skill"]
    in_use = [u.iri for u in walk.units.of(OURS) if u.kind == "skill"]
    assert sorted(skills) == sorted(in_use)
    assert sum(found.coverage["skill"].values()) == len(skills)
    assert "skill at a level" not in found.coverage


def test_a_filter_keeps_only_what_it_names(walk: Crosswalk) -> None:
    whole = pair(walk, OURS, "beacon")
    exact = whole.only(Filter(relation="exact"))
    assert {match.relation for answer in exact.answers for match in answer.matches} == {"exact"}
    assert all(answer.matches for answer in exact.answers)
    named = whole.only(Filter(words="lamp"))
    assert all("lamp" in (a.unit.label + "".join(m.unit.label for m in a.matches)).lower() for a in named.answers)
    assert whole.only(Filter(least=0.9)).answers
    assert whole.only(Filter()) == whole


# Forms


def test_the_json_of_a_match_tells_relation_confidence_review_levels_and_rows(walk: Crosswalk, labels: Index) -> None:
    said = Forms(walk, labels).answer(walk.map(BEACON + "skill/lamp-care", "pharos-2"))
    (match,) = said["matches"]
    assert (match["relation"], match["review"], match["composed"]) == ("broad", "unreviewed", True)
    assert [step["relation"] for step in match["steps"]] == ["exact", "broad"]
    assert all(step["row"].startswith(f"{BASE}mapping/") for step in match["steps"])
    json.dumps(said)


@pytest.mark.parametrize("pairing", [(OURS, "beacon"), ("beacon", OURS), ("beacon", "pharos-2")])
def test_the_sssom_of_a_pair_can_be_read_again_and_breaks_no_rule_but_those_of_chains(
    pairing: tuple[str, str], walk: Crosswalk, labels: Index, tmp_path: Path
) -> None:
    whole = pair(walk, *pairing)
    path = tmp_path / f"{pairing[0]}--{pairing[1]}.sssom.tsv"
    path.write_text(Exchange(walk, labels).sssom(whole), encoding="utf-8")
    held = sssom.read(path)
    matches = sum(len(answer.matches) + len(answer.denied) for answer in whole.answers)
    matches += len({link for answer in whole.answers for match in answer.matches for link in match.levels})
    none = sum(answer.sought is not None and not answer.matches for answer in whole.answers)
    assert len(held.rows) == matches + none
    # The confidence of a chain is a product; the file is no file of this project's folder, and may mix authors.
    names = "bare-iri column-required confidence published-alone published-source set-id row-required set-required"
    lenient = {f"Mapping-{name}" for name in names.split()}
    assert {finding.rule for finding in sssom.findings(held, labels.dataset.prefixes)} <= lenient
    assert sssom.triples(held)


def test_jskos_holds_each_match_as_a_mapping(walk: Crosswalk, labels: Index) -> None:
    whole = pair(walk, OURS, "beacon")
    document = Exchange(walk, labels).jskos(whole)
    matches = [match for answer in whole.answers for match in answer.matches]
    assert len(document["mappings"]) == len(matches) + sum(len(match.levels) for match in matches)
    one = next(m for m in document["mappings"] if m["from"]["memberSet"][0]["uri"] == SKILL + "lamp-tending")
    assert one["type"] == ["http://www.w3.org/2004/02/skos/core#exactMatch"]
    assert one["to"]["memberSet"][0]["prefLabel"] == {"en": "Lamp care"}


def test_a_reviewed_row_is_told_as_reviewed(walk: Crosswalk) -> None:
    links = [link for links in walk.links.outgoing.values() for link in links]
    assert {bool(link.reviewer) for link in links} == {False, True} or not any(link.reviewer for link in links)
    assert all(isinstance(link, Link) for link in links)


# What another publisher asserts


@pytest.fixture(scope="module")
def theirs(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Index:
    """The world with Pharos, and a table by the harbour board from Pharos to Beacon."""
    root = shutil.copytree(folder, tmp_path_factory.mktemp("published") / "world")
    text = (root / "data/mappings/beacon--role.sssom.tsv").read_text(encoding="utf-8")
    header = "\n".join(line for line in text.splitlines() if line.startswith("#"))
    header = header.replace("beacon--role", "pharos-2--beacon").replace("framework/beacon\n", "framework/pharos-2\n")
    header = header.replace("dditkg:scheme/role", "dditkg:framework/beacon").replace("2026-11\n#pub", '"3"\n#pub')
    header = header.replace('subject_source_version: "3"', 'subject_source_version: "2"').replace(
        "#  role: https://w3id.org/dditkg/role/", "#  pharos-2: https://w3id.org/dditkg/framework/pharos-2/"
    )
    header = header.replace("licenses/by/4.0", "licenses/by-nd/4.0")
    names = "subject_id predicate_id object_id mapping_justification author_id".replace(" ", "\t")
    row = "pharos-2:skill/glass\tskos:broadMatch\tbeacon:skill/lamp-care\tsemapv:UnspecifiedMatching"
    file = root / "data/mappings/pharos-2--beacon.sssom.tsv"
    file.write_text(f"{header}\n{names}\n{row}\tdditkg:agent/harbour-board\n", encoding="utf-8")
    return index(build(content_of(root, ROOT)))


def test_a_published_row_names_its_publisher_and_no_confidence(theirs: Index) -> None:
    walk = crosswalk(theirs.dataset)
    (match,) = walk.map(PHAROS + "skill/glass", "beacon", compose=False).matches
    assert (match.by, match.published, match.confidence) == (("The harbour board",), True, 0)
    said = Forms(walk, theirs).match(match)
    assert (said["confidence"], said["by"]) == (None, ["The harbour board"])
    assert (said["steps"][0]["confidence"], said["steps"][0]["author"]) == (None, f"{BASE}agent/harbour-board")
    (row,) = Forms(walk, theirs).rows(walk.map(PHAROS + "skill/glass", "beacon", compose=False))
    assert (row["confidence"], row["by"]) == ("", "The harbour board")
    assert walk.map(PHAROS + "skill/glass", "beacon", compose=False, least=0.3).matches == ()


def test_a_chain_through_a_published_row_names_all_who_assert_it(theirs: Index) -> None:
    walk = crosswalk(theirs.dataset)
    answer = walk.map(SKILL + "lens-polishing", "beacon")
    match = next(match for match in answer.matches if match.composed)
    assert [step.relation for step in match.steps] == ["exact", "broad"]
    assert (match.by, match.published, match.confidence) == (("The lighthouse keepers", "The harbour board"), True, 0)
    assert answer.matches[-1] is match  # what says how sure it is comes first
    ours = next(match for match in answer.matches if not match.composed)
    assert (ours.by, ours.published) == (("The lighthouse keepers",), False)
    (cells,) = (
        dict(zip(COLUMNS, columns(walk, theirs, row), strict=True))
        for row in translate(walk, theirs, ["Glass work"], "beacon")
    )
    assert (cells["by"], cells["confidence"]) == ("The harbour board", "")


def test_the_forms_of_a_pair_carry_author_and_licence_of_published_rows(theirs: Index, tmp_path: Path) -> None:
    walk = crosswalk(theirs.dataset)
    exchange, whole = Exchange(walk, theirs), pair(walk, "pharos-2", "beacon", compose=False)
    path = tmp_path / "pharos-2--beacon.sssom.tsv"
    path.write_text(exchange.sssom(whole), encoding="utf-8")
    (row,) = sssom.read(path).rows
    assert "confidence" not in row.cells
    assert row.cells["author_id"] == "agent:harbour-board"
    assert row.cells["license"] == "https://creativecommons.org/licenses/by-nd/4.0/"
    (mapping,) = exchange.jskos(whole)["mappings"]
    assert "mappingRelevance" not in mapping
    assert mapping["creator"] == [{"uri": f"{BASE}agent/harbour-board", "prefLabel": {"en": "The harbour board"}}]


def test_map_says_who_asserts_a_published_row(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["map", "software developer", "--from", "esco", "--to", "isco-08"]) == 0
    shown = " ".join(capsys.readouterr().out.split())
    assert "(no confidence stated, asserted by European Commission)" in shown


# The command line, on the real data


def test_map_shows_a_unit_for_people(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["map", "data-modelling", "--to", "gdad"]) == 0
    shown = capsys.readouterr().out
    assert "  exact    Data modelling  (0.95)\n" in shown
    assert "levels: each to the one of the same name" in shown
    assert "Nobody outside this project has reviewed these." in " ".join(shown.split())


def test_map_gives_json_csv_and_markdown(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["map", "data-modelling", "--to", "gdad", "-f", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["answers"][0]["matches"][0]["relation"] == "exact"
    assert main(["map", "data-modelling", "--to", "gdad", "-f", "csv"]) == 0
    assert next(csv.DictReader(io.StringIO(capsys.readouterr().out)))["relation"] == "exact"
    assert main(["map", "data-modelling", "--to", "gdad", "-f", "md"]) == 0
    assert capsys.readouterr().out.startswith("| from |")


@pytest.mark.parametrize("suffix", [".xlsx", ".csv", ".tsv"])
def test_a_list_goes_out_with_every_row_and_cell_that_came_in(
    suffix: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source, target = tmp_path / "skills.csv", tmp_path / f"out{suffix}"
    source.write_text("Name,Skill,Remark\nA,data modelling,=1+1\n,,\nB,no such thing,x\nC,Agile delivery,\n", "utf-8")
    assert main(["map", str(source), "--column", "skill", "--to", "gdad", "-o", str(target)]) == 0
    assert "4 rows in, 4 rows out" in capsys.readouterr().out
    if suffix == ".xlsx":
        sheet = openpyxl.load_workbook(target).active
        assert sheet is not None
        lines = [[str(cell.value or "") for cell in row] for row in sheet.iter_rows()]
        assert sheet["C2"].data_type == "s"
    else:
        with target.open(encoding="utf-8-sig", newline="") as file:
            lines = list(csv.reader(file, delimiter="\t" if suffix == ".tsv" else ","))
    assert lines[0] == ["Name", "Skill", "Remark", *COLUMNS]
    assert [line[:3] for line in lines[1:]] == [
        ["A", "data modelling", "=1+1"],
        ["", "", ""],
        ["B", "no such thing", "x"],
        ["C", "Agile delivery", ""],
    ]
    assert lines[1][lines[0].index("name there")] == "Data modelling"


def test_one_unit_goes_into_a_file_with_the_same_rows_as_it_is_printed_with(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "one.csv"
    assert main(["map", "data-modelling", "--to", "sfia,esco", "-o", str(target)]) == 0
    assert "3 rows" in capsys.readouterr().out
    assert main(["map", "data-modelling", "--to", "sfia,esco", "-f", "csv"]) == 0
    printed = list(csv.reader(io.StringIO(capsys.readouterr().out)))
    with target.open(encoding="utf-8-sig", newline="") as file:
        assert list(csv.reader(file)) == printed


def test_near_names_are_of_what_can_be_mapped(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["map", "agile ways of working"]) == 1
    said = capsys.readouterr().err
    assert "gdad-skill:agile-working" in said
    assert "dd:" not in said
    assert "scheme:" not in said


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["map", "data-modelling", "--column", "skill"], "is no list"),
        (["map", "data-modelling", "-f", "csv", "-o", "x.csv"], "Give -f or -o"),
        (["map", "data-modelling", "--to", "becon"], "No framework called “becon”"),
        (["map", "nothing of the kind"], "Nothing here is called"),
        (["map", "list.csv", "--column", "x"], "mapped to one framework"),
        (["map", "data-modelling", "--min-confidence", "7"], "from 0 to 1"),
    ],
)
def test_wrong_use_is_one_sentence(words: list[str], sentence: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(words) in (1, 2)
    said = capsys.readouterr().err
    assert sentence in said
    assert said.count("\n") == 1
